// SPDX-License-Identifier: Apache-2.0
//
// Gates that refuse a client by an HTTP status: each gets four clients, and pinload must report it correctly, with the
// options that docs/tasks/which-gate-have-i-got.md gives for it and without them.

import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import {
    client,
    identityNamed,
    inPki,
    inWork,
    load,
    needCommand,
    outcomesOf,
    pinload,
    pinOnly,
    resultFile,
    Server,
    words,
    write,
} from './lib.mjs';

const ca = inPki('p256/client-ca.crt');
const servers = [];
after(() => Promise.all(servers.map((server) => server.stop())));

// nginx with LINES in its server block.
function nginx(name, lines) {
    return (port) => {
        const dir = `nginx-${name}`;
        const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
            .map((kind) => `    ${kind}_temp_path "${inWork(dir)}/${kind}";\n`)
            .join('');
        const config = write(
            `${dir}/nginx.conf`,
            `daemon off;\nmaster_process off;\npid "${inWork(dir)}/nginx.pid";\nerror_log "${inWork(dir)}/error.log" warn;\n` +
                `events {}\nhttp {\n${temp}    access_log off;\n    server {\n        listen 127.0.0.1:${port} ssl http2;\n` +
                `        ssl_certificate "${inPki('p256/server.crt')}";\n        ssl_certificate_key "${inPki('p256/server.plain.key')}";\n` +
                `        ssl_protocols TLSv1.2 TLSv1.3;\n        ssl_session_cache shared:one:1m;\n        ssl_client_certificate "${ca}";\n        ${lines.join('\n        ')}\n    }\n}\n`,
        );
        return {
            command: needCommand('nginx', 'nginx-light'),
            args: ['-c', config, '-p', inWork(dir), '-e', `${inWork(dir)}/error.log`],
        };
    };
}

const hello = 'location / { return 200 "hello\\n"; }';
const demand = 'ssl_verify_client on;';

// HAProxy that accepts any client, with or without a certificate, and refuses by a rule.
function haproxy(port) {
    const config = write(
        'haproxy/haproxy.cfg',
        'global\n    nbthread 1\ndefaults\n    mode http\n    timeout client 5s\n    timeout server 5s\n    timeout connect 5s\n' +
            `frontend one\n    bind 127.0.0.1:${port} ssl crt ${inPki('p256/server.both.pem')} ca-file ${ca} verify optional ` +
            'crt-ignore-err all ca-ignore-err all ssl-min-ver TLSv1.2\n' +
            '    http-request deny deny_status 403 unless { ssl_c_used 1 } { ssl_c_verify 0 }\n' +
            '    http-request return status 200 content-type text/plain string hello\n',
    );
    return { command: needCommand('haproxy', 'haproxy'), args: ['-db', '-f', config] };
}

// Caddy that requests a certificate, does not verify it, and refuses clients without one by a rule.
function caddy(port) {
    const config = write(
        'caddy/Caddyfile',
        '{\n    admin off\n    auto_https off\n    servers {\n        protocols h1\n    }\n}\n' +
            `https://localhost:${port} {\n    bind 127.0.0.1\n    tls ${inPki('p256/server.crt')} ${inPki('p256/server.plain.key')} {\n` +
            `        client_auth {\n            mode verify_if_given\n            trusted_ca_cert_file ${ca}\n        }\n    }\n` +
            '    @nobody expression {tls_client_subject} == null\n    respond @nobody 401\n    respond hello\n}\n',
    );
    return {
        command: needCommand('caddy', 'caddy'),
        args: ['run', '--config', config, '--adapter', 'caddyfile'],
        env: { HOME: inWork('caddy'), XDG_DATA_HOME: inWork('caddy'), XDG_CONFIG_HOME: inWork('caddy') },
    };
}

// The status of each gate for a client of another CA, for one without a certificate, and, if it differs from the first,
// for one whose certificate has expired; "page": nginx's own.
const gates = [
    { name: 'page', launch: nginx('page', [demand, hello]), other: 'page', none: 'page' },
    {
        name: 'redirect',
        launch: nginx('redirect', [demand, 'error_page 495 496 =302 /login;', hello]),
        other: 302,
        none: 302,
    },
    {
        name: 'redirect-elsewhere',
        launch: nginx('redirect-elsewhere', [demand, 'error_page 495 496 https://login.example/;', hello]),
        other: 302,
        none: 302,
    },
    {
        name: 'redirect-as-ingress-nginx-writes-it',
        launch: nginx('redirect-ingress', [demand, 'error_page 495 496 = https://login.example/;', hello]),
        other: 302,
        none: 302,
    },
    {
        name: 'forbidden',
        launch: nginx('forbidden', [
            demand,
            'error_page 495 496 =403 /sorry;',
            'location = /sorry { internal; return 403 "no\\n"; }',
            hello,
        ]),
        other: 403,
        none: 403,
    },
    {
        name: 'own-page',
        launch: nginx('own-page', [
            demand,
            'error_page 495 496 /sorry;',
            'location = /sorry { internal; return 400 "no\\n"; }',
            hello,
        ]),
        other: 400,
        none: 400,
    },
    {
        name: 'optional-no-ca', // which excuses an unknown CA and nothing else
        expired: 'page',
        launch: nginx('optional-no-ca', [
            'ssl_verify_client optional_no_ca;',
            'location / { if ($ssl_client_verify != SUCCESS) { return 403; } return 200 "hello\\n"; }',
        ]),
        other: 403,
        none: 403,
    },
    { name: 'haproxy', launch: haproxy, other: 403, none: 403 },
    { name: 'caddy', launch: caddy, other: 'alert', none: 401 },
];

