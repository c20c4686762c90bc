// SPDX-License-Identifier: Apache-2.0
//
// The HTML report as used by a reader: rows sorted and filtered, with the keyboard alone, and what a screen reader
// announces.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';

import { binary, directory, inDirectory, makePages, open, overflow, phone, runTests } from './browser.mjs';
import { assertCharts, dataOf, textOf } from './result-page.mjs';

const fileOf = (name) => inDirectory(`${name}.html`);
const jsonOf = (name) => JSON.parse(fs.readFileSync(inDirectory(`${name}.json`), 'utf8'));
const hostile = '<img src=x onerror=alert(1)>.json';
const plain = (text) => text.replaceAll('\u00a0', ' ');

// The visible rows of the identities: lists of cells.
const rowsOf = (page) => page.$$eval('#identities tbody tr', (rows) => rows.filter((row) => row.offsetHeight > 0)
    .map((row) => [...row.children].map((cell) => cell.textContent.replaceAll('\u00a0', ' '))));

async function sorts(page, head) {
    await page.click(`#identities thead button:text-is("${head}")`);
    return page.$eval('#identities th[aria-sort]', (node) => [node.textContent, node.getAttribute('aria-sort')]);
}

async function identities_are_sorted_by_each_column() {
    const { identities } = jsonOf('sorted');
    const greatest = (pick) => identities.reduce((best, one) => (pick(one) > pick(best) ? one : best)).name;
    await open(fileOf('sorted'), {}, async (page) => {
        assert.equal(await page.$$eval('#identities th[aria-sort]', (nodes) => nodes.length), 0);
        assert.equal((await rowsOf(page))[0][0], 'client9', 'those not as expected come first');
        for (const [head, pick] of [['sessions', (one) => one.sessions], ['succeeded', (one) => one.succeeded],
            ['refused', (one) => one.refused], ['failed', (one) => one.failed], ['hs p50', (one) => one.tls_handshake.p50],
            ['hs p99', (one) => one.tls_handshake.p99]]) {
            assert.deepEqual(await sorts(page, head), [head, 'descending']);
            assert.equal((await rowsOf(page))[0][0], greatest(pick), head);
        }
        assert.deepEqual(await sorts(page, 'hs p99'), ['hs p99', 'ascending']);
        assert.deepEqual(await sorts(page, 'Identity'), ['Identity', 'ascending']);
        assert.deepEqual((await rowsOf(page)).slice(0, 3).map(([name]) => name), ['client0', 'client1', 'client2'], 'numbers in names count');
        await page.click('#identities .unfold');
        await sorts(page, 'hs p99');
        assert.equal((await rowsOf(page)).at(-1)[0], 'client7', 'what has no value is last');
        await sorts(page, 'hs p99');
        assert.equal((await rowsOf(page)).at(-1)[0], 'client7');
    });
}

async function identities_are_looked_for_by_name_and_kind() {
    await open(fileOf('sorted'), {}, async (page) => {
        await page.fill('#identity-name', 'TENANT');
        assert.equal((await rowsOf(page)).length, 10);
        assert.equal(await textOf(page, '#identities [role=status]'), '10 of 40');
        await page.fill('#identity-name', '');
        for (const [kind, name] of [['odd', 'client9'], ['failed', 'client9'], ['refused', 'client3'], ['none', 'client7']]) {
            await page.selectOption('#identity-kind', kind);
            assert.deepEqual((await rowsOf(page)).map(([first]) => first), [name], kind);
        }
        await page.selectOption('#identity-kind', 'all');
        assert.equal((await rowsOf(page)).length, 20);
        await page.fill('#identity-name', 'nobody has this name');
        assert.equal(await textOf(page, '#identities [role=status]'), '0 of 40');
        await page.emulateMedia({ media: 'print' });
        assert.equal((await rowsOf(page)).length, 0, 'paper has what was looked for');
    });
}

