// SPDX-License-Identifier: Apache-2.0
//
// Identities that change while a run goes on. A rotation is rehearsed against nginx: the server gets a new key, whose
// pin was given as a backup; the clients get new certificates, one after the other, by an atomic rename; nginx is
// reloaded in between. No session fails, and the sessions of each certificate are those that nginx logged with its serial
// number.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import {
    command, countBy, identityNamed, inPki, inWork, load, Nginx, outcomesOf, pinload, read, resultFile, sleep, startPinload, words, write,
} from './lib.mjs';

const dir = inWork('fleet');
const inFleet = (...names) => path.join(dir, ...names);

function makeCa(name) {
    command('openssl', [
        ...words('req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30'), '-subj', `/CN=${name}`,
        '-keyout', inFleet(`${name}.key`), '-out', inFleet(`${name}.crt`),
    ]);
}

// issue: a new key and certificate of the CA, in one file that replaces FILE at once.
function issue(ca, name, file, days = 30) {
    const base = inFleet('issued');
    command('openssl', [
        ...words('req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'), '-subj', `/CN=${name}`,
        '-keyout', `${base}.key`, '-out', `${base}.csr`, '-addext', 'subjectAltName=DNS:localhost',
    ]);
    command('openssl', [
        'x509', '-req', '-in', `${base}.csr`, '-CA', inFleet(`${ca}.crt`), '-CAkey', inFleet(`${ca}.key`), '-days', String(days),
        '-copy_extensions', 'copy', '-out', `${base}.crt`,
    ]);
    if (file) {
        fs.writeFileSync(`${file}.new`, read(`${base}.crt`) + read(`${base}.key`), { mode: 0o600 });
        fs.renameSync(`${file}.new`, file);
    }
    return serialOf(`${base}.crt`);
}

const serialOf = (file) => command('openssl', ['x509', '-noout', '-serial', '-in', file]).trim().split('=')[1];
const spkiPin = async (file) => /spki-sha256:\S+/.exec((await pinload(['pin', file])).stdout)[0];

const clientFile = (name) => inFleet('clients', `${name}.pem`);
const names = ['one', 'two', 'three'];

// startFleet: three clients, and nginx that knows their CA; returns it, and the serial numbers.
async function startFleet(name) {
    fs.rmSync(dir, { recursive: true, force: true });
    fs.mkdirSync(inFleet('clients'), { recursive: true });
    fs.mkdirSync(inFleet('certs'));
    for (const ca of ['clients-ca', 'servers-ca']) makeCa(ca);
    for (const file of ['client-ca.crt', 'both-client-cas.crt']) fs.copyFileSync(inFleet('clients-ca.crt'), inFleet('certs', file));
    fs.copyFileSync(inPki('p256', 'password.txt'), inFleet('certs/password.txt'));
    issue('servers-ca', 'localhost');
    for (const ending of ['crt', 'key']) fs.copyFileSync(inFleet(`issued.${ending}`), inFleet('certs', `server.${ending}`));
    const serials = Object.fromEntries(names.map((one) => [one, [issue('clients-ca', one, clientFile(one))]]));
    const nginx = await Nginx.start(name, { certs: path.relative(inPki(), inFleet('certs')) });
    return { nginx, serials };
}

const hangUp = (nginx) => process.kill(Number(read(path.join(nginx.prefix, 'nginx.pid'))), 'SIGHUP');

// assertGenerations: each identity had these certificates in this order, with as many sessions as nginx logged.
async function assertGenerations(result, serials, nginx, told) {
    const logged = countBy(await nginx.log(result.sessions.succeeded), 'serial');
    for (const [name, expected] of Object.entries(serials)) {
        const { generations, sessions } = identityNamed(result, name);
        assert.deepEqual(generations.map((one) => one.serial), expected, told);
        for (const one of generations) {
            assert.equal(one.sessions, logged[one.serial] ?? 0, `${name} ${one.serial}: ${told}`);
            assert.ok(one.sessions > 0, `${name} ${one.serial} had no session: ${told}`);
        }
        assert.equal(generations.reduce((sum, one) => sum + one.sessions, 0), sessions, told);
        assert.ok(generations.every((one, i) => i === 0 || one.from_s > generations[i - 1].from_s), told);
    }
}

