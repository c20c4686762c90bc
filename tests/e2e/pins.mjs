// SPDX-License-Identifier: Apache-2.0
//
// pinload pin: what it prints for a file and for a server equals what openssl computes, and is accepted, and matched,
// by every option that takes a pin.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test, { after, before } from 'node:test';
import {
    client,
    command,
    inPki,
    load,
    needCommand,
    Nginx,
    outcomesOf,
    pinload,
    read,
    Server,
    words,
    write,
} from './lib.mjs';

const p256 = (...names) => inPki('p256', ...names);
let nginx;
before(async () => {
    nginx = await Nginx.start('server');
});
after(() => nginx.stop());

async function pinsOf(...args) {
    const { status, stdout, stderr } = await pinload(['pin', ...args]);
    assert.equal(status, 0, stderr);
    assert.equal(stderr, '');
    const lines = stdout.split('\n').filter((line) => line !== '');
    return {
        text: stdout,
        pins: lines.filter((line) => !line.startsWith('#')),
        comments: lines.filter((line) => line.startsWith('#')),
    };
}

const sha256 = (der) => command('openssl', ['dgst', '-sha256', '-r'], { input: der }).split(' ')[0];
const derOf = (args) => execFileSync('openssl', args);

// byOpenssl: the hexadecimal hashes of a certificate, and of its public key.
function byOpenssl(file) {
    const spki = execFileSync('openssl', [...words('pkey -pubin -outform DER')], {
        input: command('openssl', ['x509', '-in', file, '-noout', '-pubkey']),
    });
    return { certificate: sha256(derOf(['x509', '-in', file, '-outform', 'DER'])), spki: sha256(spki) };
}

const inBase64 = (hex) => Buffer.from(hex, 'hex').toString('base64');

// expectedPins: every form of a leaf.
function expectedPins(file) {
    const { certificate, spki } = byOpenssl(file);
    return [
        `cert-sha256:${inBase64(certificate)}`,
        `cert-sha256:${certificate}`,
        `spki-sha256:${inBase64(spki)}`,
        `spki-sha256:${spki}`,
    ];
}

// assertMatches: a run with only these options for verification succeeds.
async function assertMatches(...options) {
    const { status, result, told } = await load([
        ...client('client3'),
        ...words('-n 2 -c 1'),
        ...options,
        nginx.gateUrl,
    ]);
    assert.equal(status, 0, told);
    assert.deepEqual([result.pins.checked, result.pins.matched], [2, 2], told);
    return result;
}

for (const certs of ['p256', 'rsa2048']) {
    test(`the pins of an ${certs} certificate's file are openssl's`, async () => {
        const { pins, comments } = await pinsOf(inPki(certs, 'server.crt'));
        assert.deepEqual(pins, expectedPins(inPki(certs, 'server.crt')));
        assert.match(comments[0], /subject CN=localhost,O=pinload, issuer CN=pinload server CA/);
        assert.ok(pins.includes(read(inPki(certs, 'server.cert-sha256.pin')).trim()));
        assert.ok(pins.includes(read(inPki(certs, 'server.spki-sha256.pin')).trim()));
    });
}

test('a file in DER has the same pins as in PEM', async () => {
    const der = write('server.der', '');
    command('openssl', ['x509', '-in', p256('server.crt'), '-outform', 'DER', '-out', der]);
    assert.deepEqual((await pinsOf(der)).pins, expectedPins(p256('server.crt')));
});

test('the pins of a server that then refuses us are those of its file', async () => {
    for (const url of [nginx.loadUrl, nginx.gateUrl, nginx.openUrl])
        assert.deepEqual((await pinsOf(url)).pins, expectedPins(p256('server.crt')));
    nginx.clearLog();
    await pinsOf(nginx.gateUrl.replace('localhost', '127.0.0.1'));
    await pinsOf(nginx.gateUrl.replace('localhost', '[::1]'));
    assert.deepEqual(await nginx.log(), [], 'a request was sent');
});

test('the pins of a server that refuses us by an alert are those of its file', async () => {
    const openssl = needCommand('openssl', 'openssl');
    for (const version of ['-tls1_2', '-tls1_3']) {
        const server = await Server.start('s_server', (port) => ({
            command: openssl,
            args: [
                's_server',
                '-accept',
                String(port),
                version,
                '-Verify',
                '1',
                '-verify_return_error',
                '-CAfile',
                p256('client-ca.crt'),
                '-cert',
                p256('server.crt'),
                '-key',
                p256('server.plain.key'),
            ],
        }));
        try {
            assert.deepEqual((await pinsOf(server.url)).pins, expectedPins(p256('server.crt')));
        } finally {
            await server.stop();
        }
    }
});

