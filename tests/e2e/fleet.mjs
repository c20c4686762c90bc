// SPDX-License-Identifier: Apache-2.0
//
// Several addresses of one host: who takes whose ticket. The servers are Node's, so that two of the three have the same
// ticket keys, as nodes of a fleet should.

import assert from 'node:assert/strict';
import https from 'node:https';
import test, { after, before } from 'node:test';
import { chainAndPin, freePorts, inPki, load, pinload, read, words } from './lib.mjs';

const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
const servers = [];
const sessions = {};
let port;

const listen = (address, ticketKeys) => new Promise((resolve) => {
    sessions[address] = { full: 0, resumed: 0 };
    const server = https.createServer({
        cert: read(inPki('p256', 'server.crt')),
        key: read(inPki('p256', 'server.plain.key')),
        ca: read(inPki('p256', 'both-client-cas.crt')),
        requestCert: true,
        ticketKeys,
        sessionIdContext: 'fleet',
    }, (request, response) => {
        sessions[address][request.socket.isSessionReused() ? 'resumed' : 'full']++;
        response.end('served\n');
    });
    servers.push(server);
    server.listen(port, address, resolve);
});

before(async () => {
    port = freePorts();
    const shared = Buffer.alloc(48, 1);
    await listen(addresses[0], shared);
    await listen(addresses[1], shared);
    await listen(addresses[2], Buffer.alloc(48, 2));
});
after(() => servers.forEach((server) => server.close()));

const url = () => `https://localhost:${port}/`;
const at = (...list) => ['--resolve', `localhost:${port}:${list.join(',')}`];
const path = (from, to) => `${from}:${port} to ${to}:${port}`;
const taken = (from, to) => from === to || ![from, to].includes(addresses[2]);
const run = (...args) => load([...words('-n 360 -c 1 --each-address'), ...at(...addresses), ...args, ...chainAndPin(), url()]);

for (const version of ['1.2', '1.3']) {
    const versions = words(`--tls-min ${version} --tls-max ${version}`);

    test(`by TLS ${version} each address is offered the tickets of each, and the matrix says who took them`, async () => {
        const was = structuredClone(sessions);
        const { status, result, stdout, told } = await run('--session-mode', 'resume', ...versions);
        const { offered, declined, offered_by_path: offers, resumed_by_path: resumed, declined_by_path: refused } =
            result.handshakes.tickets;
        const sum = (counts) => Object.values(counts).reduce((a, b) => a + b, 0);
        assert.equal(status, 1, told); // tickets were declined
        assert.match(told, /the server declined \d+ of \d+ offered tickets/);
        assert.deepEqual([sum(offers), sum(refused), sum(resumed)], [offered, declined, offered - declined], told);
        for (const from of addresses) {
            for (const to of addresses) {
                const name = path(from, to);
                assert.ok(offers[name] > 10, told);
                assert.deepEqual([resumed[name], refused[name]], taken(from, to) ? [offers[name], 0] : [0, offers[name]], told);
            }
        }
        for (const to of addresses) {
            const seen = sessions[to].resumed - was[to].resumed;
            assert.equal(seen, sum(Object.fromEntries(addresses.map((from) => [from, resumed[path(from, to)]]))), told);
            assert.equal(seen + sessions[to].full - was[to].full, 120, 'all addresses are loaded alike');
        }
        assert.match(stdout, /^tickets taken by +1 +2 +3$/m);
        assert.match(stdout, /^ {2}3 {2}127\.0\.0\.3:\d+ +0 of \d+ +0 of \d+ +(\d+) of \1$/m);
    });

    test(`by TLS ${version} each address is offered its own tickets only, and takes them`, async () => {
        const { status, result, told } = await run('--session-mode', 'resume', '--tickets', 'per-address', ...versions);
        const { full, resumed, tickets } = result.handshakes;
        assert.equal(status, 0, told);
        assert.deepEqual([full + resumed, tickets.declined], [360, 0], told);
        assert.ok(version === '1.2' ? full === 12 : resumed > 100, told); // Node gives a resumed session no new ticket
        for (const [name, count] of Object.entries(result.handshakes.tickets.offered_by_path)) {
            const [from, to] = name.split(' to ');
            assert.equal(count > 0, from === to, told);
        }
        assert.equal(result.config.tickets, 'per-address');
    });
}

test('without resumption all addresses are loaded alike', async () => {
    const was = structuredClone(sessions);
    const { status, result, stdout, told } = await run();
    assert.equal(status, 0, told);
    assert.deepEqual(addresses.map((address) => sessions[address].full - was[address].full), [120, 120, 120]);
    assert.deepEqual([result.config.each_address, result.config.tickets], [true, undefined]);
    assert.doesNotMatch(stdout, /tickets taken/);
});

test('an address where nobody listens is passed over', async () => {
    const { status, result, told } = await load([...words('-n 120 -c 2 --each-address --session-mode resume'),
        ...at(addresses[0], '127.0.0.9'), ...chainAndPin(), url()]);
    assert.equal(status, 0, told);
    assert.equal(result.handshakes.tickets.resumed_by_path[path(addresses[0], addresses[0])], result.handshakes.resumed);
});

for (const [args, message] of [
    [['--each-address'], /--each-address needs a host of 2 to 32 addresses, and '127\.0\.0\.1' has 1; --resolve/],
    [['--tickets', 'shared'], /--tickets 'shared' says what becomes of several addresses' tickets; expected --each-address/],
    [['--each-address', '--tickets', 'shared'], /--tickets 'shared' has none to offer with --session-mode full/],
    [['--each-address', '--tickets', 'mine'], /'mine' is not a value for --tickets/],
    [['--resolve', '127.0.0.1:1:127.0.0.1,'], /--resolve '127\.0\.0\.1:1:127\.0\.0\.1,' is not HOST:PORT:ADDR\[,ADDR\.\.\.\]/],
]) {
    test(`${args.join(' ')}: one sentence, exit status 2`, async () => {
        const { status, stderr } = await pinload(['run', ...args, ...chainAndPin(), `https://127.0.0.1:${port}/`]);
        assert.equal(status, 2, stderr);
        assert.match(stderr, message);
        assert.match(stderr, /^pinload: [^\n]+\n$/);
    });
}
