// SPDX-License-Identifier: Apache-2.0
//
// The effects of the session and network options, as seen in nginx's log.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import test, { after, before } from 'node:test';
import {
    chainAndPin,
    client,
    countBy,
    inPki,
    inWork,
    load,
    Nginx,
    outcomesOf,
    pinload,
    pinOnly,
    read,
    resultFile,
    words,
    write,
} from './lib.mjs';

let nginx;
before(async () => {
    nginx = await Nginx.start('server', { workers: 2 });
});
after(() => nginx.stop());

// loadAndLog: a run that must succeed, and nginx's lines of it.
async function loadAndLog(options, url = nginx.loadUrl) {
    nginx.clearLog();
    const { status, result, told } = await load([...chainAndPin(), ...options, url]);
    assert.equal(status, 0, told);
    assert.equal(result.sessions.succeeded, result.sessions.started, told);
    const log = await nginx.log(result.requests.succeeded);
    assert.equal(log.length, result.requests.succeeded, told);
    return { result, log, told };
}

test('-r 5 sends five requests on each connection, one after the other', async () => {
    const { result, log } = await loadAndLog(['-n', '40', '-c', '4', '-r', '5']);
    assert.deepEqual(
        [result.requests.started, result.requests.succeeded, result.handshakes.completed],
        [200, 200, 40],
    );
    assert.deepEqual(new Set(Object.values(countBy(log, 'connection'))), new Set([5]));
    assert.deepEqual(countBy(log, 'request'), { 1: 40, 2: 40, 3: 40, 4: 40, 5: 40 });
    assert.deepEqual(countBy(log, 'http'), { 'HTTP/1.1': 200 });
});

test('the results of two shards merge into the plan that they are shards of', async () => {
    nginx.clearLog();
    const shards = [['0/2', '1'], ['1/2', '3']].map(([shard, threads]) => {
        const file = resultFile();
        const ended = pinload(['run', '--json', file, '--shard', shard, '-t', threads,
            ...words('-n 101 -c 9 -R 50'), ...chainAndPin(), nginx.loadUrl]);
        return { file, ended };
    });
    for (const { ended } of shards)
        assert.equal((await ended).status, 0, (await ended).stderr);
    const results = shards.map(({ file }) => JSON.parse(read(file)));
    const asked = ({ config }) => [config.rate, config.connections, config.sessions, config.threads];
    assert.deepEqual(results.map(asked), [[25, 5, 51, 1], [25, 4, 50, 3]]);
    const file = resultFile();
    const merged = await pinload(['merge', '--json', file, ...shards.map((shard) => shard.file)]);
    assert.equal(merged.status, 0, merged.stderr);
    const result = JSON.parse(read(file));
    assert.deepEqual(asked(result), [50, 9, 101, 4]);
    assert.equal(result.sessions.succeeded, 101);
    assert.equal((await nginx.log(101)).length, 101);
});

test('--http 2 with ten streams sends all requests on as few connections', async () => {
    const { result, log } = await loadAndLog(['-n', '20', '-c', '2', '-r', '30', '--http', '2', '-m', '10']);
    assert.equal(result.requests.succeeded, 600);
    assert.deepEqual(result.handshakes.protocols, { h2: 20 });
    assert.deepEqual(countBy(log, 'http'), { 'HTTP/2.0': 600 });
    assert.deepEqual(new Set(Object.values(countBy(log, 'connection'))), new Set([30]));
});

test('--http auto takes what the server chooses', async () => {
    const { result, log } = await loadAndLog(['-n', '4', '--http', 'auto']);
    const h2 = result.handshakes.protocols.h2 ?? 0;
    assert.equal(countBy(log, 'http')['HTTP/2.0'] ?? 0, h2);
});

