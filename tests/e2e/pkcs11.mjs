// SPDX-License-Identifier: Apache-2.0
//
// Keys in a PKCS#11 token, SoftHSM's: RSA and ECDSA sign in both TLS versions; a slow token delays the sessions with its
// keys and nobody else; a wrong PIN, a missing module and a token that is taken away end in one sentence; a PIN is seen
// nowhere. Without SoftHSM the test says that it is skipped.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import test, { after, before } from 'node:test';
import { command, identityNamed, inWork, load, needFile, outcomesOf, pinload, read, Server, sleep, startPinload, words, write } from './lib.mjs';

const softHsm = '/usr/lib/softhsm/libsofthsm2.so';
const skip = !fs.existsSync(softHsm) && `SoftHSM is not installed; './scripts/setup --for test' installs it (package softhsm2)`;
if (skip) console.log(`skipped: ${skip}`);

const pin = '80351264';
const wrongPin = '99999999';
const kinds = {
    rsa2: 'RSA -pkeyopt rsa_keygen_bits:2048',
    rsa3: 'RSA -pkeyopt rsa_keygen_bits:3072',
    p256: 'EC -pkeyopt ec_paramgen_curve:P-256',
    p384: 'EC -pkeyopt ec_paramgen_curve:P-384',
};
const names = Object.keys(kinds);
const env = { SOFTHSM2_CONF: inWork('softhsm2.conf') };
const goneFile = inWork('gone');
const slowToken = process.env.PINLOAD_SLOW_TOKEN;
const crt = (name) => inWork(`${name}.crt`);
const uri = (name, more = '') => `pkcs11:token=pinload-test;object=${name}${more}`;
const identity = (name, more) => ['--identity', `${name}=${crt(name)},${uri(name, more)}`];
const one = (name, more) => ['--cert', crt(name), '--key', uri(name, more)];
const byPass = ['--pass', `pass:${pin}`];

// The module before SoftHSM's, as tests/e2e/servers/slow_token.c describes it.
const slowly = (ms) => ({ ...env, SLOW_TOKEN_MS: String(ms), SLOW_TOKEN_REAL: softHsm, SLOW_TOKEN_GONE: goneFile });
const bySlowToken = `?module-path=${slowToken}`;

let server;
const toServer = () => ['--cacert', crt('server'), server.url];

// makeCertificate: a key, and a certificate that it signed itself.
function makeCertificate(name, algorithm, subject, ...more) {
    command('openssl', ['genpkey', '-quiet', '-algorithm', ...words(algorithm), '-out', inWork(`${name}.key`)]);
    fs.chmodSync(inWork(`${name}.key`), 0o600);
    command('openssl', [...words('req -x509 -new -days 30 -key'), inWork(`${name}.key`), '-subj', `/CN=${subject}`, '-out', crt(name), ...more]);
}

const softHsmUtil = (...args) => command('softhsm2-util', args, { env: { ...process.env, ...env } });

function fillToken() {
    fs.rmSync(inWork('tokens'), { recursive: true, force: true });
    fs.mkdirSync(inWork('tokens'));
    write('softhsm2.conf', `directories.tokendir = ${inWork('tokens')}\nlog.level = ERROR\n`);
    softHsmUtil('--init-token', '--free', '--label', 'pinload-test', '--pin', pin, '--so-pin', '11223344');
    names.forEach((name, i) => {
        softHsmUtil('--import', inWork(`${name}.key`), '--token', 'pinload-test', '--label', name, '--id', `0${i + 1}`, '--pin', pin);
    });
}

before(async () => {
    if (skip) return;
    fs.rmSync(goneFile, { force: true });
    makeCertificate('server', kinds.p256, 'localhost', '-addext', 'subjectAltName=DNS:localhost');
    for (const name of names) makeCertificate(name, kinds[name], name);
    write('clients.crt', names.map((name) => read(crt(name))).join(''));
    fillToken();
    server = await Server.start('sink', (port) => ({
        command: needFile(process.env.PINLOAD_SINK, 'the build'),
        args: [...words(`--port ${port} --for 110s --cert`), crt('server'), '--key', inWork('server.key'), '--client-ca', inWork('clients.crt')],
    }));
});

