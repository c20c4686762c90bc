// SPDX-License-Identifier: Apache-2.0
//
// The example for CI pipelines, examples/ci/load-test.sh, works as documented: it passes if the endpoint meets the
// thresholds, fails if one is crossed or the server is another, and keeps its files in any case. The workflow beside it
// is read as YAML, and its steps work as documented.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { binary, client, command, inPki, inWork, needCommand, needFile, Nginx, read, root } from '../e2e/lib.mjs';

const examples = path.join(root, 'examples/ci');
let nginx;
before(async () => { nginx = await Nginx.start('ci'); });
after(() => nginx.stop());

// gate runs the script as a step of a pipeline does.
function gate(name, args, settings = {}) {
    const results = inWork(name);
    fs.rmSync(results, { recursive: true, force: true });
    const done = spawnSync(path.join(examples, 'load-test.sh'), args, { encoding: 'utf8',
        env: { ...process.env, PINLOAD: binary, RESULTS: results, DURATION: '2s', CONNECTIONS: '4', ...settings } });
    return { ...done, junit: path.join(results, 'junit.xml'), json: path.join(results, 'result.json'), told: done.stdout + done.stderr };
}

const goodPin = () => ['--pin', read(inPki('p256/server.pin')).trim()];
const junitFailures = (file) => Number(command('xmllint', ['--xpath', 'count(//failure)', file]));

test('an endpoint that holds passes, and its figures are kept', () => {
    needCommand('xmllint', 'libxml2-utils');
    const done = gate('holds', [nginx.loadUrl, ...client('client3'), ...goodPin()], { MAX_P99: '30s' });
    assert.equal(done.status, 0, done.told);
    assert.match(done.stdout, /PASS/);
    assert.equal(junitFailures(done.junit), 0);
    assert.ok(JSON.parse(read(done.json)).sessions.succeeded > 10);
});

test('a threshold that is crossed fails the step, and JUnit names it', () => {
    const done = gate('slow', [nginx.loadUrl, ...client('client3'), ...goodPin()], { MAX_P99: '1us' });
    assert.equal(done.status, 1, done.told);
    assert.ok(junitFailures(done.junit) >= 1);
    assert.match(read(done.junit), /tls_handshake\.p99/);
    assert.equal(JSON.parse(read(done.json)).verdict.passed, false);
});

test('another server fails the step', () => {
    const done = gate('other', [nginx.loadUrl, ...client('client3'), '--pin', `cert-sha256:${'0'.repeat(64)}`], { MAX_P99: '30s' });
    assert.equal(done.status, 1, done.told);
    assert.ok(JSON.parse(read(done.json)).outcomes.pin_mismatch > 0);
});

test('what cannot be set up, or has no URL, ends with status 2', () => {
    assert.equal(gate('no-file', [nginx.loadUrl, '--cert', 'nowhere.crt', ...goodPin()]).status, 2);
    assert.equal(gate('no-url', []).status, 2);
});

test('failures are forgiven where --max-failures says so', () => {
    const lost = ['--expect-status', '404', ...client('client3'), ...goodPin()];
    const strict = gate('strict', [nginx.loadUrl, ...lost], { MAX_P99: '30s' });
    assert.equal(strict.status, 1, strict.told);
    assert.ok(junitFailures(strict.junit) >= 1);
    const empty = gate('empty', [nginx.loadUrl, ...lost, '--max-failures', '100%'], { MAX_P99: '30s' });
    assert.equal(empty.status, 1, empty.told);
    assert.match(empty.told, /nothing was measured: of \d+ sessions none succeeded/);
    const forgiving = gate('forgiving', [nginx.loadUrl, ...lost, '--max-failures', '100%', '--allow-empty'], { MAX_P99: '30s' });
    assert.equal(forgiving.status, 0, forgiving.told);
    assert.equal(junitFailures(forgiving.junit), 0);
    assert.ok(JSON.parse(read(forgiving.json)).sessions.failed > 0);
});

// --- the workflow, its steps run as a runner of it would ----------------------------------------------------------

function workflowJob() {
    const python = needFile('/usr/bin/python3', 'python3');
    needFile('/usr/lib/python3/dist-packages/yaml', 'python3-yaml');
    const text = command(python, ['-c', 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)'],
        { input: read(path.join(examples, 'github-workflow.yml')) });
    return JSON.parse(text).jobs.load;
}