// It is open: no certificate is requested, and all are redirected.
const open = { name: 'open', launch: nginx('open', ['location / { return 302 /login; }']) };

// It shows a login page with the status of a success.
const friendly = {
    name: 'friendly',
    launch: nginx('friendly', [
        demand,
        'error_page 495 496 =200 /login;',
        'location = /login { internal; return 200 "<p>Please Please log in</p>\\n"; }',
        hello,
    ]),
};

const started = {};
async function gateNamed(name) {
    if (!started[name]) {
        started[name] = await Server.start(name, [...gates, open, friendly].find((gate) => gate.name === name).launch);
        servers.push(started[name]);
    }
    return started[name];
}

const pin = () => pinOnly().slice(-2);
const other = () => client('client1');
const expired = () => [
    ...['--cert', inPki('p256/extra/expired.crt'), '--key', inPki('p256/extra/expired.key')],
    ...['--pass', `file:${inPki('p256/password.txt')}`],
];

// The outcome of a session without any option, by the gate's response.
function outcomeOf(answer) {
    if (typeof answer !== 'number') return 'client_cert_refused';
    return answer < 400 ? 'succeeded' : 'unexpected_status';
}

for (const { name, other: toOther, none: toNone, expired: toExpired = toOther } of gates) {
    test(`${name}: a client that is turned away is seen as that`, async () => {
        const { url } = await gateNamed(name);
        for (const [who, answer] of [[other(), toOther], [expired(), toExpired], [[], toNone]]) {
            const plain = await load(['-n', '4', ...pin(), ...who, url]);
            assert.deepEqual(outcomesOf(plain.result), { [outcomeOf(answer)]: 4 }, plain.told);
            if (typeof answer === 'number')
                assert.deepEqual(plain.result.requests.statuses, { [answer]: 4 }, plain.told);
            if (typeof answer !== 'number') continue;
            const told = await load(['-n', '4', '--refusal-status', String(answer), ...pin(), ...who, url]);
            assert.equal(told.status, 1, told.told);
            assert.deepEqual(outcomesOf(told.result), { refused_by_status: 4 }, told.told);
            assert.match(told.result.verdict.violations[0], /must be accepted, but was refused in 4 of 4/);
        }
    });

    test(`${name}: --expect-refused can be met, and by a client that is served it is not`, async () => {
        const { url } = await gateNamed(name);
        const statuses = [toOther, toNone].filter((answer) => typeof answer === 'number');
        const refusal = statuses.length > 0 ? ['--refusal-status', [...new Set(statuses)].join(',')] : [];
        for (const version of ['1.2', '1.3']) {
            const args = [...words(`-n 8 -c 2 --tls-min ${version} --tls-max ${version}`), ...pinOnly(), ...refusal];
            const met = await load([...args, '--expect-refused', 'client1,client2', url]);
            assert.equal(met.status, 0, met.told);
            assert.equal(met.result.sessions.refused, 4, met.told);
            assert.equal(met.result.sessions.succeeded, 4, met.told);
            const missed = await load([...args, '--expect-refused', 'client1,client2,client3', url]);
            assert.equal(missed.status, 1, missed.told);
            assert.match(missed.result.verdict.violations.join(), /client3 must be refused, but was accepted in 2 of 2/);
        }
    });
}

test('that a client without a certificate is turned away can be expected', async () => {
    for (const [name, options] of [
        ['page', []],
        ['redirect', ['--refusal-status', '302']],
        ['caddy', ['--refusal-status', '401']],
    ]) {
        const { url } = await gateNamed(name);
        const { status, result, told } = await load(['-n', '2', '--expect-refused', '(none)', ...options, ...pin(), url]);
        assert.equal(status, 0, told);
        assert.equal(result.sessions.refused, 2, told);
    }
});

test('a status is no refusal of a server that asked for no certificate, and that is said', async () => {
    const { url } = await gateNamed('open');
    const args = [...words('-n 4 --refusal-status 302 --expect-refused client1'), ...pinOnly(), url];
    const { status, result, told } = await load(args);
    assert.equal(status, 1, told);
    assert.equal(result.sessions.refused, 0, told);
    assert.match(result.verdict.violations.join(), /client1 must be refused, but was accepted .* asked for no certificate/);
});

