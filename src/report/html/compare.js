// SPDX-License-Identifier: Apache-2.0
//
// The sections of a comparison's page: whether it can be trusted, what was compared, the costs in words, the chart of
// the intervals, and the figures.
'use strict';

const data = JSON.parse(document.getElementById('data').textContent);
const { arms, config, control } = data;
const show = (path, format = figureCount) => figure(data, path, format);

// The measures: their names in the text of a comparison, and what their percentages refer to.
const measures = [
    { name: 'verify_callback', title: 'In the verify callback', where: 'in the callback', of: 'handshake CPU', p50: 'callback p50' },
    { name: 'handshake_cpu', title: 'The client\u2019s CPU in the handshake', where: 'of handshake CPU', of: 'handshake CPU', p50: 'CPU p50' },
    { name: 'tls_handshake', title: 'Wall clock of the handshake', where: 'of wall clock', of: 'handshake latency', p50: 'handshake p50' },
    { name: 'instructions', title: 'Instructions in the handshake', where: 'instructions', of: 'handshake', isCount: true },
].filter(({ name }) => control[name] !== undefined);

const baseline = data.differences[0]?.baseline ?? control[measures[0].name].baseline;
const least = Math.min(...arms.map((arm) => arm.counted));
const failed = arms.reduce((sum, arm) => sum + arm.failed, 0);
const ofOtherKind = arms.reduce((sum, arm) => sum + arm.sessions - arm.failed - arm.counted, 0);
const isApart = typeof arms[0].options === 'string'; // arms with options of their own, which are not ways to verify
const isCounted = arms.every((arm) => isNumber(arm.instructions));

// The differences of a measure in the order of the arms, the control's last, each with its path in the data.
function rowsOf({ name }) {
    const rows = data.differences.map((difference, i) => ({ ...difference, path: `differences.${i}` }))
        .filter(({ metric }) => metric === name);
    return [...rows, { ...control[name], path: `control.${name}`, isControl: true }];
}

const isKnown = (row) => isNumber(row.delta_us) && row.ci95_us.every(isNumber);

// A control whose interval, at the level that decides trust, excludes zero.
const isOff = (row) => row.isControl === true && !(row.ci_trust_us[0] <= 0 && row.ci_trust_us[1] >= 0);

// --- signed figures --------------------------------------------------------------------------------------------

// As many decimals as an interval of WIDTH justifies: the rule of report/text/compare_text.c.
function decimalsFor(width) {
    const size = Math.abs(width);
    return size < 0.1 ? 3 : size < 10 ? 2 : size < 100 ? 1 : 0;
}

function fixed(value, digits) {
    const text = Math.abs(value).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return { text, isZero: !/[1-9]/.test(text) };
}

// +0.31, −0.04, 0.00
function signed(value, digits) {
    if (!isNumber(value))
        return NONE;
    const { text, isZero } = fixed(value, digits);
    return `${isZero ? '' : value < 0 ? '\u2212' : '+'}${text}`;
}

// An end of an interval: 0.29, −0.04
const bare = (value, digits) => signed(value, digits).replace('+', '');

const unitOf = ({ isCount }) => (isCount ? '' : '\u00a0µs');

const digitsOf = (row) => decimalsFor(row.ci95_us[1] - row.ci95_us[0]);

const deltaText = (measure, row) => `${signed(row.delta_us, digitsOf(row))}${unitOf(measure)}`;

// Between two numbers of which one contains a comma, as counts of instructions do, a comma would be ambiguous.
function intervalParts(row) {
    const [low, high] = row.ci95_us.map((end) => bare(end, digitsOf(row)));
    return ['[', low, `${low}${high}`.includes(',') ? '; ' : ', ', high, ']'];
}

const intervalText = (row) => intervalParts(row).join('');

const halfText = (measure, row) =>
    `±${fixed(Math.max(...row.ci95_us.map(Math.abs)), digitsOf(row)).text}${unitOf(measure)}`;

const percentText = (percent) => `${signed(percent, decimalsFor(percent))}\u00a0%`;

function probabilityText(p) {
    if (!isNumber(p))
        return NONE;
    return p < 0.0001 ? '<\u00a00.0001' : p.toFixed(p < 0.01 ? 4 : 2);
}

const exactly = (row, name, format) => el('span', { class: 'figure', 'data-path': `${row.path}.${name}` }, format);

// --- what was compared, and whether it can be trusted ----------------------------------------------------------

