// SPDX-License-Identifier: Apache-2.0
//
// Resumption against nginx: with tickets and without, with a server that loses its ticket key, and never with another
// identity's ticket.

import assert from 'node:assert/strict';
import test from 'node:test';
import {
    assertBalanced,
    chainAndPin,
    countBy,
    inPki,
    load,
    needCommand,
    Nginx,
    outcomesOf,
    read,
    resultFile,
    Server,
    sleep,
    startPinload,
    words,
} from './lib.mjs';

async function withNginx(name, settings, use) {
    const nginx = await Nginx.start(name, settings);
    try {
        await use(nginx);
    } finally {
        await nginx.stop();
    }
}

const resume = ['--session-mode', 'resume', ...chainAndPin()];
const version = (v) => ['--tls-min', v, '--tls-max', v];

for (const v of ['1.2', '1.3']) {
    test(`with tickets, all sessions but the first ones resume by TLS ${v}, each with its own identity's`, () =>
        withNginx('tickets', {}, async (nginx) => {
            const { status, result, told } = await load([
                ...words('-n 200 -c 1'),
                ...resume,
                ...version(v),
                nginx.loadUrl,
            ]);
            assert.equal(status, 0, told);
            assert.deepEqual([result.handshakes.full, result.handshakes.resumed], [4, 196], told);
            assert.deepEqual([result.handshakes.tickets.offered, result.handshakes.tickets.declined], [196, 0]);
            assert.deepEqual([result.pins.matched, result.pins.checked_resumed], [200, 196]);
            const log = await nginx.log(200);
            // For nginx a resumed session belongs to the owner of the ticket; pinload's rotation says whose it should
            // be.
            assert.deepEqual(
                countBy(log, (line) => `${line.client} ${line.reused}`),
                Object.fromEntries(
                    result.identities.flatMap(({ name }) => [
                        [`CN=${name},O=pinload .`, 1],
                        [`CN=${name},O=pinload r`, 49],
                    ]),
                ),
            );
            log.forEach((line, i) => assert.equal(line.client, `CN=client${(i % 4) + 1},O=pinload`));
        }));
}

test("with many connections, no identity ever has another's ticket", () =>
    withNginx('tickets', { workers: 2 }, async (nginx) => {
        for (const options of [
            ['-c', '7'],
            [...words('-c 7 --rotate random')],
            [...words('-c 6 --rotate sticky')],
        ]) {
            nginx.clearLog();
            const { status, result, told } = await load(['-n', '300', ...resume, ...options, nginx.loadUrl]);
            assert.equal(status, 0, told);
            const log = await nginx.log(300);
            const byName = Object.fromEntries(
                result.identities.map((one) => [`CN=${one.name},O=pinload`, one.sessions]),
            );
            assert.deepEqual(countBy(log, 'client'), byName);
            assert.equal(countBy(log, 'reused').r, result.handshakes.resumed);
        }
    }));

test("at the gate a ticket of client3 is never client1's: as many are refused as there are turns", () =>
    withNginx('tickets', {}, async (nginx) => {
        const { status, result, told } = await load([
            ...words('-n 200 -c 5'),
            ...resume,
            '--expect-refused',
            'client1,client2',
            nginx.gateUrl,
        ]);
        assert.equal(status, 0, told);
        assert.deepEqual(outcomesOf(result), { succeeded: 100, client_cert_refused: 100 }, told);
        const log = await nginx.log(200);
        for (const line of log) assert.equal(line.status, /client[34]/.test(line.client) ? 200 : 400);
    }));

test("without tickets of nginx's own, TLS 1.3 resumes by what its cache holds", () =>
    withNginx('no-tickets', { tickets: 'off' }, async (nginx) => {
        const { status, result, told } = await load([
            ...words('-n 60 -c 1'),
            ...resume,
            ...version('1.3'),
            nginx.loadUrl,
        ]);
        assert.equal(status, 0, told);
        assert.deepEqual([result.handshakes.full, result.handshakes.resumed], [4, 56], told);
        assert.deepEqual(countBy(await nginx.log(60), 'reused'), { '.': 4, 'r': 56 });
    }));

test('a server that gives no tickets has nothing to resume with by TLS 1.3, and that is no violation', async () => {
    const server = await Server.start('s_server', (port) => ({
        command: needCommand('openssl', 'openssl'),
        args: [
            's_server',
            '-accept',
            `127.0.0.1:${port}`,
            ...words('-num_tickets 0 -www -quiet -Verify 1 -verify_return_error'),
            '-CAfile',
            inPki('p256/both-client-cas.crt'),
            '-cert',
            inPki('p256/server.crt'),
            '-key',
            inPki('p256/server.plain.key'),
        ],
    }));
    const { status, result, told } = await load([
        ...words('-n 40 -c 4'),
        ...resume,
        ...version('1.3'),
        server.url,
    ]);
    await server.stop();
    assert.equal(status, 0, told);
    assert.deepEqual(outcomesOf(result), { succeeded: 40 }, told);
    assert.deepEqual([result.handshakes.full, result.handshakes.resumed], [40, 0], told);
    assert.deepEqual([result.handshakes.tickets.offered, result.handshakes.tickets.declined], [0, 0]);
    assert.deepEqual(result.verdict.violations, []);
});

test("without tickets of nginx's own, TLS 1.2 resumes by session ids", () =>
    withNginx('no-tickets', { tickets: 'off' }, async (nginx) => {
        const { status, result, told } = await load([
            ...words('-n 60 -c 1'),
            ...resume,
            ...version('1.2'),
            nginx.loadUrl,
        ]);
        assert.equal(status, 0, told);
        assert.deepEqual([result.handshakes.full, result.handshakes.resumed], [4, 56], told);
        const log = await nginx.log(60);
        assert.deepEqual(countBy(log, 'reused'), { '.': 4, 'r': 56 });
    }));

test('mixed:0 never resumes, mixed:100 wherever it can', () =>
    withNginx('tickets', {}, async (nginx) => {
        for (const [percent, resumed] of [
            [0, 0],
            [100, 96],
        ]) {
            const { status, result, told } = await load([
                ...words('-n 100 -c 1'),
                ...chainAndPin(),
                '--session-mode',
                `mixed:${percent}`,
                nginx.loadUrl,
            ]);
            assert.equal(status, 0, told);
            assert.equal(result.handshakes.resumed, resumed, told);
        }
    }));

for (const v of ['1.2', '1.3']) {
    test(`tickets of a key that the server has forgotten are declined by TLS ${v}, and that is a violation`, () =>
        withNginx(`forgetful-${v}`, {}, async (nginx) => {
            // Sessions may fail while nginx restarts.
            const file = resultFile();
            const run = startPinload([
                'run',
                '--json',
                file,
                ...words('-d 4s -c 4 -R 40 --max-failures 100%'),
                ...resume,
                ...version(v),
                nginx.loadUrl,
            ]);
            await sleep(1000);
            nginx.restart();
            const { status, stdout, stderr } = await run.ended;
            const told = `${stdout}${stderr}`;
            const result = JSON.parse(read(file));
            assertBalanced(result, told);
            assert.ok(result.handshakes.tickets.declined > 0, told);
            assert.match(result.verdict.violations.join(), /declined \d+ of \d+ offered tickets/, told);
            assert.equal(status, 1, told);
            assert.ok(result.handshakes.resumed > result.handshakes.tickets.declined, told);
            assert.equal(result.pins.mismatched, 0, told);
        }));
}