// Among ten thousand one is found by its name, and all are sorted, though few are shown.
async function one_of_ten_thousand_is_found() {
    const { identities } = jsonOf('crowd');
    await open(fileOf('crowd'), {}, async (page) => {
        await page.fill('#identity-name', 'client00300');
        const [row, ...others] = await rowsOf(page);
        const one = identities.find(({ name }) => name === 'client00300');
        assert.deepEqual([row.slice(0, 4), others.length], [['client00300', 'accepted', '✓ accepted', String(one.sessions)], 0]);
        assert.equal(await textOf(page, '#identities [role=status]'), '1 of 10,000');
        await page.fill('#identity-name', '');
        await sorts(page, 'hs p99');
        await sorts(page, 'hs p99');
        const [[first]] = await rowsOf(page);
        assert.equal(identities.find(({ name }) => name === first).tls_handshake.p99, Math.min(...identities.map((identity) => identity.tls_handshake.p99)));
        await page.selectOption('#identity-kind', 'odd');
        assert.equal(await textOf(page, '#identities [role=status]'), '250 of 10,000');
    });
    await open(fileOf('sorted'), {}, async (page) => {
        await page.fill('#identity-name', 'client2');
        assert.equal((await rowsOf(page))[0][0], 'client2', 'the name itself is before those that begin with it');
    });
}

// Names may be so long that not all identities have room: what is left out is said, and the odd ones are not.
async function what_has_no_room_is_said() {
    const { identities } = jsonOf('worst');
    await open(fileOf('worst'), {}, async (page) => {
        const data = await dataOf(page);
        const [shown, more] = [data.identities.length, data.page.more.identities];
        assert.ok(shown > 2000 && shown + more === 10000, `${shown}`);
        assert.equal(data.identities.filter((identity) => !identity.as_expected).length, 250);
        const slowest = [...identities].sort((a, b) => b.tls_handshake.p99 - a.tls_handshake.p99)[0].name;
        assert.ok(data.identities.some(({ name }) => name === slowest));
        assert.match(plain(await textOf(page, '#identities .note')), new RegExp(`This page has ${shown.toLocaleString('en-US')} of them; the ` +
            `${more.toLocaleString('en-US')} that are left out are in the JSON result\\.`));
    });
}

async function few_samples_no_session_and_other_statuses_are_told() {
    await open(fileOf('sorted'), {}, async (page) => {
        const rows = await page.$$eval('#identities tbody tr', (nodes) => nodes.map((row) =>
            [...row.children].map((cell) => cell.textContent.replaceAll('\u00a0', ' '))));
        const row = (name) => rows.find(([first]) => first === name);
        for (const { name, tls_handshake: { count } } of jsonOf('sorted').identities)
            assert.equal(row(name)[8].endsWith('†'), count > 0 && count < 100, `${name} of ${count}`);
        assert.deepEqual(row('client7').slice(2), ['– no session', '0', '0', '0', '0', '–', '–', '–']);
        assert.match(row('client9').at(-1), /^\d+ 2xx, 2 4xx$/);
        assert.equal(row('client12')[1], 'accepted, 200, 204');
        const words = plain(await textOf(page, '#identities'));
        assert.match(words, /1 has had no session\./);
        assert.match(words, /† of fewer than 100 handshakes, of which the p99 is the longest/);
    });
    await open(fileOf('mixed'), {}, async (page) => {
        assert.doesNotMatch(await textOf(page, '#identities'), /†|responses/);
    });
}

async function the_name_of_an_identity_stays_in_sight_on_a_phone() {
    for (const name of ['sorted', 'worst']) {
        await open(fileOf(name), { viewport: phone }, async (page) => {
            const frame = '#identities .frame';
            await page.$eval(frame, (node) => { node.scrollLeft = 10000; });
            const { left, width, scrolled, all } = await page.$eval(frame, (node) => {
                const box = node.querySelector('tbody tr:not(.folded) th').getBoundingClientRect();
                return { left: box.left - node.getBoundingClientRect().left, width: box.width, scrolled: node.scrollLeft, all: node.clientWidth };
            });
            assert.ok(scrolled > 0 && Math.abs(left) < 1, `${name}: the name is at ${left}`);
            assert.ok(width < all / 2, `${name}: the name takes ${width} of ${all} px`);
            assert.ok(await overflow(page) <= 0);
            await page.locator('#identities').screenshot({ path: inDirectory(`${name}-identities-phone.png`) });
        });
    }
}

