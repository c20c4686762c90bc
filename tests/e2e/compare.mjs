// SPDX-License-Identifier: Apache-2.0
//
// pinload compare from end to end: against nginx and in process. The figures themselves are checked by unit tests and
// bench/compare-judge; here it is what was run, what was printed and how it ended.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { countBy, inPki, Nginx, pinload, read, resultFile, sleep, startPinload, words } from './lib.mjs';

const arms = ['none', 'pin', 'chain', 'chain+pin', 'control'];
const servers = {};
before(async () => {
    for (const certs of ['p256', 'rsa2048'])
        servers[certs] = await Nginx.start(`compare-${certs}`, { certs });
});
after(() => Promise.all(Object.values(servers).map((server) => server.stop())));

const here = () => servers.p256.loadUrl;
const who = (certs = 'p256') =>
    ['--identities', inPki(certs, 'clients'), '--pass', `file:${inPki(certs, 'password.txt')}`];
const withChain = (certs = 'p256') => [...who(certs), '--cacert', inPki(certs, 'server-ca.crt')];

// checkResult: what holds for every comparison.
function checkResult(result, told) {
    const names = result.arms.map((arm) => arm.name);
    assert.equal(result.schema, 'pinload.compare/1');
    assert.equal(names.at(-1), 'control');
    const metrics = Object.keys(result.control);
    const expected = names.filter((name) => name !== 'control' && name !== result.control.handshake_cpu.baseline)
        .flatMap((name) => metrics.map((metric) => `${name} ${metric}`));
    assert.deepEqual(result.differences.map(({ arm, metric }) => `${arm} ${metric}`), expected, told);
    for (const { delta_us: delta, ci95_us: [low, high] } of result.differences.filter((one) => one.delta_us !== null))
        assert.ok(low <= delta && delta <= high, told);
    for (const arm of result.arms)
        assert.ok(arm.counted + arm.failed <= arm.sessions && arm.verify_callback.count === arm.counted, told);
}

// compare: with its JSON.
async function compare(args) {
    const file = resultFile();
    const began = Date.now();
    const done = await pinload(['compare', '--json', file, ...args]);
    const tookMs = Date.now() - began;
    const told = `pinload compare ${args.join(' ')}\nstatus ${done.status}\n${done.stdout}${done.stderr}`;
    const result = JSON.parse(read(file));
    checkResult(result, told);
    return { ...done, result, told, tookMs };
}

const difference = (result, arm, metric) =>
    result.differences.find((one) => one.arm === arm && one.metric === metric);

for (const certs of ['p256', 'rsa2048']) {
    for (const version of ['1.2', '1.3']) {
        for (const mode of ['full', 'resume']) {
            test(`${certs} by TLS ${version}, ${mode}: each arm has its sessions, and each identity in each arm`, async () => {
                const nginx = servers[certs];
                nginx.clearLog();
                const options = words(`-n 120 -c 4 --tls-min ${version} --tls-max ${version} --session-mode ${mode}`);
                const { status, result, told } = await compare([...options, ...withChain(certs), nginx.loadUrl]);
                assert.equal(status, 0, told);
                assert.deepEqual(result.arms.map(({ name }) => name), arms);
                assert.deepEqual(result.arms.map(({ sessions, failed }) => [sessions, failed]), arms.map(() => [120, 0]), told);
                assert.equal(result.config.version, `TLSv${version}`);
                assert.match(result.config.server_signature, certs === 'p256' ? /ecdsa/ : /rsa/);
                const log = await nginx.log(600);
                assert.deepEqual(Object.values(countBy(log, 'client')), [150, 150, 150, 150]);
                const counted = result.arms.reduce((sum, arm) => sum + arm.counted, 0);
                assert.equal(counted, countBy(log, 'reused')[mode === 'resume' ? 'r' : '.'], told);
                const of = (arm) => difference(result, arm, 'verify_callback').delta_us;
                assert.ok(0 < of('pin') && of('pin') < of('chain'), told);
                assert.ok(difference(result, 'chain', 'handshake_cpu').delta_us > 10, told);
            });
        }
    }
}

test('any number of connections gives each arm exactly its sessions', async () => {
    for (const [sessions, connections] of [[101, 7], [1, 3], [103, 1]]) {
        const amount = words(`-n ${sessions} -c ${connections}`);
        const { status, result, told } = await compare([...amount, ...withChain(), here()]);
        assert.equal(status, 0, told);
        assert.deepEqual(result.arms.map((arm) => arm.sessions), arms.map(() => sessions), told);
        if (sessions > 100)
            assert.equal(difference(result, 'pin', 'handshake_cpu').pairs, sessions, told);
    }
});

