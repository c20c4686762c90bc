// SPDX-License-Identifier: Apache-2.0
//
// Charts, drawn by uPlot in the colours of the page's style, and redrawn when those change: by theme, and for paper.
'use strict';

const charts = []; // each {plot, draw(), resize()}

const paperWidth = 680; // of A4, between its margins

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const chartFont = () => `12px ${getComputedStyle(document.body).fontFamily}`;

// faint is a colour for areas.
const faint = (name) => `${colour(name)}2e`;

// chart returns a figure with a legend and a place for the plot, which is drawn once the figure is in the page.
function chart({ label, caption, height = 260, legend, extra = null, options, data }) {
    const frame = el('div', { class: 'plot', role: 'img', 'aria-label': label });
    const values = legend.map(() => el('span', { class: 'value' }));
    const x = el('span', { class: 'value' });
    const items = legend.map((item, i) =>
        el('li', {}, el('i', { class: `swatch ${item.dash ? 'dashed' : ''}`, style: `--swatch: var(--${item.colour})` }),
            item.name, ' ', values[i]));
    const node = el('figure', {}, el('ul', { class: 'legend' }, items, extra, el('li', { class: 'where' }, x)), frame,
        caption ? el('figcaption', {}, caption) : null);

    const point = (plot) => {
        const { idx } = plot.cursor;
        const isIn = idx !== null && idx !== undefined && plot.cursor.left >= 0;
        legend.forEach((item, i) => {
            values[i].textContent = isIn ? item.format(plot.data[item.series ?? i + 1][idx]) : '';
        });
        x.textContent = isIn ? options.formatX(plot.data[0][idx], plot) : '';
    };
    const entry = { plot: null, frame };
    entry.draw = () => {
        const width = document.documentElement.hasAttribute('data-paper') ? paperWidth : frame.clientWidth;
        entry.plot?.destroy();
        entry.plot = new uPlot({
            width, height, padding: [8, 20, 0, 0], legend: { show: false }, ...options.make(width),
            hooks: { ...options.hooks, setCursor: [point] },
        }, data, frame);
    };
    entry.resize = () => {
        if (frame.clientWidth > 0 && frame.clientWidth !== entry.plot.width)
            entry.draw();
    };
    charts.push(entry);
    return node;
}

function drawCharts() {
    charts.forEach((entry) => entry.draw());
}

// Paper has a fixed width, and is always light; charts must be drawn for it before printing begins.
function drawForPaper(isPaper) {
    document.documentElement.toggleAttribute('data-paper', isPaper);
    drawCharts();
}

// drawNewCharts draws new charts, and removes those that have left the page.
function drawNewCharts() {
    const gone = charts.filter((entry) => !entry.frame.isConnected);
    gone.forEach((entry) => {
        entry.plot?.destroy();
        charts.splice(charts.indexOf(entry), 1);
    });
    charts.filter((entry) => entry.plot === null).forEach((entry) => entry.draw());
}

// Lines in the background are drawn first, and named last.
const legendOf = (lines) => lines.map((one, i) => ({ ...one, series: i + 1 }))
    .sort((a, b) => (a.isBehind === true) - (b.isBehind === true));

// startCharts draws all charts, and redraws them when the theme, the medium or the width changes.
function startCharts() {
    drawCharts();
    for (const query of ['(prefers-color-scheme: dark)', 'print'])
        matchMedia(query).addEventListener('change', drawCharts);
    window.addEventListener('beforeprint', () => drawForPaper(true));
    window.addEventListener('afterprint', () => drawForPaper(false));
    let due = 0;
    window.addEventListener('resize', () => {
        cancelAnimationFrame(due);
        due = requestAnimationFrame(() => charts.forEach((entry) => entry.resize()));
    });
}

// --- axes ------------------------------------------------------------------------------------------------------