async function runWhile(args, act) {
    const file = resultFile();
    const run = startPinload(['run', '--json', file, ...args]);
    await sleep(700);
    await act({
        ...run,
        // Waits until so many sets have been put in force, or could not be.
        told: async (count) => {
            const lines = () => run.seen.stderr.split('\n').filter((line) => line.includes('--reload: ')).length;
            for (let i = 0; i < 200 && lines() < count; i++) await sleep(25);
        },
    });
    const done = await run.ended;
    const told = `${done.stdout}${done.stderr}`;
    assert.ok(fs.existsSync(file), told);
    return { ...done, result: JSON.parse(read(file)), told };
}

test('a rotation of the server and of all clients goes by without a failure', async () => {
    const { nginx, serials } = await startFleet('rotation');
    try {
        const pins = [await spkiPin(inFleet('certs/server.crt'))];
        issue('servers-ca', 'localhost');
        pins.push(await spkiPin(inFleet('issued.crt')));
        for (const ending of ['crt', 'key']) fs.copyFileSync(inFleet(`issued.${ending}`), inFleet(`next.${ending}`));
        const args = [
            '--identities', inFleet('clients'), ...pins.flatMap((pin) => ['--pin', pin]), '--cacert', inFleet('servers-ca.crt'),
            ...words('--reload watch -d 6s -c 4 -t 2'), nginx.gateUrl,
        ];
        const { status, result, told } = await runWhile(args, async ({ told: said }) => {
            serials.one.push(issue('clients-ca', 'one', clientFile('one')));
            await said(1);
            await sleep(300);
            for (const ending of ['key', 'crt']) fs.copyFileSync(inFleet(`next.${ending}`), inFleet('certs', `server.${ending}`));
            hangUp(nginx);
            await sleep(300);
            for (const [i, name] of ['two', 'three', 'one'].entries()) {
                serials[name].push(issue('clients-ca', name, clientFile(name)));
                await said(i + 2);
                await sleep(200);
            }
        });
        assert.equal(status, 0, told);
        assert.deepEqual(Object.keys(outcomesOf(result)), ['succeeded'], told);
        for (const pin of pins) assert.ok(result.pins.by_pin[pin] > 0, `${pin} never matched: ${told}`);
        assert.deepEqual(result.reloads, { applied: 4, failed: 0, last_failure: null }, told);
        await assertGenerations(result, serials, nginx, told);
    } finally {
        await nginx.stop();
    }
});

test('a set that cannot be loaded leaves the one before in force, and is told', async () => {
    const { nginx, serials } = await startFleet('broken');
    try {
        const args = ['--identities', inFleet('clients'), ...words('--verify none --reload SIGHUP -d 3s -c 3'), nginx.gateUrl];
        const { status, stderr, result, told } = await runWhile(args, async ({ child, told: said }) => {
            const [old, other] = ['one', 'two'].map((name) => read(clientFile(name)));
            const end = '-----END CERTIFICATE-----\n';
            write('fleet/clients/one.pem', old.split(end)[0] + end + other.split(end)[1]);
            child.kill('SIGHUP');
            await said(1);
            fs.rmSync(clientFile('one'));
            child.kill('SIGHUP');
            await said(2);
            write('fleet/clients/one.pem', old);
            serials.two.push(issue('clients-ca', 'two', clientFile('two')));
            child.kill('SIGHUP');
            await said(3);
        });
        assert.equal(status, 0, told);
        assert.deepEqual(Object.keys(outcomesOf(result)), ['succeeded'], told);
        assert.equal(result.reloads.applied, 1, told);
        assert.equal(result.reloads.failed, 2, told);
        assert.match(result.reloads.last_failure, /the identity 'one' is no longer there/);
        assert.match(stderr, /warning: --reload: .*one\.pem.*; the identities stay as they were/);
        await assertGenerations(result, serials, nginx, told);
    } finally {
        await nginx.stop();
    }
});

test('held sessions are counted by the certificate that they began with, and tickets are not taken over', async () => {
    const { nginx, serials } = await startFleet('held');
    try {
        const args = [
            '--identities', inFleet('clients'), ...words('--verify none --reload 200ms -d 3s -c 3 --hold 300ms --session-mode resume'), nginx.gateUrl,
        ];
        const { status, result, told } = await runWhile(args, async () => {
            for (const name of names) serials[name].push(issue('clients-ca', name, clientFile(name)));
        });
        assert.equal(status, 0, told);
        assert.ok(result.handshakes.resumed > 0, told);
        await assertGenerations(result, serials, nginx, told);
    } finally {
        await nginx.stop();
    }
});

