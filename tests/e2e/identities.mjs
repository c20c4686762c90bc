// SPDX-License-Identifier: Apache-2.0
//
// Lists of identities: unequal shares, kept exactly as nginx counts them, over threads and over shards; what is expected
// of each; names from certificates; and lists that are refused in one sentence.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import {
    command, countBy, identityNamed, inPki, inWork, load, Nginx, pinload, read, resultFile, words, write,
} from './lib.mjs';

const pin = ['--pin-file', inPki('p256', 'server.pin')];
const password = `file:${inPki('p256', 'password.txt')}`;
const clientFile = (name, ending) => inPki('p256/clients', `${name}.${ending}`);
const weights = { client3: 70, client4: 20, third: 7, fourth: 3 };
const fileOf = { third: 'client3', fourth: 'client4' };

// list: a CSV file of the identities of weights, with their password in a column.
function weightedList() {
    const rows = Object.entries(weights).map(([name, weight]) => {
        const file = fileOf[name] ?? name;
        return `${name},${clientFile(file, 'crt')},${clientFile(file, 'key')},${password},${weight}`;
    });
    return write('weighted.csv', `name,cert,key,pass,weight\r\n${rows.join('\r\n')}\r\n`);
}

const sessionsByName = (result) => Object.fromEntries(result.identities.map((one) => [one.name, one.sessions]));

function assertShares(sessions, total, slack, told) {
    for (const [name, weight] of Object.entries(weights)) {
        const share = (total * weight) / 100;
        assert.ok(Math.abs(sessions[name] - share) < slack, `${name} had ${sessions[name]} of ${share}: ${told}`);
    }
}

test('shares by weight are exact over threads and shards, as nginx counts them', async () => {
    const nginx = await Nginx.start('weights', {});
    try {
        const list = ['--identity-list', weightedList(), ...pin];
        for (const count of [100, 137]) {
            nginx.clearLog();
            const { status, result, told } = await load([...list, '-n', String(count), ...words('-c 8 -t 3'), nginx.gateUrl]);
            assert.equal(status, 0, told);
            assertShares(sessionsByName(result), count, 1, told);
            assert.deepEqual(result.identities.map((one) => one.weight), Object.values(weights), told);
            const seen = countBy(await nginx.log(count), 'client');
            const both = sessionsByName(result);
            assert.deepEqual(Object.values(seen).sort(), [both.client3 + both.third, both.client4 + both.fourth].sort(), told);
        }
        const timed = await load([...list, ...words('-d 1s -c 4 -t 2'), nginx.gateUrl]);
        assertShares(sessionsByName(timed.result), timed.result.sessions.started, 1, timed.told);

        const parts = [];
        for (const shard of ['0/3', '1/3', '2/3']) {
            parts.push(resultFile());
            const args = ['run', '-q', ...list, ...words('-n 137 -c 6 -t 2 --shard'), shard, '--json', parts.at(-1), nginx.gateUrl];
            assert.equal((await pinload(args)).status, 0);
        }
        const merged = resultFile();
        const done = await pinload(['merge', '-q', ...parts, '--json', merged]);
        assert.equal(done.status, 0, done.stderr);
        const result = JSON.parse(read(merged));
        assertShares(sessionsByName(result), 137, 1, 'merged');
        assert.deepEqual(result.identities.map((one) => one.weight), Object.values(weights));
    } finally {
        await nginx.stop();
    }
});

test('a list in JSON says who is refused and which status is a success', async () => {
    const nginx = await Nginx.start('expectations', {});
    try {
        fs.mkdirSync(inWork('lists'), { recursive: true });
        for (const name of ['client1', 'client3'])
            for (const ending of ['crt', 'key']) fs.copyFileSync(clientFile(name, ending), inWork('lists', `${name}.${ending}`));
        fs.copyFileSync(inPki('p256', 'password.txt'), inWork('lists/password.txt'));
        const entries = [
            { cert: 'client1.crt', key: 'client1.key', pass: 'file:password.txt', expect: 'refused', weight: 1 },
            { cert: 'client3.crt', key: 'client3.key', pass: 'file:password.txt', status: [200, 204], weight: 3 },
        ];
        const list = write('lists/fleet.json', JSON.stringify({ identities: entries }));
        const { status, result, told } = await load(['--identity-list', list, ...pin, ...words('-n 8 -c 1'), nginx.gateUrl]);
        assert.equal(status, 0, told);
        assert.equal(identityNamed(result, 'client1').refused, 2, told);
        assert.equal(identityNamed(result, 'client3').succeeded, 6, told);
        assert.equal(identityNamed(result, 'client3').expected_status, '200,204', told);

        entries[1].status = 404;
        write('lists/fleet.json', JSON.stringify(entries));
        const other = await load(['--identity-list', list, ...pin, ...words('-n 8 -c 1'), nginx.gateUrl]);
        assert.equal(other.status, 1, other.told);
        assert.equal(identityNamed(other.result, 'client3').failed, 6, other.told);
    } finally {
        await nginx.stop();
    }
});

