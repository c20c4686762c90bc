// SPDX-License-Identifier: Apache-2.0
//
// Compressed certificates, against the sink: what is counted and saved, and that a pin is of the certificate and not of
// how it came.

import assert from 'node:assert/strict';
import test from 'node:test';
import { load, outcomesOf, pinload, words } from './lib.mjs';
import { chainAndPin, pinOnly, withSink } from './sink.mjs';

const none = { by: {}, bytes: 0, wire_bytes: 0, saved_bytes: 0 };

for (const algorithm of ['brotli', 'zlib']) {
    test(`certificates by ${algorithm} are counted, and what they save is told`, async () => {
        const counted = await withSink(['--cert-compression', algorithm], async (url) => {
            const { status, result, stdout, stderr, told } = await load(
                ['--cert-compression', 'brotli,zlib', ...words('-v -n 12 -c 3'), ...chainAndPin(), url]);
            const seen = result.handshakes.cert_compression;
            assert.equal(status, 0, told);
            assert.deepEqual(seen.by, { [algorithm]: 12 });
            assert.ok(seen.wire_bytes < seen.bytes, told);
            assert.equal(seen.saved_bytes, seen.bytes - seen.wire_bytes);
            assert.equal(result.pins.matched, 12);
            assert.equal(result.config.cert_compression, 'brotli,zlib');
            assert.match(stdout, new RegExp(`^compressed +12 certificates by ${algorithm} .*saved$`, 'm'));
            assert.match(stderr, new RegExp(`certificates compressed by ${algorithm}: [0-9]+ bytes for [0-9]+`));
        });
        assert.deepEqual([counted.full, counted.requests], [12, 12]);
    });
}

test('a wrong pin stops every session, before our certificate', async () => {
    const wrong = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
    const counted = await withSink(['--cert-compression', 'brotli'], async (url) => {
        const { result, told } = await load(
            ['--cert-compression', 'brotli', ...words('-n 4 -c 2'), ...pinOnly(wrong), url]);
        assert.deepEqual(outcomesOf(result), { pin_mismatch: 4 }, told);
        assert.deepEqual(result.handshakes.cert_compression, none);
    });
    assert.deepEqual([counted.full, counted.requests, counted.chains_checked], [0, 0, 0]);
});

test('nothing is compressed that is not asked for, or where only TLS 1.2 is spoken', async () => {
    await withSink(['--cert-compression', 'brotli,zlib'], async (url) => {
        for (const [options, warning] of [
            [[], /^$/],
            [['--cert-compression', 'zlib', '--tls-max', '1.2'], /'zlib' has no effect: TLS 1\.2/],
        ]) {
            const { status, result, stderr, told } = await load([...options, ...words('-n 3'), ...chainAndPin(), url]);
            assert.equal(status, 0, told);
            assert.match(stderr, warning);
            assert.deepEqual(result.handshakes.cert_compression, none);
        }
    });
});

test('an algorithm that is not known is one sentence', async () => {
    const { status, stderr } = await pinload(words('run --cert-compression zstd --verify none -n 1 https://localhost:9/'));
    assert.equal(status, 2);
    assert.match(stderr, /--cert-compression 'zstd' is not known; expected brotli, zlib or both/);
});