test('an identity that the server refuses fails in all arms alike, and the rest is reported', async () => {
    const { status, result, told } = await compare([...words('-n 80 -c 4'), ...withChain(), servers.p256.gateUrl]);
    assert.equal(status, 1, told);
    assert.deepEqual(result.arms.map(({ sessions, failed }) => [sessions, failed]), arms.map(() => [80, 40]), told);
    assert.equal(difference(result, 'pin', 'handshake_cpu').pairs, 40);
    assert.deepEqual(result.failures, { client_cert_refused: 200 }, told);
    assert.match(told, /^ {2}by arm: none 40, pin 40, chain 40, chain\+pin 40, control 40\n {2}by outcome: client_cert_refused 200$/m);
});

test('without trust anchors a pin of the public key is compared instead of a chain', async () => {
    const { status, result, told } = await compare([...words('-n 120 -c 1'), ...who(), here()]);
    assert.equal(status, 0, told);
    assert.deepEqual(result.arms.map(({ name, verify, counted }) => [name, verify, counted]),
        [['none', 'none', 120], ['pin', 'pin', 120], ['spki', 'pin', 120], ['control', 'none', 120]], told);
    assert.ok(difference(result, 'spki', 'verify_callback').delta_us > 0, told);
    assert.doesNotMatch(told, /in flight/);
});

test('every arm there is, against another baseline than the first', async () => {
    const list = ['none', 'pin', 'spki', 'pins100', 'chain', 'chain+pin'];
    for (const certs of ['p256', 'rsa2048']) {
        const options = ['-n', '120', '-c', '4', '--arms', list.join(','), '--baseline', 'pin'];
        const { status, result, told } = await compare([...options, ...withChain(certs), servers[certs].loadUrl]);
        assert.equal(status, 0, told);
        assert.deepEqual(result.arms.map(({ name, counted, failed }) => [name, counted, failed]),
            [...list, 'control'].map((name) => [name, 120, 0]), told);
        assert.equal(result.arms.at(-1).verify, 'pin');
        assert.ok(result.differences.every(({ arm, baseline }) => arm !== 'pin' && baseline === 'pin'), told);
        const of = (arm) => difference(result, arm, 'verify_callback').delta_us;
        assert.ok(of('none') < 0 && of('chain') > 10, told);
        assert.match(told, /^difference from pin, with 95% interval$/m);
        assert.match(told, /^with several sessions in flight .*\n.*use -c 1 to measure them$/m);
    }
});

test('a time is held within a second, over the network and in process', async () => {
    for (const args of [[...withChain(), here()], ['--in-process'], words('--in-process --key-type rsa2048')]) {
        const { result, tookMs, told } = await compare([...words('-d 1500ms'), ...args]);
        assert.ok(Math.abs(result.duration_s - 1.5) < 0.5, told);
        assert.ok(tookMs < 6000, `${tookMs} ms: ${told}`);
    }
});

test('a time that is over before it begins is no failure', async () => {
    const { status, result, told } = await compare([...words('-d 1us'), ...withChain(), here()]);
    assert.equal(status, 0, told);
    assert.equal(result.trusted, false);
    assert.match(told, /^no handshake was completed, full sessions$/m);
});

test('a difference that can be resolved is', async () => {
    for (const args of [['--in-process'], [...withChain(), '-c', '1', here()]]) {
        const { status, stdout, result, told } = await compare([...words('--resolve-difference 60us -d 30s'), ...args]);
        assert.equal(status, 0, told);
        const { sessions, least_seen_us: least, sessions_needed: needed, ...rest } = result.resolve_difference;
        assert.deepEqual(rest, { difference_us: 60, resolved: true, why_not: null }, told);
        assert.ok(least > 0 && least <= 60 && needed >= 100 && needed <= sessions, told);
        assert.ok(result.arms.every((arm) => arm.sessions === sessions), told);
        assert.match(stdout, /^resolved: after [\d,]+ sessions of each arm [\d.]+ µs of handshake CPU is distinguished from zero in four runs of five$/m);
        assert.ok(result.duration_s < 25, told);
    }
});

