// SPDX-License-Identifier: Apache-2.0
//
// What must hold on the page of every result: its data and figures are those of the JSON, the verdict comes first, the
// charts are drawn.

import assert from 'node:assert/strict';

import { assertFigures, colouredPixels } from './browser.mjs';

// The page's data; its identities, which are columns there, as the JSON has them.
export async function dataOf(page) {
    const data = await page.$eval('#data', (node) => JSON.parse(node.textContent));
    const { count, columns } = data.identities;
    const column = (path, i) => (Array.isArray(columns[path]) ? columns[path][i] : columns[path]);
    const part = (name, i) => Object.fromEntries(Object.keys(columns).filter((path) => path.startsWith(`${name}.`))
        .map((path) => [path.slice(name.length + 1), column(path, i)]));
    data.identities = Array.from({ length: count }, (_, i) => ({
        ...Object.fromEntries(Object.keys(columns).filter((path) => !path.includes('.')).map((path) => [path, column(path, i)])),
        responses: part('responses', i), tls_handshake: part('tls_handshake', i),
    }));
    return data;
}

export const textOf = (page, selector) => page.$eval(selector, (node) => node.innerText);

function withoutEncodings(node) {
    if (node === null || typeof node !== 'object')
        return node;
    if (Array.isArray(node))
        return node.map(withoutEncodings);
    return Object.fromEntries(Object.entries(node).filter(([key]) => key !== 'hdr' && key !== 'values')
        .map(([key, value]) => [key, withoutEncodings(value)]));
}

// The page's data are those of the JSON result, except for the omitted parts of long lists, which are mentioned.
export function assertSameData(data, json) {
    const { page, ...shown } = data;
    const { series, intervals, ...full } = withoutEncodings(json);
    delete full.verdict.checks;
    assert.equal(page.more.identities, full.identities.length - shown.identities.length);
    assert.equal(page.identities, full.identities.length);
    const byName = new Map(full.identities.map((identity) => [identity.name, identity]));
    shown.identities.forEach((identity) => {
        const { tls_handshake: { count, p50, p99 }, ...rest } = byName.get(identity.name);
        assert.deepEqual(identity, { ...rest, tls_handshake: { count, p50, p99 } });
    });
    assert.equal(page.more.pins, Object.keys(full.pins.by_pin).length - Object.keys(shown.pins.by_pin).length);
    Object.entries(shown.pins.by_pin).forEach(([pin, count]) => assert.equal(count, full.pins.by_pin[pin]));
    assert.equal(page.more.violations, full.verdict.violations.length - shown.verdict.violations.length);
    assert.equal(page.more.parts, full.parts.length - shown.parts.length);
    assert.equal(page.more.words, full.command.length - shown.command.length);
    full.parts.length = shown.parts.length;
    full.command.length = shown.command.length;
    full.identities = shown.identities;
    full.pins.by_pin = shown.pins.by_pin;
    full.verdict.violations.length = shown.verdict.violations.length;
    assert.deepEqual(shown, full);
    assertSameCurves(page.curves, full.latency);
    assertSameCourse(page.course, series);
}

function assertSameCurves(curves, latency) {
    for (const [kind, { x, us }] of Object.entries(curves)) {
        assert.equal(x.length > 0, latency[kind].count > 0, `a curve of ${kind}`);
        assert.equal(x.length, us.length);
        const near = (a, b) => Math.abs(a - b) <= 1e-4 * b + 0.001;
        for (const [level, stat] of [[10, 'p90'], [100, 'p99'], [1000, 'p999']]) {
            const i = x.indexOf(level);
            assert.ok(i < 0 || i === x.length - 1 || near(us[i], latency[kind][stat]), `${kind}: ${stat} is ${latency[kind][stat]}, drawn at ${us[i]}`);
        }
        assert.ok(x.length === 0 || near(us[us.length - 1], latency[kind].max), `the end of ${kind}`);
        assert.ok(us.every((value, i) => i === 0 || value >= us[i - 1]), `${kind} rises`);
    }
}

// The rates of a second; a short last one is drawn together with the one before it.
function drawnRows(series) {
    const rows = series.map((row) => ({ ...row }));
    const last = rows.length > 1 && rows[rows.length - 1].length_s < 0.5 ? rows.pop() : null;
    const before = rows[rows.length - 1];
    for (const name of last === null ? [] : ['length_s', 'sessions', 'requests', 'refused', 'failed'])
        before[name] += last[name];
    if (last !== null)
        before.tls_handshake_p99 = Math.max(before.tls_handshake_p99, last.tls_handshake_p99) || null;
    return rows;
}

// Averages, minima and maxima are recomputed here from the JSON's seconds.
function assertSameCourse(course, everySecond) {
    const series = drawnRows(everySecond);
    const step = course.seconds_per_point;
    assert.ok(course.t_s.length <= 600);
    assert.equal(course.t_s.length, series.length === 0 ? 0 : Math.ceil(series.length / step));
    course.t_s.forEach((t, i) => {
        const rows = series.slice(i * step, (i + 1) * step);
        const rates = (name) => rows.map((row) => row[name] / row.length_s);
        const sum = (name) => rows.reduce((a, row) => a + row[name], 0);
        const sessions = rates('sessions');
        const p99s = rows.map((row) => row.tls_handshake_p99).filter((us) => us !== null);
        const near = (a, b) => Math.abs(a - b) <= 1e-4 * Math.abs(b);
        assert.equal(t, rows[0].t_s);
        for (const name of ['sessions', 'requests'])
            assert.ok(near(course[name][i], sum(name) / sum('length_s')), `${name} at ${t} s`);
        assert.ok(near(course.sessions_least[i], Math.min(...sessions)));
        assert.ok(near(course.sessions_most[i], Math.max(...sessions)));
        const open = rows.map((row, k) => { // at the start of each second
            const before = i * step + k - 1;
            return before >= 0 ? series[before].open : row.open === null ? null : 0;
        }).filter((count) => count !== null);
        assert.ok(open.length === 0 ? course.open[i] === null : near(course.open[i], Math.max(...open)), `open at ${t} s`);
        for (const name of ['refused', 'failed'])
            assert.ok(near(course[name][i], Math.max(...rates(name))), `${name} at ${t} s`);
        assert.ok(p99s.length === 0 ? course.p99[i] === null : near(course.p99[i], Math.max(...p99s)), `p99 at ${t} s`);
    });
}

export async function assertShown(page, json, name = page.url()) {
    const data = await dataOf(page);
    assertSameData(data, json);
    assert.ok(await assertFigures(page, data) > 10, 'figures are shown');
    const words = await textOf(page, 'body');
    assert.doesNotMatch(words, /NaN|undefined|Infinity|\[object|\bnull\b/, `${name} shows what no person says`);
    const word = json.verdict.interrupted_by !== null ? 'INTERRUPTED' : json.verdict.passed ? 'PASS' : 'FAIL';
    assert.equal(await textOf(page, '#verdict .word'), word);
    assert.ok((await page.title()).startsWith(`${word} · `));
    const first = await page.$eval('main', (main) => [...main.children].slice(0, 2).map((node) => node.localName + node.id));
    assert.deepEqual(first, ['header', 'sectionverdict'], 'the verdict comes first');
}

// assertCharts counts the coloured pixels in each chart, requires LEAST, and returns the numbers.
export async function assertCharts(page, name, least = 100) {
    const pixels = await colouredPixels(page);
    pixels.forEach((count, i) => assert.ok(count > least, `chart ${i} of ${name} has ${count} coloured pixels`));
    return pixels.length;
}