const others = arms.map(({ name }) => name).filter((name) => name !== baseline && name !== 'control');

function plan() {
    return joined([
        config.in_process ? 'a server in the same process, through memory' : config.where,
        config.in_process ? null : `${plural(config.connections, 'connection')}, 1 thread`,
        ...(isApart ? [] : [config.version ? `${config.version}, ${config.cipher}, ${config.group}` : null,
            config.server_signature ? `server signs with ${config.server_signature}` : null,
            `${config.session_mode} sessions`]),
        `arms interleaved at random in blocks, seed ${config.seed}`,
    ]);
}

function masthead() {
    return el('header', {},
        el('p', { class: 'kicker' }, el('span', {}, `pinload ${data.tool.version} compare`),
            el('span', {}, `${figureDate(data.started_at)} · ${figureSeconds(data.duration_s)}`)),
        el('h1', {}, `${others.join(', ') || 'control'} against ${baseline}`),
        el('p', { class: 'plan' }, plan()));
}

function controlSentence() {
    const rows = measures.map((measure) => ({ measure, row: rowsOf(measure).at(-1) }));
    const who = `The control arm, which is ${baseline} again,`;
    if (data.trusted)
        return `${who} shows no difference.`;
    if (rows.some(({ row }) => !isKnown(row)))
        return `${who} has too few sessions to judge whether it shows a difference.`;
    const off = rows.filter(({ row }) => isOff(row))
        .map(({ measure, row }) => `${deltaText(measure, row)} ${intervalText(row)} ${measure.where}`);
    return `${who} shows a difference${off.length > 0 ? `: ${off.join('; ')}` : ''}. Do not rely on any figure below.`;
}

function verdict() {
    const [word, tone] = data.trusted ? ['TRUSTED', 'good'] : ['NOT TO BE TRUSTED', 'bad'];
    return el('section', { id: 'verdict', class: `verdict ${tone}`, 'aria-label': 'Verdict' },
        el('p', { class: 'word' }, word),
        el('div', {}, el('p', {}, controlSentence()),
            el('p', { class: 'books' }, `${plural(least, 'session')} of each arm counted, in the same run.`)));
}

// ": reset 3, closed_early 1", or nothing.
function outcomes() {
    const list = Object.entries(data.failures).map(([outcome, count]) => `${outcome} ${figureCount(count)}`);
    return list.length > 0 ? `: ${list.join(', ')}` : '';
}

function notices() {
    const { resolve_difference: resolve, interrupted_by: signal } = data;
    const list = [];
    if (isNumber(signal))
        list.push(['warn', `Interrupted by ${signalName(signal)}. `, 'All figures cover the sessions until then.']);
    if (failed > 0)
        list.push(['bad', `${plural(failed, 'session')} failed `, `and ${failed === 1 ? 'is' : 'are'} in no figure${outcomes()}.`]);
    if (ofOtherKind > 0)
        list.push(['info', `${plural(ofOtherKind, 'session')} ${ofOtherKind === 1 ? 'was' : 'were'} ` +
            `${isApart ? 'not of the arm\u2019s kind' : config.session_mode === 'resume' ? 'not resumed' : 'resumed'} `, `and ${ofOtherKind === 1 ? 'is' : 'are'} in no figure.`]);
    if (!config.in_process && config.connections > 1)
        list.push(['info', 'Several sessions were in flight: ', 'one arm\u2019s work delays the others\u2019 sessions, so that ' +
            'differences in wall-clock time come out too small. Use -c 1 to measure them.']);
    if (resolve?.resolved)
        list.push(['info', 'Resolved: ', `after ${plural(resolve.sessions, 'session')} of each arm ` +
            `${figureTime(resolve.least_seen_us)} of handshake CPU is distinguished from zero in four runs of five.`]);
    else if (resolve)
        list.push(['warn', `Not resolved to ${resolve.difference_us} µs: `, `${resolve.why_not}.`]);
    return list.map(([tone, head, text]) => el('p', { class: `notice ${tone}` }, el('strong', {}, head), text));
}

// --- in words --------------------------------------------------------------------------------------------------

function words(measure, row) {
    if (!isKnown(row))
        return `${measure.where}: not known, too few sessions`;
    if (!row.distinguishable)
        return `${measure.where}: not distinguishable from zero (${halfText(measure, row)})`;
    const share = isNumber(row.percent) ? `, ${percentText(row.percent)} of the client\u2019s ${measure.of}` : '';
    return `${deltaText(measure, row)} ${intervalText(row)} ${measure.where}${share}`;
}