test('a difference that cannot be resolved in time is told with what it would take', async () => {
    const { status, stdout, result, told } = await compare(words('--in-process -n 200 --resolve-difference 15ns'));
    assert.equal(status, 0, told);
    assert.equal(result.resolve_difference.resolved, false);
    const [, needed] = /after 200 sessions .* about (\d+) sessions of each would be needed, which -n/.exec(stdout);
    assert.ok(Number(needed) > 200, told);
    assert.ok(Math.abs(result.resolve_difference.sessions_needed / needed - 1) < 0.005, told);
    assert.match(stdout, /^not resolved to 0\.015 µs: after/m);
});

test('a difference finer than the clock can never be resolved, and that is said', async () => {
    const { stdout, result, told } = await compare(words('--in-process -n 200 --resolve-difference 1ns'));
    assert.equal(result.resolve_difference.resolved, false);
    if (result.config.cpu_clock_step_us >= 0.002) {
        assert.match(stdout, /advances by \d+ ns at a time, so that no number of sessions is enough/, told);
        assert.equal(result.resolve_difference.sessions_needed, null);
    }
});

test('a baseline alone is resolved by its control, and not before there is one', async () => {
    const { result, told } = await compare(words('--in-process --arms none -n 99 --resolve-difference 60us'));
    assert.equal(result.resolve_difference.resolved, false, told);
    const { result: enough, told: toldOfIt } = await compare(words('--in-process --arms none -d 20s --resolve-difference 60us'));
    assert.equal(enough.resolve_difference.resolved, true, toldOfIt);
    assert.deepEqual(enough.arms.map(({ name, sessions }) => [name, sessions]), [['none', 500], ['control', 500]]);
});

// Rounds towards a resolution continue where the last one ended: with the next identities, in the next blocks.
test('a difference to resolve takes all identities in turn, however many rounds it takes', async () => {
    const nginx = servers.p256;
    nginx.clearLog();
    const { result, told } = await compare([...words('-n 1501 -c 4 --arms none,pin --resolve-difference 6ns'), ...who(), here()]);
    assert.equal(result.resolve_difference.resolved, false, told);
    assert.deepEqual(result.arms.map(({ sessions }) => sessions), [1501, 1501, 1501], told);
    const counts = Object.values(countBy(await nginx.log(4503), 'client')).sort();
    assert.deepEqual(counts, [1125, 1125, 1125, 1128], told);
});

for (const [what, args] of [
    ['over the network', () => [...withChain(), '-c', '4', here()]],
    ['with a difference to resolve', () => [...withChain(), ...words('-c 4 --resolve-difference 1us'), here()]],
    ['in process', () => ['--in-process']],
]) {
    for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143]]) {
        test(`${signal} ${what} ends it early with its report, exit status ${status}`, async () => {
            const file = resultFile();
            const run = startPinload(['compare', '-d', '40s', '--json', file, ...args()]);
            await sleep(1200);
            const began = Date.now();
            run.child.kill(signal);
            const ended = await run.ended;
            assert.deepEqual([ended.status, ended.signal], [status, null], ended.stderr);
            assert.ok(Date.now() - began < 8000);
            const result = JSON.parse(read(file));
            checkResult(result, ended.stdout);
            assert.equal(result.interrupted_by, signal === 'SIGINT' ? 2 : 15);
            assert.match(ended.stdout, new RegExp(`^interrupted by ${signal}$`, 'm'));
            assert.ok(result.arms.every((arm) => arm.sessions > 0 && arm.failed === 0), ended.stdout);
        });
    }
}

test('a server that goes away leaves a report of what was measured, and exit status 1', async () => {
    const nginx = await Nginx.start('goes-away');
    const file = resultFile();
    const run = startPinload(['compare', '-d', '4s', '-c', '2', '--json', file, ...withChain(), nginx.loadUrl]);
    await sleep(1500);
    await nginx.stop();
    const { status, stdout, stderr } = await run.ended;
    assert.equal(status, 1, stdout + stderr);
    assert.match(stdout, /^failed sessions, not in any figure: \d+\n {2}by arm: none \d.*\n {2}by outcome: [a-z_]+ \d/m);
    assert.ok(JSON.parse(read(file)).arms.every((arm) => arm.counted > 0));
});

test('a server that goes away is not waited for with a longer time', async () => {
    const nginx = await Nginx.start('goes-away-for-good');
    const run = startPinload(['compare', ...words('-d 5s -c 6 --arms none --resolve-difference 6ns'), ...who(), nginx.loadUrl]);
    await sleep(1500);
    await nginx.stop();
    const { status, stdout, stderr } = await run.ended;
    assert.equal(status, 1, stdout + stderr);
    assert.match(stdout, /^not resolved to .* sessions of each would be needed, and in the end all sessions failed$/m);
});

