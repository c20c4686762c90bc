// SPDX-License-Identifier: Apache-2.0
//
// The HTML report, opened in Chromium: results of many kinds, in both themes, on a screen, a phone and paper.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import {
    assertFigures, at, binary, colouredPixels, contrast, directory, inDirectory, makePages, open, overflow, phone,
    readFigure, root, runTests, wide,
} from './browser.mjs';
import { assertCharts, assertSameData, assertShown, dataOf, textOf } from './result-page.mjs';

const names = ['typical', 'empty', 'interrupted', 'failing', 'mixed', 'crowd', 'day', 'hostile', 'one', 'slow', 'worst', 'closed', 'kept'];
const hostile = "</script><script>document.title='broken'</script><!--<img src=x onerror=alert(1)>";
const withoutCharts = ['empty'];
const withFewPoints = ['one', 'slow', 'kept'];
const withScreenshots = ['closed', 'kept', 'mixed', 'failing', 'day', 'one', 'slow', 'worst'];
const mostBytes = 2e6;

const fileOf = (name) => inDirectory(`${name}.html`);
const jsonOf = (name) => JSON.parse(fs.readFileSync(inDirectory(`${name}.json`), 'utf8'));
const plain = (text) => text.replaceAll('\u00a0', ' ');

// --- what holds for every page ----------------------------------------------------------------------------------

async function assertDrawn(page, name) {
    const numCharts = await assertCharts(page, name, withFewPoints.includes(name) ? 15 : 100);
    assert.equal(numCharts === 0, withoutCharts.includes(name), `${name} has ${numCharts} charts`);
}

async function every_page_shows_the_figures_of_its_json() {
    for (const name of names)
        await open(fileOf(name), {}, (page) => assertShown(page, jsonOf(name), name));
}

async function every_result_of_these_tests_holds_its_schema() {
    const done = spawnSync('/usr/bin/python3', [path.join(root, 'tests/formats/validate.py'), directory], { encoding: 'utf8' });
    assert.equal(done.status, 0, done.stdout + done.stderr);
}

async function every_page_is_small() {
    for (const name of names) {
        const bytes = fs.statSync(fileOf(name)).size;
        assert.ok(bytes < mostBytes, `${name}.html has ${bytes} bytes`);
    }
}

async function every_page_is_drawn_in_both_themes_and_fits_a_phone() {
    for (const name of names) {
        for (const [look, viewport, colorScheme] of [['light', wide, 'light'], ['dark', wide, 'dark'], ['phone', phone, 'light']]) {
            await open(fileOf(name), { viewport, colorScheme }, async (page) => {
                await assertDrawn(page, name);
                assert.ok(await overflow(page) <= 0, `${name} is wider than ${viewport.width} px`);
                if (withScreenshots.includes(name))
                    await page.screenshot({ path: inDirectory(`${name}-${look}.png`), fullPage: true });
            });
        }
    }
}

// --- one page each ----------------------------------------------------------------------------------------------

async function what_must_be_known_first_is_said() {
    const expected = {
        closed: [/Ramp-up of 2\.0 s\. The headline has the rates of the 8\.0 s after it/], typical: [], mixed: [/Warm-up of 2\.0 s/],
        interrupted: [/did not hold the requested rate.*slots/, /Warm-up of 1\.0 s/], failing: [/server was not verified/, /Slots paused for 44\.2 s after failures/, /Out of range: 1 value/],
    };
    for (const [name, sayings] of Object.entries(expected)) {
        await open(fileOf(name), {}, async (page) => {
            const notices = await page.$$eval('.notice', (nodes) => nodes.map((node) => node.innerText.replaceAll('\u00a0', ' ')));
            assert.equal(notices.length, sayings.length, `${name}: ${notices}`);
            sayings.forEach((saying, i) => assert.match(notices[i], saying));
        });
    }
}

async function a_day_is_put_together_and_keeps_its_worst_second() {
    await open(fileOf('day'), {}, async (page) => {
        const { course } = (await dataOf(page)).page;
        assert.equal(course.t_s.length, 600);
        assert.equal(Math.max(...course.p99), 1.5e6);
        assert.equal(Math.min(...course.sessions_least), 0);
        assert.equal(Math.max(...course.failed), 700);
        assert.match(plain(await textOf(page, '#course')), /Each point stands for 144 seconds/);
    });
}