// --- names ------------------------------------------------------------------------------------------------------

function makeNamed(file, subject, alternatives) {
    const base = inWork('named', file);
    command('openssl', [
        ...words('req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30'), '-keyout', `${base}.key`,
        '-out', `${base}.crt`, '-subj', subject, ...(alternatives ? ['-addext', `subjectAltName=${alternatives}`] : []),
    ]);
    fs.chmodSync(`${base}.key`, 0o600);
}

async function namesBy(how) {
    const args = ['run', '--identities', inWork('named'), '--name-by', how, ...words('--verify none -n 3 -T 1s --json'), inWork('names.json'), 'https://127.0.0.1:1/'];
    const done = await pinload(args);
    if (done.status === 2) return done.stderr;
    return JSON.parse(read(inWork('names.json'))).identities.map((one) => one.name);
}

test('identities are called after their certificates on request', async () => {
    fs.rmSync(inWork('named'), { recursive: true, force: true });
    fs.mkdirSync(inWork('named'));
    makeNamed('a', '/O=Müller/CN=unit/CN=web-1', 'email:web@example.org,URI:spiffe://example.org/web,DNS:web.example.org');
    makeNamed('b', '/CN=db-1', 'URI:urn:x,URI:spiffe://example.org/db');
    assert.deepEqual(await namesBy('file'), ['a', 'b']);
    assert.deepEqual(await namesBy('cn'), ['web-1', 'db-1']);
    assert.deepEqual(await namesBy('san'), ['web.example.org', 'urn:x']);
    assert.deepEqual(await namesBy('spiffe'), ['spiffe://example.org/web', 'spiffe://example.org/db']);

    makeNamed('c', '/CN=db-1');
    assert.match(await namesBy('cn'), /named\/c\.crt: the identity 'db-1' is given twice/);
    assert.match(await namesBy('spiffe'), /--name-by spiffe: '.*c\.crt' has no such name; expected .* spiffe:/);
    assert.match(await namesBy('nickname'), /'nickname'/);
});

// --- bad lists ----------------------------------------------------------------------------------------------------

const good = 'name,cert,key,pass,weight,expect,status\n';
const row = (name, rest) => `${name},${clientFile('client3', 'crt')},${clientFile('client3', 'key')},${password},${rest}\n`;

const bad = {
    'nothing': ['', /the list '.*' has no identity/],
    'a header alone': [good, /the list '.*' has no identity/],
    'an unknown column': ['name,certificate\n', /line 1: 'certificate' is not a column .* expected some of name, cert/],
    'a column twice': ['cert,cert\n', /line 1: the column 'cert' is there twice/],
    'too few fields': [`${good}a,b\n`, /line 2: it has 2 fields and the header has 7/],
    'an open quote': [`${good}"a,b\n`, /line 3: a quoted field has no end/],
    'no certificate': [`${good}a,,,,,,\n`, /line 2: it has no cert/],
    'no such file': [`${good}a,nobody.crt,nobody.key,,,,\n`, /line 2: .*nobody\.crt/],
    'a weight of 0': [good + row('a', '0,,'), /line 2: '0' is not a weight; expected a whole number from 1/],
    'a negative weight': [good + row('a', '-1,,'), /line 2: '-1' is not a weight/],
    'weights beyond the cycle': [good + row('a', '999999,,') + row('b', '1000000,,'), /weights .* more than 1000000/],
    'another expectation': [good + row('a', '1,maybe,'), /line 2: 'maybe' is not what to expect; expected served or refused/],
    'another status': [good + row('a', '1,,99'), /line 2: '99' is not a value for status/],
    'a name twice': [good + row('a', '1,,') + row('a', '1,,'), /line 3: the identity 'a' is given twice/],
    'a wrong password': [`${good}a,${clientFile('client3', 'crt')},${clientFile('client3', 'key')},pass:wrong,,,\n`, /line 2: .*password/],
    'JSON that ends early': ['[{"cert": "a"}', /line 1: .*expected JSON/],
    'JSON without an array': ['{"clients": []}', /there is no array in it/],
    'JSON of texts': ['["a.crt"]', /entry 1: it is not an object/],
    'JSON with another key': ['[{"cret": "a"}]', /entry 1: 'cret' is not a column/],
    'JSON with an object as a value': ['[{"cert": {}}]', /entry 1: 'cert' is not a string/],
};

test('a bad list is refused in one sentence with its file and line', async () => {
    for (const [what, [text, sentence]] of Object.entries(bad)) {
        const file = write('bad.csv', text);
        const done = await pinload(['run', '--identity-list', file, ...pin, 'https://127.0.0.1:1/']);
        assert.equal(done.status, 2, `${what}: ${done.stderr}`);
        assert.match(done.stderr, sentence, what);
        assert.ok(done.stderr.includes(path.basename(file)) || what === 'weights beyond the cycle', done.stderr);
        assert.equal(done.stderr.trim().split('\n').length, 1, done.stderr);
    }
});