for (const http of ['1.1', '2']) {
    test(`HEAD has no body to wait for, by HTTP/${http}`, async () => {
        const { log } = await loadAndLog(
            [...words('-n 10 -c 2 -r 3 -X HEAD --http'), http],
            `${nginx.loadUrl}10k`,
        );
        assert.deepEqual(countBy(log, 'method'), { HEAD: 30 });
    });

    test(`--data posts a text and a file, by HTTP/${http}`, async () => {
        // nginx may respond before it has the whole body: with HTTP/2 it then rejects what is beyond the first window.
        for (const [data, least] of [
            ['a=1', 0],
            [`@${write('20k.bin', 'x'.repeat(20000))}`, 20000],
            [`@${write('200k.bin', 'x'.repeat(200000))}`, 60000],
        ]) {
            const { result, log } = await loadAndLog([
                ...words('-n 4 -c 2 -r 2 --data'),
                data,
                '--http',
                http,
            ]);
            assert.deepEqual(countBy(log, 'method'), { POST: 8 });
            assert.ok(result.bytes.written > 8 * least, `${result.bytes.written} bytes were written`);
        }
    });

    test(`bodies of every size are read to their end, by HTTP/${http}`, async () => {
        for (const [name, size] of [
            ['empty', 0],
            ['1k', 1024],
            ['100k', 102400],
            ['1m', 1 << 20],
        ]) {
            const { result } = await loadAndLog(
                [...words('-n 4 -c 2 -r 2 --http'), http],
                nginx.loadUrl + name,
            );
            assert.ok(result.bytes.read > 8 * size, name);
        }
    });

    test(`a status is a success when it is expected, and a failure when not, by HTTP/${http}`, async () => {
        const url = `${nginx.loadUrl}missing`;
        const { result } = await loadAndLog([...words('-n 4 -c 2 --expect-status 404 --http'), http], url);
        assert.deepEqual(result.requests.statuses, { 404: 4 });
        const other = await load([...chainAndPin(), '-n', '4', '-c', '2', '--http', http, url]);
        assert.equal(other.status, 1, other.told);
        assert.deepEqual(outcomesOf(other.result), { unexpected_status: 4 }, other.told);
        const forgiven = await load([...chainAndPin(), ...words('-n 4 --max-failures 4 --allow-empty --http'), http, url]);
        assert.equal(forgiven.status, 0, forgiven.told);
    });

    test(`a server that closes after each response gets a connection for each, by HTTP/${http}`, async () => {
        const { status, result, told } = await load([
            ...chainAndPin(),
            ...words('-n 6 -c 2 --http'),
            http,
            `${nginx.loadUrl}close`,
        ]);
        assert.equal(status, 0, told);
        assert.deepEqual(outcomesOf(result), { succeeded: 6 }, told);
    });

    // With HTTP/2 nginx resets the stream, which also counts as a response.
    const closed = http === '2' ? 'bad_response' : 'closed_before_accept';
    test(`a server that closes without a response is ${closed}, by HTTP/${http}`, async () => {
        const { status, result, told } = await load([
            ...chainAndPin(),
            ...words('-n 4 -c 2 --http'),
            http,
            `${nginx.loadUrl}silent`,
        ]);
        assert.equal(status, 1, told);
        assert.deepEqual(outcomesOf(result), { [closed]: 4 }, told);
    });
}

test('where no certificate was asked for, a close without a response is closed_early', async () => {
    const { status, result, told } = await load([
        ...chainAndPin(),
        ...words('-n 4 -c 2'),
        `${nginx.openUrl}silent`,
    ]);
    assert.equal(status, 1, told);
    assert.deepEqual(outcomesOf(result), { closed_early: 4 }, told);
});

test('--close rst ends every session as well as fin does', async () => {
    const { result, log } = await loadAndLog(['-n', '60', '-c', '4', '--close', 'rst']);
    assert.deepEqual(outcomesOf(result), { succeeded: 60 });
    assert.deepEqual(countBy(log, 'status'), { 200: 60 });
});

const haveIpv6 = fs.existsSync('/proc/net/if_inet6') && /^0{31}1 /m.test(read('/proc/net/if_inet6'));
test(
    'an IPv6 address in brackets is connected to, and verified as an address',
    { skip: !haveIpv6 && 'this machine has no ::1' },
    async () => {
        const { result, log } = await loadAndLog(['-n', '4'], nginx.loadUrl.replace('localhost', '[::1]'));
        assert.equal(result.target.address, `[::1]:${nginx.port}`);
        assert.equal(result.target.sni, null);
        assert.deepEqual(countBy(log, 'address'), { '::1': 4 });
        assert.deepEqual(countBy(log, 'server_name'), { '': 4 });
    },
);

test('an IPv4 address is verified as an address, without a server name', async () => {
    const { log } = await loadAndLog(['-n', '4'], nginx.loadUrl.replace('localhost', '127.0.0.1'));
    assert.deepEqual(countBy(log, 'server_name'), { '': 4 });
    const wrong = await load([
        ...chainAndPin(),
        '-n',
        '2',
        nginx.loadUrl.replace('localhost', '127.0.0.2').replace(/:\d+/, ':9'),
        '--connect-to',
        `127.0.0.1:${nginx.port}`,
    ]);
    assert.deepEqual(outcomesOf(wrong.result), { name_mismatch: 2 }, wrong.told);
});