async function a_run_does_not_end_in_a_fall_and_refusals_are_a_line() {
    await open(fileOf('closed'), {}, async (page) => {
        const { course } = (await dataOf(page)).page;
        assert.equal(course.t_s.length, 10);
        assert.ok(course.sessions.every((rate) => rate > 1700 && rate < 1950), `${course.sessions}`);
        assert.equal(course.refused[4], 300);
        assert.match(await textOf(page, '#course .legend'), /sessions\s+refused/);
        assert.match(plain(await page.$eval('#headline .tile', (node) => node.innerText.replace(/\s+/g, ' '))),
            /^Sessions 1,900\s?\/s after the ramp-up; whole run 1,841\/s; 18,412 started$/);
    });
}

async function of_kept_alive_sessions_requests_come_first() {
    await open(fileOf('kept'), {}, async (page) => {
        const { course } = (await dataOf(page)).page;
        assert.ok(course.requests.length === 4 && course.requests.every((rate) => Math.abs(rate - 47933) < 1), `${course.requests}`);
        assert.deepEqual(await page.$$eval('#course h3', (nodes) => nodes.map((node) => node.textContent)),
            ['Requests per second', 'Open sessions', 'Handshake latency'], 'sessions that go on to the end are no rate');
        const { generator, requests } = jsonOf('kept');
        const [, cpu] = plain(await textOf(page, '#generator')).match(/CPU a request\n+(\S+ µs)/);
        const shown = readFigure(cpu.replace(' ', '\u00a0'));
        assert.ok(Math.abs(shown.value - 1e6 * (generator.cpu_user_s + generator.cpu_system_s) / requests.succeeded) <= shown.tolerance);
        assert.equal(await page.$$eval('#requests canvas', (nodes) => nodes.length), 2);
        const tiles = await page.$$eval('#headline .tile', (nodes) => nodes.map((node) => node.innerText.replace(/\s+/g, ' ')));
        assert.equal(tiles.length, 8);
        assert.match(tiles[0], /^Requests 47,935\s?\/s 191,731 of 191,739 succeeded$/);
        assert.match(tiles[1], /^Request, p99 /);
        assert.match(tiles[5], /^Open at the end 8 after 191,731 responses$/);
        assert.match(plain(await textOf(page, '#verdict .books')), /^8 sessions: 8 open at the end, after 191,731 responses · 0 refused · 0 failed$/);
        const rows = await page.$$eval('#identities tbody tr', (nodes) => nodes.map((row) => [...row.children].slice(2, 6).map((cell) => cell.textContent)));
        assert.deepEqual(rows[0].map(plain), ['✓ accepted', '4', '0', '4']);
    });
    await open(fileOf('typical'), {}, async (page) => {
        assert.equal(await page.$$eval('#headline .tile', (nodes) => nodes.length), 6);
        assert.doesNotMatch(await textOf(page, '#course'), /Requests per second/);
    });
}

async function a_crowd_shows_those_that_deserve_a_look_first() {
    await open(fileOf('crowd'), {}, async (page) => {
        const note = plain(await textOf(page, '#identities .note'));
        assert.equal(note, '10,000 identities. 250 are not as expected. Those not as expected come first, then the slowest.');
        const visible = () => page.$$eval('#identities tbody tr', (rows) => rows.filter((row) => row.offsetHeight > 0).length);
        const odd = () => page.$$eval('#identities tbody tr.odd', (rows) => rows.filter((row) => row.offsetHeight > 0).length);
        assert.deepEqual([await visible(), await odd()], [20, 20]);
        assert.equal(await textOf(page, '#identities .unfold'), 'Show 200 more');
        await page.click('#identities .unfold');
        assert.deepEqual([await visible(), await odd()], [220, 220]);
        await page.click('#identities .unfold');
        assert.deepEqual([await visible(), await odd()], [420, 250]);
        assert.match(plain(await textOf(page, '#verdict')), /250 violations/);
        const matched = await page.$$eval('#pins tbody tr', (rows) => rows.slice(0, 3).map((row) => row.children[1].textContent));
        assert.deepEqual(matched, ['18,412', '7', '0'], 'pins that matched come first');
        assert.match(plain(await textOf(page, '#pins')), /and 4,801 pins more/);
    });
}