function inWords() {
    const items = [...others, 'control'].map((arm) => {
        const found = measures.map((measure) => ({ measure, row: rowsOf(measure).find((row) => row.arm === arm) }))
            .filter(({ row }) => row !== undefined);
        return el('div', { class: arm === 'control' ? 'quiet' : '' },
            el('dt', {}, arm), el('dd', {}, el('ul', {}, found.map(({ measure, row }) =>
                el('li', { class: isKnown(row) && row.distinguishable ? 'told' : 'quiet' }, words(measure, row))))));
    });
    return section('words', `What it costs, compared with ${baseline}`, el('dl', { class: 'costs' }, items));
}

// --- the chart -------------------------------------------------------------------------------------------------

// uPlot has no forest plot, and this one needs no script to be redrawn: each row is an SVG whose horizontal positions
// are percentages, in the colours of the style. So it follows width, theme and paper.

const svgNames = 'http://www.w3.org/2000/svg';

function svg(tag, attributes = {}, ...children) {
    const node = document.createElementNS(svgNames, tag);
    for (const [name, value] of Object.entries(attributes))
        node.setAttribute(name, value);
    node.append(...children.flat());
    return node;
}

// Round numbers from LOW to HIGH, about COUNT of them, zero among them.
function ticksOf([low, high], count = 5) {
    const rough = (high - low) / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
    const list = [];
    for (let i = Math.ceil(low / step); i * step <= high; i++)
        list.push(i * step);
    return list;
}

// The scale: all intervals of ROWS and zero, with a margin so that a dot at the end is complete.
function scaleOf(rows) {
    const ends = rows.filter(isKnown).flatMap((row) => row.ci95_us);
    const low = Math.min(0, ...ends), high = Math.max(0, ...ends);
    const margin = (high - low || 1) * 0.06;
    return [low - margin, high + margin];
}

const placeIn = ([low, high]) => (value) => `${(100 * (value - low) / (high - low)).toFixed(3)}%`;

function tickText(measure, value) {
    const text = Number(Math.abs(value).toPrecision(3)).toLocaleString('en-US');
    return value === 0 ? '0' : `${value < 0 ? '\u2212' : '+'}${text}${unitOf(measure)}`;
}

function rowState(row) {
    if (isOff(row))
        return 'off';
    if (row.isControl)
        return row.distinguishable ? 'control full' : 'control';
    return row.distinguishable ? 'told' : 'open';
}

// A row's description for screen readers.
function spoken(measure, row) {
    if (!isKnown(row))
        return `${row.arm}: not known, too few sessions`;
    const told = row.distinguishable ? 'distinguishable from zero' : 'not distinguishable from zero';
    return `${row.arm}: ${deltaText(measure, row)}, 95 % interval from ${bare(row.ci95_us[0], digitsOf(row))} to ` +
        `${bare(row.ci95_us[1], digitsOf(row))}${unitOf(measure)}, ${told}`;
}

function marks(row, scale) {
    const place = placeIn(scale);
    if (!isKnown(row))
        return [];
    const [low, high] = row.ci95_us;
    if (low > scale[1] || high < scale[0]) {
        const [x, tip] = low > scale[1] ? ['100%', 'M-12,-5 L-2,0 L-12,5 Z'] : ['0%', 'M12,-5 L2,0 L12,5 Z'];
        return [svg('svg', { x, y: '50%', overflow: 'visible' }, svg('path', { class: 'beyond', d: tip }))];
    }
    const whisker = (x) => svg('svg', { x: place(x), y: '50%', overflow: 'visible' },
        svg('line', { class: 'interval', x1: 0, x2: 0, y1: -5, y2: 5 }));
    return [svg('line', { class: 'interval', x1: place(low), x2: place(high), y1: '50%', y2: '50%' }),
        whisker(low), whisker(high), svg('circle', { class: 'estimate', cx: place(row.delta_us), cy: '50%', r: 4.5 })];
}

function picture(measure, row, scale, ticks) {
    const place = placeIn(scale);
    return svg('svg', { class: 'lane', role: 'img' }, svg('title', {}, spoken(measure, row)),
        ticks.map((tick) => svg('line', { class: tick === 0 ? 'zero' : 'tick', x1: place(tick), x2: place(tick), y1: 0, y2: '100%' })),
        marks(row, scale));
}

