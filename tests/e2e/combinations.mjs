// SPDX-License-Identifier: Apache-2.0
//
// For every combination of loop, HTTP version, session mode, close and threads the counts add up, and nginx agrees.
// PINLOAD_E2E_RATE: the open loop's rate, lower for a build that is slow on purpose.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { chainAndPin, countBy, load, Nginx, outcomesOf } from './lib.mjs';

let nginx;
before(async () => {
    nginx = await Nginx.start('server', { workers: 2 });
});
after(() => nginx.stop());

const rate = process.env.PINLOAD_E2E_RATE ?? '150';
const loops = { closed: ['-n', '90', '-c', '6'], open: ['-R', rate, '-n', '90', '-c', '20'] };
const https = { 1.1: ['-r', '3'], 2: ['-r', '6', '-m', '3'] };

async function assertAgree(loop, http, mode, close, threads) {
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
        '-t',
        threads,
        ...chainAndPin(),
        nginx.loadUrl,
    ]);
    // On a machine that is too busy the rate may be missed, but no session is lost.
    assert.equal(status, result.generator.saturated ? 3 : 0, told);
    assert.ok(!result.generator.saturated || loop === 'open', told);
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
            for (const close of ['fin', 'rst']) {
                for (const threads of ['1', '2'])
                    test(`${loop} loop, HTTP/${http}, ${mode}, ${close}, -t ${threads}`, () =>
                        assertAgree(loop, http, mode, close, threads));
            }
        }
    }
}
