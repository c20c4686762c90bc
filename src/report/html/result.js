// SPDX-License-Identifier: Apache-2.0
//
// The sections of a result's page, in the order in which readers need them: the outcome, the latencies, the identities,
// the settings, and whether the generator kept up.
'use strict';

const data = JSON.parse(document.getElementById('data').textContent);
const { page } = data;
data.identities = identityList(data.identities);
const show = (path, format = figureCount) => figure(data, path, format);

// --- the run, and the verdict ----------------------------------------------------------------------------------

function identitiesOfPlan() {
    const count = page.identities;
    if (page.is_anonymous)
        return 'no client certificate';
    return count === 0 ? 'no identity' : plural(count, 'identity', 'identities') + (count > 1 ? `, ${data.config.rotate}` : '');
}

function plan() {
    const { config } = data;
    const load = config.open_loop
        ? `open loop, ${data.stages.length > 0 ? 'up to ' : ''}${figureRate(config.rate)}/s requested, at most ${plural(config.connections, 'connection')}`
        : `closed loop, ${plural(config.connections, 'connection')}`;
    return joined([
        data.target.address,
        data.target.sni === null ? 'no SNI' : `SNI ${data.target.sni}`,
        `${load}, ${plural(config.threads, 'thread')}`,
        `verify ${config.verify}${config.pins > 0 ? `, ${plural(config.pins, 'pin')}` : ''}`,
        identitiesOfPlan(),
    ]);
}

function masthead() {
    return el('header', {},
        el('p', { class: 'kicker' }, el('span', {}, `pinload ${data.tool.version}`),
            el('span', {}, `${figureDate(data.started_at)} · ${figureSeconds(data.duration_s)}`)),
        el('h1', {}, data.target.url ?? 'no target'),
        el('p', { class: 'plan' }, plan()));
}

function verdictWord() {
    const { interrupted_by: signal, passed } = data.verdict;
    if (signal !== null)
        return ['INTERRUPTED', 'warn'];
    return passed ? ['PASS', data.generator.saturated ? 'warn' : 'good'] : ['FAIL', 'bad'];
}

function verdictSentence() {
    const { interrupted_by: signal, violations } = data.verdict;
    const count = violations.length + page.more.violations;
    const forgiven = data.verdict.passed && data.sessions.failed > 0 ? ', failures within --max-failures' : '';
    const found = count === 0 ? `All checks passed${forgiven}` : plural(count, 'violation');
    if (signal !== null) {
        return `Ended by ${signalName(signal)} after ${figureSeconds(data.duration_s)}; all figures ` +
            `cover the run until then. ${found}${count === 0 ? ' so far' : ''}.`;
    }
    return `${found}${count > 0 ? ':' : data.generator.saturated ? ', but the requested rate was not held.' : '.'}`;
}

function books() {
    const { sessions } = data;
    const served = sessions.cut_off_served;
    const items = [];
    if (served > 0)
        items.push([show('sessions.cut_off_served'), ' open at the end, after ', show('sessions.cut_off_responses'), ' responses']);
    if (served === 0 || sessions.succeeded > 0)
        items.push([show('sessions.succeeded'), ' succeeded']);
    items.push([show('sessions.refused'), ' refused'], [show('sessions.failed'), ' failed']);
    if (sessions.unconfirmed > 0)
        items.push([show('sessions.unconfirmed'), ' unconfirmed']);
    if (sessions.cut_off > served)
        items.push([figureCount(sessions.cut_off - served), ' cut off at the end']);
    if (sessions.skipped > 0)
        items.push([show('sessions.skipped'), ' skipped']);
    return el('p', { class: 'books' }, show('sessions.started'), sessions.started === 1 ? ' session: ' : ' sessions: ', joined(items));
}

function violationList() {
    const { violations } = data.verdict;
    const more = page.more.violations;
    if (violations.length === 0)
        return null;
    const items = violations.map((text) => el('li', {}, text));
    const list = el('ul', { class: 'violations' }, items, more > 0 ? el('li', {}, `… and ${figureCount(more)} more`) : null);
    return folded(list, 8, [...list.children]);
}