test("--connect-to connects there, with the URL's host neither resolved nor forgotten", async () => {
    const there = ['--connect-to', `127.0.0.1:${nginx.port}`];
    const { status, result, told } = await load([
        ...chainAndPin(),
        '-n',
        '2',
        ...there,
        'https://no-such-host.invalid/',
    ]);
    assert.equal(status, 1, told);
    assert.deepEqual(outcomesOf(result), { name_mismatch: 2 }, told);
    const { log } = await loadAndLog(['-n', '2', ...there], 'https://localhost:1/');
    assert.deepEqual(countBy(log, 'server_name'), { localhost: 2 });
});

test('--resolve gives a host an address, and --sni another name to be sent and verified', async () => {
    const resolve = ['--resolve', `server.example:${nginx.port}:127.0.0.1`];
    const url = `https://server.example:${nginx.port}/`;
    const { log } = await loadAndLog(['-n', '2', ...resolve, '--sni', 'localhost'], url);
    assert.deepEqual(countBy(log, 'server_name'), { localhost: 2 });
    nginx.clearLog();
    const pinned = await load([...pinOnly(), '-n', '2', ...resolve, url]);
    assert.equal(pinned.status, 0, pinned.told);
    assert.deepEqual(countBy(await nginx.log(2), 'server_name'), { 'server.example': 2 });
});

test('--source takes its addresses in turn', async () => {
    const { log } = await loadAndLog(
        [...words('-n 40 -c 4 --source 127.0.0.1-127.0.0.4')],
        nginx.loadUrl.replace('localhost', '127.0.0.1'),
    );
    assert.deepEqual(countBy(log, 'address'), {
        '127.0.0.1': 10,
        '127.0.0.2': 10,
        '127.0.0.3': 10,
        '127.0.0.4': 10,
    });
    const list = await loadAndLog(
        [...words('-n 4 -c 1 --source 127.0.0.7,127.0.0.9')],
        nginx.loadUrl.replace('localhost', '127.0.0.1'),
    );
    assert.deepEqual(countBy(list.log, 'address'), { '127.0.0.7': 2, '127.0.0.9': 2 });
});

test('--ciphers chooses the suite of TLS 1.2', async () => {
    for (const cipher of ['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305']) {
        const { result, log } = await loadAndLog(['-n', '4', '--tls-max', '1.2', '--ciphers', cipher]);
        assert.deepEqual(countBy(log, 'cipher'), { [cipher]: 4 });
        assert.deepEqual(Object.values(result.handshakes.ciphers), [4]);
    }
});

test("a version that both do not have is the server's alert, and no refusal", async () => {
    const { result, told } = await load([
        ...client('client3'),
        '--pin',
        read(inPki('p256/server.pin')).trim(),
        ...words('-n 2 --tls-max 1.2'),
        '--ciphers',
        'ECDHE-RSA-AES128-GCM-SHA256',
        nginx.loadUrl,
    ]);
    assert.deepEqual(outcomesOf(result), { tls_alert: 2 }, told);
});

test('--hold keeps sessions open, all at once, and they have succeeded', async () => {
    const { result } = await loadAndLog(['-n', '30', '-c', '30', '--hold', '500ms']);
    assert.equal(result.sessions.peak_established, 30);
    assert.ok(
        result.latency.session.max / 1e6 + 0.5 <= result.duration_s,
        "the hold is no part of the session's time",
    );
});

test('--think waits between requests, and the wait is no part of theirs', async () => {
    const { result } = await loadAndLog(['-n', '4', '-c', '4', '-r', '3', '--think', '200ms']);
    assert.ok(result.latency.session.min >= 400000, `${result.latency.session.min} us`);
    assert.ok(
        result.latency.request.max <= result.latency.session.max - 400000,
        `${result.latency.request.max} us`,
    );
});

test('--keylog has the secrets of the sessions, and is announced', async () => {
    const file = inWork('keys.log');
    fs.rmSync(file, { force: true });
    const { stderr } = await load([...chainAndPin(), '-n', '2', '--keylog', file, nginx.loadUrl]);
    assert.ok(stderr.includes(file), stderr);
    assert.match(read(file), /^CLIENT_HANDSHAKE_TRAFFIC_SECRET [0-9a-f]{64} /m);
});

test('-v tells the story of the first session, and -q tells nothing', async () => {
    const { stderr } = await load([...chainAndPin(), '-n', '2', '-v', nginx.loadUrl]);
    for (const word of [
        '127.0.0.1',
        'TLSv1.3',
        'X25519',
        'CN=localhost',
        'cert-sha256:',
        'spki-sha256:',
        '200',
    ])
        assert.ok(stderr.includes(word), `${word} is not in: ${stderr}`);
    const quiet = await load([...chainAndPin(), '-n', '2', '-q', nginx.loadUrl]);
    assert.equal(quiet.stdout + quiet.stderr, '');
});