function axis(more) {
    return {
        stroke: colour('muted'), font: chartFont(), gap: 6,
        grid: { stroke: colour('grid'), width: 1 }, ticks: { show: false }, ...more,
    };
}

// Wide enough for its longest label.
const timeAxis = (more = {}) => axis({
    size: 64, values: (plot, splits) => splits.map((us) => (us === null ? '' : figureTick(us))), ...more,
});

const countAxis = () => axis({
    size: 64, values: (plot, splits) => splits.map((count) => count.toLocaleString('en-US')),
});

// For counts: steps of whole numbers only.
const wholeSteps = [1, 2, 5].flatMap((digit) => Array.from({ length: 15 }, (_, i) => digit * 10 ** i)).sort((a, b) => a - b);
const wholeAxis = () => ({ ...countAxis(), incrs: wholeSteps });

// From zero to a little above the maximum.
const fromZero = (plot, least, most) => [0, most > 0 ? most * 1.08 : 1];

const countScale = { scale: { range: fromZero }, axis: countAxis };
const wholeScale = { scale: { range: fromZero }, axis: wholeAxis };

// The whole run, from 0 to END, even if the SECONDS of a chart cover less; or the range that was selected.
function elapsedScale(seconds, end) {
    const [first, last] = [seconds[0], seconds[seconds.length - 1]];
    const isAll = (least, most) => seconds.length === 1 || (least === first && most === last);
    return { time: false, range: (plot, least, most) => (isAll(least, most) ? [0, end] : [least, most]) };
}

const elapsedSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
    172800, 432000, 864000];

const elapsedAxis = () => axis({
    size: 22, space: 70, incrs: elapsedSteps, values: (plot, splits) => splits.map(figureElapsed),
});

// If decades are narrow, every second one has a label.
const percentileAxis = (most, width) => {
    const perDecade = (width - 64) / Math.log10(most);
    const isNamed = (x) => perDecade > 70 || x < 10 || Math.round(Math.log10(x)) % 2 === 0;
    return axis({
        size: 22,
        splits: () => {
            const splits = perDecade > 150 ? [2, 4] : [2];
            for (let x = 10; x <= most; x *= 10)
                splits.push(x);
            return splits;
        },
        filter: (plot, splits) => splits,
        values: (plot, splits) => splits.map((x) => (isNamed(x) ? figurePercentile(x) : '')),
    });
};

// --- kinds of chart --------------------------------------------------------------------------------------------

// A single value with none on either side would not be visible as a line. A curve without a value at the x of another
// one (undefined) continues; at null it is interrupted.
function lonelyPoints(values) {
    const known = values.map((value, i) => [value, i]).filter(([value]) => value !== undefined);
    return known.filter(([value], k) => value !== null && [k - 1, k + 1].every((other) => (known[other]?.[0] ?? null) === null))
        .map(([, i]) => i);
}

const line = (name, dash) => ({
    stroke: colour(name), width: 1.75, dash: dash ? [6, 4] : undefined, spanGaps: false,
    points: { show: false, size: 6, fill: colour(name), filter: (plot, series) => lonelyPoints(plot.data[series]) },
});

