// SPDX-License-Identifier: Apache-2.0
//
// pinload compare with arms that have options of their own, from end to end: what each arm negotiated, and with which
// certificate, and what is refused.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { countBy, inPki, Nginx, pinload, read, resultFile, words } from './lib.mjs';

const servers = {};
before(async () => {
    for (const certs of ['p256', 'rsa2048'])
        servers[certs] = await Nginx.start(`arms-${certs}`, { certs });
});
after(() => Promise.all(Object.values(servers).map((server) => server.stop())));

const here = () => servers.p256.loadUrl;
const pass = ['--pass', `file:${inPki('p256/password.txt')}`];
const who = ['--identities', inPki('p256/clients'), ...pass];
const common = [...who, '--cacert', inPki('p256/server-ca.crt')];
const arm = (text) => ['--arm', text];

async function compare(args) {
    const file = resultFile();
    const done = await pinload(['compare', '--json', file, ...args]);
    const told = `pinload compare ${args.join(' ')}\nstatus ${done.status}\n${done.stdout}${done.stderr}`;
    assert.ok(done.status === 0 || done.status === 1, told);
    const result = JSON.parse(read(file));
    assert.equal(result.arms.at(-1).name, 'control');
    return { ...done, result, told, arms: Object.fromEntries(result.arms.map((one) => [one.name, one])) };
}

const negotiated = (arms, what) => Object.entries(arms).map(([name, one]) => `${name} ${one.negotiated[what]}`);

test('the versions and the groups are what was asked for', async () => {
    const versions = await compare([...words('--arms versions -n 40 -c 2'), ...common, here()]);
    assert.equal(versions.status, 0, versions.told);
    assert.deepEqual(negotiated(versions.arms, 'version'), ['tls1.3 TLSv1.3', 'tls1.2 TLSv1.2', 'control TLSv1.3']);
    assert.deepEqual(versions.result.arms.map(({ sessions, failed }) => [sessions, failed]), [[40, 0], [40, 0], [40, 0]]);
    assert.equal(versions.arms['tls1.2'].options, '--tls-min 1.2 --tls-max 1.2');
    assert.match(versions.stdout, /^tls1\.2 +--tls-min 1\.2 --tls-max 1\.2$/m);
    const groups = await compare([...arm('x: --groups X25519'), ...arm('p: --groups P-256'), ...words('-n 40 -c 2 --tls-min 1.3'), ...common, here()]);
    assert.deepEqual(negotiated(groups.arms, 'group'), ['x X25519', 'p P-256', 'control X25519']);
});