test('in resumed sessions a status is a refusal as in full ones', async () => {
    for (const version of ['1.2', '1.3']) {
        const { url } = await gateNamed('optional-no-ca');
        const { status, result, told } = await load([
            ...words(`-n 12 -c 1 --session-mode resume --refusal-status 403 --expect-refused client1,client2`),
            ...words(`--tls-min ${version} --tls-max ${version}`),
            ...pinOnly(),
            url,
        ]);
        assert.equal(status, 0, told);
        assert.ok(result.handshakes.resumed > 0, told);
        assert.deepEqual(outcomesOf(result), { succeeded: 6, refused_by_status: 6 }, told);
    }
});

test('a page that says no with status 200 is known by its text, by HTTP/1.1 and HTTP/2', async () => {
    const { url } = await gateNamed('friendly');
    for (const http of ['1.1', '2']) {
        const args = [...words(`-n 8 -c 2 --http ${http} --expect-refused client1,client2`), ...pinOnly()];
        const plain = await load([...args, url]);
        assert.equal(plain.status, 1, plain.told);
        const { status, result, told } = await load(['--refusal-text', 'Please log in', ...args, url]);
        assert.equal(status, 0, told);
        assert.deepEqual(outcomesOf(result), { succeeded: 4, client_cert_refused: 4 }, told);
        const other = await load(['--refusal-text', 'Please sign in', ...args, url]);
        assert.equal(other.status, 1, other.told);
    }
    const { url: openUrl } = await gateNamed('open');
    const nobodyAsked = await load([...words('-n 4 --refusal-text Found'), ...pinOnly(), openUrl]);
    assert.equal(nobodyAsked.result.sessions.refused, 0, nobodyAsked.told);
});

test('a status can be expected of one identity', async () => {
    const { url } = await gateNamed('forbidden');
    const args = [...words('-n 8 --expect-status client1=403 --expect-status client2=401,403'), ...pinOnly(), url];
    const { status, result, told } = await load(args);
    assert.equal(status, 0, told);
    assert.deepEqual(result.requests.statuses, { 200: 4, 403: 4 }, told);
    assert.equal(result.config.expect_status, 'client1=403 client2=401,403');
    const first = await load(['--refusal-status', '403', ...args]);
    assert.equal(first.status, 0, first.told); // what is said of one identity comes first
    const strict = await load([...words('-n 8 --expect-status client1=302'), ...pinOnly(), url]);
    assert.equal(strict.status, 1, strict.told);
    assert.equal(identityNamed(strict.result, 'client1').failed, 2, strict.told);
});


// one: a client as an identity of its own name.
const one = (name) => [
    ...['--identity', `${name}=${inPki('p256/clients', name)}.crt,${inPki('p256/clients', name)}.key`],
    ...['--pass', `file:${inPki('p256/password.txt')}`],
];

test('a redirect of one, where another is served, is never silently a success', async () => {
    const { url } = await gateNamed('redirect');
    const args = [...words('-n 8'), ...pinOnly(), url];
    const { status, result, told } = await load(args);
    assert.equal(status, 1, told);
    assert.deepEqual(outcomesOf(result), { succeeded: 8 }, told);
    assert.match(
        result.verdict.violations.join(),
        /^redirected \(3xx\) where others were served \(2xx\): client1 \(2 of 2 responses\), client2 \(2 of 2 responses\);/,
    );
    assert.deepEqual(identityNamed(result, 'client1').responses, { '2xx': 0, '3xx': 2, '4xx': 0, '5xx': 0 });
    assert.deepEqual(
        result.identities.map((identity) => identity.as_expected),
        [false, false, true, true],
    );
    for (const right of ['--expect-status 200,302', '--expect-status client1=302 --expect-status client2=302']) {
        const said = await load([...words(right), ...args]);
        assert.equal(said.status, 0, said.told);
    }
    const refused = await load(['--expect-refused', 'client1,client2', ...args]);
    assert.match(refused.result.verdict.violations.join(), /it was redirected \(3xx\), which is a refusal with --refusal-status/);
});

test('where a run of its own cannot tell, the summary says so, and their merge fails', async () => {
    const { url } = await gateNamed('redirect');
    const files = [resultFile(), resultFile(), resultFile()];
    const runs = [];
    for (const [i, name] of ['client1', 'client3'].entries())
        runs.push(await pinload(['run', ...words('-n 2 --json'), files[i], ...pin(), ...one(name), url]));
    assert.deepEqual(
        runs.map((run) => run.status),
        [0, 0],
        runs.map((run) => run.stdout + run.stderr).join(),
    );
    assert.match(runs[0].stdout, /no client was served \(2xx\), and a redirect/);
    assert.doesNotMatch(runs[1].stdout, /nobody was served/);
    const merged = await pinload(['merge', '--json', files[2], files[0], files[1]]);
    assert.equal(merged.status, 1, merged.stdout + merged.stderr);
    assert.match(merged.stdout, /client1 \(2 of 2/);
});
