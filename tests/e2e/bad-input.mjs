// SPDX-License-Identifier: Apache-2.0
//
// Bad input, from end to end: a usage error ends with exit status 2 and one sentence on standard error that quotes it,
// before anything is sent; a failure on the wire ends with exit status 1 and names the outcome.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import test, { after, before } from 'node:test';
import {
    chainAndPin,
    client,
    freePorts,
    inPki,
    inWork,
    load,
    Nginx,
    outcomesOf,
    pinload,
    pinOnly,
    read,
    words,
    write,
} from './lib.mjs';

const p256 = (...names) => inPki('p256', ...names);
const password = ['--pass', `file:${p256('password.txt')}`];
const clients = ['--identities', p256('clients'), ...password];
const cacert = ['--cacert', p256('server-ca.crt')];
const zeroPin = `cert-sha256:${Buffer.alloc(32).toString('base64')}`;

let nginx;
before(async () => {
    nginx = await Nginx.start('server');
});
after(() => nginx.stop());

// assertOneSentence: on standard error, and no other output.
function assertOneSentence(done, ...quoted) {
    assert.match(done.stderr, /^pinload: [^\n]+\n$/, `not one sentence: ${done.stderr}`);
    for (const text of quoted)
        assert.ok(done.stderr.includes(text), `'${text}' is not quoted by: ${done.stderr}`);
    assert.equal(done.stdout, '');
}

// assertRefusedAtOnce: exit status 2, and nothing reached the server.
async function assertRefusedAtOnce(args, ...quoted) {
    nginx.clearLog();
    const done = await pinload(['run', '-n', '2', ...args]);
    assert.equal(done.status, 2, done.stdout + done.stderr);
    assertOneSentence(done, ...quoted);
    assert.deepEqual(await nginx.log(), []);
}

const good = () => [...clients, ...cacert, nginx.loadUrl];

const table = [
    [
        'a missing pin file',
        () => [...clients, '--pin-file', 'no.pin', nginx.loadUrl],
        'no.pin',
        'No such file',
    ],
    ['a missing certificate', () => ['--cert', 'no.crt', ...cacert, nginx.loadUrl], 'no.crt', 'No such file'],
    [
        'a missing key',
        () => ['--cert', p256('clients/client1.crt'), '--key', 'no.key', ...cacert, nginx.loadUrl],
        'no.key',
    ],
    ['a missing CA', () => [...clients, '--cacert', 'no-ca.crt', nginx.loadUrl], 'no-ca.crt'],
    ['a missing directory', () => ['--identities', 'no-clients', ...cacert, nginx.loadUrl], 'no-clients'],
    [
        'a directory without identities',
        () => {
            fs.mkdirSync(inWork('empty'), { recursive: true });
            return ['--identities', inWork('empty'), ...cacert, nginx.loadUrl];
        },
        inWork('empty'),
    ],
    [
        'a missing password file',
        () => ['--identities', p256('clients'), '--pass', 'file:no.txt', ...cacert, nginx.loadUrl],
        'no.txt',
    ],
    [
        'a wrong password',
        () => ['--identities', p256('clients'), '--pass', 'pass:wrong', ...cacert, nginx.loadUrl],
        'client1.key',
        'password',
    ],
    [
        'a wrong password of a PKCS#12',
        () => ['--cert', p256('clients/client1.pfx'), '--pass', 'pass:wrong', ...cacert, nginx.loadUrl],
        'client1.pfx',
        'password',
    ],
    [
        'no password',
        () => ['--identities', p256('clients'), ...cacert, nginx.loadUrl],
        'client1.key',
        '--pass',
    ],
    [
        'an unset variable',
        () => ['--identities', p256('clients'), '--pass', 'env:NO_SUCH_VARIABLE', ...cacert, nginx.loadUrl],
        'NO_SUCH_VARIABLE',
    ],
    [
        'the key of another',
        () => [
            '--cert',
            p256('clients/client1.crt'),
            '--key',
            p256('clients/client2.key'),
            ...password,
            ...cacert,
            nginx.loadUrl,
        ],
        'client1.crt',
        'client2.key',
    ],
    [
        'a certificate that is none',
        () => ['--cert', write('garbage.pem', 'garbage\n'), ...cacert, nginx.loadUrl],
        'garbage.pem',
    ],
    [
        'an http URL',
        () => [...clients, ...cacert, nginx.loadUrl.replace('https', 'http')],
        'http://localhost',
        'https://HOST',
    ],
    ['a URL without a host', () => [...clients, ...cacert, 'https:///x'], 'https:///x'],
    ['no URL', () => [...clients, ...cacert], 'URL'],
    ['two URLs', () => [...good(), 'https://two.example/'], 'https://two.example/'],
    ['an unknown option', () => ['--frobnicate', ...good()], '--frobnicate'],
    ['an unknown letter', () => ['-y', ...good()], '-y'],
    ['a number that is none', () => ['-c', 'many', ...good()], 'many'],
    ['a time that is none', () => ['-d', '5 bananas', ...good()], '5 bananas'],
    ['a mode that is none', () => ['--session-mode', 'mixed:101', ...good()], 'mixed:101'],
    ['a pin of the wrong length', () => ['--pin', 'AAAA', ...good()], 'AAAA'],
    [
        'a CA pin without a chain',
        () => [...clients, '--pin', read(p256('server-ca.ca-sha256.pin')).trim(), nginx.loadUrl],
        'ca-sha256',
        '--cacert',
    ],
    ['no verification at all', () => [...clients, nginx.loadUrl], '--verify none'],
    ['an expectation about nobody', () => ['--expect-refused', 'client9', ...good()], 'client9'],
    [
        'a host that has no address',
        () => [...clients, ...cacert, 'https://no-such-host.invalid/'],
        'no-such-host.invalid',
    ],
    ['a source that is not ours', () => ['--source', 'nonsense', ...good()], 'nonsense'],
    ['a cipher that is none', () => ['--ciphers', 'NO-SUCH-CIPHER', ...good()], 'NO-SUCH-CIPHER'],
    ['a group that is none', () => ['--groups', 'P-12', ...good()], 'P-12'],
    [
        'a report without a directory',
        () => ['--json', '/no/such/directory/r.json', ...good()],
        '/no/such/directory',
    ],
    ['a report that is a directory', () => ['--json', inWork(), ...good()], inWork()],
    ['a body that is not there', () => ['--data', '@no-body', ...good()], 'no-body'],
];
for (const [what, args, ...quoted] of table)
    test(`${what} is one sentence, exit status 2 and nothing sent`, () =>
        assertRefusedAtOnce(args(), ...quoted));

