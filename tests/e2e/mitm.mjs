// SPDX-License-Identifier: Apache-2.0
//
// A man in the middle, and other impostors. A certificate that the same CA issued for the same name passes chain
// verification, but not a pin check; and such a server receives neither a client certificate nor a request, as nginx's
// log shows for requests and s_server's trace for every handshake message.

import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import {
    chainAndPin,
    client,
    command,
    inPki,
    load,
    needCommand,
    Nginx,
    outcomesOf,
    pinload,
    pinOnly,
    read,
    Server,
    words,
} from './lib.mjs';

const p256 = (...names) => inPki('p256', ...names);
const clients = ['--identities', p256('clients'), '--pass', `file:${p256('password.txt')}`];
const cacert = ['--cacert', p256('server-ca.crt')];
const versions = ['1.2', '1.3'];
const some = ['-n', '8', '-c', '4'];

// pinOf: the certificate in that file, as a pin of that kind.
function pinOf(kind, file) {
    const der = command('openssl', ['x509', '-in', file, '-outform', 'DER'], { encoding: 'buffer' });
    return `${kind}:${command('openssl', ['dgst', '-sha256', '-r'], { input: der }).split(' ')[0]}`;
}

// Each impostor's nginx is started on first use.
const nginxes = {};
async function impostor(name) {
    nginxes[name] ??= await Nginx.start(name, { certs: name });
    nginxes[name].clearLog();
    return nginxes[name];
}
after(() => Promise.all(Object.values(nginxes).map((nginx) => nginx.stop())));

// assertFails: every session fails with that outcome, and no request reached the server.
async function assertFails(name, outcome, options) {
    const nginx = await impostor(name);
    for (const version of versions) {
        const { status, result, told } = await load([
            ...some,
            ...options,
            '--tls-max',
            version,
            nginx.loadUrl,
        ]);
        assert.equal(status, 1, told);
        assert.deepEqual(outcomesOf(result), { [outcome]: 8 }, told);
        assert.equal(result.handshakes.completed, 0, told);
        assert.equal(result.requests.started, 0, told);
    }
    assert.deepEqual(await nginx.log(), [], `${name} was sent a request`);
}

test('the man in the middle fools chain verification', async () => {
    const nginx = await impostor('mitm');
    const { status, result, told } = await load([...some, ...clients, ...cacert, nginx.loadUrl]);
    assert.equal(status, 0, told);
    assert.deepEqual(outcomesOf(result), { succeeded: 8 }, told);
    assert.equal((await nginx.log(8)).length, 8);
});

const pinModes = {
    'pin': pinOnly(),
    'chain+pin': chainAndPin(),
    'the pin of the public key': [...clients, '--pin-file', p256('server.spki-sha256.pin')],
    '--pinnedpubkey': [
        ...clients,
        '--pinnedpubkey',
        `sha256//${read(p256('server.spki-sha256.pin')).trim().split(':')[1]}`,
    ],
};
for (const [mode, options] of Object.entries(pinModes)) {
    test(`the man in the middle is found out in every session by ${mode}`, () =>
        assertFails('mitm', 'pin_mismatch', options));
}

test('a ca-sha256 pin does not tell two certificates of the same CA apart, and is not meant to', async () => {
    const nginx = await impostor('mitm');
    const { status, told } = await load([
        ...some,
        ...clients,
        ...cacert,
        '--pin-file',
        p256('server-ca.ca-sha256.pin'),
        nginx.loadUrl,
    ]);
    assert.equal(status, 0, told);
});

// The messages of the handshake as s_server saw them: "<<<" is what it received.
const received = (output, message) => output.match(new RegExp(`^<<< .*, ${message}`, 'gm'))?.length ?? 0;

