// SPDX-License-Identifier: Apache-2.0
//
// The highest rate that the sink holds, whose limit is known; short stages, since the answer's quality is what
// tests/find and bench/find-judge are for.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { freePorts, inWork, pinload, read, sleep, startPinload, validate, words } from './lib.mjs';
import { pinOnly, withSink } from './sink.mjs';

const files = (name) => ({ json: inWork(`find-${name}.json`), csv: inWork(`find-${name}.csv`), xml: inWork(`find-${name}.xml`) });

async function find(name, args, url) {
    const { json, csv, xml } = files(name);
    const { status, stdout, stderr } = await pinload(['find', '--json', json, '--csv', csv, '--junit', xml, ...args, ...pinOnly(), url]);
    return { status, stdout, stderr, told: `${stdout}${stderr}`, result: JSON.parse(read(json)) };
}

test('the limit of a server is found, and every report has the stages', async () => {
    await withSink(['--delay', '2ms', '--sessions-per-second', '200'], async (url) => {
        const { status, stdout, told, result } = await find('limit',
            [...words('-d 2s --confirm 3s --within 10% --start-rate 100 --max-rate 1000 --slo'), 'handshake_from_schedule.p99 < 50ms'], url);
        assert.equal(status, 0, told);
        const { answer, stages } = result;
        assert.equal(answer.end, 'found', told);
        assert.ok(answer.holds > 160 && answer.holds < 215, told);
        assert.ok(['slo', 'server_rate'].includes(answer.limit), told);
        assert.match(stdout, /^HOLDS \d+\/s$/m);
        assert.match(stdout, /^edge +stages begin to break at \d+\/s, 95% interval \[\d+\/s, \d+\/s\]$/m);
        assert.ok(stages.some(({ held }) => held) && stages.some(({ held }) => !held));
        assert.ok(stages.at(-1).confirms && stages.at(-1).held);
        assert.ok(stages.every(({ slo, p99 }) => slo.length === 1 && Math.abs(slo[0] - p99) < 1));
        const rows = read(files('limit').csv).trim().split('\n');
        assert.equal(rows.length, stages.length + 1);
        assert.ok(rows.every((row) => row.split(',').length === rows[0].split(',').length));
        assert.match(read(files('limit').xml), /tests="2" failures="0"/);
    });
});

test('as far as it may go, and no further', async () => {
    await withSink([], async (url) => {
        const { status, told, result } = await find('most',
            words('-r 0 -d 2s --confirm 0 --start-rate 20 --max-rate 30 --progress always'), url);
        assert.equal(status, 0, told);
        assert.equal(result.answer.end, 'at_least');
        assert.deepEqual(result.stages.map(({ load }) => load), [20, 30]);
        assert.match(told, /^stage 1: 20.0\/s, 2 s$/m);
        assert.match(told, /^HOLDS at least 30.0\/s$/m);
    });
});

test('too few connections are pinload’s limit', async () => {
    await withSink([], async (url) => {
        const { status, told, result } = await find('connections',
            words('-d 2s --confirm 0 --within 20% -c 10 --hold 500ms --start-rate 10 --max-rate 80'), url);
        assert.equal(status, 3, told);
        assert.equal(result.answer.limit, 'connections', told);
        assert.ok(result.answer.at_least && result.answer.holds < 25, told);
        assert.match(told, /pinload was the limit, not the server/);
    });
});

test('a number of connections is found', async () => {
    await withSink(['--sessions-per-second', '200'], async (url) => {
        const { status, told, result } = await find('by-connections',
            [...words('--by connections -d 2s --confirm 0 --within 25% -c 60 --slo'), 'tls_handshake.p99 < 60ms'], url);
        assert.equal(status, 0, told);
        assert.equal(result.by, 'connections');
        assert.ok(result.answer.holds >= 8 && result.answer.holds <= 15, told); // 12 of 5 ms each
        assert.ok(result.stages.every(({ load, kept }) => Number.isInteger(load) && kept === null));
    });
});

