// SPDX-License-Identifier: Apache-2.0
//
// TLS 1.3 early data against nginx: accepted, rejected by a server with a new ticket key, and not sent where it must
// not be. nginx logs which requests it received as early data.

import assert from 'node:assert/strict';
import test from 'node:test';
import {
    assertBalanced,
    chainAndPin,
    countBy,
    load,
    Nginx,
    outcomesOf,
    read,
    resultFile,
    sleep,
    startPinload,
    words,
} from './lib.mjs';

const early = ['--session-mode', 'early', ...chainAndPin()];
const protocols = ['1.1', '2'];

async function withNginx(name, settings, use) {
    const nginx = await Nginx.start(name, settings);
    try {
        await use(nginx);
    } finally {
        await nginx.stop();
    }
}

for (const http of protocols) {
    test(`by HTTP/${http}, the first requests of each resumed session go early and are accepted`, () =>
        withNginx('willing', { 'early-data': 'on' }, async (nginx) => {
            const { status, result, told } = await load([
                ...words(`-n 100 -c 1 -r 3 --http ${http}`),
                ...early,
                nginx.loadUrl,
            ]);
            assert.equal(status, 0, told);
            assert.deepEqual(outcomesOf(result), { succeeded: 100 }, told);
            assert.deepEqual(result.handshakes.early_data, { offered: 96, accepted: 96, rejected: 0 }, told);
            assert.deepEqual([result.handshakes.resumed, result.pins.checked_resumed], [96, 96], told);
            const log = await nginx.log(300);
            assert.equal(log.length, 300, told);
            assert.deepEqual(countBy(log, 'status'), { 200: 300 });
        }));
}

test('as many streams as may be in flight go early', () =>
    withNginx('willing', { 'early-data': 'on' }, async (nginx) => {
        const { status, result, told } = await load([
            ...words('-n 40 -c 2 -r 200 --http 2 -m 50'),
            ...early,
            nginx.loadUrl,
        ]);
        assert.equal(status, 0, told);
        assert.ok(result.handshakes.early_data.accepted >= 30, told);
        assert.equal(result.requests.succeeded, 8000, told);
        assert.equal((await nginx.log(8000)).length, 8000, told);
    }));

test('a request that is not safe and a session without one send nothing early', () =>
    withNginx('willing', { 'early-data': 'on' }, async (nginx) => {
        for (const [options, outcome, requests] of [
            [['-X', 'POST', '--data', 'x', '--expect-status', '200,405'], 'succeeded', 60],
            [['-r', '0'], 'unconfirmed', 0],
        ]) {
            nginx.clearLog();
            const { status, result, told } = await load([
                ...words('-n 60 -c 1'),
                ...options,
                ...early,
                nginx.loadUrl,
            ]);
            assert.equal(status, 0, told);
            assert.deepEqual(outcomesOf(result), { [outcome]: 60 }, told);
            assert.deepEqual(result.handshakes.early_data, { offered: 0, accepted: 0, rejected: 0 }, told);
            // Without a request, nginx may close before it sends its tickets.
            if (requests > 0) assert.equal(result.handshakes.resumed, 56, told);
            assert.equal((await nginx.log(requests)).length, requests, told);
        }
    }));

test('a server without early data gives tickets that allow none', () =>
    withNginx('unwilling', {}, async (nginx) => {
        const { status, result, told } = await load([...words('-n 60 -c 1'), ...early, nginx.loadUrl]);
        assert.equal(status, 0, told);
        assert.deepEqual(result.handshakes.early_data, { offered: 0, accepted: 0, rejected: 0 }, told);
        assert.equal(result.handshakes.resumed, 56, told);
    }));

for (const http of protocols) {
    test(`by HTTP/${http}, what a server rejects that has forgotten its tickets' key is sent again`, () =>
        withNginx('forgetful', { 'early-data': 'on' }, async (nginx) => {
            // Sessions may fail while nginx restarts.
            const file = resultFile();
            const run = startPinload([
                'run',
                '--json',
                file,
                ...words(`-d 3s -c 4 -R 60 -r 2 --max-failures 100% --http ${http}`),
                ...early,
                nginx.loadUrl,
            ]);
            await sleep(1000);
            nginx.restart();
            const { status, stdout, stderr } = await run.ended;
            const told = `${stdout}${stderr}`;
            const result = JSON.parse(read(file));
            assertBalanced(result, told);
            const { offered, accepted, rejected } = result.handshakes.early_data;
            assert.ok(rejected > 0 && accepted > rejected, told);
            // nginx may end in the middle of a handshake, with early data.
            assert.ok(offered >= accepted + rejected && offered <= accepted + rejected + 4, told);
            assert.ok(result.requests.succeeded >= 2 * result.sessions.succeeded, told);
            assert.equal(result.outcomes.bad_response, 0, told);
            assert.equal(result.outcomes.response_timeout, 0, told);
            assert.equal(status, 1, told); // a declined ticket is a violation
        }));
}