for (const version of versions) {
    const listen = (certs) =>
        Server.start(`s_server-${certs}`, (port) => ({
            command: needCommand('openssl', 'openssl'),
            args: [
                's_server',
                '-accept',
                `127.0.0.1:${port}`,
                `-tls${version.replace('.', '_')}`,
                ...words('-msg -www -Verify 1'),
                '-CAfile',
                p256('both-client-cas.crt'),
                '-cert',
                inPki(certs, 'server.crt'),
                '-key',
                inPki(certs, 'server.plain.key'),
            ],
        }));

    test(`the man in the middle is sent no client certificate by TLS ${version}`, async () => {
        const server = await listen('mitm');
        const { status, result, told } = await load(['-n', '8', '-c', '1', ...chainAndPin(), server.url]);
        const alerts = (output) => received(output, 'Alert .*fatal certificate_unknown');
        await server.hasSaid((output) => alerts(output) === 8);
        await server.stop();
        assert.equal(status, 1, told);
        assert.deepEqual(outcomesOf(result), { pin_mismatch: 8 }, told);
        assert.deepEqual(result.handshakes.alerts.sent, { certificate_unknown: 8 }, told);
        const seen = [
            'Handshake \\[.*\\], ClientHello',
            'Handshake \\[.*\\], Certificate$',
            'Handshake \\[.*\\], Finished',
        ].map((message) => received(server.output, message));
        assert.deepEqual(seen, [8, 0, 0], server.output);
        assert.equal(alerts(server.output), 8, server.output);
    });

    test(`the real server is sent the client's certificate by TLS ${version}, so that its absence means something`, async () => {
        const server = await listen('p256');
        const { status, told } = await load(['-n', '8', '-c', '1', ...chainAndPin(), server.url]);
        await server.stop();
        assert.equal(status, 0, told);
        assert.equal(received(server.output, 'Handshake \\[.*\\], Certificate$'), 8, server.output);
    });
}

const wrongServers = [
    ['expired', 'cert_expired'],
    ['not-yet', 'cert_not_yet_valid'],
    ['wrong-name', 'name_mismatch'],
    ['client-use', 'chain_untrusted'],
    ['unknown-ca', 'chain_untrusted'],
    ['borrowed', 'chain_untrusted'],
];
for (const [name, outcome] of wrongServers) {
    test(`a server that is ${name} is ${outcome} to chain verification, whatever is pinned`, async () => {
        await assertFails(name, outcome, [...clients, ...cacert]);
        await assertFails(name, outcome, [
            ...clients,
            ...cacert,
            '--pin',
            pinOf('cert-sha256', inPki(name, 'server.crt')),
        ]);
    });
    test(`a server that is ${name} is good enough for its own pin alone`, async () => {
        const nginx = await impostor(name);
        const { status, result, told } = await load([
            ...some,
            ...clients,
            '--pin',
            pinOf('cert-sha256', inPki(name, 'server.crt')),
            nginx.loadUrl,
        ]);
        assert.equal(status, 0, told);
        assert.deepEqual(outcomesOf(result), { succeeded: 8 }, told);
    });
}

test('a wrong name can be right by --sni', async () => {
    const nginx = await impostor('wrong-name');
    const { status, told } = await load([
        ...some,
        ...clients,
        ...cacert,
        '--sni',
        'other.example',
        nginx.loadUrl,
    ]);
    assert.equal(status, 0, told);
});

test('a CA that is only appended to the chain matches no ca-sha256 pin', async () => {
    const appended = pinOf('ca-sha256', p256('client-ca.crt'));
    await assertFails('appended', 'pin_mismatch', [...clients, ...cacert, '--pin', appended]);
    const shown = await pinload(['pin', (await impostor('appended')).loadUrl]);
    assert.ok(shown.stdout.includes(appended), 'it is in the chain that was sent');
});

test("a trusted CA appended to another CA's chain is no way in, and its pin neither", async () => {
    await assertFails('borrowed', 'chain_untrusted', [
        ...clients,
        ...cacert,
        '--pin-file',
        p256('server-ca.ca-sha256.pin'),
    ]);
});

test('without verification anybody is served, and the report says so', async () => {
    const nginx = await impostor('unknown-ca');
    const { status, result, stdout, told } = await load([
        '-n',
        '2',
        ...client('client3'),
        '--verify',
        'none',
        nginx.loadUrl,
    ]);
    assert.equal(status, 0, told);
    assert.equal(result.config.verify, 'none');
    assert.deepEqual([result.pins.checked, result.pins.not_checked], [0, 2]);
    assert.match(stdout, /verify none/);
});