async function no_text_becomes_markup() {
    await open(fileOf('hostile'), {}, async (page) => {
        assert.ok((await page.title()).includes(hostile));
        assert.equal(await textOf(page, 'h1'), `https://localhost:8443/${hostile}`);
        assert.equal(await page.$$eval('img, main script', (nodes) => nodes.length), 0);
        assert.equal(await page.$$eval('script', (nodes) => nodes.length), 10, 'the data and nine scripts');
        const identities = await page.$$eval('#identities .name', (nodes) => nodes.map((node) => node.textContent));
        assert.ok(identities.includes(hostile));
        assert.ok((await textOf(page, '#outcomes .story')).startsWith(hostile));
        const command = await page.$eval('#repeat pre', (node) => node.textContent.replaceAll(' \\\n    ', ' '));
        assert.deepEqual(JSON.parse(execFileSync('bash', ['-c', `words=(${command}); printf '%s\\n' "\${words[@]}" | jq -R . | jq -s .`])),
            jsonOf('hostile').command, 'the command is quoted for a shell');
    });
}

async function expected_stands_against_seen() {
    await open(fileOf('mixed'), {}, async (page) => {
        const rows = await page.$$eval('#identities tbody tr', (nodes) =>
            nodes.map((row) => [...row.children].slice(0, 3).map((cell) => cell.textContent.replaceAll('\u00a0', ' '))));
        assert.deepEqual(rows[0], ['client1', 'accepted', '✓ accepted']);
        assert.deepEqual(rows[3], ['revoked', 'refused', '✓ refused']);
    });
    await open(fileOf('failing'), {}, async (page) => {
        const cells = await page.$$eval('#identities tr.odd td', (nodes) => nodes.map((node) => node.textContent));
        assert.deepEqual(cells.slice(0, 2).map(plain), ['accepted', '✗ refused']);
    });
}

async function a_cursor_tells_the_values_under_it() {
    await open(fileOf('mixed'), {}, async (page) => {
        const box = await (await page.$('#percentiles .u-over')).boundingBox();
        await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
        const legend = plain(await textOf(page, '#percentiles .legend'));
        assert.match(legend, /full\s+[\d.]+ ms\s+resumed\s+[\d.]+ (µs|ms)\s+all\s+[\d.]+ ms\s+99\.\d+ %/);
        const { curves } = (await dataOf(page)).page;
        const shown = readFigure(await page.$eval('#percentiles .legend .value', (node) => node.textContent));
        assert.ok(curves.tls_handshake_full.us.some((us) => Math.abs(us - shown.value) <= shown.tolerance));
    });
}

async function a_change_of_theme_and_a_turn_of_the_phone_draw_anew() {
    await open(fileOf('mixed'), {}, async (page) => {
        const light = await page.$eval('#percentiles canvas', (canvas) => canvas.toDataURL());
        await page.emulateMedia({ colorScheme: 'dark' });
        await page.waitForFunction((before) => document.querySelector('#percentiles canvas').toDataURL() !== before, light);
        await page.setViewportSize(phone);
        await page.waitForFunction(() => document.querySelector('#percentiles canvas').width < 400);
        assert.ok(await overflow(page) <= 0);
    });
}

async function paper_is_light_and_has_all_rows() {
    await open(fileOf('crowd'), { colorScheme: 'dark' }, async (page) => {
        await page.pdf({ path: inDirectory('crowd.pdf'), format: 'A4' });
        assert.equal(await page.evaluate(() => document.documentElement.hasAttribute('data-paper')), false, 'afterwards it is as before');
        await page.emulateMedia({ media: 'print' });
        assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
        assert.equal(await page.$$eval('#identities tbody tr', (rows) => rows.filter((row) => row.offsetHeight > 0).length), 200);
        assert.equal(await textOf(page, '#identities .paper'), 'These are the first 200 of 10,000; the JSON result has them all.');
        await assertDrawn(page, 'crowd');
    });
}

async function every_colour_can_be_read() {
    const pairs = [['text', 'paper', 7], ['muted', 'paper', 4.5], ['muted', 'panel', 4.5], ['one', 'paper', 4.5], ['two', 'paper', 4.5],
        ['three', 'paper', 4.5], ['bad', 'paper', 4.5], ['text', 'info-soft', 7],
        ...['good', 'bad', 'warn'].flatMap((tone) => [[tone, `${tone}-soft`, 4.5], ['text', `${tone}-soft`, 7], ['muted', `${tone}-soft`, 4.5]])];
    for (const colorScheme of ['light', 'dark']) {
        await open(fileOf('typical'), { colorScheme }, async (page) => {
            const colours = await page.evaluate((list) => Object.fromEntries(list.map((name) =>
                [name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()])), [...new Set(pairs.flat())]);
            for (const [front, back, least] of pairs) {
                const found = contrast(colours[front], colours[back]);
                assert.ok(found >= least, `${front} on ${back} in ${colorScheme}: contrast ${found.toFixed(2)}, less than ${least}`);
            }
        });
    }
}

