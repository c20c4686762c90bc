// SPDX-License-Identifier: Apache-2.0
//
// How a run is interrupted, by Ctrl-C or SIGTERM, and what an open loop still owes at its end.

import assert from 'node:assert/strict';
import net from 'node:net';
import test, { after, before } from 'node:test';
import {
    assertBalanced,
    chainAndPin,
    command,
    countBy,
    load,
    Nginx,
    pinOnly,
    read,
    resultFile,
    sleep,
    startPinload,
    words,
} from './lib.mjs';

let nginx;
before(async () => {
    nginx = await Nginx.start('server');
});
after(() => nginx.stop());

// interrupted: a run that gets these signals, each so many milliseconds after the one before.
async function interrupted(args, ...signals) {
    const file = resultFile();
    const run = startPinload(['run', '--json', file, ...args]);
    for (const [ms, signal] of signals) {
        await sleep(ms);
        run.child.kill(signal);
    }
    const began = Date.now();
    const ended = await run.ended;
    const result = JSON.parse(read(file));
    assertBalanced(result, ended.stdout + ended.stderr);
    return { ...ended, result, tookMs: Date.now() - began };
}

for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
]) {
    test(`${signal} ends a run early with its summary and its result, exit status ${status}`, async () => {
        nginx.clearLog();
        const ended = await interrupted(
            [...words('-d 30s -c 4'), ...chainAndPin(), nginx.loadUrl],
            [800, signal],
        );
        assert.deepEqual([ended.status, ended.signal], [status, null], ended.stderr);
        assert.ok(ended.tookMs < 8000, `it took ${ended.tookMs} ms`);
        assert.match(ended.stdout, /sessions/);
        assert.ok(ended.result.sessions.succeeded > 10);
        assert.equal(ended.result.sessions.failed, 0);
        assert.ok(ended.result.duration_s < 10);
        const log = await nginx.log(ended.result.sessions.succeeded);
        assert.ok(
            log.length >= ended.result.sessions.succeeded && log.length <= ended.result.sessions.started,
        );
        assert.deepEqual(Object.keys(countBy(log, 'status')), ['200']);
    });
}

test('held sessions whose responses are complete have succeeded when they are interrupted', async () => {
    const ended = await interrupted(
        [...words('-n 8 -c 8 --hold 30s'), ...chainAndPin(), nginx.loadUrl],
        [800, 'SIGINT'],
    );
    assert.equal(ended.status, 130, ended.stderr);
    assert.ok(ended.tookMs < 8000, `it took ${ended.tookMs} ms`);
    assert.equal(ended.result.sessions.succeeded, 8);
});

test('a second SIGINT ends at once what the first one waits for', async () => {
    // A server that accepts and sends nothing.
    const sockets = [];
    const silent = net.createServer((socket) => {
        sockets.push(socket);
        socket.on('error', () => {});
    });
    await new Promise((resolve) => {
        silent.listen(0, '127.0.0.1', resolve);
    });
    const url = `https://localhost:${silent.address().port}/`;
    const ended = await interrupted(
        [...words('-d 30s -T 20s -c 4'), ...pinOnly(), url],
        [500, 'SIGINT'],
        [500, 'SIGINT'],
    );
    sockets.forEach((socket) => socket.destroy());
    silent.close();
    assert.equal(ended.status, 130, ended.stderr);
    assert.ok(ended.tookMs < 8000, `it took ${ended.tookMs} ms`);
    assert.equal(ended.result.sessions.cut_off, 4, ended.stdout);
    assert.match(ended.stdout, /cut/);
});

// reporting: a finished run that writes its result into a FIFO that nobody reads yet.
async function reporting() {
    const fifo = resultFile();
    command('mkfifo', [fifo]);
    const run = startPinload(['run', '--json', fifo, ...words('-n 4'), ...chainAndPin(), nginx.loadUrl]);
    while (!/PASS/.test(run.seen.stdout))
        await sleep(20);
    return { ...run, fifo };
}

for (const signal of ['SIGINT', 'SIGTERM']) {
    test(`${signal} while reports are written lets them be written`, async () => {
        const run = await reporting();
        run.child.kill(signal);
        await sleep(200);
        assert.equal(run.child.signalCode, null, `${signal} has ended it`);
        assertBalanced(JSON.parse(read(run.fifo)));
        const ended = await run.ended;
        assert.deepEqual([ended.status, ended.signal], [0, null], ended.stderr);
    });
}

test('a second SIGINT while reports are written ends pinload at once', async () => {
    const run = await reporting();
    run.child.kill('SIGINT');
    await sleep(200);
    run.child.kill('SIGINT');
    assert.equal((await run.ended).signal, 'SIGINT');
});

test('an open loop starts what its schedule says, and balances', async () => {
    nginx.clearLog();
    const { status, result, told } = await load([
        ...words('-R 200 -d 3s -c 50'),
        ...chainAndPin(),
        nginx.loadUrl,
    ]);
    // On a machine that is too busy the rate may be missed, which the exit status shows.
    assert.equal(status, result.generator.saturated ? 3 : 0, told);
    const { started } = result.sessions;
    assert.equal(result.sessions.scheduled, 600, told);
    assert.equal(result.sessions.succeeded, started, told);
    assert.ok(started >= 594 || result.generator.saturated, told);
    assert.equal(result.latency.from_schedule.count, started);
    assert.equal((await nginx.log(started)).length, started);
});

test('an open loop that is interrupted balances', async () => {
    const ended = await interrupted(
        [...words('-R 100 -d 30s -c 10'), ...chainAndPin(), nginx.loadUrl],
        [800, 'SIGINT'],
    );
    assert.equal(ended.status, 130, ended.stderr);
    assert.ok(ended.result.sessions.started > 20 && ended.result.sessions.started < 300);
});

for (const overload of ['wait', 'skip']) {
    test(`a rate that cannot be held is exit status 3, with --overload ${overload}`, async () => {
        const { status, result, told } = await load([
            ...words('-R 500 -d 1s -c 1 --hold 100ms --overload'),
            overload,
            ...chainAndPin(),
            nginx.loadUrl,
        ]);
        assert.equal(status, 3, told);
        assert.equal(result.generator.saturated, true, told);
        assert.equal(result.generator.limit, 'slots', told);
        assert.ok(result.sessions.skipped > 400, told);
    });
}
