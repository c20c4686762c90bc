// SPDX-License-Identifier: Apache-2.0
//
// What pinload says of its handshakes' bytes and round trips, against what passed through a proxy that counts; and
// ClientHellos in two segments.

import assert from 'node:assert/strict';
import net from 'node:net';
import test, { after, before } from 'node:test';
import {
    binary,
    chainAndPin,
    command,
    inPki,
    load,
    needCommand,
    Nginx,
    outcomesOf,
    pinload,
    Server,
    words,
} from './lib.mjs';

let nginx;
before(async () => {
    nginx = await Nginx.start('wire', {});
});
after(() => nginx.stop());

// --- the proxy ------------------------------------------------------------------------------------------------

// Proxy passes connections on to a port of loopback. Each of .connections is a list of {by, bytes, at}, by 'client' or
// 'server', one for each piece that came.
class Proxy {
    static async start(port) {
        const proxy = new Proxy();
        proxy.connections = [];
        proxy.server = net.createServer((client) => {
            const pieces = [];
            const server = net.connect(port, '127.0.0.1');
            proxy.connections.push(pieces);
            for (const [by, from, to] of [['client', client, server], ['server', server, client]]) {
                from.setNoDelay(true);
                from.on('data', (bytes) => {
                    pieces.push({ by, bytes, at: performance.now() });
                    to.write(bytes);
                });
                from.on('end', () => to.end());
                from.on('error', () => to.destroy());
            }
        });
        await new Promise((resolve) => { proxy.server.listen(0, '127.0.0.1', resolve); });
        proxy.options = ['--connect-to', `127.0.0.1:${proxy.server.address().port}`];
        return proxy;
    }

    stop() {
        return new Promise((resolve) => { this.server.close(resolve); });
    }
}