async function without_scripts_there_is_the_summary() {
    for (const name of ['typical', 'failing', 'hostile', 'worst']) {
        await open(fileOf(name), { javaScriptEnabled: false }, async (page) => {
            const words = await page.innerText('main');
            const { verdict, sessions } = jsonOf(name);
            assert.ok(words.startsWith(`${verdict.passed ? 'PASS' : 'FAIL'} · https://`), 'the verdict comes first');
            assert.ok(words.includes(sessions.started.toLocaleString('en-US')), `${name} tells its sessions`);
            assert.equal(await page.evaluate(() => document.querySelectorAll('main script, main img').length).catch(() => 0), 0);
            if (name === 'failing')
                await page.screenshot({ path: inDirectory('failing-without-scripts.png'), fullPage: true });
        });
    }
}

// changed opens the page of a result that is like NAME's, but for what CHANGE does with it.
async function changed(name, change, use) {
    const [html, json] = [inDirectory('changed.html'), inDirectory('changed.json')];
    const result = jsonOf(name);
    change(result);
    fs.writeFileSync(json, JSON.stringify(result));
    spawnSync(binary, ['merge', '-q', json, '--html', html]);
    await open(html, {}, use);
}

async function a_rate_that_was_not_held_is_no_plain_pass() {
    await changed('mixed', ({ generator }) => Object.assign(generator, { saturated: true, limit: 'slots' }), async (page) => {
        assert.equal(await textOf(page, '#verdict .word'), 'PASS');
        assert.match(await textOf(page, '#verdict'), /All checks passed, but the requested rate was not held\./);
        assert.ok(await page.$('#verdict.warn'));
    });
    await open(fileOf('mixed'), {}, async (page) => assert.ok(await page.$('#verdict.good')));
}

async function without_a_certificate_there_is_no_identity() {
    await changed('one', (result) => {
        result.identities = [{ ...jsonOf('mixed').identities[0], name: '(none)', sessions: 1, succeeded: 1 }];
    }, async (page) => {
        assert.match(await textOf(page, '.plan'), /no client certificate$/);
        assert.match(await textOf(page, '#identities'), /No client certificate was presented\./);
        assert.equal(await page.$$eval('#identities table', (nodes) => nodes.length), 0);
    });
}

async function a_lonely_point_is_drawn() {
    const drawn = (page, id) => page.$$eval(`#${id} canvas`, (nodes) => nodes.length);
    await open(fileOf('one'), {}, async (page) => {
        assert.equal(await drawn(page, 'percentiles'), 2);
        assert.equal(await drawn(page, 'course'), 0, 'a second is no course');
        assert.match(await textOf(page, '#course'), /The run lasted one second/);
    });
    await open(fileOf('slow'), {}, async (page) => {
        const { course } = (await dataOf(page)).page;
        assert.equal(course.p50.filter((us) => us !== null).length, 9);
        assert.ok((await colouredPixels(page))[2] > 9 * 10, 'nine seconds with a handshake are nine points');
    });
}

// merged opens the merger of these results, which two generators could have made.
async function merged(name, files, use) {
    const [html, json] = [inDirectory(`${name}.html`), inDirectory(`${name}.json`)];
    spawnSync(binary, ['merge', '--force', ...files, '-q', '--html', html, '--json', json]);
    const result = JSON.parse(fs.readFileSync(json, 'utf8'));
    await open(html, {}, async (page) => {
        assertSameData(await dataOf(page), result);
        assert.ok(await assertFigures(page, await dataOf(page)) > 10);
        await use(page, result);
    });
}

// A shard of a result: another command, and the rest the same.
function shardOf(name, number) {
    const file = inDirectory(`${name}-shard${number}.json`);
    const result = jsonOf(name);
    result.command = ['pinload', 'run', '--shard', `${number}/2`, result.target.url];
    fs.writeFileSync(file, JSON.stringify(result));
    return file;
}