test('kept-alive connections with requests all the time', async () => {
    await withSink([], async (url) => {
        const { status, told, result } = await find('endless',
            [...words('--by connections -r inf -d 2s --confirm 0 -c 8 --slo'), 'request.p99 < 5s'], url);
        assert.equal(status, 0, told);
        assert.deepEqual([result.answer.end, result.answer.holds, result.latency], ['at_least', 8, 'request']);
    });
});

test('an interruption gives what is known by then', async () => {
    await withSink([], async (url) => {
        const json = inWork('find-interrupted.json');
        const { child, ended } = startPinload(['find', ...words('-d 2s --confirm 0 --start-rate 20 --json'), json, ...pinOnly(), url]);
        await sleep(3500);
        child.kill('SIGINT');
        const { status, stdout, stderr } = await ended;
        assert.equal(status, 130, `${stdout}${stderr}`);
        const { answer, interrupted, stages } = JSON.parse(read(json));
        assert.ok(interrupted && stages.length >= 1 && answer.holds >= 20);
        assert.match(stdout, /the search was interrupted/);
    });
});

test('an endpoint that does not answer ends it at once', async () => {
    const { status, stderr } = await pinload(['find', '--verify', 'none', `https://127.0.0.1:${freePorts()}/`]);
    assert.equal(status, 1);
    assert.match(stderr, /a session by itself does not hold: 10 of 10 sessions failed: 10 connect_refused/);
});

const mistakes = [
    [['--slo', 'tls_handshake.p99 > 20ms'], "--slo 'tls_handshake.p99 > 20ms' asks for a time above a limit"],
    [['--slo', 'tls_handshake.p99'], "--slo 'tls_handshake.p99' has no operator"],
    [['--slo', 'nothing.p99 < 20ms'], "names 'nothing.p99', which is not a figure"],
    [['--slo', 'tls_handshake.p99 < 20'], "compares 'tls_handshake.p99', a time, with a plain number"],
    [['--within', '2'], "--within '2' is no percentage"],
    [['--within', '0.1%'], "--within '0.1%' is no percentage"],
    [['-d', '1s'], '-d 1 s is too short for a stage'],
    [['--confirm', '1s'], '--confirm 1 s is shorter than a stage of 5 s'],
    [['--budget', '20s'], '--budget 20 s has no room for a stage of 5 s and --confirm 30 s'],
    [['--start-rate', '20', '--max-rate', '10'], '--start-rate 20 is above --max-rate 10'],
    [['--max-rate', '2M'], 'can be 1M at most'],
    [['--by', 'connections', '--max-rate', '20'], '--max-rate is for --by rate'],
    [['--by', 'size'], "'size' is not a value for --by"],
    [['-R', '20'], '-R'],
    [['-n', '20'], '-n'],
    [['--max-failures', 'many'], "'many' is not a value for --max-failures"],
    [['--csv', '/nowhere/find.csv'], '/nowhere/find.csv'],
];

for (const [args, text] of mistakes) {
    test(`a mistake is one sentence: ${args.join(' ')}`, async () => {
        const { status, stdout, stderr } = await pinload(['find', ...args, '--verify', 'none', 'https://127.0.0.1:1/']);
        assert.equal(status, 2, stderr);
        assert.ok(stderr.includes(text), stderr);
        assert.equal(stderr.trim().split('\n').filter((line) => !line.includes('warning')).length, 1, stderr);
        assert.equal(stdout, '');
    });
}

test('the results hold the schema', () => {
    const names = ['limit', 'most', 'connections', 'by-connections', 'endless', 'interrupted'].map((name) => inWork(`find-${name}.json`));
    const { status, stdout, stderr } = validate(names.filter((name) => fs.existsSync(name)));
    assert.equal(status, 0, `${stdout}${stderr}`);
});