test('every form that is printed is accepted by --pin, and matches', async () => {
    const { pins } = await pinsOf(nginx.loadUrl);
    for (const pin of pins) {
        const result = await assertMatches('--pin', pin);
        assert.deepEqual(Object.values(result.pins.by_pin), [2]);
        const [kind, value] = pin.split(/:(.*)/);
        if (kind === 'cert-sha256') await assertMatches('--pin', value);
        if (/^[0-9a-f]{64}$/.test(value))
            await assertMatches('--pin', `${kind}:${value.toUpperCase().match(/../g).join(':')}`);
    }
});

test("openssl's own fingerprint, with its colons, is accepted and matches", async () => {
    const [, fingerprint] = command('openssl', [
        'x509',
        '-in',
        p256('server.crt'),
        '-noout',
        '-fingerprint',
        '-sha256',
    ])
        .trim()
        .split('=');
    await assertMatches('--pin', fingerprint);
});

test('what is printed is a pin file as it stands', async () => {
    const { text } = await pinsOf(nginx.loadUrl);
    await assertMatches('--pin-file', write('printed.pin', text));
});

test('each file of pins that make-certs writes matches', async () => {
    await assertMatches('--pin-file', p256('server.cert-sha256.pin'));
    await assertMatches('--pin-file', p256('server.spki-sha256.pin'));
    await assertMatches('--pin-file', p256('server.pin'));
    await assertMatches('--cacert', p256('server-ca.crt'), '--pin-file', p256('server-ca.ca-sha256.pin'));
});

test('the printed --pinnedpubkey is accepted, and matches', async () => {
    const { comments } = await pinsOf(nginx.loadUrl);
    const [, value] = comments.find((line) => line.includes('--pinnedpubkey')).match(/--pinnedpubkey '(.*)'/);
    await assertMatches('--pinnedpubkey', value);
    await assertMatches('--pinnedpubkey', `sha256//${Buffer.alloc(32).toString('base64')};${value}`);
});

test('curl takes the same pin of the public key', async () => {
    const { comments } = await pinsOf(nginx.openUrl);
    const [, value] = comments.find((line) => line.includes('--pinnedpubkey')).match(/--pinnedpubkey '(.*)'/);
    command('curl', [
        ...words('-s -S --noproxy * --cacert'),
        p256('server-ca.crt'),
        '--pinnedpubkey',
        value,
        nginx.openUrl,
    ]);
});

test("an issuer's pin is printed as ca-sha256, and matches in a verified chain only", async () => {
    const chain = write('chain.crt', read(p256('server.crt')) + read(p256('server-ca.crt')));
    const { pins } = await pinsOf(chain);
    const { certificate } = byOpenssl(p256('server-ca.crt'));
    assert.deepEqual(pins, [
        ...expectedPins(p256('server.crt')),
        `ca-sha256:${inBase64(certificate)}`,
        `ca-sha256:${certificate}`,
    ]);
    for (const pin of pins.slice(-2)) {
        await assertMatches('--cacert', p256('server-ca.crt'), '--pin', pin);
        const done = await pinload(['run', '-n', '1', ...client('client3'), '--pin', pin, nginx.gateUrl]);
        assert.equal(done.status, 2, done.stderr);
    }
});

test("the pin of the public key survives a new certificate for the same key; the leaf's does not", async () => {
    const renewed = write('renewed.crt', '');
    command('openssl', [
        'x509',
        '-in',
        p256('server.crt'),
        '-signkey',
        p256('server.plain.key'),
        '-days',
        '30',
        '-out',
        renewed,
    ]);
    const before = (await pinsOf(p256('server.crt'))).pins;
    const now = (await pinsOf(renewed)).pins;
    assert.deepEqual(now.slice(2), before.slice(2));
    assert.notDeepEqual(now.slice(0, 2), before.slice(0, 2));
});

test('a session that matches is a success with the pin counted, whichever of several matched', async () => {
    const { pins } = await pinsOf(nginx.loadUrl);
    const result = await assertMatches(
        '--pin',
        `cert-sha256:${Buffer.alloc(32).toString('base64')}`,
        '--pin',
        pins[2],
    );
    assert.deepEqual(outcomesOf(result), { succeeded: 2 });
    assert.deepEqual(Object.values(result.pins.by_pin).sort(), [0, 2]);
});

