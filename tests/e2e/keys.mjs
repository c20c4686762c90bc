// SPDX-License-Identifier: Apache-2.0
//
// Client keys of all types with all TLS versions, against OpenSSL's server, which checks a client's key against what
// the handshake offered.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { command, inWork, load, needCommand, outcomesOf, pinload, read, Server, words } from './lib.mjs';

const curve = (name) => words(`EC -pkeyopt ec_paramgen_curve:${name}`);
const kinds = {
    'P-256': curve('P-256'),
    'P-384': curve('P-384'),
    'P-521': curve('P-521'),
    'RSA-2048': words('RSA -pkeyopt rsa_keygen_bits:2048'),
    'RSA-4096': words('RSA -pkeyopt rsa_keygen_bits:4096'),
    Ed25519: ['ED25519'],
};
const versions = { 1.2: 'TLSv1.2', 1.3: 'TLSv1.3' };

const file = (kind, ending) => inWork(`${kind}.${ending}`);

// makeIdentity: a key of a type, and a self-signed certificate.
function makeIdentity(kind, algorithm) {
    command('openssl', ['genpkey', '-quiet', '-algorithm', ...algorithm, '-out', file(kind, 'key')]);
    fs.chmodSync(file(kind, 'key'), 0o600);
    command('openssl', [
        ...words('req -x509 -new -days 30 -key'),
        file(kind, 'key'),
        '-subj',
        `/CN=${kind}`,
        '-out',
        file(kind, 'crt'),
    ]);
}

for (const [kind, algorithm] of Object.entries(kinds)) makeIdentity(kind, algorithm);
fs.writeFileSync(
    inWork('all.crt'),
    Object.keys(kinds)
        .map((kind) => read(file(kind, 'crt')))
        .join(''),
);

const startServer = () =>
    Server.start('openssl s_server', (port) => ({
        command: needCommand('openssl', 'openssl'),
        args: [
            's_server',
            '-accept',
            `127.0.0.1:${port}`,
            ...words('-www -quiet -Verify 1 -verify_return_error -CAfile'),
            inWork('all.crt'),
            '-cert',
            file('P-256', 'crt'),
            '-key',
            file('P-256', 'key'),
        ],
    }));

const identity = (kind) => ['--cert', file(kind, 'crt'), '--key', file(kind, 'key')];

async function withServer(use) {
    const server = await startServer();
    try {
        await use(`https://127.0.0.1:${server.port}/`);
    } finally {
        await server.stop();
    }
}

test('each kind of key is accepted with each version, and alone or among others', () =>
    withServer(async (url) => {
        for (const [version, name] of Object.entries(versions)) {
            const only = ['--tls-min', version, '--tls-max', version, '--verify', 'none'];
            for (const kind of Object.keys(kinds)) {
                const { status, stderr, result, told } = await load([
                    ...words('-n 2 -c 1'),
                    ...only,
                    ...identity(kind),
                    url,
                ]);
                assert.equal(status, 0, told);
                assert.deepEqual(outcomesOf(result), { succeeded: 2 }, `${kind} ${told}`);
                assert.deepEqual(result.handshakes.versions, { [name]: 2 }, told);
                assert.ok(!stderr.includes('--groups'), told);
            }
            const all = Object.keys(kinds).flatMap((kind) => [
                '--identity',
                `${kind}=${file(kind, 'crt')},${file(kind, 'key')}`,
            ]);
            const { result, told } = await load([...words('-n 12 -c 2'), ...only, ...all, url]);
            assert.deepEqual(outcomesOf(result), { succeeded: 12 }, told);
        }
    }));

test('a curve that --groups leaves out is told before OpenSSL refuses it', () =>
    withServer(async (url) => {
        const with12 = ['-n', '1', '--verify', 'none', '--tls-max', '1.2'];
        const refused = await load([...with12, '--groups', 'P-256', ...identity('P-521'), url]);
        assert.deepEqual(outcomesOf(refused.result), { client_cert_refused: 1 }, refused.told);
        assert.match(refused.stderr, /identity 'client' is on P-521, which is not in --groups 'P-256'/);
        const taken = await load([...with12, '--groups', 'P-256:P-521', ...identity('P-521'), url]);
        assert.deepEqual(outcomesOf(taken.result), { succeeded: 1 }, taken.told);
        assert.doesNotMatch(taken.stderr, /is not in --groups/);
    }));

test('a P-224 key is refused when it is loaded', async () => {
    makeIdentity('P-224', curve('P-224'));
    const done = await pinload(['run', '--verify', 'none', ...identity('P-224'), 'https://127.0.0.1:1/']);
    assert.equal(done.status, 2);
    assert.match(done.stderr, /of type P-224, which is not supported; expected an RSA, ECDSA \(P-256, P-384, P-521\)/);
});
