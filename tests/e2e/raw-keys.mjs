// SPDX-License-Identifier: Apache-2.0
//
// Raw public keys (RFC 7250) against GnuTLS's server, in both versions of TLS: keys of both sides, servers that have
// certificates only, a wrong pin; and the pins of bare public keys as openssl computes them.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { command, inPki, inWork, load, needCommand, outcomesOf, pinload, read, Server, words, write } from './lib.mjs';

const p256 = (...names) => inPki('p256', ...names);
const clientKey = inWork('client.key');
const clientCert = inWork('client.crt');
const serverKey = p256('server.plain.key');
const serverPublic = inWork('server.pub');
const noSupport = !/raw-public-key/.test((await pinload(['help', 'run'])).stdout) ||
    /has no raw public keys/.test((await pinload(['pin', '--raw-public-key', 'https://127.0.0.1:1/'])).stderr)
    ? 'this BoringSSL has no raw public keys (API 41 has them)' : false;

command('openssl', [...words('genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out'), clientKey]);
command('openssl', [...words('req -x509 -new -days 30 -subj /CN=client -key'), clientKey, '-out', clientCert]);
command('chmod', ['600', clientKey]);
command('openssl', ['pkey', '-in', serverKey, '-pubout', '-out', serverPublic]);

const sha256 = (der) => command('openssl', ['dgst', '-sha256', '-r'], { input: der }).split(' ')[0];
const inBase64 = (hex) => Buffer.from(hex, 'hex').toString('base64');
const spki = sha256(execFileSync('openssl', ['pkey', '-pubin', '-in', serverPublic, '-outform', 'DER']));
const pin = `spki-sha256:${inBase64(spki)}`;
const pinForms = [pin, `spki-sha256:${spki}`];

const versions = { 1.2: 'TLSv1.2', 1.3: 'TLSv1.3' };
const rawKeys = '+CTYPE-CLI-RAWPK:+CTYPE-SRV-RAWPK';
const keysAlone = `-CTYPE-CLI-X509:-CTYPE-SRV-X509:${rawKeys}`;

// gnutls: with its raw public key where TYPES has them, and a certificate otherwise. It takes any client's key.
const gnutls = (types) =>
    Server.start('gnutls-serv', (port) => ({
        command: needCommand('gnutls-serv', 'gnutls-bin'),
        args: [
            ...words('--http --port'), String(port),
            '--priority', `NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3${types ? `:${types}` : ''}`,
            ...words('--require-client-cert'),
            ...(types === keysAlone ? [] : ['--x509certfile', p256('server.crt'), '--x509keyfile', serverKey]),
            ...(types ? ['--rawpkkeyfile', serverKey, '--rawpkfile', serverPublic] : []),
        ],
    }));

const openssl = () =>
    Server.start('openssl s_server', (port) => ({
        command: needCommand('openssl', 'openssl'),
        args: [
            ...words('s_server -accept'), `127.0.0.1:${port}`, ...words('-www -quiet -Verify 1 -verify_return_error'),
            '-CAfile', clientCert, '-cert', p256('server.crt'), '-key', serverKey,
        ],
    }));

async function withServer(types, use) {
    const server = await gnutls(types);
    try {
        await use(server);
    } finally {
        await server.stop();
    }
}

const only = (version) => ['--tls-min', version, '--tls-max', version];
const keyAlone = ['--raw-public-key', '--key', clientKey];
const withCert = ['--raw-public-key', '--cert', clientCert, '--key', clientKey];

const typesOf = ({ handshakes: h }) => [h.server_certificate_types, h.client_certificate_types];