async function the_merger_of_two_shows_latency_over_time_and_both_commands() {
    await merged('two', [shardOf('mixed', 0), shardOf('mixed', 1)], async (page, result) => {
        assert.equal(result.sessions.started, 2 * jsonOf('mixed').sessions.started);
        assert.ok(result.series.every((row) => row.tls_handshake_p50 > 1000 && row.tls_handshake_p99 > row.tls_handshake_p50));
        await assertDrawn(page, 'two');
        assert.equal(await page.$$eval('#course canvas', (nodes) => nodes.length), 4);
        const commands = await page.$$eval('#repeat pre', (nodes) => nodes.map((node) => node.textContent));
        assert.equal(commands.length, 2);
        commands.forEach((text, i) => assert.match(text, new RegExp(`--shard ${i}/2 `)));
        assert.ok((await page.$$eval('.notice', (nodes) => nodes.map((node) => node.innerText))).some((text) => /Merged from 2 results/.test(text)));
        await page.screenshot({ path: inDirectory('two.png'), fullPage: true });
    });
}

async function the_merger_of_two_days_shows_the_latencies_of_its_intervals() {
    await merged('days', [shardOf('day', 0), shardOf('day', 1)], async (page, result) => {
        assert.ok(result.series.every((row) => row.sessions === 0 || row.tls_handshake_p50 === null));
        const { latencies } = (await dataOf(page)).page;
        assert.equal(latencies.seconds_per_point, 256);
        assert.equal(latencies.t_s.length, 338);
        assert.ok(latencies.p50.every((us) => us > 1500 && us < 3500));
        await assertDrawn(page, 'days');
        assert.match(plain(await textOf(page, '#course')), /Latencies are those of all handshakes of 256 seconds/);
        assert.ok(fs.statSync(inDirectory('days.html')).size < mostBytes);
    });
}

async function a_merger_that_cannot_tell_latency_over_time_says_so() {
    await merged('untold', [shardOf('typical', 0), shardOf('typical', 1)], async (page) => {
        assert.equal(await page.$$eval('#course canvas', (nodes) => nodes.length), 2);
        assert.match(plain(await textOf(page, '#course')), /[Pp]ercentiles of several results cannot be added up/);
    });
}

async function the_merger_of_an_interrupted_run_is_interrupted() {
    const done = spawnSync(binary, ['merge', '--force', inDirectory('typical.json'), inDirectory('interrupted.json'), '-q', '--html', inDirectory('cut.html')]);
    assert.equal(done.status, 130);
    await open(inDirectory('cut.html'), {}, async (page) => assert.equal(await textOf(page, '#verdict .word'), 'INTERRUPTED'));
}

async function pinload_merge_writes_the_same_page() {
    const file = inDirectory('merged.html');
    execFileSync(binary, ['merge', inDirectory('mixed.json'), '-q', '--html', file]);
    await open(file, {}, async (page) => {
        const data = await dataOf(page);
        const json = jsonOf('mixed');
        assert.ok(await assertFigures(page, data) > 10);
        for (const path of ['sessions.started', 'latency.tls_handshake.p99', 'latency.session.max', 'pins.checked', 'identities.0.name'])
            assert.equal(at(data, path), at(json, path), path);
        await assertDrawn(page, 'merged');
    });
    const piped = execFileSync(binary, ['merge', inDirectory('mixed.json'), '-q', '--html', '-'], { maxBuffer: 1 << 24 });
    assert.equal(piped.toString(), fs.readFileSync(file, 'utf8'), '- is standard output');
}

const tests = [
    every_page_shows_the_figures_of_its_json, every_page_is_small, every_page_is_drawn_in_both_themes_and_fits_a_phone,
    what_must_be_known_first_is_said, a_day_is_put_together_and_keeps_its_worst_second,
    a_run_does_not_end_in_a_fall_and_refusals_are_a_line, of_kept_alive_sessions_requests_come_first,
    a_crowd_shows_those_that_deserve_a_look_first, no_text_becomes_markup, expected_stands_against_seen,
    a_cursor_tells_the_values_under_it, a_change_of_theme_and_a_turn_of_the_phone_draw_anew,
    paper_is_light_and_has_all_rows, every_colour_can_be_read, without_scripts_there_is_the_summary, a_lonely_point_is_drawn,
    a_rate_that_was_not_held_is_no_plain_pass, without_a_certificate_there_is_no_identity,
    pinload_merge_writes_the_same_page, the_merger_of_two_shows_latency_over_time_and_both_commands,
    the_merger_of_two_days_shows_the_latencies_of_its_intervals, a_merger_that_cannot_tell_latency_over_time_says_so,
    the_merger_of_an_interrupted_run_is_interrupted, every_result_of_these_tests_holds_its_schema,
];

execFileSync(makePages, [directory]);
await runTests(tests);