function verdict() {
    const [word, tone] = verdictWord();
    return el('section', { id: 'verdict', class: `verdict ${tone}`, 'aria-label': 'Verdict' },
        el('p', { class: 'word' }, word),
        el('div', {}, el('p', {}, verdictSentence()),
            violationList(),
            data.sessions.started > 0 ? books() : el('p', { class: 'books' }, 'No session was started.')));
}

function clampedCount() {
    return Object.values(data.latency).reduce((sum, one) => sum + one.clamped, 0);
}

// A ramp-up that is not within the warm-up, so that the rates of the whole run are lower than those after it.
function hasRampUp() {
    return data.steady.from_s > data.config.warm_up_s;
}

// What to know before trusting any figure.
function notices() {
    const { config, generator, steady } = data;
    const list = [];
    if (!page.balances)
        list.push(['bad', 'The counts do not add up. ', 'This is a bug in pinload; please report it.']);
    if (config.verify === 'none')
        list.push(['warn', 'The server was not verified. ', 'With --verify none, nothing here shows who answered.']);
    if (generator.saturated) {
        list.push(['warn', 'The generator did not hold the requested rate. ',
            `Its limit: ${generator.limit ?? 'unknown'}. Latencies are those of a lower load.`]);
    }
    if (generator.slots_paused_s > 0) {
        list.push(['warn', `Slots paused for ${figureSeconds(generator.slots_paused_s)} after failures. `,
            'Rates include these pauses; --no-backoff turns them off.']);
    }
    if (config.warm_up_s > 0) {
        list.push(['info', `Warm-up of ${figureSeconds(config.warm_up_s)}. `,
            'Its sessions are excluded from latencies and rates; counts cover the whole run.']);
    }
    if (hasRampUp() && steady.duration_s > 0) {
        list.push(['info', `Ramp-up of ${figureSeconds(steady.from_s)}. `, 'The headline has the rates of the ' +
            `${figureSeconds(steady.duration_s)} after it, and of the whole run beside them.`]);
    }
    if (config.merged_results > 1)
        list.push(['info', `Merged from ${figureCount(config.merged_results)} results. `, 'Counts and rates are sums.']);
    if (clampedCount() > 0) {
        list.push(['info', `Out of range: ${plural(clampedCount(), 'value')}. `,
            'Each counts as the nearest value that a histogram can hold, at most 1 h.']);
    }
    return list.map(([tone, head, text]) => el('p', { class: `notice ${tone}` }, el('strong', {}, head), text));
}

// --- the headline ----------------------------------------------------------------------------------------------

function tile(name, value, unit, detail, tone) {
    return el('div', { class: `tile ${tone ?? ''}` }, el('dt', {}, name), el('dd', {},
        el('span', { class: 'big' }, value, unit ? el('small', {}, unit) : null), el('span', { class: 'detail' }, detail)));
}

// The rate of the steady part, with that of the whole run in the detail if the two differ.
function rateTile(name, detail) {
    const [whole, steady] = [`${name}.per_second`, `steady.${name}_per_second`];
    const title = `${name[0].toUpperCase()}${name.slice(1)}`;
    const isEndless = name === 'sessions' && page.counts_requests; // few begin after the ramp-up
    if (!hasRampUp() || isEndless || !isNumber(data.steady[`${name}_per_second`]))
        return tile(title, show(whole, figureRate), '/s', detail);
    return tile(title, show(steady, figureRate), '/s', ['after the ramp-up; whole run ', show(whole, figureRate), '/s; ', detail]);
}

