// SPDX-License-Identifier: Apache-2.0
//
// The reference scenario: the load with four identities in turn, the gate that refuses two of them, and nginx's
// own view of both, request by request.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import {
    chainAndPin,
    client,
    countBy,
    identityNamed,
    inPki,
    load,
    Nginx,
    outcomesOf,
    pinOnly,
    read,
    words,
} from './lib.mjs';

const names = ['client1', 'client2', 'client3', 'client4'];
const nginxes = {};

before(async () => {
    for (const certs of ['p256', 'rsa2048']) nginxes[certs] = await Nginx.start(certs, { certs, workers: 2 });
});
after(() => Promise.all(Object.values(nginxes).map((nginx) => nginx.stop())));

// assertFair: the identities' counts are within one of each other, per thread.
function assertFair(result, threads = 1) {
    const counts = result.identities.map((one) => one.sessions);
    assert.ok(Math.max(...counts) - Math.min(...counts) <= threads, `the identities' counts are ${counts}`);
}

function assertAllPinned(result) {
    const { started } = result.sessions;
    assert.deepEqual(
        [result.pins.checked, result.pins.matched, result.pins.not_checked],
        [started, started, 0],
    );
    assert.deepEqual(Object.values(result.pins.by_pin), [started]);
}

// assertAgrees: nginx counted the same as pinload, by identity, resumption, version and group.
async function assertAgrees(nginx, result) {
    const log = await nginx.log(result.requests.started);
    assert.equal(log.length, result.requests.started, 'requests');
    const byName = Object.fromEntries(
        result.identities.map((one) => [`CN=${one.name},O=pinload`, one.sessions]),
    );
    assert.deepEqual(countBy(log, 'client'), byName);
    const reused = countBy(log, 'reused');
    assert.deepEqual([reused.r ?? 0, reused['.'] ?? 0], [result.handshakes.resumed, result.handshakes.full]);
    assert.deepEqual(countBy(log, 'protocol'), result.handshakes.versions);
    assert.equal(new Set(log.map((line) => line.connection)).size, result.sessions.started, 'connections');
    const accepted = log.filter((line) => line.status === 200 && line.verify === 'SUCCESS').length;
    const refused = log.filter((line) => line.status === 400 && line.verify.startsWith('FAILED')).length;
    assert.deepEqual([accepted, refused], [result.sessions.succeeded, result.sessions.refused]);
    return log;
}

for (const certs of ['p256', 'rsa2048']) {
    for (const version of ['1.2', '1.3']) {
        for (const mode of ['full', 'resume', 'mixed:50']) {
            test(`the load of four ${certs} identities by TLS ${version}, ${mode}, is as nginx counts it`, async () => {
                const nginx = nginxes[certs];
                nginx.clearLog();
                const { status, result, told } = await load([
                    '-c',
                    '8',
                    '-n',
                    '202',
                    ...chainAndPin(certs),
                    '--tls-min',
                    version,
                    '--tls-max',
                    version,
                    '--session-mode',
                    mode,
                    nginx.loadUrl,
                ]);
                assert.equal(status, 0, told);
                assert.deepEqual(outcomesOf(result), { succeeded: 202 }, told);
                assert.deepEqual(
                    result.identities.map((one) => one.name),
                    names,
                );
                assertFair(result);
                assertAllPinned(result);
                assert.equal(result.pins.checked_resumed, result.handshakes.resumed);
                if (mode === 'full') assert.equal(result.handshakes.resumed, 0);
                else assert.ok(result.handshakes.resumed >= (mode === 'resume' ? 160 : 50), told);
                if (mode === 'mixed:50') assert.ok(result.handshakes.full >= 50, told);
                await assertAgrees(nginx, result);
            });
        }
    }
}