function axisOf(measure, scale, ticks) {
    const place = placeIn(scale);
    const anchor = (tick) => (parseFloat(place(tick)) > 93 ? 'end' : 'middle'); // within the page of a phone
    return el('div', { class: 'row axis', 'aria-hidden': 'true' }, el('span', { class: 'arm' }),
        svg('svg', { class: 'lane' }, ticks.map((tick) =>
            svg('text', { x: place(tick), y: 14, 'text-anchor': anchor(tick) }, tickText(measure, tick)))),
        el('span', { class: 'said' }));
}

// forest draws a row for each of ROWS, on SCALE; an arrow points to what is beyond it.
function forest(measure, rows, scale, name) {
    const ticks = ticksOf(scale);
    return el('div', { class: 'forest', role: 'group', 'aria-label': name, 'data-measure': measure.name },
        rows.map((row) => el('div', { class: `row ${rowState(row)}`, 'data-arm': row.arm },
            el('span', { class: 'arm' }, row.arm), picture(measure, row, scale, ticks),
            el('span', { class: 'said' }, isKnown(row) ? [el('b', {}, deltaText(measure, row)), ' ',
                el('span', { class: 'ends' }, intervalText(row))] : 'not known'))),
        axisOf(measure, scale, ticks));
}

// The rows that a common scale would squeeze together at zero although one of them differs from it.
function squeezed(rows) {
    const reach = (row) => Math.max(...row.ci95_us.map(Math.abs));
    const known = rows.filter(isKnown);
    const most = Math.max(...known.map(reach));
    const small = known.filter((row) => reach(row) < most / 8);
    return small.some((row) => row.distinguishable && !row.isControl) ? small : [];
}

function pictureOf(measure) {
    const rows = rowsOf(measure);
    if (!rows.some(isKnown))
        return el('figure', {}, el('h3', {}, measure.title), note('Not known: there are too few sessions for an interval.'));
    const small = squeezed(rows);
    return el('figure', {}, el('h3', {}, measure.title), forest(measure, rows, scaleOf(rows), measure.title),
        small.length > 0 ? [el('p', { class: 'closer' }, 'The same near zero, enlarged; an arrow marks a bar that goes beyond it.'),
            forest(measure, rows, scaleOf(small), `${measure.title}, near zero`)] : null);
}

function intervals() {
    return section('intervals', 'Intervals',
        note(`The difference of each arm from ${baseline}, which is the line at zero: a dot for the estimate, a bar for its ` +
            '95 % interval. Filled dots are distinguishable from zero, hollow ones are not. The control must lie on the line. ' +
            'Each measure has its own scale.'),
        measures.map(pictureOf));
}

// --- the figures -----------------------------------------------------------------------------------------------

function armFigures() {
    const number = (name) => ({ name, class: 'number' });
    const timed = measures.filter(({ isCount }) => !isCount);
    const columns = [{ name: 'Arm' }, { name: 'verify', class: 'minor' }, number('sessions'),
        ...(failed > 0 ? [number('failed')] : []), ...timed.map(({ p50 }) => number(p50)),
        ...(isCounted ? [number('instructions')] : [])];
    const rows = arms.map((arm, i) => [arm.name, arm.verify, show(`arms.${i}.sessions`),
        ...(failed > 0 ? [show(`arms.${i}.failed`)] : []),
        ...timed.map(({ name }) => (arm[name].count > 0 ? show(`arms.${i}.${name}.p50`, figureTime) : NONE)),
        ...(isCounted ? [show(`arms.${i}.instructions`, (count) => figureCount(Math.round(count)))] : [])]);
    return section('arms', 'Arms', table(columns, rows, { 'aria-label': 'Arms' }));
}

// What each arm was, where they have options of their own.
function settings() {
    if (!isApart)
        return null;
    const number = (name) => ({ name, class: 'number' });
    const rows = arms.map((arm, i) => ({ arm, i })).filter(({ arm }) => arm.name !== 'control').map(({ arm, i }) => {
        const { version, cipher, group, server_signature: signature } = arm.negotiated;
        const wire = (name) => (arm.wire[name].count > 0 ? show(`arms.${i}.wire.${name}.p50`) : NONE);
        return [arm.name, arm.options || 'those common to all', arm.session_mode,
            version ? joined([version, cipher, group, signature]) : NONE, wire('sent'), wire('received'), wire('round_trips')];
    });
    return section('settings', 'What the arms are', table([{ name: 'Arm' }, { name: 'options' }, { name: 'sessions' },
        { name: 'negotiated', class: 'minor' }, number('bytes sent'), number('received'), number('round trips')], rows,
    { 'aria-label': 'What the arms are' }));
}

