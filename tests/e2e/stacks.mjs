// SPDX-License-Identifier: Apache-2.0
//
// The matrix: a server of another TLS stack, four clients, both TLS versions, two types of keys; twenty sessions of
// each, four at a time, all of which must have the outcome of stacks.json, with a request and with a handshake alone.
//
//   stacks.mjs SERVER      tests that server
//   stacks.mjs docs        tests that docs/stacks.md contains the table of stacks.json; with --write, writes it
//
// The cells of stacks.json, what the server does, and the required outcome:
//
//   accept       it serves                                             succeeded; unconfirmed with a handshake alone
//   alert NAME   a fatal alert after our certificate                   client_cert_refused
//   page         completes the handshake, then status 400              client_cert_refused; unconfirmed
//   close        closes the connection without an alert                closed_before_accept; with a handshake alone in
//                                                                      TLS 1.3, where ours is complete, unconfirmed
//   version      an alert instead of a ServerHello: unsupported version   tls_alert

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { client, inPki, load, outcomesOf, read, root } from './lib.mjs';
import { startStack } from './stack-servers.mjs';

const stacks = JSON.parse(read(path.join(root, 'tests/e2e/stacks.json')));
const versions = ['1.2', '1.3'];
const clients = { good: 'of its CA', other: 'of another CA', none: 'none', expired: 'expired' };
const numSessions = 20;

// --- the test of one server -------------------------------------------------------------------------------------

function identityOptions(who, certs) {
    const expired = inPki(certs, 'extra/expired');
    return {
        good: client('client3', certs),
        other: client('client1', certs),
        none: [],
        expired: [
            '--cert',
            `${expired}.crt`,
            '--key',
            `${expired}.key`,
            '--pass',
            `file:${inPki(certs, 'password.txt')}`,
        ],
    }[who];
}

const verification = (certs) => [
    '--cacert',
    inPki(certs, 'server-ca.crt'),
    '--pin-file',
    inPki(certs, 'server.spki-sha256.pin'),
];

// expectedOutcome: of a session with REQUESTS requests.
function expectedOutcome(cell, version, requests) {
    const [what] = cell.split(' ');
    const byHandshake = {
        accept: 'unconfirmed',
        alert: 'client_cert_refused',
        page: 'unconfirmed',
        version: 'tls_alert',
        close: version === '1.3' ? 'unconfirmed' : 'closed_before_accept',
    };
    const byRequest = {
        accept: 'succeeded',
        alert: 'client_cert_refused',
        page: 'client_cert_refused',
        version: 'tls_alert',
        close: 'closed_before_accept',
    };
    return (requests === 0 ? byHandshake : byRequest)[what];
}

// assertCell: that all sessions came out so, with the alert that the cell names, and every pin matched.
async function assertCell(url, { certs, version, who, cell, requests, options = [] }) {
    const { status, result, told } = await load([
        ...identityOptions(who, certs),
        ...verification(certs),
        '--tls-min',
        version,
        '--tls-max',
        version,
        '-n',
        String(numSessions),
        '-c',
        '4',
        '-r',
        String(requests),
        ...options,
        url,
    ]);
    const [what, alert] = cell.split(' ');
    assert.deepEqual(outcomesOf(result), { [expectedOutcome(cell, version, requests)]: numSessions }, told);
    if (alert) assert.deepEqual(result.handshakes.alerts.received, { [alert]: numSessions }, told);
    if (what !== 'version')
        assert.deepEqual([result.pins.checked, result.pins.matched], [numSessions, numSessions], told);
    return { status, result, told };
}

// expectations: with them a refusal is what the run is for, and it passes.
function expectations(who, cell) {
    const [what] = cell.split(' ');
    if (who === 'none' || what === 'accept' || what === 'version') return [];
    return ['--expect-refused', 'client', ...(what === 'close' ? ['--refusal-by-close'] : [])];
}