test('two threads share the sessions, each with its turns', async () => {
    const nginx = nginxes.p256;
    nginx.clearLog();
    const { status, result, told } = await load([
        ...words('-t 2 -c 8 -n 400'),
        ...chainAndPin(),
        nginx.loadUrl,
    ]);
    assert.equal(status, 0, told);
    assertFair(result, 2);
    assertAllPinned(result);
    await assertAgrees(nginx, result);
});

test('a run by time ends in time, and nginx counted every request', async () => {
    const nginx = nginxes.p256;
    nginx.clearLog();
    const { status, result, told } = await load(['-d', '1s', '-c', '16', ...chainAndPin(), nginx.loadUrl]);
    assert.equal(status, 0, told);
    assert.ok(result.duration_s >= 1 && result.duration_s < 5, told);
    assert.ok(result.sessions.succeeded > 100, told);
    assertFair(result);
    assertAllPinned(result);
    await assertAgrees(nginx, result);
});

for (const version of ['1.2', '1.3']) {
    test(`the gate refuses client1 and client2 by TLS ${version}, as expected`, async () => {
        const nginx = nginxes.p256;
        nginx.clearLog();
        const { status, result, told } = await load([
            ...words('-n 40 -c 4'),
            ...chainAndPin(),
            '--tls-max',
            version,
            '--expect-refused',
            'client1,client2',
            nginx.gateUrl,
        ]);
        assert.equal(status, 0, told);
        assert.ok(result.verdict.passed);
        assert.deepEqual(outcomesOf(result), { succeeded: 20, client_cert_refused: 20 }, told);
        for (const name of names) {
            const one = identityNamed(result, name);
            const refused = name === 'client1' || name === 'client2';
            assert.deepEqual(
                [one.sessions, one.refused, one.succeeded, one.expected, one.as_expected],
                [10, refused ? 10 : 0, refused ? 0 : 10, refused ? 'refuse' : 'accept', true],
            );
        }
        assertAllPinned(result);
        await assertAgrees(nginx, result);
    });
}

test('a resumed session at the gate is refused as well', async () => {
    const nginx = nginxes.p256;
    nginx.clearLog();
    const { status, result, told } = await load([
        ...words('-n 80 -c 4'),
        ...chainAndPin(),
        '--session-mode',
        'resume',
        '--expect-refused',
        'client1,client2',
        nginx.gateUrl,
    ]);
    assert.equal(status, 0, told);
    assert.deepEqual(outcomesOf(result), { succeeded: 40, client_cert_refused: 40 }, told);
    await assertAgrees(nginx, result);
});

const wrongExpectations = [
    ['none', [], /client1 must be accepted/, /client2 must be accepted/],
    ['one of two', ['--expect-refused', 'client1'], /client2 must be accepted/],
    ['one too many', ['--expect-refused', 'client1,client2,client3'], /client3 must be refused/],
];
for (const [what, options, ...messages] of wrongExpectations) {
    test(`at the gate, expecting ${what} fails with a violation for each wrong identity`, async () => {
        const { status, result, stdout, told } = await load([
            ...words('-n 8 -c 1'),
            ...pinOnly(),
            ...options,
            nginxes.p256.gateUrl,
        ]);
        assert.equal(status, 1, told);
        assert.equal(result.verdict.passed, false);
        assert.equal(result.verdict.violations.length, messages.length, told);
        for (const [i, message] of messages.entries()) assert.match(result.verdict.violations[i], message);
        assert.match(stdout, /FAIL/);
        assert.deepEqual(outcomesOf(result), { succeeded: 4, client_cert_refused: 4 }, told);
    });
}

test('a load where refusals are expected fails when nobody is refused', async () => {
    const { status, result, told } = await load([
        ...words('-n 4 -c 1'),
        ...pinOnly(),
        '--expect-refused',
        'client1',
        nginxes.p256.loadUrl,
    ]);
    assert.equal(status, 1, told);
    assert.match(result.verdict.violations.join(), /client1 must be refused/);
});

