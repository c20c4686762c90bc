// SPDX-License-Identifier: Apache-2.0
//
// The page of a comparison, opened in Chromium: a real one, made here without a network, and copies with changed data.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

import {
    assertFigures, binary, changedPage, dataOf, inDirectory, open, overflow, phone, plain, runTests, textOf, wide,
} from './browser.mjs';

const hostile = "https://localhost/</script><script>document.title='broken'</script><img src=x onerror=alert(1)>";
const measures = ['verify_callback', 'handshake_cpu', 'tls_handshake', 'instructions'];
const compared = ['pin', 'chain', 'chain+pin', 'control'];

const htmlFile = inDirectory('real.html');
const jsonFile = inDirectory('real.json');
const realJson = () => JSON.parse(fs.readFileSync(jsonFile, 'utf8'));
const compare = (...more) => spawnSync(binary, ['compare', '--in-process', '-n', '200', ...more], { encoding: 'utf8', maxBuffer: 1 << 24 });

// --- pages -----------------------------------------------------------------------------------------------------

function makeRealPage() {
    const { status, stderr } = compare('-q', '--json', jsonFile, '--html', htmlFile);
    assert.equal(status, 0, stderr);
}

// changed writes the real page with its data changed by CHANGE, and returns its file.
const changed = (name, change) => changedPage(htmlFile, name, change);

// settle makes the control zero by the book, whatever this machine measured.
function settle(data) {
    data.trusted = true;
    for (const part of Object.values(data.control))
        Object.assign(part, { delta_us: 0.01, ci95_us: [-0.5, 0.6], ci_trust_us: [-0.9, 1], distinguishable: false, p_value: 0.8 });
}

function makeWorst(data) {
    settle(data);
    data.trusted = false;
    Object.assign(data.control.handshake_cpu, { delta_us: -3.2, ci95_us: [-4.1, -2.2], ci_trust_us: [-4.6, -1.7], distinguishable: true });
    Object.assign(data, { interrupted_by: 15, command: [...data.command, '--pass', 'pass:***'],
        failures: { reset: 2, closed_early: 1 },
        resolve_difference: { difference_us: 1, resolved: false, sessions: 200, least_seen_us: 3, sessions_needed: 1800, why_not: 'it would take long' } });
    data.arms[1].failed = 3;
    data.arms[1].counted -= 3;
    data.arms[2].counted -= 2;
}

function makeBusyNetwork(data) {
    settle(data);
    Object.assign(data.config, { in_process: false, where: 'https://localhost/', connections: 10, session_mode: 'resume' });
    data.arms[2].counted -= 1;
    data.resolve_difference = { difference_us: 1, resolved: true, sessions: 1200, least_seen_us: 0.87, sessions_needed: 910, why_not: null };
}

// A processor that counts instructions.
function countInstructions(data) {
    settle(data);
    data.config.no_instructions = null;
    data.arms.forEach((arm, i) => Object.assign(arm, { instructions: 412018.783 + 1000 * i }));
    const counted = { pin: [2105, [1800, 2409]], chain: [171002, [170000, 172000]], 'chain+pin': [173300, [172500, 174100]] };
    for (const [arm, [delta_us, ci95_us]] of Object.entries(counted)) {
        data.differences.push({ ...data.differences[0], arm, metric: 'instructions', delta_us, ci95_us,
            percent: delta_us / 4000, distinguishable: true });
    }
    data.control.instructions = { ...data.control.tls_handshake, metric: 'instructions', delta_us: 4, ci95_us: [-12, 19],
        ci_trust_us: [-20, 30] };
}

function forgetIntervals(data) {
    const nothing = { delta_us: null, ci95_us: [null, null], percent: null, p_value: null, distinguishable: false };
    data.trusted = false;
    data.differences.forEach((one) => Object.assign(one, nothing));
    Object.values(data.control).forEach((one) => Object.assign(one, nothing, { ci_trust_us: [null, null] }));
}

// --- what it shows ---------------------------------------------------------------------------------------------

// The page has more digits than the JSON, and only what distributions come to.
function assertSame(shown, full, where = '') {
    if (typeof full === 'number')
        return assert.ok(Math.abs(shown - full) <= 1e-7 * Math.abs(full), `${where}: ${shown}, not ${full}`);
    if (full === null || typeof full !== 'object')
        return assert.equal(shown, full, where);
    const names = Object.keys(full).filter((name) => name !== 'hdr' && name !== 'values');
    assert.deepEqual(Object.keys(shown), names, where);
    names.forEach((name) => assertSame(shown[name], full[name], `${where}.${name}`));
}