// Columns in which all are alike, and what the sign beside it says, are left out on a phone.
async function failures_are_not_told_as_expected() {
    const failing = jsonOf('mixed');
    for (const identity of failing.identities)
        Object.assign(identity, { failed: identity.sessions, succeeded: 0, refused: 0 });
    fs.writeFileSync(inDirectory('all-failed.json'), JSON.stringify(failing));
    spawnSync(binary, ['merge', '-q', inDirectory('all-failed.json'), '--html', fileOf('all-failed')]);
    await open(fileOf('all-failed'), {}, async (page) => {
        assert.match(plain(await textOf(page, '#identities .note')), /None was accepted or refused against expectation; 4 have failed sessions\./);
        assert.ok((await rowsOf(page)).every((row) => row[2] === '! failed'));
    });
}

// Counts have no halves, and neither has their axis.
async function an_axis_of_counts_has_whole_numbers() {
    await open(fileOf('kept'), {}, async (page) => {
        const labels = await page.evaluate(`charts.filter(({ frame }) => /^(Histogram|Open)/.test(frame.getAttribute('aria-label')))
            .flatMap(({ plot }) => plot.axes[1]._values)`);
        assert.ok(labels.length > 4 && labels.every((label) => /^[\d,]+$/.test(label)), `${labels}`);
    });
}

async function a_phone_has_what_differs() {
    const heads = (page) => page.$$eval('#identities thead th', (nodes) => nodes.filter((node) => node.offsetWidth > 0).map((node) => node.textContent));
    await open(fileOf('mixed'), { viewport: phone }, async (page) => {
        assert.deepEqual(await heads(page), ['Identity', 'seen', 'sessions', 'succeeded', 'refused', 'hs p50', 'hs p99']);
    });
    await open(fileOf('mixed'), {}, async (page) => {
        assert.deepEqual(await heads(page), ['Identity', 'expected', 'seen', 'sessions', 'succeeded', 'refused', 'failed', 'hs p50', 'hs p99']);
    });
}

async function a_first_byte_that_is_the_last_is_one_row() {
    const names = (page) => page.$$eval('#phases tbody th', (nodes) => nodes.map((node) => node.textContent));
    await open(fileOf('sorted'), {}, async (page) => {
        const rows = await names(page);
        assert.ok(rows.includes('First byte, request') && !rows.includes('Request'), `${rows}`);
        assert.match(await textOf(page, '#phases'), /each response came in one piece/);
    });
    await open(fileOf('mixed'), {}, async (page) => {
        const rows = await names(page);
        assert.ok(rows.includes('First byte') && rows.includes('Request'), `${rows}`);
    });
}

async function the_keyboard_is_enough() {
    await open(fileOf('sorted'), {}, async (page) => {
        const focused = async () => {
            await page.keyboard.press('Tab');
            return page.evaluate(() => {
                const node = document.activeElement;
                const { outlineStyle, outlineWidth } = getComputedStyle(node);
                return { id: node.id, text: node.textContent, visible: outlineStyle !== 'none' && outlineWidth !== '0px' };
            });
        };
        await page.focus('#identity-name');
        await page.keyboard.type('client1');
        assert.equal((await rowsOf(page)).length, 11);
        assert.equal((await focused()).id, 'identity-kind');
        await focused(); // the frame, which the arrow keys scroll
        const head = await focused();
        assert.deepEqual(head, { id: '', text: 'Identity', visible: true });
        await page.keyboard.press('Enter');
        assert.equal((await rowsOf(page))[1][0], 'client10');
        await page.keyboard.press('Space');
        assert.equal((await rowsOf(page))[0][0], 'client19');
        assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Identity', 'the focus stays');
    });
}

