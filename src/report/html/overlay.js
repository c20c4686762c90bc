// SPDX-License-Identifier: Apache-2.0
//
// An earlier result behind this one: its JSON, chosen or dropped onto the page, is read in the browser and not sent
// anywhere. Its content is untrusted: only numbers are drawn, and all text is inserted as text.
'use strict';

const mostBytes = 256e6;
const mostPoints = 600;
const numbersOf = (list) => list.map((value) => (isNumber(value) ? value : null));

let earlier = null; // {name, result, curves: {kind: {x, us}}, course}

// --- its distributions -----------------------------------------------------------------------------------------

const hdrCookie = 0x1c849303; // V2; its last byte but the lowest two bits may say how long a word is
const isCookie = (word, compressed) => (word & ~0xf0) === hdrCookie + compressed;

async function inflated(bytes) {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
    return new DataView(await new Response(stream).arrayBuffer());
}

// The numbers of a list of ZigZag LEB128, of which one can have nine bytes; as doubles, which is enough for a curve.
function* zigzags(view, at, end) {
    while (at < end) {
        let value = 0, scale = 1, byte;
        for (let length = 1; ; length++) {
            byte = view.getUint8(at++);
            value += (length === 9 ? byte : byte & 0x7f) * scale;
            scale *= 128;
            if (length === 9 || byte < 128 || at >= end)
                break;
        }
        yield value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
}

// Where the values of a bucket are, in ns, as HdrHistogram lays them out.
function bucketValue(index, halfBits, unitBits) {
    const half = 2 ** halfBits;
    const bucket = Math.floor(index / half) - 1;
    const within = index % half + half;
    const size = 2 ** (Math.max(bucket, 0) + unitBits);
    return (bucket < 0 ? within - half : within) * size + (size > 1 ? size / 2 : 0);
}

// hdrBuckets returns [{ns, count}], rising, of a distribution as pinload encodes it; it throws where it is none.
async function hdrBuckets(base64) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const outer = new DataView(bytes.buffer);
    if (!isCookie(outer.getInt32(0), 1))
        throw new Error('not a compressed V2 distribution');
    const view = await inflated(bytes.subarray(8, 8 + outer.getInt32(4)));
    if (!isCookie(view.getInt32(0), 0))
        throw new Error('not a V2 distribution');
    const least = Math.max(1, Number(view.getBigInt64(16)));
    const halfBits = Math.ceil(Math.log2(2 * 10 ** view.getInt32(12))) - 1;
    const list = [];
    let index = 0;
    for (const number of zigzags(view, 40, Math.min(view.byteLength, 40 + view.getInt32(4)))) {
        if (number > 0)
            list.push({ ns: bucketValue(index, halfBits, Math.floor(Math.log2(least))), count: number });
        index += number < 0 ? -number : 1;
    }
    return list;
}

// The curve of a distribution at as many levels as this page's has.
function curveOfBuckets(buckets, most) {
    const total = buckets.reduce((sum, { count }) => sum + count, 0);
    const curve = { x: [], us: [] };
    let i = 0, seen = 0;
    for (let step = 0; total > 0; step++) {
        const x = Math.min(total, 10 ** (step / 24));
        while (i < buckets.length - 1 && seen + buckets[i].count < total * (1 - 1 / x))
            seen += buckets[i++].count;
        curve.x.push(x);
        curve.us.push(x === total && isNumber(most) ? most : buckets[i].ns / 1000);
        if (x === total)
            return curve;
    }
    return curve;
}

// If it cannot be decoded, its percentiles are enough points.
function curveOfStats(latency) {
    const points = [[1, latency.min], [2, latency.p50], [4, latency.p75], [10, latency.p90], [20, latency.p95], [100, latency.p99],
        [1000, latency.p999], [latency.count, latency.max]].filter(([x, us]) => isNumber(us) && x <= latency.count);
    const rising = points.filter(([x], i) => i === 0 || x > points[i - 1][0]);
    return { x: rising.map(([x]) => x), us: rising.map(([, us]) => us) };
}

async function curveOf(latency) {
    if (!latency || !(latency.count > 0))
        return { x: [], us: [] };
    try {
        const curve = curveOfBuckets(await hdrBuckets(latency.hdr), latency.max);
        return curve.x.length > 0 ? curve : curveOfStats(latency);
    } catch {
        return curveOfStats(latency);
    }
}