async function withProxy(port, use) {
    const proxy = await Proxy.start(port);
    try {
        return await use(proxy);
    } finally {
        await proxy.stop();
    }
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

// flightsOf: how many bytes each side sent before the other said something, the client's first.
function flightsOf(pieces) {
    const flights = [];
    let last = null;
    for (const { by, bytes } of pieces) {
        if (by === last) flights[flights.length - 1] += bytes.length;
        else flights.push(bytes.length);
        last = by;
    }
    return flights;
}

const sentBy = (side, pieces) => Buffer.concat(pieces.filter(({ by }) => by === side).map(({ bytes }) => bytes));

// recordsOf: the lengths of the TLS records that a side sent.
function recordsOf(bytes) {
    const lengths = [];
    let at = 0;
    while (at < bytes.length) {
        lengths.push(5 + bytes.readUInt16BE(at + 3));
        at += lengths.at(-1);
    }
    assert.equal(at, bytes.length, 'what passed are no whole records');
    return lengths;
}

// seenOf: a handshake of so many round trips as it passed, in a session without a request: the client's last record is
// its close_notify. The client waits ROUND_TRIPS times; what the server says after that is no part of it. By TLS 1.2 a
// full handshake ends with what the server says, and the flight before that is the client's last one.
function seenOf(pieces, roundTrips, endsWithServer) {
    const sent = sentBy('client', pieces);
    const closeNotify = recordsOf(sent).at(-1);
    const flights = flightsOf(pieces);
    const byServer = flights.filter((_, i) => i % 2 === 1);
    const before = flights.filter((_, i) => i % 2 === 0).slice(0, roundTrips);
    const total = sent.length - closeNotify;
    return {
        client_hello: sent.readUInt16BE(3),
        sent: total,
        last_flight: endsWithServer ? before.at(-1) : total - sum(before),
        received: sum(byServer.slice(0, roundTrips)),
        round_trips: roundTrips,
    };
}

// seenOfResumed: the client sends its ClientHello, and then ChangeCipherSpec and Finished, a record each.
function seenOfResumed(pieces) {
    const sent = sentBy('client', pieces);
    const [hello, changeCipherSpec, finished] = recordsOf(sent);
    return {
        client_hello: sent.readUInt16BE(3),
        sent: hello + changeCipherSpec + finished,
        last_flight: changeCipherSpec + finished,
        received: flightsOf(pieces)[1],
        round_trips: 1,
    };
}

// expectSeen: the distributions of a result are exactly what passed.
function expectSeen(wire, all, told) {
    for (const name of Object.keys(wire)) {
        const values = {};
        for (const seen of all) values[seen[name]] = (values[seen[name]] ?? 0) + 1;
        assert.deepEqual(wire[name].values, values, `${name}: ${told}`);
        assert.equal(wire[name].total, sum(all.map((seen) => seen[name])), `${name}: ${told}`);
        assert.equal(wire[name].max, Math.max(...all.map((seen) => seen[name])), `${name}: ${told}`);
        assert.equal(wire[name].rounded, 0);
    }
}

// --- what is told is what passed --------------------------------------------------------------------------------

const handshakesOnly = words('-n 12 -c 1 -r 0');
const version = (v) => ['--tls-min', v, '--tls-max', v];

for (const v of ['1.2', '1.3']) {
    for (const groups of ['X25519:P-256', 'P-256', 'P-384:P-256']) {
        test(`full handshakes of TLS ${v} with ${groups} took the bytes that passed`, () =>
            withProxy(nginx.port, async (proxy) => {
                const { result, told } = await load([...handshakesOnly, ...chainAndPin(), ...proxy.options, ...version(v),
                    '--groups', groups, nginx.loadUrl]);
                assert.equal(result.handshakes.full, 12, told);
                const isOld = v === '1.2';
                expectSeen(result.handshakes.wire.full,
                    proxy.connections.map((pieces) => seenOf(pieces, isOld ? 2 : 1, isOld)), told);
                assert.equal(result.handshakes.wire.resumed.sent.count, 0, told);
            }));
    }

    test(`resumed handshakes of TLS ${v} took the bytes that passed, in one round trip`, () =>
        withProxy(nginx.port, async (proxy) => {
            const { result, told } = await load([...words('-n 12 -c 1 --session-mode resume'), ...chainAndPin(),
                ...proxy.options, ...version(v), nginx.loadUrl]);
            assert.deepEqual([result.handshakes.full, result.handshakes.resumed], [4, 8], told);
            expectSeen(result.handshakes.wire.resumed, proxy.connections.slice(4).map(seenOfResumed), told);
            assert.ok(result.handshakes.wire.resumed.received.max < result.handshakes.wire.full.received.min, told);
        }));
}

test('a HelloRetryRequest is one round trip more', async () => {
    const server = await Server.start('s_server', (port) => ({
        command: needCommand('openssl', 'openssl'),
        args: ['s_server', '-accept', `127.0.0.1:${port}`, ...words('-quiet -www -groups P-384 -Verify 1'),
            '-CAfile', inPki('p256/both-client-cas.crt'), '-cert', inPki('p256/server.crt'),
            '-key', inPki('p256/server.plain.key')],
    }));
    await withProxy(server.port, async (proxy) => {
        const { result, told } = await load([...handshakesOnly, ...chainAndPin(), ...proxy.options,
            '--groups', 'X25519:P-384', server.url]);
        assert.equal(result.handshakes.full, 12, told);
        assert.deepEqual(result.handshakes.groups, { 'P-384': 12 }, told);
        expectSeen(result.handshakes.wire.full, proxy.connections.map((pieces) => seenOf(pieces, 2, false)), told);
    });
    await server.stop();
});

// Whether this BoringSSL has X25519MLKEM768.
const apiVersion = Number(command(binary, ['--version']).match(/API version (\d+)/)?.[1]);
const postQuantum = { skip: apiVersion >= 32 ? false : `BoringSSL's API version is ${apiVersion}; 32 or later is needed` };

test('a ClientHello with post-quantum key exchange has a key of over a kilobyte more', postQuantum, async () => {
    const wires = [];
    for (const groups of ['X25519', 'X25519MLKEM768:X25519']) {
        const { result, told } = await load([...handshakesOnly, ...chainAndPin(), '--groups', groups, nginx.loadUrl]);
        assert.equal(result.handshakes.full, 12, told);
        wires.push(result.handshakes.wire.full);
    }
    const hello = wires.map((wire) => wire.client_hello.p50);
    assert.ok(hello[0] <= 512 && hello[1] > 1184 + 200, `ClientHellos of ${hello} bytes`); // ML-KEM-768's public key
});

test('a threshold on the bytes of handshakes fails a run', async () => {
    const { status, told, result } = await load([...words('-n 4'), ...chainAndPin(),
        '--fail-if', 'handshakes.wire.full.received.max > 100', '--fail-if', 'handshakes.wire.full.round_trips.values.2 > 0',
        nginx.loadUrl]);
    assert.equal(status, 1, told);
    assert.equal(result.verdict.violations.length, 1, told);
    assert.match(result.verdict.violations[0], /^handshakes\.wire\.full\.received\.max is \d{4}, and --fail-if/, told);
});

// --- in two segments ----------------------------------------------------------------------------------------------

// Where the proxy was late, it has read both segments as one piece.
function expectSplit(connections, result, told) {
    const hello = result.handshakes.wire.full.client_hello.p50;
    const apart = connections.filter((pieces) => pieces[1].by === 'client');
    assert.ok(apart.length > 0, told);
    for (const [first, second] of apart) {
        assert.equal(first.bytes.length, Math.floor(hello / 2), told);
        assert.equal(first.bytes.length + second.bytes.length, hello + 5, told);
    }
    const gaps = apart.map(([first, second]) => second.at - first.at).sort((a, b) => a - b);
    assert.ok(gaps.at(-1) >= 9, `the segments came ${gaps} ms apart`);
}

for (const v of ['1.2', '1.3']) {
    test(`--split-hello sends the ClientHello in two segments, and nginx serves by TLS ${v}`, () =>
        withProxy(nginx.port, async (proxy) => {
            const { status, result, told } = await load([...words('-n 12 -c 2 --split-hello'), ...chainAndPin(),
                ...proxy.options, ...version(v), nginx.loadUrl]);
            assert.equal(status, 0, told);
            assert.deepEqual(outcomesOf(result), { succeeded: 12 }, told);
            assert.equal(result.config.split_hello, true);
            assert.ok(result.latency.tls_handshake.min >= 9900, told);
            expectSplit(proxy.connections, result, told);
        }));
}

test('-v tells the hello, its segments, bytes and round trips', async () => {
    for (const [options, words] of [[[], ', written at once'], [['--split-hello'], ' in two segments, 10 ms apart']]) {
        const { status, stderr } = await pinload(['run', '-v', '-n', '1', ...options, ...chainAndPin(), nginx.loadUrl]);
        assert.equal(status, 0, stderr);
        const line = stderr.split('\n').find((text) => text.includes('ClientHello of '));
        assert.match(line, new RegExp(`^  ClientHello of \\d+ bytes${words}; \\d+ bytes sent in the handshake, ` +
            '\\d+ of them in the last flight, \\d+ received, 1 round trip$'), stderr);
    }
});