// What cannot be seen is announced: each control, figure and table has a name, and heading levels never skip one.
async function a_screen_reader_is_told_what_is_what() {
    for (const name of ['sorted', 'kept', 'failing', 'mixed']) {
        await open(fileOf(name), {}, async (page) => {
            const nameless = await page.$$eval('button, input, select, [tabindex], [role=img], [role=region], canvas', (nodes) => nodes.filter((node) =>
                !(node.labels?.length > 0 || node.getAttribute('aria-label') || node.closest('[role=img][aria-label]') || node.textContent.trim()))
                .map((node) => node.outerHTML.slice(0, 80)));
            assert.deepEqual(nameless, [], name);
            const levels = await page.$$eval('h1, h2, h3', (nodes) => nodes.map((node) => Number(node.localName[1])));
            levels.forEach((level, i) => assert.ok(i === 0 ? level === 1 : level <= levels[i - 1] + 1, `${name}: heading ${i}`));
            const labels = await page.$$eval('.frame', (nodes) => nodes.map((node) => node.getAttribute('aria-label')));
            assert.equal(new Set(labels).size, labels.length, `${name}: each table has a name of its own: ${labels}`);
            assert.equal(await page.$$eval('[onclick], [onload], [onerror]', (nodes) => nodes.length), 0);
        });
    }
}

// --- how many took how long -----------------------------------------------------------------------------------

async function the_heatmap_and_the_histogram_have_each_handshake() {
    const sum = (list) => list.flat(2).reduce((a, b) => a + b, 0);
    await open(fileOf('mixed'), {}, async (page) => {
        const { heat, histograms, steps_per_decade: steps } = (await dataOf(page)).page;
        const { latency, intervals } = jsonOf('mixed');
        for (const kind of ['tls_handshake', 'tls_handshake_full', 'tls_handshake_resumed']) {
            const { first, counts } = histograms[kind];
            assert.equal(sum(counts), latency[kind].count, kind);
            const us = (step) => 10 ** (step / steps) / 1000;
            assert.ok(us(first) <= latency[kind].min * 1.01 && us(first + 1) > latency[kind].min * 0.99, kind);
            assert.ok(us(first + counts.length - 1) <= latency[kind].max * 1.01, kind);
        }
        assert.equal(heat.columns.length, intervals.length);
        assert.ok(heat.columns.every((counts) => sum(counts) === 1000), 'an interval of 1,000 handshakes is a column');
        assert.match(await textOf(page, '#percentiles .legend >> nth=1'), /full\s+resumed/);
        assert.match(plain(await page.$eval('#course [role=img][aria-label^=Heatmap]', (node) => node.getAttribute('aria-label'))),
            /columns of 1\.0 s\. The fullest cell has \d+ handshakes of [\d.]+ ms to [\d.]+ ms, at \d+ s; the longest handshakes took/);
    });
}

async function a_cell_tells_what_it_has() {
    await open(fileOf('mixed'), {}, async (page) => {
        const heat = (await page.$$('#course figure')).at(-1);
        await heat.scrollIntoViewIfNeeded();
        const box = await (await heat.$('.u-over')).boundingBox();
        await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
        const said = plain(await (await heat.$('.where')).innerText());
        assert.match(said, /^1[45] s · [\d.]+ ms to [\d.]+ ms · \d+ handshakes?$/);
        assert.match(plain(await (await heat.$('.ramp')).innerText()), /^1 +[\d,]+ handshakes$/);
        await page.mouse.move(box.x + 100, box.y + 20);
        await page.mouse.down();
        await page.mouse.move(box.x + 300, box.y + 20, { steps: 4 });
        await page.mouse.up();
        assert.ok(await page.evaluate('charts.at(-1).plot.scales.x.max < 29'), 'a stretch is drawn larger');
    });
}