function differenceRow(measure, row) {
    const known = isKnown(row);
    const told = !known ? 'not known' : row.distinguishable ? 'distinguishable from zero' : 'not distinguishable from zero';
    return {
        class: isOff(row) ? 'odd' : known && row.distinguishable ? 'told' : 'quiet',
        cells: [row.arm, known ? exactly(row, 'delta_us', deltaText(measure, row)) : NONE,
            known ? intervalParts(row).map((part, i) => (i % 2 === 0 ? part : exactly(row, `ci95_us.${i >> 1}`, part))) : NONE,
            isNumber(row.percent) ? exactly(row, 'percent', percentText(row.percent)) : NONE,
            probabilityText(row.p_value), figureCount(row.pairs), told],
    };
}

function differences() {
    const number = (name, title) => ({ name, class: 'number', title });
    return section('differences', `Differences from ${baseline}`, measures.map((measure) => [
        el('h3', {}, measure.title),
        table([{ name: 'Arm' }, number('difference'), number('95 % interval'), number('share', `of the client\u2019s ${measure.of}`),
            number('p', 'of a paired test, before Holm\u2019s correction'), { name: 'pairs', class: 'number minor' }, { name: 'in words', class: 'verbal' }],
        rowsOf(measure).map((row) => differenceRow(measure, row)), { 'data-measure': measure.name, 'aria-label': measure.title })]),
    note(`Shares are of ${baseline}: of the client\u2019s CPU in the handshake for the callback and for CPU itself, of the ` +
        'handshake\u2019s latency for wall clock. A difference is told apart from zero where the interval excludes zero and p, corrected ' +
        'for all differences together (Holm), is below 0.05: of twenty comparisons without a difference, one claims any.'));
}

// What a handshake was on the wire, which is the same in all arms: the baseline's median.
function onTheWire() {
    const path = `arms.${arms.findIndex(({ name }) => name === baseline)}.wire`;
    const bytes = (name) => show(`${path}.${name}.p50`);
    if (isApart || !(at(data, `${path}.sent.count`) > 0))
        return null;
    return ['A handshake on the wire', 'ClientHello ', bytes('client_hello'), ' bytes; ', bytes('sent'), ' sent, ',
        bytes('received'), ' received; round trips: ', bytes('round_trips')];
}

function method() {
    const resolve = data.resolve_difference;
    return section('method', 'How it was measured', facts([
        ['Where', config.where],
        !isApart && ['TLS', joined([config.version, config.cipher, config.group].filter((word) => word))],
        !isApart && ['Server signs with', config.server_signature || NONE],
        !isApart && ['Sessions', config.session_mode],
        onTheWire(),
        !config.in_process && ['Connections', show('config.connections')],
        ['Seed', String(config.seed)],
        ['Reading the CPU clock', show('config.clock_cost_us', figureNanoseconds), ', around each step, one of two in the figure, in all arms alike'],
        ['Reading the callback\u2019s clock', show('config.callback_clock_cost_us', figureNanoseconds), ', once in the figure'],
        ['A step of the clocks', show('config.clock_step_us', figureNanoseconds), ', of the CPU clock ', show('config.cpu_clock_step_us', figureNanoseconds)],
        ['Margin in the callback', show('config.callback_margin_us', figureNanoseconds), ', on either side of each interval'],
        ['Instructions', config.no_instructions ? `not counted: ${config.no_instructions}` : 'counted'],
        resolve ? ['Difference to resolve', `${resolve.difference_us} µs: ${resolve.resolved ? 'resolved' : 'not resolved'}`] : null,
    ]));
}

function repeat() {
    return section('repeat', 'Run it again', copyBlock(commandText(data.command)), planBlock('compare', data.plan),
        data.command.some((word) => word.includes('***')) ? note('*** stands for a password, or for the value of a header or of a body.') : null);
}

function colophon() {
    const { tool } = data;
    return el('footer', {}, joined([`pinload ${tool.version}`, tool.boringssl ? `BoringSSL ${tool.boringssl}` : null,
        tool.libuv ? `libuv ${tool.libuv}` : null]));
}

document.getElementById('page').replaceChildren(masthead(), verdict(), ...notices(), inWords(), intervals(), ...[settings()].filter(Boolean),
    armFigures(), differences(), method(), repeat(), colophon());