test('trust anchors are read again, too', async () => {
    const { nginx } = await startFleet('anchors');
    try {
        fs.copyFileSync(inFleet('clients-ca.crt'), inFleet('anchors.crt'));
        const args = ['--identities', inFleet('clients'), '--cacert', inFleet('anchors.crt'), ...words('--reload watch -d 2s -c 1'), nginx.gateUrl];
        const { status, result, told } = await runWhile(args, async () => {
            fs.copyFileSync(inFleet('servers-ca.crt'), inFleet('anchors.new'));
            fs.renameSync(inFleet('anchors.new'), inFleet('anchors.crt'));
        });
        assert.equal(status, 1, told);
        assert.deepEqual(Object.keys(outcomesOf(result)).sort(), ['chain_untrusted', 'succeeded'], told);
        assert.equal(result.reloads.applied, 1, told);
    } finally {
        await nginx.stop();
    }
});

// issueUntil: a certificate that ends in so many seconds.
function issueUntil(ca, name, seconds) {
    issue(ca, name);
    const config = write('fleet/ca.cnf', [
        '[ca]', 'default_ca = it', '[it]', `database = ${inFleet('index.txt')}`, `new_certs_dir = ${dir}`, 'rand_serial = yes',
        'default_md = sha256', 'policy = any', '[any]', 'commonName = supplied', '',
    ].join('\n'));
    fs.writeFileSync(inFleet('index.txt'), '');
    const end = new Date(Date.now() + seconds * 1000).toISOString().replace(/[-:T]|\..*/g, '');
    command('openssl', [
        'ca', '-batch', '-notext', '-config', config, '-in', inFleet('issued.csr'), '-cert', inFleet(`${ca}.crt`), '-keyfile', inFleet(`${ca}.key`),
        '-startdate', '20200101000000Z', '-enddate', `${end}Z`, '-out', inFleet('issued.crt'),
    ]);
    fs.writeFileSync(clientFile(name), read(inFleet('issued.crt')) + read(inFleet('issued.key')), { mode: 0o600 });
}

test('a certificate that ends within the run is said before, and when it ended', async () => {
    const { nginx } = await startFleet('ends');
    try {
        issueUntil('clients-ca', 'two', 4);
        const { status, stderr, result, told } = await load([
            '--identities', inFleet('clients'), ...words('--verify none -d 6s -c 3'), nginx.gateUrl,
        ]);
        assert.equal(status, 1, told);
        assert.match(stderr, /warning: the certificate of identity 'two' ends \d s after the start, within the run/);
        const two = identityNamed(result, 'two');
        assert.ok(two.certificate_ended_s > 1 && two.certificate_ended_s < 5, told);
        assert.ok(two.succeeded > 0 && two.refused > 0, told);
        assert.equal(identityNamed(result, 'one').certificate_ended_s, undefined, told);
    } finally {
        await nginx.stop();
    }
});

test('what cannot be read again is refused', async () => {
    const url = 'https://127.0.0.1:1/';
    const cases = [
        [['--reload', 'often', '--verify', 'none'], /'often' is not a value for --reload; expected watch, SIGHUP/],
        [['--reload', '10us', '--verify', 'none'], /'10us' is not a value for --reload/],
        [['--reload', 'watch', '--verify', 'none'], /--reload has nothing to read again/],
    ];
    for (const [args, sentence] of cases) {
        const done = await pinload(['run', '--pass', `file:${inPki('p256/password.txt')}`, ...args, ...(args.includes('none') ? [] : ['--verify', 'none']), url]);
        assert.equal(done.status, 2, done.stderr);
        assert.match(done.stderr, sentence);
    }
    const { status } = await load(['--cert', inPki('p256/clients/client3.crt'), '--key', inPki('p256/clients/client3.key'), '--pass', `file:${inPki('p256/password.txt')}`,
        ...words('--verify none --reload 1m -n 1 -T 1s'), url]);
    assert.equal(status, 1);
});