function headline() {
    const { sessions, handshakes, config } = data;
    const of = `of ${figureCount(sessions.started)}`;
    const asked = config.open_loop ? `${figureRate(config.rate)}/s requested` : `${figureCount(sessions.started)} started`;
    const quality = (part) => (sessions.started > 0 ? `${figureShare(part, sessions.started)} ${of}` : 'none started');
    const kept = page.counts_requests;
    return el('dl', { class: kept ? 'tiles kept' : 'tiles', id: 'headline' },
        kept ? rateTile('requests',
            [show('requests.succeeded'), ' of ', show('requests.started'), ' succeeded']) : null,
        kept ? tile('Request, p99', show('latency.request.p99', figureTime), '',
            ['p50 ', show('latency.request.p50', figureTime)]) : null,
        rateTile('sessions', asked),
        tile('Handshake, p50', show('latency.tls_handshake.p50', figureTime), '', plural(handshakes.completed, 'handshake')),
        tile('Handshake, p99', show('latency.tls_handshake.p99', figureTime), '',
            ['longest ', show('latency.tls_handshake.max', figureTime)]),
        sessions.cut_off_served > sessions.succeeded
            ? tile('Open at the end', show('sessions.cut_off_served'), '',
                ['after ', show('sessions.cut_off_responses'), ' responses'])
            : tile('Succeeded', show('sessions.succeeded'), '', quality(sessions.succeeded)),
        tile('Refused', show('sessions.refused'), '', quality(sessions.refused)),
        tile('Failed', show('sessions.failed'), '', quality(sessions.failed), sessions.failed > 0 ? 'bad' : ''));
}

// --- latencies -------------------------------------------------------------------------------------------------

function curvesOf(list) {
    return list.map(([kind, name, tone, dash]) => ({ ...page.curves[kind], kind, name, colour: tone, dash }))
        .filter((curve) => curve.x.length > 0);
}

function histogramPart(noun, curves) {
    const drawn = histogram(noun, curves);
    return drawn === null ? null : [el('h3', {}, 'Histogram'), drawn];
}

function percentiles() {
    const isMixed = data.latency.tls_handshake_full.count > 0 && data.latency.tls_handshake_resumed.count > 0;
    const all = data.latency.tls_handshake_full.count + data.latency.tls_handshake_resumed.count === 0 || isMixed;
    const curves = curvesOf([['tls_handshake_full', 'full', 'one'], ['tls_handshake_resumed', 'resumed', 'two'],
        ...(all ? [['tls_handshake', 'all', isMixed ? 'rest' : 'one', isMixed]] : [])]);
    const sessions = curvesOf([['from_schedule', 'from the intended start', 'three'], ['session', 'from the real start', 'one']]);
    const requests = page.counts_requests ? curvesOf([['request', 'requests', 'two']]) : [];
    return [
        requests.length > 0 ? section('requests', 'Request latency by percentile',
            percentileChart('Request latency by percentile', withEarlier(requests)), histogramPart('request', requestCurves())) : null,
        section('percentiles', 'Handshake latency by percentile', curves.length > 0
            ? [percentileChart('Handshake latency by percentile', withEarlier(curves)), histogramPart('handshake', handshakeCurves())]
            : note('No handshake completed, so there is no latency to show.')),
        page.curves.from_schedule.x.length > 0
            ? section('schedule', 'Session latency by percentile',
                note('From the intended start: how long a client would have waited that was due then. The difference is the wait for a slot.'),
                percentileChart('Session latency by percentile', withEarlier(sessions))) : null,
    ];
}

function courseNote(step) {
    const open = page.course.open.some((count) => count > 0) ? ` Open sessions are those at its begin${step > 1 ? ', the most of one second' : ''}.` : '';
    if (step <= 1)
        return `Each point is one second; the last one ended with the run, and its rates are for its actual length.${open}`;
    const [average, worst] = page.latencies === null ? ['sessions, requests and p50 on average', 'p99, refusals and failures']
        : ['sessions and requests on average', 'refusals and failures'];
    return `Each point stands for ${step} seconds: ${average}, the band from the least to the most ` +
        `of one second, ${worst} of the worst second; the last one for what was left.${open}`;
}

// The common end of the charts over time, so that what is above one another happened at the same time.
function courseEnd({ t_s: seconds, seconds_per_point: step }) {
    const heatEnd = page.heat === null ? 0 : page.heat.columns.length * page.heat.seconds_per_column;
    return Math.max(seconds[seconds.length - 1] + step, heatEnd);
}

// What was counted in a second is drawn in its middle.
const middles = (seconds, step) => seconds.map((second) => second + step / 2);

// Whether all handshakes of kept-alive sessions are in one second: a line would say nothing.
const isOneSecond = (c) => page.counts_requests && c.t_s.length > 1 && c.p50.filter(isNumber).length === 1;

