// SPDX-License-Identifier: Apache-2.0
//
// Runs whose load changes in stages, against bench/sink: what each stage had, whatever the number of threads and shards.

import assert from 'node:assert/strict';
import test from 'node:test';
import { assertBalanced, load, pinload, read, resultFile, sleep, startPinload, validate, words } from './lib.mjs';
import { pinOnly, withSink } from './sink.mjs';

const counts = (result, name) => result.stages.map((stage) => stage[name]);
const sum = (list) => list.reduce((total, count) => total + count, 0);

function assertAddsUp(result) {
    assertBalanced(result);
    for (const name of ['scheduled', 'skipped', 'started', 'succeeded', 'refused', 'failed', 'cut_off', 'unconfirmed'])
        assert.equal(sum(counts(result, name)), result.sessions[name], name);
    assert.equal(sum(counts(result, 'handshakes')), result.handshakes.completed);
    for (const kind of ['tls_handshake', 'request'])
        assert.equal(sum(result.stages.map(({ latency }) => latency[kind]?.count ?? 0)), result.latency[kind].count, kind);
    for (const stage of result.stages)
        assert.equal(sum(Object.values(stage.outcomes)), stage.started);
}

test('each stage has what is due in it, and the server counts as many', async () => {
    const seen = await withSink([], async (url) => {
        const file = resultFile();
        const ended = await pinload([...words('run -t 2 -c 40 --stages 100x1s,0x500ms,50:250x1s,300x1s --json'), file, ...pinOnly(), url]);
        const result = JSON.parse(read(file));
        assertAddsUp(result);
        assert.deepEqual(counts(result, 'scheduled'), [100, 0, 150, 300], ended.stdout);
        assert.deepEqual(counts(result, 't_s'), [0, 1, 1.5, 2.5]);
        assert.deepEqual(counts(result, 'failed'), [0, 0, 0, 0]);
        assert.equal(result.stages[1].attainment, null);
        for (const i of [0, 2, 3])
            assert.equal(result.stages[i].latency.handshake_from_schedule.count, result.stages[i].handshakes);
        assert.match(ended.stdout, /^50\.0\/s to 250\/s +1\.0 s +150 /m);
        const told = validate([file]);
        assert.equal(told.status, 0, told.stdout + told.stderr);
    });
    assert.equal(seen.full, 550);
});

test('the shards of a ramp add up to the whole, and merge', async () => {
    await withSink([], async (url) => {
        const files = [resultFile(), resultFile()], merged = resultFile();
        await Promise.all(files.map((file, i) => pinload([...words(`run -c 40 -R 10:90 -d 4s --shard ${i}/2 --json`), file, ...pinOnly(), url])));
        const ended = await pinload(['merge', '--json', merged, ...files]);
        assert.equal(ended.stderr, '');
        const result = JSON.parse(read(merged));
        assertAddsUp(result);
        assert.deepEqual(counts(result, 'scheduled'), [20, 40, 60, 80]);
        assert.deepEqual(counts(result, 'from'), [10, 30, 50, 70]);
        assert.equal(result.config.stages, '10:90x4s');
    });
});

test('a stage whose rate cannot be had is missed, the others are not', async () => {
    await withSink(['--delay', '100ms'], async (url) => {
        const { status, result, told } = await load([...words('-c 4 --stages 10x1s,200x1s,0x6s,10x1s'), ...pinOnly(), url]);
        assertAddsUp(result);
        assert.deepEqual(counts(result, 'scheduled'), [10, 200, 0, 10], told);
        assert.deepEqual(counts(result, 'verdict'), ['passed', 'missed', 'passed', 'passed'], told);
        assert.ok(result.stages[1].attainment < 0.6, told);
        assert.equal(result.stages[1].started, 200); /* late, and in their own stage */
        assert.ok(result.stages[1].latency.handshake_from_schedule.max > 1e6, told);
        assert.ok(result.stages[3].latency.handshake_from_schedule.max < 1e6, told);
        assert.deepEqual([status, result.generator.saturated, result.generator.limit], [3, true, 'slots'], told);
    });
});

test('connections rise and fall as the stages say', async () => {
    await withSink(['--delay', '20ms'], async (url) => {
        const { status, result, told } = await load([...words('-t 2 --stages 2cx1s,20cx1s,2cx1s'), ...pinOnly(), url]);
        assertAddsUp(result);
        assert.equal(status, 0, told);
        assert.equal(result.config.open_loop, false);
        assert.ok(result.sessions.peak_established <= 20, told);
        const [first, second, third] = counts(result, 'started');
        assert.ok(second > 3 * first && second > 3 * third, told);
        assert.ok(result.series[0].open <= 2 && result.series[1].open <= 20 && result.series[1].open > 4, told);
    });
});

test('an interrupted run says which stages it did not complete', async () => {
    await withSink([], async (url) => {
        const file = resultFile();
        const run = startPinload([...words('run --stages 50x1s,50x20s,50x20s --json'), file, ...pinOnly(), url]);
        await sleep(2000);
        run.child.kill('SIGINT');
        const ended = await run.ended;
        const result = JSON.parse(read(file));
        assert.equal(ended.status, 130);
        assertAddsUp(result);
        assert.deepEqual(counts(result, 'verdict'), ['passed', 'incomplete', 'not_run'], ended.stdout);
        assert.equal(result.stages[0].scheduled, 50);
        assert.ok(result.stages[1].run_s < 10 && result.stages[1].scheduled < 500);
    });
});