for (const [version, name] of Object.entries(versions)) {
    test(`GnuTLS's raw public key is taken and ours given, TLS ${version}`, { skip: noSupport }, () =>
        withServer(keysAlone, async ({ url, seen }) => {
            const { status, stdout, result, told } = await load([...words('-n 4 -c 1'), ...only(version), ...keyAlone, '--pin', pin, url]);
            assert.equal(status, 0, told);
            assert.deepEqual(outcomesOf(result), { succeeded: 4 }, told);
            assert.deepEqual(result.handshakes.versions, { [name]: 4 }, told);
            assert.deepEqual(typesOf(result), [{ raw_public_key: 4 }, { raw_public_key: 4 }], told);
            assert.deepEqual(result.pins.by_pin, { [pin]: 4 }, told);
            assert.deepEqual(result.identities[0].sigalgs, { ecdsa_secp256r1_sha256: 4 }, told);
            assert.match(stdout, /^raw keys +server 4 of 4 +client 4 of 4$/m);
            assert.match(seen.stdout + seen.stderr, /Raw Public Key/i, 'the server saw no raw public key');
        }));

    test(`of a server that has both, the key is taken, TLS ${version}`, { skip: noSupport }, () =>
        withServer(rawKeys, async ({ url }) => {
            for (const identity of [keyAlone, withCert]) {
                const { result, told } = await load([...words('-n 2 -c 1'), ...only(version), ...identity, '--pin', pin, url]);
                assert.deepEqual(outcomesOf(result), { succeeded: 2 }, told);
                assert.deepEqual(result.handshakes.server_certificate_types, { raw_public_key: 2 }, told);
            }
        }));

    test(`a server that has certificates only answers with one, TLS ${version}`, { skip: noSupport }, () =>
        withServer('', async ({ url }) => {
            const taken = await load([...words('-n 2 -c 1'), ...only(version), ...withCert, '--pin', pin, url]);
            assert.deepEqual(outcomesOf(taken.result), { succeeded: 2 }, taken.told);
            assert.deepEqual(typesOf(taken.result), [{ x509: 2 }, { x509: 2 }], taken.told);
            assert.match(taken.stdout, /^raw keys +server 0 of 2 +client 0 of 2$/m);
            const failed = await load([...words('-n 2 -c 1'), ...only(version), ...keyAlone, '--pin', pin, url]);
            assert.equal(failed.status, 1, failed.told);
            assert.deepEqual(outcomesOf(failed.result), { tls_alert: 2 }, failed.told);
            assert.deepEqual(failed.result.handshakes.alerts.received, { unsupported_certificate: 2 }, failed.told);
        }));

    test(`a server that knows nothing of raw public keys is met with a certificate, TLS ${version}`, { skip: noSupport }, async () => {
        const server = await openssl();
        try {
            const { url } = server;
            const taken = await load([...words('-n 2 -c 1'), ...only(version), ...withCert, '--pin', pin, url]);
            assert.deepEqual(outcomesOf(taken.result), { succeeded: 2 }, taken.told);
            assert.deepEqual(typesOf(taken.result), [{ x509: 2 }, { x509: 2 }], taken.told);
            const failed = await load([...words('-v -n 2 -c 1'), ...only(version), ...keyAlone, '--pin', pin, url]);
            assert.equal(failed.status, 1, failed.told);
            assert.deepEqual(outcomesOf(failed.result), { tls_protocol: 2 }, failed.told);
            assert.deepEqual(typesOf(failed.result), [{}, {}], failed.told);
            assert.match(failed.stdout + failed.stderr, /the server asks for a kind of certificate or key that the identity is not/);
        } finally {
            await server.stop();
        }
    });

    test(`a wrong pin ends the handshake before our key is shown, TLS ${version}`, { skip: noSupport }, () =>
        withServer(keysAlone, async ({ url, seen }) => {
            const wrong = `spki-sha256:${Buffer.alloc(32, 1).toString('base64')}`;
            const { status, result, told } = await load([...words('-n 2 -c 1'), ...only(version), ...keyAlone, '--pin', wrong, url]);
            assert.equal(status, 1, told);
            assert.deepEqual(outcomesOf(result), { pin_mismatch: 2 }, told);
            assert.deepEqual(typesOf(result), [{}, {}], told);
            assert.doesNotMatch(seen.stdout, /Raw Public Key/i);
        }));
}

test('without the option a server with a key alone gives no session', { skip: noSupport }, () =>
    withServer(keysAlone, async ({ url }) => {
        const { result, told } = await load([...words('-n 1 --verify none'), url]);
        assert.equal(result.sessions.failed, 1, told);
    }));

// --- pins -------------------------------------------------------------------------------------------------------

async function pinsOf(...args) {
    const { status, stdout, stderr } = await pinload(['pin', ...args]);
    assert.equal(status, 0, stderr);
    return { text: stdout, pins: stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#')) };
}

test("the pins of a public key's file are openssl's, in PEM and DER", async () => {
    const der = inWork('server.pub.der');
    command('openssl', ['pkey', '-pubin', '-in', serverPublic, '-outform', 'DER', '-out', der]);
    for (const file of [serverPublic, der]) {
        const { text, pins } = await pinsOf(file);
        assert.deepEqual(pins, pinForms);
        assert.match(text, /^# public key without a certificate, P-256$/m);
        assert.ok(text.includes(`# --pinnedpubkey 'sha256//${inBase64(spki)}'`));
    }
});

test("the pins of a server's raw public key are those of its file", { skip: noSupport }, () =>
    withServer(keysAlone, async ({ url }) => {
        assert.deepEqual((await pinsOf('--raw-public-key', url)).pins, pinForms);
        assert.deepEqual((await pinsOf('--raw-public-key', '--key', clientKey, url)).pins, pinForms);
    }));

// --- bad input --------------------------------------------------------------------------------------------------

test('what is no public key, or more than one, is told in a sentence', async () => {
    const twice = write('twice.pub', read(serverPublic) + read(serverPublic));
    const damaged = write('damaged.pub', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n');
    const cases = [
        [[twice], /'.*twice\.pub' has 2 public keys; expected one, or a certificate/],
        [[damaged], /'.*damaged\.pub' has a public key that cannot be parsed; expected 'BEGIN PUBLIC KEY'/],
        [[clientKey], /has no certificate and no public key; expected PEM, DER or PKCS#12, or a URL/],
    ];
    for (const [args, sentence] of cases) {
        const { status, stderr } = await pinload(['pin', ...args]);
        assert.equal(status, 2, stderr);
        assert.match(stderr, sentence);
    }
});

test('an identity that is a key needs the option, and its own option', { skip: noSupport }, async () => {
    const url = 'https://127.0.0.1:1/';
    const cases = [
        [['--verify', 'none', '--key', clientKey], /--key '.*' is given without --cert; expected .* or --raw-public-key with the key alone/],
        [['--verify', 'none', '--identity', `a=${clientKey}`], /the certificate file '.*' has no certificate/],
        [['--verify', 'none', '--raw-public-key', '--cert', clientKey], /--cert '.*' has a key and no certificate; expected --key '/],
        [['--verify', 'none', '--raw-public-key', '--key', clientCert], /the key file '.*' has no private key/],
        [['--verify', 'none', '--raw-public-key', '--key', serverPublic], /the key file '.*' has no private key/],
    ];
    for (const [args, sentence] of cases) {
        const { status, stderr } = await pinload(['run', ...args, url]);
        assert.equal(status, 2, stderr);
        assert.match(stderr, sentence);
    }
});
