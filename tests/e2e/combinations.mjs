// SPDX-License-Identifier: Apache-2.0
//
// Every combination of loop, HTTP version, session mode and close balances its books, and nginx agrees.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { chainAndPin, countBy, load, Nginx, outcomesOf } from './lib.mjs';

let nginx;
before(async () => {
    nginx = await Nginx.start('server', { workers: 2 });
});
after(() => nginx.stop());

const loops = { closed: ['-n', '90', '-c', '6'], open: ['-R', '150', '-n', '90', '-c', '20'] };
const https = { 1.1: ['-r', '3'], 2: ['-r', '6', '-m', '3'] };

async function assertAgree(loop, http, mode, close) {
    nginx.clearLog();
    const { status, result, told } = await load([
        ...loops[loop],
        ...https[http],
        '--http',
        http,
        '--session-mode',
        mode,
        '--close',
        close,
        ...chainAndPin(),
        nginx.loadUrl,
    ]);
    assert.equal(status, 0, told);
    assert.deepEqual(outcomesOf(result), { succeeded: 90 }, told);
    const perSession = Number(https[http][1]);
    assert.deepEqual(
        [result.requests.started, result.requests.succeeded],
        [90 * perSession, 90 * perSession],
        told,
    );
    assert.deepEqual([result.pins.checked, result.pins.matched], [90, 90], told);
    const log = await nginx.log(90 * perSession);
    assert.equal(log.length, 90 * perSession, told);
    assert.deepEqual(countBy(log, 'http'), { [http === '2' ? 'HTTP/2.0' : 'HTTP/1.1']: log.length });
    assert.equal((countBy(log, 'reused').r ?? 0) / perSession, result.handshakes.resumed, told);
    assert.deepEqual(
        countBy(log, 'client'),
        Object.fromEntries(
            result.identities.map((one) => [`CN=${one.name},O=pinload`, one.sessions * perSession]),
        ),
    );
    assert.equal(result.handshakes.resumed > 0, mode === 'resume', told);
}

for (const loop of Object.keys(loops)) {
    for (const http of Object.keys(https)) {
        for (const mode of ['full', 'resume']) {
            for (const close of ['fin', 'rst'])
                test(`${loop} loop, HTTP/${http}, ${mode}, ${close}`, () =>
                    assertAgree(loop, http, mode, close));
        }
    }
}
