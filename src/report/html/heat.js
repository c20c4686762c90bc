// SPDX-License-Identifier: Apache-2.0
//
// How many handshakes, or requests, took how long: as a histogram, and over time as a heatmap. Both count in steps of a
// logarithmic scale, identified by number: step i begins at 10^(i / steps per decade) ns.
'use strict';

const stepBegin = (step) => 10 ** (step / page.steps_per_decade) / 1000; // us

const stepName = (step) => `${figureTime(stepBegin(step))} to ${figureTime(stepBegin(step + 1))}`;

const latencyNoun = (kind) => (kind === 'request' ? 'request' : 'handshake');

// Round times between two values: 1, 2 and 5 of each decade; if that would be many, only 1.
function roundTimes(least, most) {
    const list = [];
    const digits = most / least > 300 ? [1] : [1, 2, 5];
    for (let decade = Math.floor(Math.log10(least)); decade <= Math.log10(most); decade++)
        list.push(...digits.map((digit) => digit * 10 ** decade));
    return list.filter((us) => us >= least * 0.999 && us <= most * 1.001);
}

// Those of TIMES on an axis that have ROOM for a label; round ones take precedence.
function timesWithRoom(plot, scale, times, room) {
    const named = [];
    for (const digit of ['1', '5', '2']) {
        for (const us of times.filter((one) => one.toExponential()[0] === digit)) {
            const place = plot.valToPos(us, scale);
            if (named.every((other) => Math.abs(plot.valToPos(other, scale) - place) >= room))
                named.push(us);
        }
    }
    return named;
}

const roundAxis = (scale, least, most) => ({
    splits: () => roundTimes(least, most), filter: (plot, splits) => splits,
    values: (plot, splits) => {
        const named = timesWithRoom(plot, scale, splits, scale === 'x' ? 56 : 15);
        return splits.map((us) => (named.includes(us) ? figureTick(us) : ''));
    },
});

// --- the histogram ---------------------------------------------------------------------------------------------

function handshakeCurves() {
    const all = page.histograms;
    const isMixed = all.tls_handshake_full.counts.length > 0 && all.tls_handshake_resumed.counts.length > 0;
    const list = isMixed ? [['tls_handshake_full', 'full', 'one'], ['tls_handshake_resumed', 'resumed', 'two']]
        : [['tls_handshake', 'handshakes', 'one']];
    return list.map(([kind, name, tone]) => ({ ...all[kind], name, colour: tone }))
        .filter(({ counts }) => counts.length > 0);
}

const requestCurves = () => [{ ...page.histograms.request, name: 'requests', colour: 'two' }].filter(({ counts }) => counts.length > 0);

// histogram draws CURVES, counts of what NOUN names.
function histogram(noun, curves) {
    if (curves.length === 0)
        return null;
    const first = Math.min(...curves.map((curve) => curve.first)) - 1;
    const end = Math.max(...curves.map((curve) => curve.first + curve.counts.length)) + 1;
    const steps = Array.from({ length: end - first + 1 }, (_, i) => first + i);
    const values = curves.map((curve) => steps.map((step) => curve.counts[step - curve.first] ?? 0));
    const [least, most] = [stepBegin(first), stepBegin(end)];
    return chart({
        label: histogramWords(noun, curves), height: 200, data: [steps.map(stepBegin), ...values],
        caption: `${noun[0].toUpperCase()}${noun.slice(1)}s in each step of latency, ${page.steps_per_decade} to a decade. The latency axis is logarithmic.`,
        legend: curves.map((curve) => ({ ...curve, format: figureCount })),
        options: {
            formatX: (us) => stepName(Math.round(Math.log10(us * 1000) * page.steps_per_decade)),
            make: () => ({
                scales: { x: { time: false, distr: 3, log: 10, range: [least, most] }, y: countScale.scale },
                axes: [axis({ size: 22, ...roundAxis('x', least, most) }), wholeAxis()],
                cursor: cursor(),
                series: [{}, ...curves.map((curve) => ({
                    ...line(curve.colour), fill: faint(curve.colour), paths: uPlot.paths.stepped({ align: 1 }),
                }))],
            }),
        },
    });
}