test('an unknown command is one sentence and exit status 2', async () => {
    const done = await pinload(['walk', 'https://localhost/']);
    assert.equal(done.status, 2);
    assertOneSentence(done, 'walk');
});

test('pinload pin says in one sentence what is wrong', async () => {
    for (const [operand, status] of [
        ['no.crt', 2],
        ['https://no-such-host.invalid', 2],
        ['http://localhost', 2],
        [`https://localhost:${freePorts()}`, 1],
    ]) {
        const done = await pinload(['pin', operand]);
        assert.equal(done.status, status, operand + done.stderr);
        assertOneSentence(done, operand.replace(/^https:\/\/no/, 'no'));
    }
});

test('a wrong pin fails every session, shows what was expected and every kind of pin seen, and nginx sees no request', async () => {
    for (const version of ['1.2', '1.3']) {
        nginx.clearLog();
        const { status, result, stdout, told } = await load([
            ...clients,
            '--pin',
            zeroPin,
            ...words('-n 4 -c 2 --tls-max'),
            version,
            nginx.loadUrl,
        ]);
        assert.equal(status, 1, told);
        assert.deepEqual(outcomesOf(result), { pin_mismatch: 4 }, told);
        assert.deepEqual([result.pins.mismatched, result.handshakes.completed], [4, 0]);
        assert.deepEqual(await nginx.log(), []);
        const seen = (await pinload(['pin', p256('server.crt')])).stdout
            .split('\n')
            .filter((line) => line.endsWith('='));
        assert.equal(seen.length, 2);
        for (const pin of [...seen, zeroPin]) assert.ok(stdout.includes(pin), `${pin} is not shown: ${told}`);
    }
});

test('a wrong pin beside the right one is no mismatch', async () => {
    const { status, result, told } = await load([
        ...pinOnly(),
        '--pin',
        zeroPin,
        ...words('-n 4 -c 2'),
        nginx.loadUrl,
    ]);
    assert.equal(status, 0, told);
    assert.deepEqual(Object.values(result.pins.by_pin).sort(), [0, 4], told);
});

test('a port where nothing listens is connect_refused and exit status 1', async () => {
    const { status, result, stdout, told } = await load([
        ...chainAndPin(),
        ...words('-n 3 -c 1'),
        `https://localhost:${freePorts()}/`,
    ]);
    assert.equal(status, 1, told);
    assert.deepEqual(outcomesOf(result), { connect_refused: 3 }, told);
    assert.match(stdout, /connect_refused/);
});

test('a report that cannot be written in the end is one sentence and exit status 1', async () => {
    const done = await pinload([
        ...words('run -q -n 2 -c 1'),
        ...chainAndPin(),
        '--json',
        '/dev/full',
        nginx.loadUrl,
    ]);
    assert.equal(done.status, 1, done.stderr);
    assertOneSentence(done, '/dev/full');
});

test('an expired certificate of our own earns a warning, and the run goes on', async () => {
    const base = p256('extra/expired');
    const { status, result, stderr, told } = await load([
        '--identity',
        `old=${base}.crt,${base}.key`,
        ...password,
        ...cacert,
        '--expect-refused',
        'old',
        '-n',
        '2',
        '-c',
        '1',
        nginx.loadUrl,
    ]);
    assert.equal(status, 0, told);
    assert.deepEqual(outcomesOf(result), { client_cert_refused: 2 }, told);
    assert.match(stderr, /expired\.crt/);
});

test('a key that others can read earns a warning', async () => {
    const [, certificate, , key] = client('client3');
    const open = inWork('open.key');
    fs.copyFileSync(key, open);
    fs.chmodSync(open, 0o644);
    const { status, stderr, told } = await load([
        '--cert',
        certificate,
        '--key',
        open,
        ...password,
        ...cacert,
        '-n',
        '1',
        nginx.loadUrl,
    ]);
    assert.equal(status, 0, told);
    assert.ok(stderr.includes(open), told);
});
