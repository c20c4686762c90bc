// SPDX-License-Identifier: Apache-2.0
//
// Clients with keys of several kinds in one rotation: the row of each says what it signed with, as the server saw it.
// Against nginx, and with ML-DSA against bench/sink, which counts the signature algorithms of its clients.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import {
    binary, command, identityNamed, inPki, inWork, load, Nginx, outcomesOf, pinload, read, resultFile, root, Server, words,
} from './lib.mjs';

const sigalgs = {
    rsa2048: 'rsa_pss_rsae_sha256', p256: 'ecdsa_secp256r1_sha256', ed25519: 'ed25519', mldsa44: 'mldsa44',
};
const buildDir = process.env.PINLOAD_BUILD_DIR;
const inBench = (name) => path.join(buildDir, 'bench', name);
const sessionsOfEach = 4;

// makeCerts: the server of p256, and a trust in the client CAs of all kinds.
function makeCerts(kinds) {
    const dir = inWork(`certs-${kinds.join('-')}`);
    for (const kind of kinds)
        command(path.join(root, 'scripts/make-certs'), ['--out', inPki(kind), '--key-type', kind, '--build', buildDir]);
    fs.rmSync(dir, { recursive: true, force: true });
    fs.mkdirSync(dir);
    for (const file of ['server.crt', 'server.key', 'password.txt']) fs.copyFileSync(inPki('p256', file), path.join(dir, file));
    for (const file of ['client-ca.crt', 'both-client-cas.crt'])
        fs.writeFileSync(path.join(dir, file), kinds.map((kind) => read(inPki(kind, 'client-ca.crt'))).join(''));
    return dir;
}

// fleet: client3 of each kind under the kind's name. All keys have one password.
const fleet = (kinds) => [
    '--pin-file', inPki('p256', 'server.pin'), '--pass', `file:${inPki('p256', 'password.txt')}`,
    ...kinds.flatMap((kind) => ['--identity', `${kind}=${inPki(kind, 'clients/client3.crt')},${inPki(kind, 'clients/client3.key')}`]),
];

const counted = (kinds, count = sessionsOfEach) => Object.fromEntries(kinds.map((kind) => [sigalgs[kind], count]));

async function assertFleet(kinds, args) {
    const csv = inWork('fleet.csv');
    const html = inWork('fleet.html');
    const { status, stdout, result, told } = await load([
        ...fleet(kinds), '-n', String(kinds.length * sessionsOfEach), ...words('-c 1 --tls-min 1.3 --csv'), csv, '--html', html, ...args,
    ]);
    assert.equal(status, 0, told);
    assert.deepEqual(outcomesOf(result), { succeeded: kinds.length * sessionsOfEach }, told);
    for (const kind of kinds)
        assert.deepEqual(identityNamed(result, kind).sigalgs, { [sigalgs[kind]]: sessionsOfEach }, told);
    assert.deepEqual(result.handshakes.client_sigalgs, counted(kinds), told);
    assert.deepEqual(result.handshakes.client_certificate_types, { x509: kinds.length * sessionsOfEach }, told);
    for (const kind of kinds) assert.match(stdout, new RegExp(`^(signatures| {10})  ${sigalgs[kind]}: ${kind}$`, 'm'));
    for (const kind of kinds) assert.ok(read(html).includes(`"${sigalgs[kind]}"`), 'the page has no such algorithm');
    return result;
}

test('an RSA, an ECDSA and an Ed25519 client take turns with nginx', async () => {
    const kinds = ['rsa2048', 'p256', 'ed25519'];
    const nginx = await Nginx.start('fleet', { certs: path.relative(inPki(), makeCerts(kinds)) });
    try {
        await assertFleet(kinds, [nginx.gateUrl]);
        const seen = await nginx.log(kinds.length * sessionsOfEach);
        assert.equal(seen.length, kinds.length * sessionsOfEach);
        assert.ok(seen.every((one) => one.status === 200 || one.status === '200'), JSON.stringify(seen[0]));
    } finally {
        await nginx.stop();
    }
});

test('where all sign with the same algorithm, only the JSON and -v say so', async () => {
    const nginx = await Nginx.start('same', {});
    try {
        const { stdout, result, told } = await load([
            ...words('-v -n 4 -c 1 --tls-min 1.3 --pin-file'), inPki('p256', 'server.pin'), '--pass', `file:${inPki('p256', 'password.txt')}`,
            ...['client3', 'client4'].flatMap((name) => ['--identity', `${name}=${inPki('p256/clients', `${name}.crt`)},${inPki('p256/clients', `${name}.key`)}`]),
            nginx.gateUrl,
        ]);
        for (const identity of result.identities) assert.deepEqual(identity.sigalgs, { ecdsa_secp256r1_sha256: 2 }, told);
        assert.doesNotMatch(stdout, /^signatures/m);
        assert.match(told, /client signed with ecdsa_secp256r1_sha256, for a certificate/);
    } finally {
        await nginx.stop();
    }
});

// --- with ML-DSA ------------------------------------------------------------------------------------------------

function noMlDsa() {
    const version = Number(/API (?:version )?(\d+)/.exec(command(binary, ['--version']))?.[1]);
    if (version < 41) return `this BoringSSL is too old for ML-DSA (API ${version}, 41 has it)`;
    return ['sink', 'issue'].map(inBench).filter((file) => !fs.existsSync(file)).map((file) => `'${file}' is not built`)[0] ?? false;
}

const kinds = ['rsa2048', 'p256', 'mldsa44'];

const startSink = (certs) =>
    Server.start('sink', (port) => ({
        command: inBench('sink'),
        args: [
            '--port', String(port), '--cert', path.join(certs, 'server.crt'), '--key', path.join(certs, 'server.key'),
            '--pass', `file:${path.join(certs, 'password.txt')}`, '--client-ca', path.join(certs, 'client-ca.crt'),
        ],
    }));

test('an RSA, an ECDSA and an ML-DSA client take turns, and both sides say the same; merged, it adds up', { skip: noMlDsa() }, async () => {
    const certs = makeCerts(kinds);
    const sink = await startSink(certs);
    await assertFleet(kinds, [sink.url]);
    const parts = [resultFile(), resultFile()];
    for (const part of parts) {
        const args = ['run', '-q', ...fleet(kinds), ...words('-n 12 -c 1 --tls-min 1.3 --json'), part, sink.url];
        assert.equal((await pinload(args)).status, 0);
    }
    const merged = resultFile();
    const done = await pinload(['merge', '-q', ...parts, '--json', merged]);
    assert.equal(done.status, 0, done.stderr);
    const result = JSON.parse(read(merged));
    for (const kind of kinds) assert.deepEqual(identityNamed(result, kind).sigalgs, { [sigalgs[kind]]: 2 * sessionsOfEach });
    await sink.stop();
    const seen = JSON.parse(sink.seen.stdout);
    assert.deepEqual(seen.sigalgs, counted(kinds, 3 * sessionsOfEach));
});

test('an ML-DSA key with TLS 1.2 only causes a warning, and then no session', { skip: noMlDsa() }, async () => {
    const sink = await startSink(makeCerts(kinds));
    try {
        const { status, stderr, result, told } = await load([...fleet(['mldsa44']), ...words('-n 1 --tls-max 1.2'), sink.url]);
        assert.equal(status, 1, told);
        assert.equal(result.sessions.failed, 1, told);
        assert.match(stderr, /the key of identity 'mldsa44' is ML-DSA-44, which needs TLS 1\.3: with --tls-max 1\.2 the handshake fails/);
    } finally {
        await sink.stop();
    }
});
