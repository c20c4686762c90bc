// SPDX-License-Identifier: Apache-2.0
//
// Encrypted Client Hello, against the sink with a key, with another one and with none, and GREASE against nginx: what
// pinload counts is what the server counts, and a server that rejects it never learns who the client is.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { command, inWork, load, Nginx, outcomesOf, pinload, read, words, write } from './lib.mjs';
import { chainAndPin, p256, pin, pinOnly, withSink } from './sink.mjs';

const { PINLOAD_ECH_KEY: keyBinary } = process.env;

// newKey: a file with a key and its configuration, for clients that connect as NAME.
function newKey(file, name = 'localhost') {
    return write(file, command(keyBinary, [name]));
}

// configOf: the configuration alone, in base64, as an HTTPS record has it.
function configOf(keyFile) {
    const [, base64] = read(keyFile).match(/BEGIN ECHCONFIG-----\n([^-]+)-----END/);
    return base64.replaceAll('\n', '');
}

test('a server that has the key accepts every session', async () => {
    const key = newKey('right.pem');
    for (const ech of [key, configOf(key)]) {
        const prometheus = inWork('accepted.prom');
        const counted = await withSink(['--ech-key', key], async (url) => {
            const { status, result, stdout, told } = await load(
                ['--ech', ech, ...words('-n 12 -c 3'), '--prometheus', prometheus, ...chainAndPin(), url]);
            assert.equal(status, 0, told);
            assert.deepEqual(result.handshakes.ech, { offered: 12, accepted: 12, rejected: 0, retried: 0 });
            assert.equal(result.config.ech, ech);
            assert.match(stdout, /^ECH +12 offered +12 accepted +0 rejected$/m);
        });
        assert.deepEqual([counted.full, counted.ech, counted.failed], [12, 12, 0]);
        assert.match(read(prometheus), /^pinload_ech_total\{result="accepted"\} 12$/m);
    }
});

test('the configuration of a rejection is used by what follows', async () => {
    const stale = newKey('stale.pem'), key = newKey('renewed.pem');
    const counted = await withSink(['--ech-key', key], async (url) => {
        const { status, result, stderr, told } = await load(
            ['--ech', stale, ...words('-v -n 8 -c 1 --max-failures 1'), ...chainAndPin(), url]);
        assert.equal(status, 0, told);
        assert.deepEqual(outcomesOf(result), { succeeded: 7, ech_rejected: 1 }, told);
        assert.deepEqual(result.handshakes.ech, { offered: 8, accepted: 7, rejected: 1, retried: 7 });
        assert.deepEqual(result.handshakes.alerts.sent, { ech_required: 1 });
        assert.match(stderr, /ECH: rejected, with a certificate for the public name 'localhost'; the server sent another/);
        assert.ok(result.identities.every((one) => one.as_expected), told);
    });
    assert.deepEqual([counted.full, counted.ech, counted.requests], [7, 7, 7]);
});

test('a server without ECH gets no certificate and no request', async () => {
    const key = newKey('nobody.pem');
    const counted = await withSink([], async (url) => {
        const { status, result, told } = await load(['--ech', key, ...words('-n 6 -c 2'), ...chainAndPin(), url]);
        assert.equal(status, 1, told);
        assert.deepEqual(outcomesOf(result), { ech_rejected: 6 }, told);
        assert.deepEqual(result.handshakes.ech, { offered: 6, accepted: 0, rejected: 6, retried: 0 });
        assert.match(result.verdict.first_failure, /the server sent no other configuration/);
    });
    assert.deepEqual([counted.full, counted.requests, counted.chains_checked], [0, 0, 0]);
});

test('who rejects it must have a certificate for the public name, unless pins alone decide', async () => {
    const stale = newKey('elsewhere.pem', 'elsewhere.example'), key = newKey('other.pem');
    await withSink(['--ech-key', key], async (url) => {
        const chain = await load(['--ech', stale, ...words('-n 3 -c 1'), ...chainAndPin(), url]);
        assert.deepEqual(outcomesOf(chain.result), { name_mismatch: 3 }, chain.told);
        assert.equal(chain.result.handshakes.ech.retried, 0);
        const byPin = await load(['--ech', stale, ...words('-n 3 -c 1'), ...pinOnly(), url]);
        assert.deepEqual(outcomesOf(byPin.result), { ech_rejected: 1, succeeded: 2 }, byPin.told);
    });
});

test('resumed sessions are encrypted too', async () => {
    const key = newKey('resumed.pem');
    const counted = await withSink(['--ech-key', key, '--tickets', 'on'], async (url) => {
        const { status, result, told } = await load(
            ['--ech', key, ...words('-n 16 -c 1 --session-mode resume'), ...chainAndPin(), url]);
        assert.equal(status, 0, told);
        assert.ok(result.handshakes.resumed >= 12, told);
        assert.equal(result.handshakes.ech.accepted, 16, told);
    });
    assert.equal(counted.ech, 16);
});

test('grease is passed over by nginx and by a server that has a key', async () => {
    const grease = async (url) => {
        const { status, result, stderr, told } = await load(
            ['--ech', 'grease', ...words('-v -n 4 -c 2'), ...chainAndPin(), url]);
        assert.equal(status, 0, told);
        assert.deepEqual(result.handshakes.ech, { offered: 0, accepted: 0, rejected: 0, retried: 0 });
        assert.equal(result.config.ech, 'grease');
        assert.match(stderr, /ECH: an extension without meaning \(grease\)/);
    };
    const nginx = await Nginx.start('grease');
    try {
        await grease(nginx.loadUrl);
    } finally {
        await nginx.stop();
    }
    const counted = await withSink(['--ech-key', newKey('unused.pem')], grease);
    assert.deepEqual([counted.full, counted.ech], [4, 0]);
});

test('pinload pin shows the certificate that was asked for, or none', async () => {
    const stale = newKey('pin-stale.pem'), key = newKey('pin.pem');
    await withSink(['--ech-key', key], async (url) => {
        const seen = await pinload(['pin', '--ech', key, url]);
        assert.equal(seen.status, 0, seen.stderr);
        assert.ok(seen.stdout.includes(pin()), seen.stdout);
        const rejected = await pinload(['pin', '--ech', stale, url]);
        assert.equal(rejected.status, 1);
        assert.equal(rejected.stdout, '');
        assert.match(rejected.stderr, /rejected the --ech given, and its certificate is for the public name 'localhost'/);
    });
});

test('what is no configuration is one sentence, and nothing is sent', async () => {
    const broken = write('broken.pem', read(newKey('whole.pem')).replace(/(BEGIN ECHCONFIG-----\n.{20})/, '$1A'));
    for (const [args, sentence] of [
        [['--ech', broken], /--ech.*broken\.pem' is damaged PEM/],
        [['--ech', 'example.com'], /--ech 'example.com' is neither a file nor base64; expected/],
        [['--ech', p256('server.crt')], /server\.crt' has no PEM block ECHCONFIG; expected/],
        [['--ech', 'grease', '--tls-max', '1.2'], /--ech needs TLS 1\.3, and --tls-max is 1\.2; expected/],
    ]) {
        const { status, stderr } = await pinload(['run', ...args, ...words('--verify none -n 1'), 'https://localhost:9/']);
        assert.equal(status, 2, stderr);
        assert.match(stderr, sentence);
        assert.equal(stderr.trim().split('\n').length, 1, stderr);
    }
    assert.ok(fs.existsSync(broken));
});
