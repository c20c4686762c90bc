// SPDX-License-Identifier: Apache-2.0
//
// The page of a search, opened in Chromium: the one that the test of its reports writes, and what becomes of it
// with other data.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

import {
    assertFigures, changedPage, colouredPixels, dataOf, inDirectory, open, overflow, phone, runTests, textOf, wide,
} from './browser.mjs';

const hostile = "https://localhost/</script><script>document.title='broken'</script><img src=x onerror=alert(1)>";
const htmlFile = inDirectory('found.html');
const changed = (name, change) => changedPage(htmlFile, name, change);

function makePage() {
    const made = spawnSync(process.env.PINLOAD_FIND_REPORTS, { encoding: 'utf8', env: { ...process.env, PINLOAD_FIND_PAGE: htmlFile } });
    assert.equal(made.status, 0, made.stderr);
}

async function assertReadable(page) {
    assert.ok(await assertFigures(page, await dataOf(page)) > 5, 'figures are shown');
    assert.doesNotMatch(await textOf(page, 'body'), /NaN|undefined|Infinity|\[object|\bnull\b/);
}

async function the_page_says_what_holds_and_why_no_more() {
    await open(htmlFile, {}, async (page) => {
        await assertReadable(page);
        assert.equal(await textOf(page, '#verdict .word'), 'HOLDS');
        const text = await textOf(page, '#verdict');
        assert.match(text, /holds 510\/s/);
        assert.match(text, /95 % interval \[512\/s, 523\/s\]/);
        assert.match(text, /The limit was the SLO: at 520\/s session\.p99 is 20\.5 ms\./);
        const rows = await page.$$eval('#stages tbody tr', (nodes) => nodes.map((node) => [node.className, node.lastElementChild.textContent]));
        assert.equal(rows.length, 8);
        rows.forEach(([look, words]) => assert.equal(look === 'odd', words.startsWith('broken by')));
        assert.equal(await page.$eval('#repeat .plan pre', (node) => node.textContent), 'command = "find"\n');
    });
}

async function every_stage_is_a_point() {
    for (const [viewport, colorScheme] of [[wide, 'light'], [wide, 'dark'], [phone, 'light']]) {
        await open(htmlFile, { viewport, colorScheme }, async (page) => {
            const pixels = await colouredPixels(page);
            assert.equal(pixels.length, 1);
            assert.ok(pixels[0] > 300, 'the chart has points');
            assert.ok(await overflow(page) <= 0, `it is wider than ${viewport.width} px`);
            await page.screenshot({ path: inDirectory(`find-${viewport.width}-${colorScheme}.png`), fullPage: true });
        });
    }
}

async function what_is_not_known_is_not_drawn() {
    const file = changed('nothing', (data) => {
        Object.assign(data.answer, { end: 'none_holds', holds: null, edge: null, ci95: [null, null] });
        data.stages = data.stages.slice(0, 1).map((stage) => ({ ...stage, held: false, broken_by: 'failures', why: 'x', p50: null, p99: null, per_second: null }));
    });
    await open(file, {}, async (page) => {
        assert.equal(await textOf(page, '#verdict .word'), 'NOTHING HOLDS');
        assert.equal((await colouredPixels(page)).length, 0);
        assert.doesNotMatch(await textOf(page, 'body'), /NaN|undefined|Infinity|\bnull\b/);
    });
}

async function at_least_is_amber() {
    const file = changed('least', (data) => {
        data.by = 'connections';
        Object.assign(data.answer, { at_least: true, limit: 'ports' });
        data.words.doubt = 'pinload was the limit';
    });
    await open(file, {}, async (page) => {
        assert.equal(await textOf(page, '#verdict .word'), 'AT LEAST');
        assert.ok(await page.$eval('#verdict', (node) => node.classList.contains('warn')));
        assert.match(await textOf(page, '.notice.warn'), /^But: pinload was the limit\.$/);
    });
}

async function no_text_becomes_markup() {
    const file = changed('hostile', (data) => {
        data.url = data.words.answer = data.words.limit = data.plan = hostile;
        data.slo[0].condition = hostile;
        data.stages[3].why = hostile;
    });
    await open(file, {}, async (page) => {
        assert.ok((await textOf(page, 'body')).includes(hostile));
        assert.equal(await page.$$eval('img', (nodes) => nodes.length), 0);
        assert.notEqual(await page.title(), 'broken');
    });
}

makePage();
await runTests([
    the_page_says_what_holds_and_why_no_more, every_stage_is_a_point, what_is_not_known_is_not_drawn, at_least_is_amber, no_text_becomes_markup,
]);