after(() => server?.stop());

// keepsThePin: no output and no result may have it.
function keepsThePin(done, result) {
    const all = done.stdout + done.stderr + JSON.stringify(result ?? {});
    for (const secret of [pin, wrongPin]) assert.ok(!all.includes(secret), `a PIN is shown:\n${all}`);
}

const sigalgs = {
    1.3: { rsa2: 'rsa_pss_rsae_sha256', rsa3: 'rsa_pss_rsae_sha256', p256: 'ecdsa_secp256r1_sha256', p384: 'ecdsa_secp384r1_sha384' },
    1.2: { rsa2: /^rsa_/, rsa3: /^rsa_/, p256: /^ecdsa_/, p384: /^ecdsa_/ },
};

test('four identities sign 1,000 handshakes, RSA and ECDSA, and none fails', { skip }, async () => {
    const done = await load([...words('-n 1000 -c 16'), ...names.flatMap((name) => identity(name)), ...byPass, ...toServer()], { env });
    const { result, told } = done;
    assert.equal(done.status, 0, told);
    assert.deepEqual(outcomesOf(result), { succeeded: 1000 }, told);
    for (const name of names)
        assert.deepEqual(identityNamed(result, name).sigalgs, { [sigalgs[1.3][name]]: 250 }, told);
    assert.equal(result.latency.signing.count, 1000, told);
    assert.equal(result.latency.signing_queue.count, 1000, told);
    assert.ok(result.latency.signing.max <= result.latency.tls_handshake.max, told);
    assert.equal(result.config.sign_threads, 4, told);
    assert.match(done.stdout, /^token signing /m);
    keepsThePin(done, result);
});

test('they sign in TLS 1.2, too, and by PKCS #1 v1.5', { skip }, async () => {
    const all = [...words('-n 40 -c 4 -t 2 --sign-threads 2'), ...names.flatMap((name) => identity(name)), ...byPass];
    const { status, result, told } = await load([...all, '--tls-max', '1.2', ...toServer()], { env });
    assert.equal(status, 0, told);
    for (const name of names) assert.match(Object.keys(identityNamed(result, name).sigalgs).join(), sigalgs[1.2][name], told);
    for (const sigalg of ['rsa_pkcs1_sha256', 'rsa_pkcs1_sha512', 'rsa_pss_rsae_sha384', 'rsa_pss_rsae_sha512']) {
        const by = await load([...words('-n 4 --tls-max 1.2'), '--sigalgs', `${sigalg}:ecdsa_secp256r1_sha256`, ...one('rsa3'), ...byPass, ...toServer()], { env });
        assert.equal(by.status, 0, by.told);
        assert.deepEqual(by.result.handshakes.client_sigalgs, { [sigalg]: 4 }, by.told);
    }
    const long = await load([...words('-n 4 --tls-max 1.2 --sigalgs ecdsa_secp521r1_sha512:ecdsa_secp256r1_sha256'), ...one('p256'), ...byPass, ...toServer()], { env });
    assert.equal(long.status, 0, long.told);
});

test('resumed sessions need no signature', { skip }, async () => {
    const sign = () => load([...words('-n 8 -c 1 --session-mode resume --max-failures 100%'), ...one('p256'), ...byPass, ...toServer()], { env });
    const { result, told } = await sign();
    assert.equal(result.latency.signing.count, result.handshakes.full, told);
});

