// SPDX-License-Identifier: Apache-2.0
//
// The page of a diff, opened in Chromium: of results of virtual runs, and what becomes of it with other data.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

import {
    assertFigures, binary, changedPage, colouredPixels, dataOf, inDirectory, open, overflow, phone, plain, runTests, textOf, wide,
} from './browser.mjs';

const hostile = "https://localhost/</script><script>document.title='broken'</script><img src=x onerror=alert(1)>";
const htmlFile = inDirectory('worse.html');
const jsonFile = inDirectory('worse.json');
const realJson = () => JSON.parse(fs.readFileSync(jsonFile, 'utf8'));

function diff(...more) {
    return spawnSync(binary, ['diff', ...more], { encoding: 'utf8', cwd: inDirectory(), maxBuffer: 1 << 24 });
}

function makePages() {
    const made = spawnSync(process.env.PINLOAD_MAKE_RESULTS, [inDirectory()], { encoding: 'utf8' });
    assert.equal(made.status, 0, made.stderr);
    const worse = diff('-q', 'old.json', 'slow.json', '--fail-if-worse', 'tls_handshake.p50 > 5%', '--json', jsonFile, '--html', htmlFile);
    assert.equal(worse.status, 1, worse.stderr);
    for (const [name, ...args] of [['same', 'old.json', 'same.json'], ['forced', 'old.json', 'other.json', 'slow.json', '--force']]) {
        const { status, stderr } = diff('-q', ...args, '--html', inDirectory(`${name}.html`));
        assert.equal(status, 0, stderr);
    }
}

// changed writes the real page with its data changed by CHANGE, and returns its file.
const changed = (name, change) => changedPage(htmlFile, name, change);

async function assertReadable(page) {
    assert.ok(await assertFigures(page, await dataOf(page)) > 10, 'figures are shown');
    assert.doesNotMatch(await textOf(page, 'body'), /NaN|undefined|Infinity|\[object|\bnull\b/);
}

async function the_page_shows_the_figures_of_the_json() {
    await open(htmlFile, {}, async (page) => {
        const json = realJson();
        const data = await dataOf(page);
        delete data.page;
        delete data.command;
        delete json.command;
        const rounded = (object) => JSON.parse(JSON.stringify(object, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(7)) : value)));
        assert.deepEqual(rounded(data), rounded(json));
        await assertReadable(page);
        assert.equal(await textOf(page, '#verdict .word'), 'WORSE');
        assert.match(await textOf(page, '#verdict'), /tls_handshake\.p50 \+[\d.]+ %/);
        assert.match(await textOf(page, '.notice.bad'), /^Fails: tls_handshake.p50 is worse by/);
        const rows = await page.$$eval('#figures tbody tr', (nodes) => nodes.map((node) => [node.className, node.lastElementChild.textContent]));
        assert.equal(rows.length, json.figures.length);
        rows.forEach(([look, words]) => assert.equal(look === 'odd', words === 'worse'));
    });
}

async function both_distributions_are_drawn_over_each_other() {
    await open(htmlFile, {}, async (page) => {
        const labels = await page.$$eval('#distributions .plot', (nodes) => nodes.map((node) => node.getAttribute('aria-label')));
        assert.equal(labels.length, 2, 'of handshakes and of sessions');
        for (const label of labels)
            assert.match(plain(label), /old: p50 [\d.]+ (µs|ms).*new: p50 [\d.]+ (µs|ms)/);
        const pixels = await colouredPixels(page);
        assert.ok(pixels.length === 2 && pixels.every((count) => count > 300), `${pixels}`);
        const legend = await page.$$eval('#distributions .legend', ([node]) => node.innerText);
        assert.match(legend, /new[^]*old/, 'what is drawn behind is named last');
    });
}

async function where_nothing_changed_it_says_so() {
    await open(inDirectory('same.html'), {}, async (page) => {
        await assertReadable(page);
        assert.equal(await textOf(page, '#verdict .word'), 'NO DIFFERENCE SEEN');
        assert.match(await textOf(page, '#method'), /One run a side/);
        assert.equal(await page.$('.notice.bad'), null);
    });
}

async function what_was_forced_is_said_first() {
    await open(inDirectory('forced.html'), {}, async (page) => {
        assert.match(await textOf(page, '.notice.warn'), /^The plans differ: connections is 10 in/);
        assert.doesNotMatch(await textOf(page, '#method'), /One run a side/);
        assert.match(await textOf(page, '#figures'), /results a side|–/);
    });
}

async function each_verdict_has_its_words() {
    const rows = [['better', 'BETTER', 'good'], ['changed', 'CHANGED', 'warn'], ['not_known', 'NOTHING IS KNOWN', 'warn']];
    for (const [verdict, word, tone] of rows) {
        const file = changed(verdict, (data) => {
            data.verdict = verdict;
            for (const one of data.figures) {
                Object.assign(one, { verdict });
                if (verdict === 'not_known')
                    Object.assign(one, { why_not_known: 'too few seconds', change_percent: null, ci95_percent: [null, null], p_value: null,
                        p_adjusted: null, least_seen_percent: null, seconds_needed: null, results_needed: null });
            }
        });
        await open(file, {}, async (page) => {
            assert.equal(await textOf(page, '#verdict .word'), word);
            assert.equal(await page.$eval('#verdict', (node, name) => node.classList.contains(name), tone), true);
            assert.doesNotMatch(await textOf(page, 'body'), /NaN|undefined|\bnull\b/);
        });
    }
}

async function it_fits_every_screen_in_both_themes() {
    for (const [viewport, colorScheme] of [[wide, 'light'], [wide, 'dark'], [phone, 'light']]) {
        await open(htmlFile, { viewport, colorScheme }, async (page) => {
            assert.ok(await overflow(page) <= 0, `${viewport.width} ${colorScheme}`);
            await page.screenshot({ path: inDirectory(`diff-${viewport.width}-${colorScheme}.png`), fullPage: true });
        });
    }
}

async function no_text_becomes_markup() {
    const file = changed('hostile', (data) => {
        data.url = data.old[0].file = data.command[2] = hostile;
        data.remarks = [hostile];
        data.plan_differences = [hostile];
        data.checks[0].violation = hostile;
    });
    await open(file, {}, async (page) => {
        assert.notEqual(await page.title(), 'broken');
        assert.equal(await page.$('img'), null);
        assert.ok((await textOf(page, 'h1')).includes('<img src=x'));
    });
}

async function without_scripts_the_verdict_is_read() {
    await open(htmlFile, { javaScriptEnabled: false }, async (page) =>
        assert.match(await page.$eval('noscript', (node) => node.textContent), /WORSE · https:\/\/localhost\/ · pinload diff/));
}

makePages();
await runTests([
    the_page_shows_the_figures_of_the_json, both_distributions_are_drawn_over_each_other, where_nothing_changed_it_says_so,
    what_was_forced_is_said_first, each_verdict_has_its_words, it_fits_every_screen_in_both_themes, no_text_becomes_markup,
    without_scripts_the_verdict_is_read,
]);