async function assertReadable(page) {
    assert.ok(await assertFigures(page, await dataOf(page)) > 10, 'figures are shown');
    assert.doesNotMatch(await textOf(page, 'body'), /NaN|undefined|Infinity|\[object|\bnull\b/);
    const bad = await page.$$eval('#intervals svg *', (nodes) => nodes.filter((node) =>
        [...node.attributes].some(({ value }) => /NaN|Infinity|undefined/.test(value))).length);
    assert.equal(bad, 0, 'what is drawn has a place');
}

async function the_page_shows_the_figures_of_the_json_of_the_same_run() {
    await open(htmlFile, {}, async (page) => {
        const json = realJson();
        assertSame(await dataOf(page), json);
        await assertReadable(page);
        assert.equal(await textOf(page, '#verdict .word'), json.trusted ? 'TRUSTED' : 'NOT TO BE TRUSTED');
        const first = await page.$eval('main', (main) => [...main.children].slice(0, 2).map((node) => node.localName + node.id));
        assert.deepEqual(first, ['header', 'sectionverdict'], 'the verdict comes first');
        const shown = await page.$$eval('[data-path$=".delta_us"]', (nodes) => nodes.map((node) => node.dataset.path));
        assert.equal(shown.length, json.differences.length + Object.keys(json.control).length, 'every difference');
        const body = await textOf(page, 'body');
        for (const value of [json.config.version, json.config.cipher, json.config.group, json.config.server_signature])
            assert.ok(body.includes(value), value);
        assert.ok((await textOf(page, '#method')).includes(json.config.no_instructions ?? 'counted'));
    });
}

async function each_measure_has_a_row_for_each_arm() {
    await open(htmlFile, {}, async (page) => {
        const { control } = realJson();
        const counted = measures.filter((name) => name in control);
        const forests = await page.$$eval('.forest', (nodes) => nodes.map((node) => [node.dataset.measure,
            [...node.querySelectorAll('[data-arm]')].map((row) => row.dataset.arm)]));
        assert.deepEqual([...new Set(forests.map(([name]) => name))], counted);
        forests.forEach(([name, rows]) => assert.deepEqual(rows, compared, name));
        const tables = await page.$$eval('#differences [data-measure]', (nodes) => nodes.map((node) =>
            [...node.querySelectorAll('tbody th')].map((cell) => cell.textContent)));
        assert.equal(tables.length, counted.length);
        tables.forEach((rows) => assert.deepEqual(rows, compared));
        const arms = await page.$$eval('#arms tbody th', (cells) => cells.map((cell) => cell.textContent));
        assert.deepEqual(arms, ['none', ...compared]);
    });
}

// The first forest of MEASURE as it lies on the screen: each row's line at zero, dot, and bar.
const placesOf = (page, measure) => page.$eval(`.forest[data-measure="${measure}"]`, (forest) => {
    const middle = (node) => { const box = node.getBoundingClientRect(); return box.left + box.width / 2; };
    return [...forest.querySelectorAll('[data-arm]')].map((row) => {
        const bar = row.querySelector('.interval').getBoundingClientRect();
        const lane = row.querySelector('.lane').getBoundingClientRect();
        return { zero: middle(row.querySelector('.zero')), dot: middle(row.querySelector('.estimate')),
            from: bar.left, to: bar.right, lane: [lane.left, lane.right] };
    });
});

async function intervals_lie_where_their_figures_say() {
    for (const viewport of [wide, phone]) {
        await open(htmlFile, { viewport }, async (page) => {
            const json = realJson();
            for (const measure of Object.keys(json.control)) {
                const rows = [...json.differences.filter(({ metric }) => metric === measure), json.control[measure]];
                const places = await placesOf(page, measure);
                const largest = rows.reduce((a, b, i) => (Math.abs(b.delta_us) > Math.abs(rows[a].delta_us) ? i : a), 0);
                const perUnit = (places[largest].dot - places[largest].zero) / rows[largest].delta_us;
                assert.ok(perUnit > 0, `${measure}: more is on the right`);
                rows.forEach((row, i) => {
                    const { zero, dot, from, to, lane } = places[i];
                    assert.ok(Math.abs(zero - places[0].zero) < 0.1, 'one line at zero');
                    for (const [place, value] of [[dot, row.delta_us], [from, row.ci95_us[0]], [to, row.ci95_us[1]]])
                        assert.ok(Math.abs(place - zero - value * perUnit) < 3, `${measure}, ${row.arm}: ${value} is at ${place - zero} px`);
                    assert.ok(from >= lane[0] && to <= lane[1], `${measure}, ${row.arm}: within its lane`);
                });
            }
        });
    }
}

async function pictures_have_words() {
    await open(htmlFile, {}, async (page) => {
        const words = (await page.$$eval('#intervals svg[role="img"] > title', (nodes) => nodes.map((node) => node.textContent))).map(plain);
        assert.ok(words.length >= 12);
        words.forEach((text) => assert.match(text, /^\S+: [+−]?[\d.,]+( µs)?, 95 % interval from −?[\d.,]+ to −?[\d.,]+( µs)?, (not )?distinguishable from zero$/));
        assert.match(words.find((text) => text.startsWith('chain:')), /, distinguishable from zero$/);
        assert.equal(await page.$eval('.forest [data-arm="chain"]', (row) => row.classList.contains('told')), true);
    });
}

async function what_a_scale_squeezes_is_shown_enlarged() {
    await open(htmlFile, {}, async (page) => {
        const forests = await page.$$('.forest[data-measure="verify_callback"]');
        assert.equal(forests.length, 2, 'a pin costs little beside a chain');
        const kinds = await forests[1].$$eval('[data-arm]', (rows) => rows.map((row) => [row.dataset.arm, row.querySelector('.beyond') !== null]));
        assert.deepEqual(kinds, [['pin', false], ['chain', true], ['chain+pin', true], ['control', false]]);
    });
}

async function it_fits_every_screen_in_both_themes_and_paper() {
    const files = [htmlFile, changed('worst', makeWorst), changed('counted', countInstructions)];
    for (const file of files) {
        for (const [look, viewport, colorScheme] of [['light', wide, 'light'], ['dark', wide, 'dark'], ['phone', phone, 'light']]) {
            await open(file, { viewport, colorScheme }, async (page) => {
                assert.ok(await overflow(page) <= 0, `${file} is wider than ${viewport.width} px`);
                await page.screenshot({ path: file.replace('.html', `-${look}.png`), fullPage: true });
            });
        }
    }
    await open(htmlFile, { colorScheme: 'dark' }, async (page) => {
        const dot = () => page.$eval('.told .estimate', (node) => getComputedStyle(node).fill);
        const dark = await dot();
        await page.emulateMedia({ media: 'print' });
        assert.notEqual(await dot(), dark, 'paper is light');
        await page.pdf({ path: inDirectory('real.pdf'), format: 'A4' });
    });
}

async function what_must_be_known_first_is_said() {
    await open(changed('worst', makeWorst), {}, async (page) => {
        assert.equal(await textOf(page, '#verdict .word'), 'NOT TO BE TRUSTED');
        assert.match(await textOf(page, '#verdict'), /none again, shows a difference: −3\.20 µs \[−4\.10, −2\.20\] of handshake CPU\./);
        const notices = (await page.$$eval('.notice', (nodes) => nodes.map((node) => node.innerText))).map(plain);
        assert.deepEqual(notices.map((text) => text.slice(0, 16)), ['Interrupted by S', '3 sessions faile', '2 sessions were ', 'Not resolved to ']);
        assert.match(notices[1], /are in no figure: reset 2, closed_early 1\.$/);
        assert.match(notices[2], /^2 sessions were resumed and are in no figure\.$/);
        assert.match(notices[3], /to 1 µs: it would take long\./);
        assert.match(await textOf(page, '#verdict .books'), /^197 sessions of each arm counted/);
        assert.equal(await page.$$eval('.forest .row.off', (rows) => rows.every((row) => row.dataset.arm === 'control')), true);
        assert.equal(await page.$$eval('#differences tr.odd', (rows) => rows.length), 1);
        assert.match(await textOf(page, '#repeat'), /\*\*\* stands for a password, or for the value of a header/);
        const { plan } = JSON.parse(await page.$eval('#data', (node) => node.textContent));
        assert.equal(await page.$eval('#repeat .plan pre', (node) => node.textContent), plan);
        assert.match(plan, /^command = "compare"\n/);
        await assertReadable(page);
    });
}

async function what_was_left_out_and_what_is_too_small_is_said() {
    await open(changed('busy', makeBusyNetwork), {}, async (page) => {
        const notices = (await page.$$eval('.notice', (nodes) => nodes.map((node) => node.innerText))).map(plain);
        assert.match(notices[0], /^1 session was not resumed and is in no figure\.$/);
        assert.match(notices[1], /^Several sessions were in flight: .* wall-clock time come out too small\. Use -c 1/);
        assert.match(notices[2], /^Resolved: after 1,200 sessions of each arm 0\.87 µs of handshake CPU/);
        assert.equal(notices.length, 3);
        await assertReadable(page);
    });
}

async function a_baseline_alone_is_compared_with_its_control() {
    const file = changed('lonely', (data) => {
        settle(data);
        data.arms = data.arms.filter(({ name }) => name === 'none' || name === 'control');
        data.differences = [];
    });
    await open(file, {}, async (page) => assert.equal(await textOf(page, 'h1'), 'control against none'));
}

async function small_differences_have_three_decimals() {
    const file = changed('fine', (data) => {
        settle(data);
        Object.assign(data.differences.find(({ arm, metric }) => arm === 'pin' && metric === 'verify_callback'),
            { delta_us: 0.0034, ci95_us: [0.0012, 0.0061], distinguishable: true });
    });
    await open(file, {}, async (page) => assert.match(await textOf(page, '#words'), /\+0\.003 µs \[0\.001, 0\.006\] in the callback/));
}

async function instructions_are_counts() {
    await open(changed('counted', countInstructions), {}, async (page) => {
        assert.equal(await textOf(page, '#verdict .word'), 'TRUSTED');
        assert.match(await textOf(page, '#words'), /\+171,002 \[170,000; 172,000\] instructions/);
        assert.doesNotMatch(await textOf(page, '.forest[data-measure="instructions"]'), /µs/);
        assert.match(await textOf(page, '#arms'), /412,019/);
        await assertReadable(page);
    });
}

async function too_few_sessions_are_said_and_not_drawn() {
    await open(changed('few', forgetIntervals), { viewport: phone }, async (page) => {
        assert.match(await textOf(page, '#verdict'), /too few sessions/);
        assert.equal(await page.$$eval('.forest', (nodes) => nodes.length), 0);
        assert.match(await textOf(page, '#intervals'), /Not known/);
        await assertReadable(page);
        assert.ok(await overflow(page) <= 0);
    });
}

async function no_text_becomes_markup() {
    const file = changed('hostile', (data) => {
        Object.assign(data.config, { in_process: false, where: hostile, cipher: hostile, no_instructions: hostile });
        data.command.push(hostile);
    });
    await open(file, { viewport: phone }, async (page) => {
        assert.equal(await page.$$eval('img, main script', (nodes) => nodes.length), 0);
        assert.ok((await textOf(page, '.plan')).includes(hostile));
        assert.ok(await overflow(page) <= 0);
    });
}

async function a_command_of_any_bytes_can_be_shown() {
    const { status, stderr } = spawnSync('bash', ['-c', `file=$1$'\\xff' && "$0" compare --in-process -q -n 120 --html "$file" --json "$file.json" &&
        mv "$file" "$1.html" && mv "$file.json" "$1.json"`, binary, inDirectory('bytes')], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.ok(JSON.parse(fs.readFileSync(inDirectory('bytes.json'), 'utf8')).command.includes(inDirectory('bytes\ufffd')));
    await open(inDirectory('bytes.html'), {}, async (page) => assert.ok((await textOf(page, '#repeat pre')).includes('bytes\ufffd')));
}

async function files_are_checked_before_the_run() {
    const missing = compare('--html', inDirectory('missing/page.html'));
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /--html/);
    assert.equal(missing.stdout, '');
    const both = compare('--html', '-', '--json', '-');
    assert.equal(both.status, 2);
    assert.match(both.stderr, /--json and --html both go to '-'/);
    const piped = compare('--html', '-');
    assert.ok(piped.stdout.startsWith('<!doctype html>') && piped.stdout.endsWith('</html>\n'), '- is standard output');
    assert.match(piped.stderr, /^pinload compare/, 'and the summary is not there');
}

makeRealPage();
await runTests([
    the_page_shows_the_figures_of_the_json_of_the_same_run, each_measure_has_a_row_for_each_arm, intervals_lie_where_their_figures_say,
    pictures_have_words, what_a_scale_squeezes_is_shown_enlarged, it_fits_every_screen_in_both_themes_and_paper,
    what_must_be_known_first_is_said, what_was_left_out_and_what_is_too_small_is_said, a_baseline_alone_is_compared_with_its_control,
    small_differences_have_three_decimals, instructions_are_counts, too_few_sessions_are_said_and_not_drawn, no_text_becomes_markup,
    a_command_of_any_bytes_can_be_shown, files_are_checked_before_the_run,
]);