async function a_long_run_has_two_hundred_columns_at_most() {
    await open(fileOf('day'), {}, async (page) => {
        const { heat } = (await dataOf(page)).page;
        assert.deepEqual([heat.columns.length, heat.seconds_per_column], [169, 512]);
    });
    await open(fileOf('typical'), {}, async (page) => {
        assert.equal((await dataOf(page)).page.heat, null, 'it is not known what was when');
        assert.equal(await page.$$eval('[aria-label^=Heatmap]', (nodes) => nodes.length), 0);
    });
}

// Kept-alive sessions have few handshakes: what is drawn over time is their requests.
async function a_kept_alive_run_has_the_heatmap_of_its_requests() {
    const kept = jsonOf('kept');
    const { hdr } = kept.latency.request;
    kept.intervals = [0, 1, 2].map((second) => ({ t_s: second, length_s: 1, request: hdr }));
    fs.writeFileSync(inDirectory('requests.json'), JSON.stringify(kept));
    execFileSync(binary, ['merge', '-q', inDirectory('requests.json'), '--html', fileOf('requests')]);
    await open(fileOf('requests'), {}, async (page) => {
        const { heat } = (await dataOf(page)).page;
        const sum = (list) => list.flat(2).reduce((a, b) => a + b, 0);
        assert.deepEqual([heat.kind, heat.columns.length, sum(heat.columns)], ['request', 3, 3 * kept.latency.request.count]);
        const words = await page.$eval('#course [aria-label^=Heatmap]', (node) => node.getAttribute('aria-label'));
        assert.match(plain(words), /^Heatmap of request latency over time, .* has [\d,]+ requests of /);
        assert.match(plain(await textOf(page, '#course')), /All requests\n+1 +[\d,]+ requests/);
        assert.match(await page.$eval('#requests [aria-label^=Histogram]', (node) => node.getAttribute('aria-label')), /^Histogram of request latency: of requests/);
    });
}

// What is above another is of the same time, and labels have room on a phone.
async function the_axes_of_the_charts_go_together() {
    for (const viewport of [phone, { width: 1200, height: 900 }]) {
        await open(fileOf('mixed'), { viewport }, async (page) => {
            const ends = await page.evaluate("charts.filter(({ frame }) => frame.closest('#course')).map(({ plot }) => [plot.scales.x.min, plot.scales.x.max])");
            assert.deepEqual(ends, [[0, 30], [0, 30], [0, 30], [0, 30]]);
            const gaps = await page.evaluate(`(() => {
                const { plot } = charts.find(({ frame }) => frame.getAttribute('aria-label').startsWith('Histogram'));
                const places = timesWithRoom(plot, 'x', roundTimes(plot.scales.x.min, plot.scales.x.max), 56)
                    .map((us) => plot.valToPos(us, 'x')).sort((a, b) => a - b);
                return places.slice(1).map((place, i) => place - places[i]);
            })()`);
            assert.ok(gaps.length >= 1 && gaps.every((gap) => gap >= 56), `${gaps}`);
        });
    }
}

async function open_sessions_are_drawn_where_they_are_told() {
    await open(fileOf('closed'), {}, async (page) => {
        const { open: counts } = (await dataOf(page)).page.course;
        assert.equal(counts[0], 0, 'it begins with none');
        assert.ok(counts.slice(1).every((count) => count === 64), `and does not end in a fall: ${counts}`);
        assert.match(plain(await textOf(page, '#course')), /Open sessions are those at its begin/);
    });
    const older = jsonOf('closed');
    older.series.forEach((row) => delete row.open);
    fs.writeFileSync(inDirectory('older.json'), JSON.stringify(older));
    execFileSync(binary, ['merge', '-q', inDirectory('older.json'), '--html', fileOf('older')]);
    await open(fileOf('older'), {}, async (page) => {
        assert.ok((await dataOf(page)).page.course.open.every((count) => count === null));
        assert.doesNotMatch(await textOf(page, '#course'), /[Oo]pen sessions/);
    });
}

// --- an earlier result -----------------------------------------------------------------------------------------

const chosen = (page, file) => page.setInputFiles('#earlier input', file);
const said = async (page) => plain(await textOf(page, '#earlier [role=status]'));