// --- its seconds -----------------------------------------------------------------------------------------------

// In the form of this page's charts over time: rates over the length of a second, and average and worst of many
// seconds.
function courseOf(series) {
    const rows = series.filter((row) => row && isNumber(row.t_s) && isNumber(row.sessions));
    const step = Math.max(1, Math.ceil(rows.length / mostPoints));
    const course = { t_s: [], sessions: [], p50: [], p99: [] };
    for (let i = 0; i < rows.length; i += step) {
        const some = rows.slice(i, i + step);
        const length = some.reduce((sum, row) => sum + (row.length_s > 0 ? row.length_s : 1), 0);
        if (i > 0 && length < step / 2)
            break; // what a few milliseconds had is no rate
        const known = (name) => some.map((row) => row[name]).filter(isNumber);
        const p50 = known('tls_handshake_p50'), p99 = known('tls_handshake_p99');
        course.t_s.push(some[0].t_s + step / 2);
        course.sessions.push(some.reduce((sum, row) => sum + row.sessions, 0) / length);
        course.p50.push(p50.length > 0 ? p50.reduce((a, b) => a + b, 0) / p50.length : null);
        course.p99.push(p99.length > 0 ? Math.max(...p99) : null);
    }
    return course;
}

// withEarlier adds to curves the corresponding ones of the earlier result, dashed and in the background.
function withEarlier(curves) {
    if (earlier === null)
        return curves;
    const behind = curves.filter(({ kind, dash }) => kind && !dash).map((curve) => ({
        ...earlier.curves[curve.kind], kind: curve.kind, name: `${curve.name}, earlier`, colour: curve.colour, dash: true, isBehind: true,
    })).filter((curve) => curve.x?.length > 0);
    return [...behind, ...curves];
}

// coursesWithEarlier returns the seconds, the lines and MORE lists of a chart, with the lines of the earlier result in
// the background. FROM is the column of a line.
function coursesWithEarlier(seconds, lines, more = []) {
    const behind = earlier === null ? [] : lines.filter(({ from }) => from && earlier.course[from].some(isNumber))
        .map((one) => ({ ...one, name: `${one.name}, earlier`, values: earlier.course[one.from], dash: true, isArea: false, isBehind: true }));
    if (behind.length === 0)
        return [seconds, lines, more];
    const [all, ...values] = uPlot.join([...behind.map((one) => [earlier.course.t_s, numbersOf(one.values)]),
        ...[...lines.map((one) => one.values), ...more].map((list) => [seconds, numbersOf(list)])]);
    const both = [...behind, ...lines];
    return [all, both.map((one, i) => ({ ...one, values: values[i] })), values.slice(both.length)];
}

// --- differing settings ----------------------------------------------------------------------------------------

const settingText = (value) => (value === undefined || value === null ? NONE : typeof value === 'number'
    ? value.toLocaleString('en-US', { maximumFractionDigits: 6 }) : typeof value === 'object' ? JSON.stringify(value) : String(value));

function differentSettings() {
    const both = (result) => ({ url: result.target?.url, address: result.target?.address, pinload: result.tool?.version, ...result.config });
    const [before, now] = [both(earlier.result), both(data)];
    return [...new Set([...Object.keys(now), ...Object.keys(before)])]
        .map((name) => [name, settingText(before[name]), settingText(now[name])]).filter(([, one, other]) => one !== other)
        .map(([name, ...values]) => [el('code', {}, breakable(name)), ...values]);
}

// With many requests per session, CPU is per request, as in the terminal's summary.
const isCpuOfRequests = () => page.counts_requests && data.requests.succeeded > 0;
const cpuName = () => `CPU a ${isCpuOfRequests() ? 'request' : 'session'}`;

function cpuOf({ generator, requests }) {
    return isCpuOfRequests() ? 1e6 * (generator?.cpu_user_s + generator?.cpu_system_s) / requests?.succeeded
        : generator?.cpu_per_session_us;
}