test('resumed sessions are compared with full ones, and each arm has its own tickets', async () => {
    servers.p256.clearLog();
    const { status, arms, told } = await compare([...words('--arms resumption -n 60 -c 1'), ...common, here()]);
    assert.equal(status, 0, told);
    assert.deepEqual([arms.full.counted, arms.resume.counted, arms.control.counted], [60, 56, 60], told); // 4 identities
    assert.deepEqual([arms.full.session_mode, arms.resume.session_mode], ['full', 'resume']);
    assert.match(told, /not of their arm's kind and are not in any figure: 4\n/);
    assert.equal(countBy(await servers.p256.log(180), 'reused').r, 56, told);
});

test('an arm has its own identity, endpoint and trust', async () => {
    for (const server of Object.values(servers))
        server.clearLog();
    const client = (name) => `--cert ${inPki(`p256/clients/${name}.crt`)} --key ${inPki(`p256/clients/${name}.key`)}`;
    const { status, arms, told } = await compare([...pass, ...words('-n 30 -c 2'), here(),
        ...arm(`ecdsa: --cacert ${inPki('p256/server-ca.crt')} ${client('client1')}`),
        ...arm(`rsa: ${servers.rsa2048.loadUrl} --verify pin --pin '${read(inPki('rsa2048/server.pin')).trim()}' ` +
            `--pass file:${inPki('rsa2048/password.txt')} --identities ${inPki('rsa2048/clients')}`)]);
    assert.equal(status, 0, told);
    assert.deepEqual([arms.ecdsa.verify, arms.rsa.verify, arms.control.verify], ['chain', 'pin', 'chain']);
    assert.match(arms.ecdsa.negotiated.server_signature, /ecdsa/);
    assert.match(arms.rsa.negotiated.server_signature, /rsa/);
    assert.equal(Object.values(countBy(await servers.p256.log(60), 'client')).join(), '60', told);
    assert.equal(arms.rsa.sessions, 30, told); // and as many that balance the endpoints
    assert.deepEqual(Object.values(countBy(await servers.rsa2048.log(60), 'client')).sort(), [14, 14, 16, 16], told);
});

test('an arm that fails is told by its name', async () => {
    const { status, arms, told } = await compare([...words('-n 20 -c 1'), ...common, here(), ...arm('good:'),
        ...arm(`bad: --pin ${'A'.repeat(43)}= --verify pin`)]);
    assert.equal(status, 1, told);
    assert.deepEqual([arms.good.failed, arms.bad.failed, arms.control.failed], [0, 20, 0], told);
    assert.match(told, /^ {2}by arm: bad 20\n {2}by outcome: pin_mismatch 20$/m);
});

test('a plan file has the arms as an array, with files beside it', async () => {
    const { stdout } = await pinload(['compare', '--print-plan', ...words('--arms versions'), ...arm('x: --groups X25519'),
        ...arm("y: --identity 'a b=c d.crt'"), here()]);
    assert.match(stdout, /^arm = \[\n {4}"x: --groups X25519",\n {4}"y: --identity 'a b=c d\.crt'",\n\]$/m);
    const plan = resultFile().replace(/json$/, 'toml');
    const { writeFileSync } = await import('node:fs');
    const { dirname, relative } = await import('node:path');
    const beside = (file) => relative(dirname(plan), inPki(file));
    writeFileSync(plan, `url = "${here()}"\nsessions = 20\nidentities = "${beside('p256/clients')}"\n` +
        `pass = "file:${beside('p256/password.txt')}"\narm = [\n  "a: --cacert ${beside('p256/server-ca.crt')}",\n  "b: --verify none",\n]\n`);
    const { status, arms, told } = await compare(['--plan', plan]);
    assert.equal(status, 0, told);
    assert.deepEqual([arms.a.verify, arms.b.verify], ['chain', 'none']);
});

test('progress is shown where it is asked for', async () => {
    for (const where of [['--in-process'], [...common, here()]]) {
        const { stderr } = await pinload(['compare', ...words('--arms versions --progress always -d 2500ms'), ...where]);
        assert.match(stderr, /^[1-3] s [0-2] s left .* open/m, stderr);
        const silent = await pinload(['compare', ...words('--arms versions -n 5'), ...where]);
        assert.equal(silent.stderr, '');
    }
});

const refusals = [
    ['a rate of its own', () => arm('a: --rate 5'), /arm 'a': '--rate' cannot differ between arms: sessions of all arms take turns/],
    ['another number of requests', () => arm('a: -r 5'), /'-r' cannot differ between arms: what follows the handshake must be the same/],
    ['an output', () => arm('a: --json x'), /'--json' cannot differ between arms: there is one result/],
    ['an unknown option', () => arm('a: --colour red'), /arm 'a': there is no option '--colour'/],
    ['a quote that is not closed', () => arm("a: --groups 'X25519"), /arm 'a': a quote \('\) is not closed/],
    ['a name without options', () => arm('a --verify none'), /--arm 'a --verify none' is not NAME: OPTIONS/],
    ['a name that is taken', () => [...arm('b: --groups P-256')], /two arms are named 'b'/],
    ['mixed sessions', () => arm('a: --session-mode mixed:50'), /arm 'a': --session-mode 'mixed:50' mixes two kinds/],
    ['early data that no session has', () => [...arm('a: --session-mode early --verify none'), '-r', '0'], /arm 'a': .*-r 0 sends no request/],
    ['a password', () => arm('a: --pass pass:secret'), /a password in --arm would be in its reports/],
    ['keys of the server', () => ['--arms', 'keys'], /--arms keys needs --in-process/],
    ['ways to verify beside them', () => ['--arms', 'none,pin'], /--arms 'none,pin' cannot stand beside --arm/],
    ['no choice of how to verify', () => arm('a: --pin ' + 'A'.repeat(43) + '= --verify chain'), /--verify chain needs trust anchors/],
    ['a file for all from standard input', () => [...arm('a:'), '--cacert', '-'], /arm 'a': --cacert reads standard input/],
];
for (const [what, args, expected] of refusals) {
    test(`${what} is refused`, async () => {
        servers.p256.clearLog();
        const { status, stdout, stderr } = await pinload(['compare', ...who, ...args(), ...arm('b: --verify none'), here()]);
        assert.equal(status, 2, stderr);
        assert.match(stderr, expected);
        assert.match(stderr, /^pinload: [^\n]+\n$/);
        assert.doesNotMatch(stderr, /secret/);
        assert.equal(stdout, '');
        assert.deepEqual(await servers.p256.log(), [], 'a request was sent');
    });
}