test('the certificate is read from the token, and the PIN from the URI or a file', { skip }, async () => {
    const der = inWork('p384.der');
    command('openssl', ['x509', '-in', crt('p384'), '-outform', 'DER', '-out', der]);
    write('pin.txt', `${pin}\n`);
    for (const more of [`?pin-value=${pin}`, `?pin-source=file:${inWork('pin.txt')}`, `?module-path=${softHsm}&pin-value=${pin}`]) {
        const done = await load(['-n', '4', ...one('p384', more), ...toServer()], { env });
        assert.equal(done.status, 0, done.told);
        keepsThePin(done, { ...done.result, command: [...done.result.command].join(' ') });
    }
    const tool = spawnSync('pkcs11-tool', ['--module', softHsm, '--token-label', 'pinload-test', '--login', '--pin', pin,
        '--write-object', der, '--type', 'cert', '--label', 'p384', '--id', '04'], { env: { ...process.env, ...env } });
    if (tool.error) return;
    assert.equal(tool.status, 0, String(tool.stderr));
    const { status, told } = await load(['-n', '4', '--cert', uri('p384'), ...byPass, ...toServer()], { env });
    assert.equal(status, 0, told);
});

test('a PIN in the command line is gone from the list of processes', { skip }, async () => {
    const run = startPinload(['run', ...words('-d 3s -c 1'), ...one('p256', `?pin-value=${pin}`), ...toServer()], { env });
    let line = '';
    for (let i = 0; i < 100 && (line === '' || line.includes(pin)); i++) {
        await sleep(20);
        line = read(`/proc/${run.child.pid}/cmdline`);
    }
    run.child.kill('SIGINT');
    await run.ended;
    assert.match(line, /pkcs11:token=pinload-test/);
    assert.ok(!line.includes(pin), line);
});