// Percentiles of several results cannot be combined; for merged results, the intervals may provide them.
function latencyCourse(c) {
    const { t_s: seconds, p50, p99, seconds_per_point: step } = page.latencies ?? c;
    const title = el('h3', {}, 'Handshake latency');
    if (isOneSecond(c))
        return [];
    if (!p50.some(isNumber)) {
        return [title, note(data.handshakes.completed === 0 ? 'No handshake completed, so there is no latency to show.'
            : 'Percentiles of several results cannot be added up, and the merged histograms hold no times: latency over time ' +
            'is on the page of each result.')];
    }
    const times = timeScale([...p50, ...p99]);
    const caption = joined([page.latencies === null ? null : `Latencies are those of all handshakes of ${step} seconds.`,
        times.isLog ? 'The latency axis is logarithmic.' : null], ' ');
    const [all, lines] = coursesWithEarlier(middles(seconds, step), [
        { name: 'p50', from: 'p50', colour: 'one', values: p50, format: figureTime },
        { name: 'p99', from: 'p99', colour: 'three', values: p99, format: figureTime },
    ]);
    return [title, timeChart('Handshake latency over time', caption.length > 0 ? caption : null, all, lines,
        { y: timeScale(lines.flatMap(({ values }) => values)), end: courseEnd(c), step, sync: 'course' })];
}

// Results of older versions do not contain how many were open; and none may have been open when they were counted.
function openCourse(c) {
    if (!c.open.some((count) => count > 0))
        return [];
    const last = c.t_s.length - 1; // which goes on to its end
    const [seconds, values] = [[...c.t_s, c.t_s[last] + c.seconds_per_point], [...c.open, c.open[last]]];
    return [el('h3', {}, 'Open sessions'), timeChart('Open sessions over time', null, seconds,
        [{ name: 'open', colour: 'two', values, format: figureCount, isArea: true, isStepped: true }],
        { y: wholeScale, end: courseEnd(c), sync: 'course' })];
}

function heatmapPart(c) {
    const drawn = heatmap(courseEnd(c));
    return drawn === null ? [] : [el('h3', {}, `All ${latencyNoun(page.heat.kind)}s`), drawn];
}

const figurePerSecond = (value) => (isNumber(value) ? `${figureRate(value)}/s` : NONE);

function requestCourse(c) {
    if (!page.counts_requests)
        return [];
    return [el('h3', {}, 'Requests per second'),
        timeChart('Requests per second over time', null, middles(c.t_s, c.seconds_per_point),
            [{ name: 'requests', colour: 'two', values: c.requests, format: figurePerSecond }],
            { y: countScale, end: courseEnd(c), step: c.seconds_per_point, sync: 'course' })];
}

function sessionLines(c) {
    const hasAny = (counts) => counts.some((count) => count > 0);
    const lines = [{ name: 'sessions', from: 'sessions', colour: 'one', values: c.sessions, format: figurePerSecond }];
    if (hasAny(c.refused))
        lines.push({ name: 'refused', colour: 'three', values: c.refused, format: figurePerSecond, isArea: true });
    if (hasAny(c.failed))
        lines.push({ name: 'failed', colour: 'bad', values: c.failed, format: figurePerSecond, isArea: true });
    const isInSight = data.config.rate <= 3 * Math.max(...c.sessions);
    if (data.config.open_loop && !hasRampUp() && isInSight)
        lines.push({ name: 'requested', colour: 'rest', values: middles(c.t_s, c.seconds_per_point).map((seconds) => rateAsked(data, seconds)), format: figurePerSecond, dash: true });
    return lines;
}

// Whether all sessions last until the end of the run, so that there is no rate of them.
const isEndless = (c) => page.counts_requests && data.sessions.cut_off_served > 0 && data.sessions.failed + data.sessions.refused === 0 &&
    c.sessions.slice(0, -1).every((rate) => rate === 0);

function sessionCourse(c) {
    if (isEndless(c))
        return [];
    const step = c.seconds_per_point;
    const band = step > 1 ? [c.sessions_least, c.sessions_most] : null;
    const [all, lines, [marks, ...bands]] = coursesWithEarlier(middles(c.t_s, step), sessionLines(c), [c.failed, ...(band ?? [])]);
    return [el('h3', {}, 'Sessions per second'),
        timeChart('Sessions per second over time', null, all, lines, {
            y: countScale, end: courseEnd(c), step, band: band && bands, marks: c.failed.some((count) => count > 0) ? marks : null,
            sync: 'course',
        })];
}

