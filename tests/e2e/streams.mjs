// SPDX-License-Identifier: Apache-2.0
//
// The standard streams: closed ones, a full device, and the output without a summary.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import test, { after, before } from 'node:test';
import { binary, chainAndPin, inWork, load, Nginx, read, sleep, startPinload, words, workDir } from './lib.mjs';

let nginx;
before(async () => {
    nginx = await Nginx.start('server');
});
after(() => nginx.stop());

// shell: pinload as a shell starts it, with REDIRECTION of its streams and LIMITS set before.
function shell(args, redirection, limits = ':') {
    const script = `${limits} && exec "$0" "$@" ${redirection}`;
    return spawnSync('sh', ['-c', script, binary, ...args], { encoding: 'utf8', cwd: workDir, timeout: 60000 });
}

for (const redirection of ['<&-', '>&-', '2>&-', '<&- >&-', '<&- >&- 2>&-'])
    test(`with ${redirection} the files hold what is theirs, and nothing else`, () => {
        const json = inWork('closed.json');
        const keylog = inWork('closed.keylog');
        for (const file of [json, keylog]) fs.rmSync(file, { force: true });
        const done = shell(['run', ...chainAndPin(), '-n', '4', '--json', json, '--keylog', keylog, nginx.loadUrl], redirection);
        assert.equal(done.signal, null);
        assert.equal(JSON.parse(read(json)).sessions.succeeded, 4);
        for (const line of read(keylog).trim().split('\n')) assert.match(line, /^[A-Z_0-9]+ [0-9a-f]+ [0-9a-f]+$/);
        assert.equal(done.status, redirection.includes('>&-') && redirection !== '2>&-' ? 1 : 0);
    });

for (const args of [['--version'], ['help'], ['help', 'run'], ['help', '--man']])
    test(`pinload ${args.join(' ')} on a full device says that its output is lost`, () => {
        const done = shell(args, '>/dev/full');
        assert.equal(done.status, 1);
        assert.match(done.stderr, /^pinload: standard output could not be written in full\n$/);
    });

test("a run's and a merger's summary on a full device make the status 1", () => {
    const json = inWork('full.json');
    const run = shell(['run', ...chainAndPin(), '-n', '2', '--json', json, nginx.loadUrl], '>/dev/full');
    const merge = shell(['merge', json], '>/dev/full');
    for (const done of [run, merge]) {
        assert.equal(done.status, 1, done.stderr);
        assert.match(done.stderr, /standard output could not be written in full/);
    }
});

for (const [name, args, env] of [
    ['of --keylog', ['--keylog', '/dev/full'], {}],
    ["of the environment's", [], { SSLKEYLOGFILE: '/dev/full' }],
])
    for (const command of ['run', 'compare'])
        test(`a key log ${name} on a full device makes the status of ${command} 1`, () => {
            const done = spawnSync(binary, [command, ...chainAndPin(), '-n', '20', ...args, nginx.loadUrl], {
                encoding: 'utf8',
                cwd: workDir,
                env: { ...process.env, ...env },
                timeout: 60000,
            });
            assert.equal(done.status, 1, done.stderr);
            assert.match(done.stderr, /^pinload: the key log '\/dev\/full' could not be written in full$/m);
        });

test('-q leaves out the summary, and never why a run failed', async () => {
    const { stdout, stderr } = await load([...chainAndPin(), '-n', '2', '-q', '--fail-if', 'sessions.succeeded == 2', nginx.loadUrl]);
    assert.equal(stdout, '');
    assert.match(stderr, /^violation +sessions\.succeeded is 2, and --fail-if/);
    assert.match(stderr, /\nFAIL\n$/);
});

test('a limit of descriptors that no run fits into is named, with what is needed', () => {
    const done = shell(['run', ...chainAndPin(), '-n', '2', '-c', '1', nginx.loadUrl], '', 'ulimit -n 20');
    assert.equal(done.status, 2);
    assert.match(done.stderr, /^pinload: this process may have 20 file descriptors \(ulimit -Hn\), and pinload needs at least \d+; raise the limit\n$/);
});

test('after a stop the progress goes on with one line, not with all that were missed', async () => {
    const { child, ended } = startPinload(['run', ...chainAndPin(), ...words('-R 4 -d 6s -q --progress always'), nginx.loadUrl]);
    await sleep(1500);
    child.kill('SIGSTOP');
    await sleep(3000);
    child.kill('SIGCONT');
    const { stderr } = await ended;
    const lines = stderr.split('\n').filter((line) => /^\d+ s /.test(line));
    assert.ok(lines.length >= 2 && lines.length <= 5, stderr);
});
