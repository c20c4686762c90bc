// SPDX-License-Identifier: Apache-2.0
//
// The sections of a search's page: the answer, latency against load with every stage a point, and the stages.
'use strict';

const data = JSON.parse(document.getElementById('data').textContent);
const { answer, stages, words } = data;

const isByRate = data.by === 'rate';
const loadText = (load) => (isByRate ? `${figureRate(load)}/s` : figureCount(load));
const loadName = isByRate ? 'rate' : 'connections';
const causes = {
    slo: 'the SLO', failures: 'failures', server_rate: 'the server’s rate', generator: 'the generator',
    connections: 'too few connections', ports: 'local ports', descriptors: 'file descriptors',
};

// --- the answer ------------------------------------------------------------------------------------------------

function masthead() {
    return el('header', {},
        el('p', { class: 'kicker' }, el('span', {}, `pinload ${data.tool.version} find`)), el('h1', {}, data.url),
        el('p', { class: 'plan' }, [...data.slo.map(({ condition }) => condition), `within ${data.terms.within_percent} %`,
            `${figureSeconds(data.duration_s)} in all`, figureDate(data.started_at)].join(' · ')));
}

function verdict() {
    const isAnswered = ['found', 'at_least'].includes(answer.end) && !data.interrupted;
    const [word, tone] = answer.holds === null ? ['NOTHING HOLDS', 'bad']
        : [answer.at_least ? 'AT LEAST' : 'HOLDS', isAnswered && !answer.at_least ? 'good' : 'warn'];
    const edge = answer.edge === null ? null
        : `Stages begin to break at ${loadText(answer.edge)}; 95 % interval [${loadText(answer.ci95[0])}, ${loadText(answer.ci95[1])}].`;
    return el('section', { id: 'verdict', class: `verdict ${tone}`, 'aria-label': 'Verdict' }, el('p', { class: 'word' }, word),
        el('div', {}, el('p', {}, `${words.answer}.`), edge === null ? null : el('p', {}, edge),
            words.limit === '' ? null : el('p', {}, `The limit was ${words.limit}.`)));
}

function notices() {
    return words.doubt === '' ? [] : [el('p', { class: 'notice warn' }, el('strong', {}, 'But: '), `${words.doubt}.`)];
}

// --- latency against load --------------------------------------------------------------------------------------

const limitUs = data.slo.find(({ figure: path, unit }) => unit === 'us' && path.replace(/^latency\./, '').startsWith(`${data.latency}.`))?.limit ?? null;

const points = (name) => ({
    stroke: colour(name), paths: () => null, points: { show: true, size: 7, fill: colour(name), stroke: colour(name) },
});

function loadAxis(loads) {
    const isWide = Math.max(...loads) / Math.min(...loads) > 5;
    const steps = Array.from({ length: 12 }, (_, i) => 10 ** (i - 2)).flatMap((ten) => [1, 2, 5].map((digit) => digit * ten));
    const range = [Math.min(...loads) / 1.1, Math.max(...loads) * 1.1];
    const within = steps.filter((step) => step >= range[0] && step <= range[1]);
    const scale = isWide ? { time: false, distr: 3, log: 10, range } : { time: false, range };
    const more = isWide ? { splits: () => within, filter: (plot, splits) => splits } : {};
    return { scale, axis: () => axis({ size: 22, values: (plot, splits) => splits.map((one) => one.toLocaleString('en-US')), ...more }) };
}

function picture() {
    const shown = stages.filter(({ p99 }) => isNumber(p99)).sort((a, b) => a.load - b.load);
    if (shown.length < 2)
        return null;
    const loads = shown.map(({ load }) => load);
    const lines = [
        { name: 'p50', colour: 'two', values: shown.map(({ p50 }) => p50), make: () => points('two') },
        { name: 'p99, held', colour: 'one', values: shown.map(({ p99, held }) => (held ? p99 : null)), make: () => points('one') },
        { name: 'p99, broke', colour: 'bad', values: shown.map(({ p99, held }) => (held ? null : p99)), make: () => points('bad') },
        limitUs === null ? null
            : { name: 'SLO', colour: 'warn', dash: true, values: shown.map(() => limitUs), make: () => line('warn', true) },
    ].filter((one) => one !== null).map((one) => ({ ...one, format: (us) => (isNumber(us) ? figureTime(us) : NONE) }));
    const x = loadAxis(loads), times = timeScale(lines.flatMap(({ values }) => values));
    return section('picture', `${data.latency} by ${loadName}`, chart({
        label: `${data.latency} by ${loadName}. ${linesInWords(lines)}`, data: [loads, ...lines.map(({ values }) => values)],
        caption: `Every stage is a point${times.isLog ? '; times are logarithmic' : ''}.`, height: 300,
        legend: lines.map((one, i) => ({ ...one, series: i + 1 })),
        options: {
            formatX: loadText,
            make: () => ({
                scales: { x: x.scale, y: times.scale }, axes: [x.axis(), times.axis()], cursor: cursor(),
                series: [{}, ...lines.map((one) => one.make())],
            }),
        },
    }));
}

// --- the stages ------------------------------------------------------------------------------------------------

function stageRow(stage, i) {
    const path = (name, format) => figure(data, `stages.${i}.${name}`, (value) => (isNumber(value) ? format(value) : NONE));
    return {
        class: stage.held ? null : 'odd',
        cells: [isByRate ? [path('load', figureRate), '/s'] : path('load', figureCount), path('duration_s', figureSeconds),
            [path('per_second', figureRate), isNumber(stage.per_second) ? '/s' : ''],
            path('p50', figureTime), path('p99', figureTime), path('started', figureCount), path('failed', figureCount),
            stage.held ? (stage.confirms ? 'held, confirmed' : 'held') : `broken by ${causes[stage.broken_by]}: ${stage.why}`],
    };
}

function stageTable() {
    const number = (name, title) => ({ name, class: 'number', title });
    const columns = [number(loadName), number('length'), number('served', 'sessions that ended a second, in its last two thirds'), number('p50'),
        number('p99'), number('started'), number('failed'), { name: 'verdict', class: 'verbal' }];
    return section('stages', 'Stage by stage', table(columns, stages.map(stageRow), { 'aria-label': 'Stages' }));
}

function repeat() {
    return section('repeat', 'Run it again', copyBlock(commandText(data.command)), planBlock('find', data.plan));
}

document.getElementById('page').replaceChildren(masthead(), verdict(), ...notices(),
    ...[picture()].filter((one) => one !== null), stageTable(), repeat(), el('footer', {}, `pinload ${data.tool.version}`));
startCharts();