// Each case: options, and the one sentence.
const refusals = {
    'a wrong PIN': [[...one('p256'), '--pass', `pass:${wrongPin}`], /the PIN for the token 'pinload-test' is wrong \(CKR_PIN_INCORRECT\)/],
    'a wrong PIN in the URI': [one('p256', `?pin-value=${wrongPin}`), /the PIN for the token 'pinload-test' is wrong/],
    'no PIN': [one('p256'), /asks for a PIN; expected --pass env:VAR/],
    'two PINs': [one('p256', `?pin-source=file:pin.txt&pin-value=${pin}`), /has both pin-source and pin-value; expected one/],
    'a PIN from a command': [one('p256', '?pin-source=|cat'), /is a command, and none is run/],
    'a missing module': [[...one('p256', '?module-path=/no/such.so'), ...byPass], /the PKCS#11 module '\/no\/such.so' cannot be loaded/],
    'a module without a name': [[...one('p256', '?module-name=nobody'), ...byPass], /p11-kit has no such PKCS#11 module/],
    'another token': [['--cert', crt('p256'), '--key', 'pkcs11:token=taken-away;object=p256', ...byPass], /no such token is there; there is .*'pinload-test'/],
    'another key': [['--cert', crt('p256'), '--key', uri('nobody'), ...byPass], /names no private key of the token 'pinload-test'/],
    'several keys': [['--cert', crt('p256'), '--key', 'pkcs11:token=pinload-test', ...byPass], /names more than one private key/],
    'the key of another certificate': [['--cert', crt('rsa2'), '--key', uri('rsa3'), ...byPass], /does not belong to the certificate/],
    'no URI': [['--cert', crt('p256'), '--key', 'pkcs11:token=%zz', ...byPass], /is no PKCS#11 URI/],
    'an unknown attribute': [['--cert', crt('p256'), '--key', 'pkcs11:tokn=x', ...byPass], /has an attribute that p11-kit does not know/],
    'a URI without a name': [['--identity', uri('p256', `?pin-value=${pin}`)], /has no name; expected NAME=CERT,KEY/],
    'a key alone': [['--key', uri('p256', `?pin-value=${pin}`)], /pin-value=\*\*\*' is given without --cert/],
    'a raw public key': [['--raw-public-key', '--verify', 'none', ...one('p256'), ...byPass], /is not offered as a raw public key/],
};

for (const [what, [options, sentence]] of Object.entries(refusals)) {
    test(`one sentence about ${what}`, { skip }, async () => {
        const verified = options.includes('none') ? [] : ['--cacert', crt('server')];
        const done = await pinload(['run', '-n', '1', ...options, ...verified, server.url], { env });
        assert.equal(done.status, 2, done.stdout + done.stderr);
        assert.match(done.stderr, sentence);
        assert.equal(done.stderr.trim().split('\n').length, 1, done.stderr);
        keepsThePin(done);
    });
}

test('compare takes keys in files alone', { skip }, async () => {
    const done = await pinload(['compare', '-n', '1', ...one('p256'), ...byPass, ...toServer()], { env });
    assert.equal(done.status, 2, done.stdout);
    assert.match(done.stderr, /in a PKCS#11 token; expected keys in files/);
});

test('a token that takes 5 ms for each signature does not make the loop late', { skip }, async () => {
    const { status, result, told } = await load(
        [...words('-n 200 -c 8 --sign-threads 1'), ...one('p256', bySlowToken), ...byPass, ...toServer()], { env: slowly(5) },
    );
    assert.equal(status, 0, told);
    assert.ok(result.latency.signing.min >= 5000, told);
    assert.ok(result.latency.signing_queue.max >= 5000, `seven others wait for the one thread\n${told}`);
    if (process.env.PINLOAD_E2E_RATE !== undefined)
        return; // with ThreadSanitizer the loop's own work takes longer than the token's
    // Were a signature part of the loop's work, its turns together would take at least as long as all signatures.
    const total = (distribution) => distribution.count * distribution.mean;
    const { loop_lag: lag } = result.generator;
    assert.ok(lag.p50 < 5000, told);
    assert.ok(total(lag) < total(result.latency.signing), `${total(lag)} us of work, ${total(result.latency.signing)} of signing\n${told}`);
});

test('while a token signs, sessions with other keys go on', { skip }, async () => {
    const file = ['--identity', `file=${crt('rsa2')},${inWork('rsa2.key')}`];
    const { status, result, told } = await load(
        [...words('-n 24 -c 4 -t 1'), ...identity('p256', bySlowToken), ...file, ...byPass, ...toServer()], { env: slowly(400) },
    );
    assert.equal(status, 0, told);
    assert.ok(identityNamed(result, 'p256').tls_handshake.min >= 400000, told);
    assert.ok(identityNamed(result, 'file').tls_handshake.max < 400000, told);
});

test('a session that ends before its signature is made drops it', { skip }, async () => {
    const begun = Date.now();
    const { status, result, told } = await load(
        [...words('-n 12 -c 6 -t 2 --timeout 300ms --sign-threads 2'), ...one('p256', bySlowToken), ...byPass, ...toServer()], { env: slowly(700) },
    );
    assert.equal(status, 1, told);
    assert.deepEqual(outcomesOf(result), { signing_failed: 12 }, told);
    assert.match(told, /the token had not signed yet/);
    assert.ok(Date.now() - begun < 15000, 'a token that does not answer is not waited for');
});

test('an interrupted run does not wait for its token', { skip }, async () => {
    const run = startPinload(['run', ...words('-d 30s -c 4'), ...one('p256', bySlowToken), ...byPass, ...toServer()], { env: slowly(1500) });
    await sleep(2500);
    run.child.kill('SIGINT');
    await sleep(100);
    run.child.kill('SIGINT');
    const begun = Date.now();
    const done = await run.ended;
    assert.equal(done.status, 130, done.stderr);
    assert.ok(Date.now() - begun < 6000, 'it waited for the token');
});

test('a token that is taken away during a run is named', { skip }, async () => {
    const run = load([...words('-d 3s -c 4 --no-backoff'), ...one('p256', bySlowToken), ...byPass, ...toServer()], { env: slowly(10) });
    await sleep(1200);
    fs.writeFileSync(goneFile, '');
    const { status, result, stdout, told } = await run;
    fs.rmSync(goneFile);
    assert.equal(status, 1, told);
    assert.ok(result.outcomes.succeeded > 0 && result.outcomes.signing_failed > 0, told);
    assert.deepEqual(Object.keys(outcomesOf(result)).sort(), ['signing_failed', 'succeeded'], told);
    assert.match(stdout, /the token did not sign: CKR_DEVICE_REMOVED/);
    keepsThePin({ stdout, stderr: '' }, result);
});