function comparedFigures() {
    const kept = page.counts_requests;
    return [['Sessions per second', 'sessions.per_second', figureRate], ...(kept ? [['Requests per second', 'requests.per_second', figureRate],
        ['Request, p99', 'latency.request.p99', figureTime]] : []),
    ['Handshake, p50', 'latency.tls_handshake.p50', figureTime], ['Handshake, p99', 'latency.tls_handshake.p99', figureTime],
    ['Refused', 'sessions.refused', figureCount], ['Failed', 'sessions.failed', figureCount]]
        .map(([name, path, format]) => [name, format(at(earlier.result, path)), figure(data, path, format)])
        .concat([[cpuName(), figureTime(cpuOf(earlier.result)), figureTime(cpuOf(data))]]);
}

function comparison() {
    const number = (name) => ({ name, class: 'number' });
    const settings = differentSettings();
    return [
        el('p', {}, 'Behind the curves, dashed: ', el('strong', {}, earlier.name),
            `, of ${figureDate(earlier.result.started_at)}, ${figureSeconds(earlier.result.duration_s)}.`),
        table([{ name: 'Figure' }, number('earlier'), number('this')], comparedFigures(), { 'aria-label': 'Figures of both' }),
        settings.length === 0 ? note('Both ran with the same settings.') : [el('h3', {}, 'Settings that differ'),
            table([{ name: 'Setting' }, { name: 'earlier' }, { name: 'this' }], settings, { 'aria-label': 'Settings that differ' })],
    ];
}

// --- choosing it -----------------------------------------------------------------------------------------------

const kindsWithCurves = ['tls_handshake', 'tls_handshake_full', 'tls_handshake_resumed', 'request', 'session', 'from_schedule'];

const isResult = (result) => result !== null && typeof result === 'object' && result.schema === data.schema &&
    [result.latency, result.sessions, result.config].every((part) => part !== null && typeof part === 'object') && Array.isArray(result.series);

// earlierOf reads a file, and throws an error message if it is not a result.
async function earlierOf(file) {
    if (file.size > mostBytes)
        throw new Error(`'${file.name}' has over ${figureBytes(mostBytes)}: no result of pinload is as large.`);
    let result = null;
    try {
        result = JSON.parse(await file.text());
    } catch { /* it is none */ }
    if (!isResult(result))
        throw new Error(`'${file.name}' is no result of pinload; expected what run or merge wrote with --json.`);
    const curves = {};
    for (const kind of kindsWithCurves)
        curves[kind] = await curveOf(result.latency[kind]);
    return { name: file.name, result, curves, course: courseOf(result.series) };
}

// overlay is the section in which an earlier result is chosen; REDRAW is called when one is added or removed.
function overlay(redraw) {
    const input = el('input', { type: 'file', accept: '.json,application/json', hidden: true, 'aria-label': 'An earlier result' });
    const choose = el('button', { type: 'button' }, 'Choose an earlier result');
    const away = el('button', { type: 'button', hidden: true }, 'Take it away');
    const status = el('p', { class: 'note', role: 'status' });
    const found = el('div', { class: 'found' });
    const show = () => {
        node.classList.toggle('screen', earlier === null); // paper has no use for a choice
        away.hidden = earlier === null;
        found.replaceChildren(...(earlier === null ? [] : comparison().flat()));
        redraw();
    };
    const take = async (file) => {
        try {
            earlier = await earlierOf(file);
            status.textContent = `'${file.name}' is drawn behind.`;
            show();
        } catch (error) {
            status.textContent = error.message;
        }
        status.scrollIntoView({ block: 'nearest' });
    };
    choose.addEventListener('click', () => input.click());
    input.addEventListener('change', () => {
        if (input.files.length > 0)
            take(input.files[0]);
        input.value = '';
    });
    away.addEventListener('click', () => {
        earlier = null;
        status.textContent = '';
        show();
        choose.focus();
    });
    for (const name of ['dragover', 'drop']) {
        document.addEventListener(name, (event) => {
            if (!event.dataTransfer?.types.includes('Files'))
                return;
            event.preventDefault();
            if (name === 'drop' && event.dataTransfer.files.length > 0)
                take(event.dataTransfer.files[0]);
        });
    }
    const node = section('earlier', 'Beside an earlier result',
        el('p', { class: 'note screen' }, 'The JSON of another run can be drawn behind this one: choose it, or drop it onto the page. It is read here and sent nowhere.'),
        el('p', { class: 'controls' }, choose, away, input), status, found);
    node.classList.add('screen');
    return node;
}