test('without a client certificate nginx refuses in words, at both ports', async () => {
    const nginx = nginxes.p256;
    for (const url of [nginx.loadUrl, nginx.gateUrl]) {
        const { status, result, told } = await load([
            ...words('-n 4 -c 2 --cacert'),
            inPki('p256/server-ca.crt'),
            url,
        ]);
        assert.equal(status, 1, told);
        assert.deepEqual(outcomesOf(result), { client_cert_refused: 4 }, told);
    }
});

test('where no client certificate is asked for, anybody is served and nobody is called refused', async () => {
    const nginx = nginxes.p256;
    const { status, result, told } = await load(['-n', '8', '-c', '2', ...chainAndPin(), nginx.openUrl]);
    assert.equal(status, 0, told);
    assert.deepEqual(outcomesOf(result), { succeeded: 8 }, told);
    const page = await load(['-n', '2', '-c', '1', ...chainAndPin(), `${nginx.openUrl}unavailable`]);
    assert.equal(page.status, 1, page.told);
    assert.deepEqual(outcomesOf(page.result), { unexpected_status: 2 }, page.told);
});

test('handshake only: nginx says nothing in a handshake, so that nobody is called served', async () => {
    const nginx = nginxes.p256;
    for (const version of ['1.2', '1.3']) {
        for (const url of [nginx.loadUrl, nginx.gateUrl]) {
            const { result, told } = await load([
                ...words('-r 0 -n 40 -c 4'),
                ...chainAndPin(),
                '--tls-max',
                version,
                url,
            ]);
            assert.deepEqual(outcomesOf(result), { unconfirmed: 40 }, told);
            assert.equal(result.handshakes.completed, 40, told);
            assertAllPinned(result);
        }
    }
});

test('one identity by --cert and --key is named client, in PEM and in PKCS#12', async () => {
    const nginx = nginxes.p256;
    const base = inPki('p256/clients/client3');
    const forms = [
        client('client3'),
        ['--cert', `${base}.pem`, '--pass', 'pass:julio'],
        ['--cert', `${base}.pfx`, '--pass', 'env:E2E_PASSWORD'],
        ['--identity', `client=${base}.crt,${base}.key`, '--pass', 'pass:julio'],
    ];
    for (const form of forms) {
        nginx.clearLog();
        const { status, result, stdout, stderr, told } = await load(
            [...form, ...words('-n 3 -c 1 --pin'), read(inPki('p256/server.pin')).trim(), nginx.gateUrl],
            { env: { E2E_PASSWORD: 'julio' } },
        );
        assert.equal(status, 0, told);
        assert.deepEqual(
            result.identities.map((one) => [one.name, one.succeeded]),
            [['client', 3]],
        );
        assert.deepEqual(countBy(await nginx.log(3), 'client'), { 'CN=client3,O=pinload': 3 });
        assert.ok(!(stdout + stderr + JSON.stringify(result)).includes('julio'), 'the password was printed');
    }
});

for (const [group, curve] of [
    ['X25519', 'X25519'],
    ['P-256', 'prime256v1'],
    ['P-384', 'secp384r1'],
]) {
    test(`the group ${group} is ${curve} to nginx, in both versions`, async () => {
        // With an RSA key: in TLS 1.2 the groups also limit the curves of certificates.
        const nginx = nginxes.rsa2048;
        for (const version of ['1.2', '1.3']) {
            nginx.clearLog();
            const { status, result, told } = await load([
                ...words('-n 6 -c 2'),
                ...pinOnly('rsa2048'),
                '--groups',
                group,
                '--tls-max',
                version,
                nginx.loadUrl,
            ]);
            assert.equal(status, 0, told);
            assert.deepEqual(result.handshakes.groups, { [group]: 6 }, told);
            const log = await nginx.log(6);
            assert.deepEqual(countBy(log, 'curve'), { [curve]: 6 });
            assert.deepEqual(countBy(log, 'protocol'), { [`TLSv${version}`]: 6 });
        }
    });
}