function testCell(stack, certs, version, who, serverOf) {
    const cell = stack.cells[version][who];
    test(`${stack.server}, ${certs}, TLS ${version}, client certificate ${clients[who]}: ${cell}`, async () => {
        const cellOf = { certs, version, who, cell };
        const options = expectations(who, cell);
        const { url } = serverOf();
        const asked = await assertCell(url, { ...cellOf, requests: 1, options });
        const passes = cell === 'accept' || options.length > 0;
        assert.equal(asked.status, passes ? 0 : 1, asked.told);
        assert.equal(asked.result.verdict.passed, passes, asked.told);
        if (options.length > 0) assert.equal(asked.result.sessions.refused, numSessions, asked.told);
        const refused = expectedOutcome(cell, version, 0) === 'client_cert_refused';
        await assertCell(url, { ...cellOf, requests: 0, options: refused ? options : [] });
    });
}

function testServer(stack) {
    const servers = {};
    before(async () => {
        for (const certs of ['p256', 'rsa2048']) servers[certs] = await startStack(stack.name, certs);
    });
    after(() => Promise.all(Object.values(servers).map((server) => server.stop())));
    for (const certs of ['p256', 'rsa2048']) {
        for (const version of versions) {
            for (const who of Object.keys(clients))
                testCell(stack, certs, version, who, () => servers[certs]);
        }
    }
}

// --- the page in docs -------------------------------------------------------------------------------------------

const page = path.join(root, 'docs/stacks.md');
const [begin, end] = ['<!-- from tests/e2e/stacks.json: -->', '<!-- the end of what is from there -->'];

function inWords(cell) {
    const [what, alert] = cell.split(' ');
    return {
        accept: 'served',
        alert: `alert \`${alert}\``,
        page: 'status 400',
        close: '*closes*',
        version: '–',
    }[what];
}

function table() {
    const rows = stacks.flatMap((stack) =>
        versions.map((version) => [
            `${stack.server}`,
            stack.library,
            version,
            ...Object.keys(clients).map((who) => inWords(stack.cells[version][who])),
        ]),
    );
    const notes = stacks.filter((stack) => stack.note).map((stack) => `- **${stack.server}**: ${stack.note}`);
    const head = ['server', 'library', 'TLS', ...Object.values(clients)];
    return [
        `| ${head.join(' | ')} |`,
        `|${head.map(() => '---|').join('')}`,
        ...rows.map((row) => `| ${row.join(' | ')} |`),
        '',
        ...notes,
    ].join('\n');
}

function pageWithTable() {
    const text = read(page);
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    assert.ok(
        from >= 0 && to > from,
        `docs/stacks.md has no place for the table, between '${begin}' and '${end}'`,
    );
    return `${text.slice(0, from + begin.length)}\n\n${table()}\n\n${text.slice(to)}`;
}

function testDocs() {
    test('docs/stacks.md has the table that the servers are held to', () => {
        assert.equal(read(page), pageWithTable(), "'stacks.mjs docs --write' writes it anew");
    });
    test('every server of the table is a test, and every package is set up', () => {
        const cmake = read(path.join(root, 'tests/e2e/CMakeLists.txt'));
        const setup = read(path.join(root, 'scripts/setup'));
        for (const { name, package: pkg } of stacks) {
            assert.match(cmake, new RegExp(`[ (]${name}[ )\n]`), `${name} is no test`);
            assert.ok(name === 'java' || pkg === 'built here' || setup.includes(pkg), `${pkg} is not set up`);
        }
    });
}

const [name, write] = process.argv.slice(2);
const stack = stacks.find((one) => one.name === name);
if (name === 'docs' && write === '--write') fs.writeFileSync(page, pageWithTable());
else if (name === 'docs') testDocs();
else if (stack) testServer(stack);
else throw new Error(`'${name}' is not a server; expected one of: docs ${stacks.map((one) => one.name).join(' ')}`);