function course() {
    const { course: c } = page;
    const [title, id] = ['Over time', 'course'];
    if (c.t_s.length === 0)
        return section(id, title, note('The run ended before its first second started.'));
    if (c.t_s.length === 1)
        return section(id, title, note('The run lasted one second, so there is nothing to draw over time.'));
    const zoom = el('span', { class: 'screen' }, ' Drag to zoom, double-click to go back.');
    return section(id, title, note(courseNote(c.seconds_per_point), zoom), ...requestCourse(c), ...sessionCourse(c), ...openCourse(c),
        ...latencyCourse(c), ...heatmapPart(c));
}

const phaseNames = [
    ['connect', 'Connect'], ['tls_handshake', 'Handshake'], ['tls_handshake_full', 'full', 'part'],
    ['tls_handshake_resumed', 'resumed', 'part'], ['verify_callback', 'Verify callback', 'part'],
    ['first_byte', 'First byte'], ['request', 'Request'], ['session', 'Session'], ['from_schedule', 'From schedule'],
    ['handshake_from_schedule', 'Handshake from schedule'], ['signing', 'Token signing'], ['signing_queue', 'queue for it', 'part'],
];

// For a response that arrived in one piece, the first byte is also the last one.
function areTheSame(one, other) {
    return one.count > 0 && ['count', 'min', 'p50', 'p90', 'p99', 'p999', 'max'].every((stat) => one[stat] === other[stat]);
}

// strip draws the range of a distribution on a logarithmic scale from LEAST to MOST, both powers of ten.
function strip(s, [least, most]) {
    const place = (us) => 100 * (Math.log10(Math.max(us, least)) - least10) / (Math.log10(most) - least10);
    const least10 = Math.log10(least);
    const bar = (name, from, to) => {
        const node = el('i', { class: name });
        node.style.left = `${place(from)}%`;
        node.style.width = `${Math.max(0, place(to) - place(from))}%`;
        return node;
    };
    return el('div', { class: 'strip', 'aria-hidden': 'true' }, grid([least, most]),
        bar('whole', s.min, s.max), bar('most', s.p50, s.p99), bar('middle', s.p50, s.p50));
}

function decadesOf([least, most]) {
    const list = [];
    for (let us = least; us <= most * 1.001; us *= 10)
        list.push(us);
    return list;
}

function grid(range) {
    const decades = decadesOf(range);
    return decades.map((us, i) => {
        const node = el('b', {});
        node.style.left = `${100 * i / (decades.length - 1)}%`;
        return node;
    });
}

function stripHead(range) {
    const decades = decadesOf(range);
    const step = Math.ceil(decades.length / 5);
    return el('div', { class: 'strip head', 'aria-hidden': 'true' }, decades.map((us, i) => {
        const node = el('span', {}, i % step === 0 ? figureTick(us) : '');
        node.style.left = `${100 * i / (decades.length - 1)}%`;
        return node;
    }));
}

function phases() {
    const isMixed = data.latency.tls_handshake_resumed.count > 0;
    const isOne = areTheSame(data.latency.first_byte, data.latency.request);
    const rows = phaseNames.filter(([kind]) => data.latency[kind].count > 0 &&
        (isMixed || kind !== 'tls_handshake_full') && !(isOne && kind === 'request'))
        .map(([kind, name, part]) => [kind, isOne && kind === 'first_byte' ? 'First byte, request' : name, part]);
    if (rows.length === 0)
        return null;
    const least = Math.max(0.001, Math.min(...rows.map(([kind]) => data.latency[kind].min)));
    const most = Math.max(...rows.map(([kind]) => data.latency[kind].max));
    const range = [10 ** Math.floor(Math.log10(least)), 10 ** Math.ceil(Math.log10(most * 1.0001))];
    const number = (name) => ({ name, class: 'number' });
    const columns = [{ name: 'Phase' }, { name: 'values', class: 'number minor' }, number('p50'),
        { name: 'p90', class: 'number minor' }, number('p99'), number('p99.9'), number('max'),
        { name: stripHead(range), class: 'range' }];
    return section('phases', 'Phases side by side',
        table(columns, rows.map(([kind, name, part]) => ({
            class: part, cells: [name, show(`latency.${kind}.count`),
                ...['p50', 'p90', 'p99', 'p999', 'max'].map((stat) => show(`latency.${kind}.${stat}`, figureTime)),
                strip(data.latency[kind], range)],
        })), { 'aria-label': 'Phases' }),
        isOne ? note('First byte and request are one row: each response came in one piece.') : null,
        el('p', { class: 'note ranges' }, 'Line: minimum to maximum. Bar: p50 to p99. The scale is logarithmic.'));
}