test('with --pins report a session goes on without a match, and is told apart', async () => {
    const nobodys = `spki-sha256:${Buffer.alloc(32).toString('base64')}`;
    const args = [...client('client3'), ...words('-n 4 -c 1 --pins report --pin'), nobodys];
    const { status, result, told } = await load([...args, nginx.gateUrl]);
    assert.equal(status, 0, told);
    assert.deepEqual(outcomesOf(result), { succeeded: 4 });
    const { checked, matched, mismatched, mismatch_reported } = result.pins;
    assert.deepEqual([checked, matched, mismatched, mismatch_reported], [4, 0, 4, 4]);
    assert.equal(result.config.pins_action, 'report');
    const limited = await load([...args, '--fail-if', 'pins.mismatch_reported > 3', nginx.gateUrl]);
    assert.equal(limited.status, 1, limited.told);
    const useless = await pinload([...words('run -n 1 --pins report --verify none'), nginx.gateUrl]);
    assert.equal(useless.status, 2);
    assert.match(useless.stderr, /--pins report needs pins that are checked; expected --pin/);
});

test('a rejected pin wins over one that matches, and the server learns nothing', async () => {
    const { pins } = await pinsOf(nginx.loadUrl);
    nginx.clearLog();
    for (const more of [['--pin', pins[0]], ['--cacert', p256('server-ca.crt')]]) {
        const { status, result, told } = await load([
            ...client('client3'),
            ...words('-n 2 -c 1 --no-backoff --reject-pin'),
            pins[2],
            ...more,
            nginx.gateUrl,
        ]);
        assert.equal(status, 1, told);
        assert.deepEqual(outcomesOf(result), { pin_rejected: 2 });
        assert.deepEqual([result.pins.rejected, result.pins.checked, result.pins.not_checked], [2, 0, 2]);
    }
    assert.deepEqual(await nginx.log(), [], 'a request was sent');
    const alone = await pinload([...words('run -n 1 --verify none --reject-pin'), pins[2], nginx.gateUrl]);
    assert.equal(alone.status, 2);
    assert.match(alone.stderr, /--reject-pin and --verify none do not go together/);
    const wrong = await pinload([...words('run -n 1 --reject-pin abc --pin'), pins[2], nginx.gateUrl]);
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /--reject-pin: the pin 'abc' is not a fingerprint/);
});

test("each of the other programs' forms that is read is printed, and matches", async () => {
    const chain = write('whole-chain.crt', read(p256('server.crt')) + read(p256('server-ca.crt')));
    for (const format of ['okhttp', 'rfc7469', 'tlsa']) {
        const { text, pins } = await pinsOf('--format', format, chain);
        assert.equal(pins.length, format === 'tlsa' ? 8 : 2, text);
        for (const pin of pins) await assertMatches('--cacert', p256('server-ca.crt'), '--pin', pin);
        await assertMatches('--cacert', p256('server-ca.crt'), '--pin-file', write(`pins.${format}`, text));
    }
    const { pins } = await pinsOf('--format', 'okhttp', chain);
    const done = await load([...client('client3'), ...words('-n 1 -c 1 --pin'), pins[1], nginx.gateUrl]);
    assert.deepEqual(outcomesOf(done.result), { pin_mismatch: 1 }, "the issuer's key, without a chain");
});

test("danetool's TLSA record is accepted and matches, and is the one printed", async () => {
    const danetool = needCommand('danetool', 'gnutls-bin');
    const record = command(danetool, [
        ...words('--tlsa-rr --host=localhost --load-certificate'),
        p256('server.crt'),
    ]).trim();
    await assertMatches('--pin', record);
    const { pins } = await pinsOf('--format', 'tlsa', p256('server.crt'));
    assert.equal(pins[0], `3 1 1 ${byOpenssl(p256('server.crt')).spki}`);
    assert.ok(record.includes(pins[0].slice(6)), record);
});

test('the forms of Android and iOS are read by parsers of XML and property lists', async () => {
    const { spki } = byOpenssl(p256('server.crt'));
    const android = (await pinload([...words('pin --format android'), p256('server.crt')])).stdout;
    const file = write('pin-set.xml', android);
    const pin = command(needCommand('xmllint', 'libxml2-utils'), ['--xpath', 'string(/pin-set/pin)', file]);
    assert.equal(pin.trim(), inBase64(spki));
    const ios = (await pinload([...words('pin --format ios'), p256('server.crt')])).stdout;
    const program =
        'import plistlib, sys; print(plistlib.loads(sys.stdin.buffer.read())["NSPinnedLeafIdentities"][0]["SPKI-SHA256-BASE64"])';
    assert.equal(
        command(needCommand('python3', 'python3'), ['-c', program], { input: ios }).trim(),
        inBase64(spki),
    );
});

test("x5t#S256 is the base64url of openssl's fingerprint", async () => {
    const { comments } = await pinsOf(p256('clients', 'client3.crt'));
    const expected = Buffer.from(byOpenssl(p256('clients', 'client3.crt')).certificate, 'hex').toString('base64url');
    assert.ok(comments.includes(`# x5t#S256 ${expected}`), comments.join('\n'));
});
