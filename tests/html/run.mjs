// SPDX-License-Identifier: Apache-2.0
//
// The pages of real runs against nginx, opened in Chromium: a good one, one without a server, an interrupted one, one
// that ended before it began, and the merger of two generators.

import assert from 'node:assert/strict';
import fs from 'node:fs';

import { chainAndPin, freePorts, Nginx, pinload, sleep, startPinload, validate, words } from '../e2e/lib.mjs';
import { inDirectory, open, overflow, phone, runTests, wide } from './browser.mjs';
import { assertCharts, assertShown, dataOf, textOf } from './result-page.mjs';

const fileOf = (name, kind) => inDirectory(`${name}.${kind}`);
const outputs = (name) => ['--html', fileOf(name, 'html'), '--json', fileOf(name, 'json'), '-q'];
const jsonOf = (name) => JSON.parse(fs.readFileSync(fileOf(name, 'json'), 'utf8'));

async function run(name, expected, ...args) {
    const { status, stdout, stderr } = await pinload(['run', ...outputs(name), ...args]);
    assert.equal(status, expected, `${name}: ${stdout}${stderr}`);
}

async function interrupt(name, afterMs, ...args) {
    const { child, ended } = startPinload(['run', ...outputs(name), ...args]);
    await sleep(afterMs);
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    assert.equal(status, 130, `${name}: ${stderr}`);
}

// Of a run of more than a second there are NUM charts over time, and one of open sessions if any were open when they
// were counted.
async function chartsOverTime(page, num) {
    const { course } = (await dataOf(page)).page;
    return course.t_s.length < 2 ? 0 : num + (course.open.some((count) => count > 0) ? 1 : 0);
}

// look opens the page of a run in both themes and on a phone.
async function look(name, numCharts, numOverTime, use = async () => {}) {
    const json = jsonOf(name);
    for (const [viewport, colorScheme] of [[wide, 'light'], [wide, 'dark'], [phone, 'light']]) {
        await open(fileOf(name, 'html'), { viewport, colorScheme }, async (page) => {
            await assertShown(page, json, name);
            assert.equal(await assertCharts(page, name, 15), numCharts + await chartsOverTime(page, numOverTime));
            assert.ok(await overflow(page) <= 0, `${name} is wider than ${viewport.width} px`);
            await page.screenshot({ path: inDirectory(`${name}-${colorScheme}-${viewport.width}.png`), fullPage: true });
            await use(page, json);
        });
    }
}

const nginx = await Nginx.start('html');

async function a_run_that_went_well() {
    await run('well', 0, ...words('-d 3500ms -R 60 -c 200 -t 2 --warm-up 500ms --session-mode mixed:50'), ...chainAndPin(), nginx.loadUrl);
    await look('well', 3, 3, async (page, json) => {
        assert.equal(await textOf(page, '#verdict .word'), 'PASS');
        assert.ok(json.handshakes.resumed > 0 && json.handshakes.full > 0);
        const { course } = (await dataOf(page)).page;
        assert.ok(course.t_s.length >= 4 && course.p50.slice(0, 3).every((us) => us > 0));
    });
}

async function the_plan_of_the_page_runs_again() {
    const plan = inDirectory('well.toml');
    await open(fileOf('well', 'html'), {}, async (page) => {
        const text = await page.$eval('#repeat .plan pre', (node) => node.textContent);
        assert.equal(text, jsonOf('well').plan);
        fs.writeFileSync(plan, text);
    });
    await run('again', 0, '--plan', plan);
    const [well, again] = [jsonOf('well'), jsonOf('again')];
    assert.ok(again.command.includes(plan) && !again.command.includes('60'));
    assert.deepEqual(again.config, well.config);
    assert.equal(again.plan, well.plan.replaceAll('well.', 'again.'));
}

async function one_session() {
    await run('one', 0, ...words('-n 1'), ...chainAndPin(), nginx.loadUrl);
    await look('one', 2, 2);
}

async function nobody_listens() {
    await run('refused', 1, ...words('-n 5 --verify none'), `https://127.0.0.1:${freePorts()}/`);
    await look('refused', 0, 1, async (page, json) => {
        assert.equal(json.outcomes.connect_refused, 5);
        assert.match(await textOf(page, '#outcomes'), /connect_refused/);
    });
}

async function an_interrupted_run() {
    await interrupt('interrupted', 2200, ...words('-d 40s -R 50'), ...chainAndPin(), nginx.loadUrl);
    await look('interrupted', 3, 3, async (page) => assert.equal(await textOf(page, '#verdict .word'), 'INTERRUPTED'));
}

async function a_run_that_ended_before_it_began() {
    const inAnHour = new Date(Date.now() + 3600e3).toISOString().replace(/[.].*/, 'Z');
    await interrupt('nothing', 700, ...words('-d 40s -R 50 --start-at'), inAnHour, ...chainAndPin(), nginx.loadUrl);
    await look('nothing', 0, 0, async (page, json) => {
        assert.equal(json.sessions.scheduled, 0);
        assert.match(await textOf(page, '#verdict'), /No session was started/);
    });
}

async function two_generators_at_the_same_time() {
    const shard = (i) => run(`shard${i}`, 0, ...words(`--shard ${i}/2 -d 3s -R 60 -c 200`), ...chainAndPin(), nginx.loadUrl);
    await Promise.all([shard(0), shard(1)]);
    const { status, stderr } = await pinload(['merge', fileOf('shard0', 'json'), fileOf('shard1', 'json'), ...outputs('merged')]);
    assert.equal(status, 0, stderr);
    await look('merged', 3, 3, async (page, json) => {
        const shards = [jsonOf('shard0'), jsonOf('shard1')];
        assert.equal(json.sessions.started, shards[0].sessions.started + shards[1].sessions.started);
        const { course } = (await dataOf(page)).page;
        assert.ok(course.p50.slice(0, 3).every((us) => us > 0), 'latency over time is that of both');
        const commands = await page.$$eval('#repeat pre', (nodes) => nodes.map((node) => node.textContent));
        assert.deepEqual(commands.map((text) => text.match(/--shard (\S+)/)[1]), ['0/2', '1/2']);
    });
}

async function their_results_hold_the_schema() {
    const { status, stdout, stderr } = validate([inDirectory()]);
    assert.equal(status, 0, stdout + stderr);
}

try {
    await runTests([a_run_that_went_well, the_plan_of_the_page_runs_again, one_session, nobody_listens, an_interrupted_run, a_run_that_ended_before_it_began,
        two_generators_at_the_same_time, their_results_hold_the_schema]);
} finally {
    await nginx.stop();
}