const wireNames = [['client_hello', 'ClientHello'], ['sent', 'Sent'], ['last_flight', 'of it the last flight', 'part'],
    ['received', 'Received'], ['round_trips', 'Round trips']];

function wireRows(kind, title) {
    return wireNames.map(([name, words, part]) => {
        const path = `handshakes.wire.${kind}.${name}`;
        return { class: part, cells: [joined([words, title], ', '), show(`${path}.count`),
            ...['min', 'p50', 'p90', 'p99', 'max'].map((stat) => show(`${path}.${stat}`))] };
    });
}

// What handshakes were on the wire, in bytes of TLS records.
function wire() {
    const { full, resumed } = data.handshakes.wire;
    const kinds = [['full', full], ['resumed', resumed]].filter(([, of]) => of.sent.count > 0);
    if (kinds.length === 0)
        return null;
    const number = (name) => ({ name, class: 'number' });
    return section('wire', 'Handshakes on the wire',
        table([{ name: 'Bytes' }, { name: 'values', class: 'number minor' }, number('min'), number('p50'), number('p90'),
            number('p99'), number('max')],
        kinds.flatMap(([kind]) => wireRows(kind, kinds.length > 1 ? kind : null)), { 'aria-label': 'Handshakes on the wire' }),
        note('TLS records until the Finished of each side, without early data. The last flight is what the client sent last, ' +
            'its certificate included; round trips are those before a request could go out.'));
}

// Whose tickets each address takes: a row for each that issued them, a column for each that was offered them.
function tickets() {
    const { offered, offered_by_path: offers, resumed_by_path: resumed } = data.handshakes.tickets;
    const addresses = [...new Set(Object.keys(offers).map((path) => path.split(' to ')[0]))];
    if (addresses.length === 0 || offered === 0)
        return null;
    const cell = (path) => (offers[path] > 0 ? el('span', { class: resumed[path] < offers[path] ? 'warn' : null,
        'data-path': path }, `${figureCount(resumed[path])} of ${figureCount(offers[path])}`) : '–');
    return section('tickets', 'Tickets across addresses',
        table([{ name: 'Issued by' }, ...addresses.map((to) => ({ name: breakable(to), class: 'number' }))],
            addresses.map((from) => [breakable(from), ...addresses.map((to) => cell(`${from} to ${to}`))]),
            { 'aria-label': 'Tickets across addresses' }),
        note('How many handshakes were resumed, of those in which a ticket of the row’s address was offered to the column’s.'));
}

// --- verification ----------------------------------------------------------------------------------------------

function pins() {
    const { pins: p } = data;
    const names = Object.keys(p.by_pin);
    if (names.length === 0 && p.checked === 0)
        return null;
    const rows = names.map((name) => ({
        class: p.by_pin[name] > 0 ? '' : 'quiet',
        cells: [el('code', {}, name), el('span', { class: 'figure', 'data-pin': name }, figureCount(p.by_pin[name])),
            figureShare(p.by_pin[name], p.checked)],
    }));
    return section('pins', 'Pins',
        note(joined([[show('pins.checked'), ' sessions checked'], [show('pins.matched'), ' matched'],
            [show('pins.mismatched'), ' mismatched'], p.mismatch_reported > 0 ? [show('pins.mismatch_reported'), ' of them went on (--pins report)'] : null,
            p.rejected > 0 ? [show('pins.rejected'), ' rejected (--reject-pin)'] : null,
            p.not_checked > 0 ? [show('pins.not_checked'), ' not checked'] : null,
            p.checked_resumed > 0 ? [show('pins.checked_resumed'), ' of those checked on a resumed session'] : null])),
        rows.length > 0 ? folded(table([{ name: 'Pin' }, { name: 'matched in', class: 'number' },
            { name: 'share', class: 'number' }], rows, { 'aria-label': 'Pins' }), 20) : null,
        page.more.pins > 0 ? note(`… and ${plural(page.more.pins, 'pin')} more.`) : null);
}