async function dropped(page, name, text) {
    const transfer = await page.evaluateHandle(([file, content]) => {
        const list = new DataTransfer();
        list.items.add(new File([content], file));
        return list;
    }, [name, text]);
    await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    await page.waitForFunction(() => document.querySelector('#earlier [role=status]').textContent !== '');
}

const legends = (page, id) => page.$$eval(`#${id} .legend`, (nodes) => nodes.map((node) => node.innerText.replace(/\s+/g, ' ').trim()));

async function an_earlier_result_is_drawn_behind() {
    await open(fileOf('mixed'), {}, async (page) => {
        await chosen(page, inDirectory('sorted.json'));
        await page.waitForSelector('#earlier table');
        assert.equal(await said(page), "'sorted.json' is drawn behind.");
        assert.equal((await legends(page, 'percentiles'))[0], 'full resumed all full, earlier resumed, earlier');
        assert.deepEqual((await legends(page, 'course')).slice(0, 3), ['sessions requested sessions, earlier', 'open', 'p50 p99 p50, earlier p99, earlier']);
        await assertCharts(page, 'mixed');
        await page.screenshot({ path: inDirectory('overlay.png'), fullPage: true });
        const numCharts = await page.evaluate('charts.length');
        await page.click('#earlier button:text-is("Take it away")');
        assert.equal((await legends(page, 'percentiles'))[0], 'full resumed all');
        assert.equal(await page.evaluate('charts.length'), numCharts, 'charts that are gone are forgotten');
        assert.equal(await page.$$eval('#earlier table', (nodes) => nodes.length), 0);
    });
}

// A result behind itself: what the browser decodes equals what the program drew.
async function the_browser_decodes_what_the_program_encodes() {
    for (const name of ['mixed', 'kept', 'one']) {
        await open(fileOf(name), {}, async (page) => {
            await chosen(page, inDirectory(`${name}.json`));
            await page.waitForSelector('#earlier table');
            assert.match(await textOf(page, '#earlier'), /Both ran with the same settings/);
            const { curves } = (await dataOf(page)).page;
            const decoded = await page.evaluate('earlier.curves');
            for (const [kind, { x, us }] of Object.entries(curves)) {
                assert.equal(decoded[kind].x.length, x.length, `${name}: ${kind}`);
                us.forEach((value, i) => assert.ok(Math.abs(decoded[kind].us[i] / value - 1) < 0.002,
                    `${name}: ${kind} at ${x[i]} is ${value}, decoded ${decoded[kind].us[i]}`));
            }
        });
    }
}

async function what_differs_is_told() {
    const other = jsonOf('mixed');
    Object.assign(other.config, { connections: 8, rotate: hostile });
    other.sessions.per_second = 1000;
    await open(fileOf('mixed'), {}, async (page) => {
        await dropped(page, hostile, JSON.stringify(other));
        assert.equal(await said(page), `'${hostile}' is drawn behind.`);
        const rows = await page.$$eval('#earlier [aria-label^=Settings] tbody tr', (nodes) => nodes.map((row) => [...row.children].map((cell) => cell.textContent)));
        assert.deepEqual(rows, [['connections', '8', '64'], ['rotate', hostile, 'round-robin']]);
        assert.match(plain(await textOf(page, '#earlier table')), /Sessions per second\s+1,000\s+1,841/);
        assert.equal(await page.$$eval('img', (nodes) => nodes.length), 0);
    });
}

