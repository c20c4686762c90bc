// SPDX-License-Identifier: Apache-2.0
//
// The example for other people's pipelines, examples/ci/load-test.sh, does as it says: it passes where the endpoint
// holds, fails where a threshold is crossed or the server is another, and keeps its files whatever came of it. The
// workflow beside it takes only options that there are.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { binary, client, command, inPki, inWork, needCommand, Nginx, pinload, read, root } from '../e2e/lib.mjs';

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

test('the workflow takes only options that there are', async () => {
    const workflow = read(path.join(examples, 'github-workflow.yml'));
    const step = workflow.slice(workflow.indexOf('pinload run --duration'), workflow.indexOf('- name: Keep what was measured'));
    const options = step.match(/--[a-z][a-z-]*/g);
    const { stdout: help } = await pinload(['help', 'run']);
    assert.ok(options.length >= 8);
    for (const option of options)
        assert.match(help, new RegExp(`^  (-\\w, )?${option}( |$)`, 'm'));
});