// --- outcomes, and what was negotiated -------------------------------------------------------------------------

function outcomes() {
    const names = Object.keys(data.outcomes).filter((name) => data.outcomes[name] > 0);
    if (names.length === 0)
        return null;
    const story = data.verdict.first_failure;
    return section('outcomes', 'Outcomes',
        table([{ name: 'Outcome' }, { name: 'sessions', class: 'number' }, { name: 'share', class: 'number' },
            { name: 'meaning', class: 'text' }],
        names.map((name) => [el('code', {}, breakable(name)), show(`outcomes.${name}`),
            figureShare(data.outcomes[name], data.sessions.started), page.meanings[name] ?? '']), { 'aria-label': 'Outcomes' }),
        story !== null ? [el('h3', {}, 'The first failure'), el('pre', { class: 'story' }, story)] : null);
}

function counts(title, names, total) {
    const entries = Object.entries(names).filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
    if (entries.length === 0)
        return null;
    return el('div', { class: 'counts' }, el('h3', {}, title), el('table', {}, el('tbody', {}, entries.map(([name, count]) =>
        el('tr', {}, el('th', { scope: 'row' }, breakable(name)), el('td', { class: 'number' }, figureCount(count)),
            el('td', { class: 'number share' }, figureShare(count, total)))))));
}

// Whether raw public keys were asked for, or came: without them every certificate is X.509.
function showsRawKeys() {
    const { config, handshakes: h } = data;
    return config.raw_public_key === true || h.server_certificate_types.raw_public_key > 0 ||
        h.client_certificate_types.raw_public_key > 0;
}

function negotiated() {
    const { handshakes: h, requests } = data;
    const sum = (names) => Object.values(names).reduce((a, b) => a + b, 0);
    const alerts = [['Alerts received', h.alerts.received], ['Alerts sent', h.alerts.sent]];
    const blocks = [
        counts('TLS version', h.versions, h.completed), counts('Cipher', h.ciphers, h.completed),
        counts('Group', h.groups, h.completed), counts('Server signature', h.sigalgs, h.full),
        counts('Client signature', h.client_sigalgs, h.full),
        ...(showsRawKeys() ? [counts('Server certificate type', h.server_certificate_types, h.full),
            counts('Client certificate type', h.client_certificate_types, h.full)] : []),
        counts('Protocol (ALPN)', h.protocols, h.completed),
        counts('Handshake', { full: h.full, resumed: h.resumed }, h.completed),
        h.tickets.offered > 0 ? counts('Tickets', { accepted: h.tickets.offered - h.tickets.declined,
            declined: h.tickets.declined }, h.tickets.offered) : null,
        h.early_data.offered > 0 ? counts('Early data', { accepted: h.early_data.accepted,
            rejected: h.early_data.rejected }, h.early_data.offered) : null,
        h.ech.offered > 0 ? counts('ECH', { accepted: h.ech.accepted, rejected: h.ech.rejected,
            retried: h.ech.retried }, h.ech.offered) : null,
        counts('Certificate compression', h.cert_compression.by, h.full),
        counts('HTTP status', requests.statuses, sum(requests.statuses)),
        ...alerts.map(([title, names]) => counts(title, names, sum(names))),
    ].filter((block) => block !== null);
    return blocks.length > 0 ? section('negotiated', 'Negotiated', el('div', { class: 'blocks' }, blocks)) : null;
}

// --- the generator, and the settings ---------------------------------------------------------------------------