const area = (name, isStepped) => ({
    ...line(name), fill: faint(name), ...(isStepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
});

const cursor = (more = {}) => ({ y: false, points: { size: 7 }, ...more });

// How times are shown: from zero, or on a logarithmic axis if they span more than two decades.
function timeScale(times) {
    const known = times.filter(isNumber);
    const least = Math.min(...known), most = Math.max(...known);
    if (!(least > 0 && most / least > 100))
        return { isLog: false, scale: { range: fromZero }, axis: timeAxis };
    const first = Math.floor(Math.log10(least)), last = Math.ceil(Math.log10(most));
    const decades = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
    return {
        isLog: true, scale: { distr: 3, log: 10, range: [decades[0], decades[decades.length - 1]] },
        axis: () => timeAxis({ splits: () => decades, filter: (plot, splits) => splits }),
    };
}

// A chart's description for screen readers: some points of each curve, the range of each line.
function curvesInWords(curves) {
    return curves.map(({ name, x, us }) => {
        const at = (level) => us[x.findIndex((one) => one >= level * 0.999)];
        const points = [[2, 'p50'], [100, 'p99']].filter(([level]) => x[x.length - 1] >= level)
            .map(([level, stat]) => `${stat} ${figureTime(at(level))}`);
        return `${name}: ${[...points, `longest ${figureTime(us[us.length - 1])}`].join(', ')}`;
    }).join('; ');
}

function linesInWords(lines) {
    return lines.map(({ name, values, format }) => {
        const known = values.filter(isNumber);
        const ends = [Math.min(...known), Math.max(...known)].map(format);
        return known.length === 0 ? `${name}: none` : `${name}: ${ends[0] === ends[1] ? ends[0] : ends.join(' to ')}`;
    }).join('; ');
}

// percentileChart: curves are {name, colour, dash, x, us}, with x = 1 / (1 - q) on a logarithmic axis.
function percentileChart(label, curves) {
    const most = Math.max(10, ...curves.map((curve) => curve.x[curve.x.length - 1]));
    const times = timeScale(curves.flatMap((curve) => curve.us));
    return chart({
        label: `${label}. ${curvesInWords(curves)}`, data: uPlot.join(curves.map((curve) => [curve.x, curve.us])),
        caption: times.isLog ? 'Both axes are logarithmic.' : 'The percentile axis is logarithmic.',
        legend: legendOf(curves).map((curve) => ({ ...curve, format: figureTime })),
        options: {
            formatX: figurePercentile,
            make: (width) => ({
                scales: { x: { time: false, distr: 3, log: 10, range: [1, most] }, y: times.scale },
                axes: [percentileAxis(most, width), times.axis()],
                cursor: cursor(),
                series: [{}, ...curves.map((curve) => line(curve.colour, curve.dash))],
            }),
        },
    });
}

// timeChart: lines over the seconds of the run, up to END. step: the seconds that a point, drawn in their middle, stands
// for; 0: a moment. band: two lists, minimum and maximum, drawn behind the first line.
// marks: a list; where it is not 0 the axis is marked.
function timeChart(label, caption, seconds, lines, { y, end, step = 0, band, marks, sync }) {
    const data = [seconds, ...lines.map((one) => one.values), ...(band ?? [])];
    const first = lines.length + 1;
    return chart({
        label: `${label}. ${linesInWords(lines)}`, caption, data, height: 220,
        legend: legendOf(lines),
        options: {
            formatX: (middle) => figureElapsed(middle - step / 2),
            hooks: { draw: [(plot) => drawMarks(plot, marks)] },
            make: () => ({
                scales: { x: elapsedScale(seconds, end), y: y.scale },
                axes: [elapsedAxis(), y.axis()],
                cursor: cursor({ sync: { key: sync }, drag: { x: true, y: false } }),
                bands: band ? [{ series: [first + 1, first], fill: colour('band') }] : [],
                series: [{}, ...lines.map((one) => (one.isArea ? area(one.colour, one.isStepped) : line(one.colour, one.dash))),
                    ...(band ?? []).map(() => ({ stroke: 'transparent', width: 0, points: { show: false } }))],
            }),
        },
    });
}

function drawMarks(plot, marks) {
    if (!marks)
        return;
    const { ctx, bbox } = plot;
    const size = 3 * devicePixelRatio;
    ctx.save();
    ctx.fillStyle = colour('bad');
    marks.forEach((mark, i) => {
        const x = plot.valToPos(plot.data[0][i], 'x', true);
        if (mark > 0 && x >= bbox.left && x <= bbox.left + bbox.width)
            ctx.fillRect(x - size / 2, bbox.top + bbox.height - 2 * size, size, 2 * size);
    });
    ctx.restore();
}