// expand: ${{ secrets.NAME }} and ${{ vars.NAME }}, of which each must be known.
function expand(text, values) {
    return text.replace(/\$\{\{ *(secrets|vars)[.](\w+) *\}\}/g, (_, kind, name) => {
        assert.ok(name in values[kind], `the workflow wants ${kind}.${name}, which its head does not name`);
        return values[kind][name];
    });
}

// release: an archive as scripts/release makes it, for the version that the workflow names, of the program under test.
function release(version) {
    const files = inWork('release'), name = `pinload-${version}-linux-x86_64`;
    fs.rmSync(files, { recursive: true, force: true });
    fs.mkdirSync(path.join(files, name, 'bin'), { recursive: true });
    fs.copyFileSync(binary, path.join(files, name, 'bin/pinload'));
    command('tar', ['-C', files, '-czf', path.join(files, `${name}.tar.gz`), name]);
    const sum = command('sha256sum', [path.join(files, `${name}.tar.gz`)]).split(' ')[0];
    return { PINLOAD_RELEASE: `file://${files}`, PINLOAD_SHA256: sum };
}

// runStep: its shell commands, in WHERE, with what steps before it added to PATH; the load lasts as long as a test may.
function runStep(step, values, where) {
    const added = path.join(where, '../added-to-path');
    const paths = fs.existsSync(added) ? read(added).trim().split('\n') : [];
    const env = { ...process.env, GITHUB_PATH: added, RUNNER_TEMP: path.join(where, '../runner-temp'),
        PATH: [...paths, process.env.PATH].join(':') };
    for (const [name, text] of Object.entries(step.env ?? {}))
        env[name] = expand(text, values);
    const script = step.run.replace('--duration 30s', '--duration 2s').replace('> 250ms', '> 30s');
    return spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { cwd: where, env, encoding: 'utf8' });
}

function runWorkflow(name, values) {
    const where = inWork(name, 'checkout');
    fs.rmSync(inWork(name), { recursive: true, force: true });
    fs.mkdirSync(where, { recursive: true });
    fs.mkdirSync(inWork(name, 'runner-temp'));
    const { steps } = workflowJob();
    const kept = steps.find((step) => step.uses?.startsWith('actions/upload-artifact')).with.path.trim().split('\n');
    let failed, failedStep;
    for (const step of steps.filter((one) => one.run)) {
        if (failedStep && step.if !== 'always()')
            continue;
        const done = runStep(step, values, where);
        if (step.name === 'Load the endpoint' || done.status !== 0)
            failed = { status: done.status, told: done.stdout + done.stderr };
        if (done.status !== 0)
            failedStep ??= step.name;
    }
    return { ...failed, failedStep, where, kept };
}

const workflowVersion = () => workflowJob().steps.find((step) => step.name === 'Install pinload').env.PINLOAD_VERSION;

const variables = (pin) => ({
    vars: { TARGET_URL: nginx.loadUrl, TARGET_PIN: pin, ...release(workflowVersion()) },
    secrets: { CLIENT_CERT: read(inPki('p256/clients/client3.crt')), CLIENT_KEY: read(inPki('p256/clients/client3.key')),
        CLIENT_KEY_PASSWORD: read(inPki('p256/password.txt')).trim() },
});

test('the workflow, taken as YAML, loads the endpoint, keeps what it says it keeps, and leaves no key behind', () => {
    const done = runWorkflow('workflow', variables(read(inPki('p256/server.pin')).trim()));
    assert.equal(done.status, 0, done.told);
    assert.match(done.told, /PASS/);
    assert.deepEqual(fs.readdirSync(done.where).sort(), done.kept.sort());
});

test('the workflow fails where the server shows another certificate, and keeps its files', () => {
    const done = runWorkflow('workflow-other', variables(`cert-sha256:${'0'.repeat(64)}`));
    assert.equal(done.status, 1, done.told);
    assert.equal(done.failedStep, 'Load the endpoint');
    assert.match(done.told, /pin_mismatch/);
    assert.deepEqual(fs.readdirSync(done.where).sort(), done.kept.sort());
});

test('the workflow names the version that is here, and does not unpack an archive with another sum', () => {
    assert.match(command(binary, ['--version']), new RegExp(`^pinload ${workflowVersion().replaceAll('.', '[.]')} `));
    const values = variables(read(inPki('p256/server.pin')).trim());
    values.vars.PINLOAD_SHA256 = '0'.repeat(64);
    const done = runWorkflow('workflow-sum', values);
    assert.equal(done.failedStep, 'Install pinload');
    assert.deepEqual(fs.readdirSync(inWork('workflow-sum', 'runner-temp')), [`pinload-${workflowVersion()}-linux-x86_64.tar.gz`]);
});