function generator() {
    const { config, generator: g, duration_s: duration } = data;
    const cpu = g.cpu_user_s + g.cpu_system_s;
    const busiest = Math.max(0, ...g.threads.map((thread) => thread.busy ?? 0));
    const limit = g.limit !== null ? `, limit: ${g.limit}` : '';
    return section('generator', 'The generator', facts([
        ['Saturated', g.saturated ? el('strong', { class: 'warn' }, `yes: the rate was not held${limit}`) : 'no'],
        g.slots_paused_s > 0 ? ['Slots paused after failures', show('generator.slots_paused_s', figureSeconds)] : null,
        ['CPU', `${figureSeconds(cpu)}${duration > 0 ? `, ${Math.round(100 * cpu / duration)}\u00a0% of a core` : ''}`],
        isNumber(cpuOf(data)) && [cpuName(), figureTime(cpuOf(data))],
        g.threads.length > 0 ? ['Busiest thread', `${Math.round(100 * busiest)}\u00a0% of its time`] : null,
        g.loop_lag.count > 0 ? ['Loop lag', 'p99 ', show('generator.loop_lag.p99', figureTime), ', max ',
            show('generator.loop_lag.max', figureTime)] : null,
        g.schedule_slip.count > 0 ? ['Schedule slip', 'p99 ', show('generator.schedule_slip.p99', figureTime), ', max ',
            show('generator.schedule_slip.max', figureTime)] : null,
        g.peak_rss_bytes > 0 ? ['Memory', show('generator.peak_rss_bytes', figureBytes), ' at most'] : null,
        g.rss_per_session_bytes > 0 ? ['Memory per open session', show('generator.rss_per_session_bytes', figureBytes)] : null,
        ['Open at once', show('sessions.peak_established'),
            ` sessions at most${config.merged_results > 1 ? ', the sum of the peaks of all results' : ''}`],
        g.descriptors.limit > 0 ? ['Descriptors', show('generator.descriptors.used'), ' of ',
            show('generator.descriptors.limit')] : null,
        g.ports?.limit > 0 ? ['Local ports', show('generator.ports.used'), ' of ', show('generator.ports.limit')] : null,
        ['Bytes', show('bytes.read', figureBytes), ' read, ', show('bytes.written', figureBytes), ' written'],
        ['Requests', show('requests.succeeded'), ' of ', show('requests.started'), ' succeeded'],
    ]));
}

function settings() {
    const entries = Object.entries(data.config).filter(([, value]) => value !== null);
    return el('details', {}, el('summary', {}, 'Every setting'), facts(entries.map(([name, value]) =>
        [el('code', {}, name), typeof value === 'number' ? value.toLocaleString('en-US') : String(value)])));
}

// For a merged result, the commands of all its parts.
function repeat() {
    const { parts: more, words } = page.more;
    const isMerged = data.parts.length + more > 1;
    const commands = (isMerged ? data.parts.map((part) => part.command) : [data.command]).filter((command) => command.length > 0);
    return section('repeat', 'Run it again',
        isMerged ? note(`These ${plural(data.parts.length + more, 'run')} were merged.`) : null,
        commands.map((words) => copyBlock(commandText(words))),
        planBlock('run', data.plan),
        isMerged && more > 0 ? note(`The commands of ${plural(more, 'run')} more are in the JSON result.`) : null,
        !isMerged && words > 0 ? note(`The command goes on for ${plural(words, 'word')} more.`) : null,
        commands.flat().some((word) => word.includes('***')) ? note('*** stands for a password, or for the value of a header or of a body.') : null,
        settings());
}

function colophon() {
    const { tool } = data;
    return el('footer', {}, joined([`pinload ${tool.version}`, tool.boringssl && `BoringSSL ${tool.boringssl}`,
        tool.libuv && `libuv ${tool.libuv}`, 'charts by uPlot']));
}

// The charts that show an earlier result are rebuilt.
function redrawn() {
    for (const part of [...percentiles(), course()].filter((one) => one !== null))
        document.getElementById(part.id).replaceWith(part);
    drawNewCharts();
}

document.getElementById('page').replaceChildren(...[
    masthead(), verdict(), ...notices(), headline(), ...percentiles(), course(), overlay(redrawn), stages(data, page.counts_requests), phases(), wire(), tickets(), identities(), pins(), outcomes(),
    negotiated(), generator(), repeat(), colophon(),
].filter((part) => part !== null));
startCharts();