async function what_is_no_result_is_one_sentence() {
    const none = (name) => `'${name}' is no result of pinload; expected what run or merge wrote with --json.`;
    await open(fileOf('typical'), {}, async (page) => {
        for (const [name, text] of [['a.txt', 'no JSON'], ['b.json', '{}'], ['c.json', 'null'], ['d.json', '[1]'], ['e.json', ''],
            ['f.json', JSON.stringify({ ...jsonOf('typical'), schema: 'another/1' })], ['g.json', JSON.stringify({ ...jsonOf('typical'), series: {} })]]) {
            await dropped(page, name, text);
            await page.waitForFunction((file) => document.querySelector('#earlier [role=status]').textContent.includes(file), name);
            assert.equal(await said(page), none(name));
        }
        assert.equal(await page.$$eval('#earlier table', (nodes) => nodes.length), 0);
        const odd = jsonOf('typical'); // of the right form, and nothing in it is what it should be
        odd.series = [null, 7, { t_s: 'x' }, { t_s: 0, sessions: 1, length_s: -1, tls_handshake_p50: 'x' }];
        Object.values(odd.latency).forEach((latency) => { latency.hdr = 'HISTFAAA!'; });
        await dropped(page, 'odd.json', JSON.stringify(odd));
        await page.waitForSelector('#earlier table');
        await assertCharts(page, 'typical');
    });
}

async function an_earlier_result_is_chosen_with_the_keyboard() {
    await open(fileOf('typical'), {}, async (page) => {
        page.once('filechooser', (chooser) => chooser.setFiles(inDirectory('kept.json')));
        await page.focus('#earlier button');
        await page.keyboard.press('Enter');
        await page.waitForSelector('#earlier table');
        await page.emulateMedia({ media: 'print' });
        assert.ok(await page.isVisible('#earlier table') && !await page.isVisible('#earlier button'));
    });
}

// The charts' descriptions contain the figures of the JSON.
async function each_chart_is_told_in_words() {
    await open(fileOf('mixed'), {}, async (page) => {
        const labels = (await page.$$eval('.plot', (nodes) => nodes.map((node) => node.getAttribute('aria-label')))).map(plain);
        const { tls_handshake_full: full } = jsonOf('mixed').latency;
        const said = labels[0].match(/^Handshake latency by percentile\. full: p50 ([\d.]+) ms, p99 ([\d.]+) ms, longest ([\d.]+) ms; resumed: /);
        [full.p50, full.p99, full.max].forEach((us, i) => assert.ok(Math.abs(said[i + 1] - us / 1000) < 0.06, `${labels[0]}: ${us}`));
        assert.ok(labels.some((label) => /^Sessions per second over time\. sessions: 1,[78]\d\d\/s to 1,[89]\d\d\/s; requested: 1,850\/s$/.test(label)), `${labels}`);
        assert.ok(labels.every((label) => /\d/.test(label)), `${labels}`);
        assert.doesNotMatch(labels.join(), /NaN|undefined|null/);
    });
    for (const name of ['one', 'slow', 'kept', 'failing', 'closed']) {
        await open(fileOf(name), {}, async (page) => {
            const labels = await page.$$eval('.plot', (nodes) => nodes.map((node) => node.getAttribute('aria-label')));
            assert.doesNotMatch(labels.join(), /NaN|undefined|null|Infinity/, name);
        });
    }
}

execFileSync(makePages, [directory]);
await runTests([identities_are_sorted_by_each_column, identities_are_looked_for_by_name_and_kind, one_of_ten_thousand_is_found, what_has_no_room_is_said,
    few_samples_no_session_and_other_statuses_are_told, the_name_of_an_identity_stays_in_sight_on_a_phone,
    a_first_byte_that_is_the_last_is_one_row, the_heatmap_and_the_histogram_have_each_handshake, a_cell_tells_what_it_has, a_long_run_has_two_hundred_columns_at_most,
    an_earlier_result_is_drawn_behind, the_browser_decodes_what_the_program_encodes, what_differs_is_told, what_is_no_result_is_one_sentence,
    an_earlier_result_is_chosen_with_the_keyboard, open_sessions_are_drawn_where_they_are_told,
    a_kept_alive_run_has_the_heatmap_of_its_requests, the_axes_of_the_charts_go_together, a_phone_has_what_differs,
    failures_are_not_told_as_expected, an_axis_of_counts_has_whole_numbers,
    the_keyboard_is_enough, each_chart_is_told_in_words, a_screen_reader_is_told_what_is_what]);