function histogramWords(noun, curves) {
    const words = curves.map(({ name, counts, first }) => {
        const most = Math.max(...counts);
        return `of ${name}, most, ${figureCount(most)}, took ${stepName(first + counts.indexOf(most))}`;
    });
    return `Histogram of ${noun} latency: ${words.join('; ')}`;
}

// --- the heatmap -----------------------------------------------------------------------------------------------

// The cells that have values: {column, step, count}.
function heatCells({ first, columns }) {
    return columns.flatMap((counts, column) => counts.map((count, i) => ({ column, step: first[column] + i, count })))
        .filter(({ count }) => count > 0);
}

// Small counts should be visible, too: the shade is logarithmic.
const shade = (count, most) => 0.12 + 0.88 * Math.log1p(count) / Math.log1p(most);

function drawCells(plot, cells, most, { width, tone }) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.fillStyle = colour(tone);
    for (const { column, step, count } of cells) {
        const [left, right] = [column, column + 1].map((x) => Math.round(plot.valToPos(x * width, 'x', true)));
        const [bottom, top] = [step, step + 1].map((y) => Math.round(plot.valToPos(stepBegin(y), 'y', true)));
        ctx.globalAlpha = shade(count, most);
        ctx.fillRect(left, top, Math.max(1, right - left), Math.max(1, bottom - top));
    }
    ctx.restore();
}

function heatWords(cells, { width, noun }) {
    const fullest = cells.reduce((best, cell) => (cell.count > best.count ? cell : best));
    const longest = cells.reduce((best, cell) => (cell.step > best.step ? cell : best));
    return `Heatmap of ${noun} latency over time, in columns of ${figureSeconds(width)}. The fullest cell has ` +
        `${plural(fullest.count, noun)} of ${stepName(fullest.step)}, at ${figureElapsed(fullest.column * width)}; the longest ` +
        `${noun}s took ${stepName(longest.step)}, at ${figureElapsed(longest.column * width)}.`;
}

// The count of the cell under the cursor.
function heatPointed(plot, cells, { width, noun }) {
    const column = Math.floor(plot.posToVal(plot.cursor.left, 'x') / width);
    const step = Math.floor(Math.log10(plot.posToVal(plot.cursor.top, 'y') * 1000) * page.steps_per_decade);
    const count = cells.find((cell) => cell.column === column && cell.step === step)?.count ?? 0;
    return `${figureElapsed(column * width)} · ${stepName(step)} · ${plural(count, noun)}`;
}

const heatLegend = (most, { noun, tone }) => el('li', { class: 'ramp' }, '1 ',
    el('i', { 'aria-hidden': 'true', style: `--swatch: var(--${tone})` }), ` ${plural(most, noun)}`);

// heatmap draws each interval as a column. A single column would be the histogram again.
function heatmap(end) {
    if (page.heat === null || page.heat.columns.length < 2)
        return null;
    const { heat, heat: { seconds_per_column: width } } = page;
    const cells = heatCells(heat);
    const look = { width, noun: latencyNoun(heat.kind), tone: heat.kind === 'request' ? 'two' : 'one' };
    const most = Math.max(...cells.map(({ count }) => count));
    const range = [Math.min(...cells.map(({ step }) => step)), Math.max(...cells.map(({ step }) => step)) + 1].map(stepBegin);
    const seconds = Array.from({ length: heat.columns.length + 1 }, (_, i) => i * width);
    return chart({
        label: heatWords(cells, look), height: 240, data: [seconds, seconds.map(() => null)], legend: [], extra: heatLegend(most, look),
        caption: `Each column is of ${figureSeconds(width)}, each cell a step of latency, ${page.steps_per_decade} to a decade. ` +
            `The more ${look.noun}s, the stronger; the shades and the axis of latencies are logarithmic.`,
        options: {
            formatX: (x, plot) => heatPointed(plot, cells, look),
            hooks: { drawAxes: [(plot) => drawCells(plot, cells, most, look)] },
            make: () => ({
                scales: { x: elapsedScale(seconds, end), y: { distr: 3, log: 10, range } },
                axes: [elapsedAxis(), timeAxis(roundAxis('y', ...range))],
                cursor: cursor({ y: true, sync: { key: 'course' }, drag: { x: true, y: false } }),
                series: [{}, { points: { show: false } }],
            }),
        },
    });
}