test('interrupted before any session succeeded it ends as interrupted', async () => {
    const one = ['-E', inPki('p256/clients/client1.crt'), '--key', inPki('p256/clients/client1.key'), '--pass',
        `file:${inPki('p256/password.txt')}`];
    const run = startPinload(['compare', '-d', '40s', ...one, servers.p256.gateUrl]);
    await sleep(1200);
    run.child.kill('SIGINT');
    const { status, stdout, stderr } = await run.ended;
    assert.equal(status, 130, stdout + stderr);
    assert.match(stdout, /^TLSv1\.3, .*, full sessions$/m);
    assert.match(stdout, /^ {2}by outcome: client_cert_refused \d+$/m);
});

test('--json - puts the JSON on standard output alone and the summary on standard error', async () => {
    const { status, stdout, stderr } = await pinload(['compare', ...words('--in-process -n 120 --json -')]);
    assert.equal(status, 0, stderr);
    checkResult(JSON.parse(stdout), stderr);
    assert.match(stderr, /^pinload compare {2}in process$/m);
    const quiet = await pinload(['compare', ...words('--in-process -n 120 -q --json -')]);
    assert.equal(quiet.stderr, '');
});

// Each error is one sentence that quotes the value, and nothing is sent.
const refusals = [
    [
        'a chain arm without trust anchors',
        () => ['--arms', 'none,chain', ...who(), here()],
        2,
        /--arms 'none,chain' needs trust anchors/,
    ],
    ['an unknown arm', () => ['--arms', 'none,pim', ...withChain(), here()], 2, /'pim' is not an arm/],
    [
        'a baseline that is no arm',
        () => ['--arms', 'none,pin', '--baseline', 'chain', ...withChain(), here()],
        2,
        /--baseline 'chain'/,
    ],
    ['in process with a URL', () => ['--in-process', here()], 2, /--in-process takes no URL/],
    [
        'in process with trust anchors',
        () => ['--in-process', '--cacert', inPki('p256/server-ca.crt')],
        2,
        /'--cacert' was given/,
    ],
    [
        'in process with an identity',
        () => ['--in-process', '-E', inPki('p256/clients/client1.crt')],
        2,
        /'--cert' was given/,
    ],
    [
        'in process with an unknown group',
        () => ['--in-process', '--groups', 'X25518'],
        2,
        /--groups 'X25518'/,
    ],
    ['neither a URL nor in process', () => ['-n', '5'], 2, /no URL was given/],
    [
        'mixed sessions',
        () => ['--session-mode', 'mixed:50', ...withChain(), here()],
        2,
        /--session-mode 'mixed:50'/,
    ],
    ['early data', () => ['--session-mode', 'early', ...withChain(), here()], 2, /--session-mode 'early'/],
    [
        'identities by connection',
        () => ['--rotate', 'sticky', ...withChain(), here()],
        2,
        /--rotate 'sticky'/,
    ],
    [
        'a pin that the server has not',
        () => ['--pin', 'A'.repeat(43) + '=', ...withChain(), here()],
        1,
        /matches none of the pins given/,
    ],
    [
        'a pin of a CA, which no arm can have',
        () => ['--pin', 'ca-sha256:' + 'A'.repeat(43) + '=', ...withChain(), here()],
        2,
        /a ca-sha256: pin is given; expected cert-sha256: or spki-sha256:/,
    ],
    [
        'trust anchors of somebody else',
        () => [...who(), '--cacert', inPki('p256/other-ca.crt'), '--arms', 'chain,chain+pin', '-n', '20', here()],
        1,
        /every session failed or was refused/,
    ],
    [
        'nobody there',
        () => [...withChain(), 'https://127.0.0.1:9/'],
        1,
        /cannot connect to https:\/\/127\.0\.0\.1:9\//,
    ],
];
for (const [what, args, expected, words] of refusals) {
    test(`${what}: exit status ${expected} and one sentence`, async () => {
        servers.p256.clearLog();
        const { status, stdout, stderr } = await pinload(['compare', ...args()]);
        assert.equal(status, expected, stderr);
        assert.match(stderr, words);
        assert.match(stderr, /^pinload: [^\n]+\n$/);
        assert.equal(stdout, '');
        assert.deepEqual(await servers.p256.log(), [], 'a request was sent');
    });
}

test('pins that the server has are no hindrance', async () => {
    const pin = read(inPki('p256/server.pin')).trim();
    const { status, told } = await compare(['-n', '10', '--pin', pin, ...withChain(), here()]);
    assert.equal(status, 0, told);
});
