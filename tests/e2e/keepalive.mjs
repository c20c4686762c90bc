// SPDX-License-Identifier: Apache-2.0
//
// A server that closes its connections regularly, as nginx does after a number of requests: no session fails, and the
// counts are nginx's.

import assert from 'node:assert/strict';
import test from 'node:test';
import { chainAndPin, countBy, load, Nginx, outcomesOf, words } from './lib.mjs';

async function withNginx(limit, use) {
    const nginx = await Nginx.start(`limit-${limit}`, { 'keepalive-requests': limit });
    try {
        await use(nginx);
    } finally {
        await nginx.stop();
    }
}

// each: a load of kept-alive sessions; each ends at nginx's limit.
async function each(nginx, limit, sessions, options) {
    nginx.clearLog();
    const { status, result, told } = await load([
        ...words(options),
        '-n',
        String(sessions),
        ...chainAndPin(),
        nginx.loadUrl,
    ]);
    assert.equal(status, 0, told);
    assert.deepEqual(outcomesOf(result), { succeeded: sessions }, told);
    assert.deepEqual(
        [result.requests.started, result.requests.succeeded, result.requests.failed],
        [sessions * limit, sessions * limit, 0],
        told,
    );
    const log = await nginx.log(sessions * limit);
    assert.equal(log.length, sessions * limit, told);
    assert.equal(Object.keys(countBy(log, 'connection')).length, sessions);
}

test('after a thousand requests, of ten at a time, nginx says GOAWAY and no session fails of it', () =>
    withNginx(1000, (nginx) => each(nginx, 1000, 6, '--http 2 -m 10 -c 3 -r 2000')));

test('so it is with as many streams as nginx allows, and with one', () =>
    withNginx(50, async (nginx) => {
        for (const m of [128, 7, 1]) await each(nginx, 50, 20, `--http 2 -m ${m} -c 4 -r 1000`);
    }));

test('in HTTP/1.1 it says Connection: close', () =>
    withNginx(50, (nginx) => each(nginx, 50, 20, '-c 4 -r 1000')));

test('so it is with pauses between requests', () =>
    withNginx(6, async (nginx) => {
        for (const options of ['--http 2 -m 3', '--http 2 -m 2', '--http 2', '--http 1.1'])
            await each(nginx, 6, 8, `${options} -c 4 -r 1000 --think 20ms`);
    }));
