// SPDX-License-Identifier: Apache-2.0
//
// The sections of a diff's page: what became of the figures, both distributions over each other, and how it was judged.
'use strict';

const data = JSON.parse(document.getElementById('data').textContent);
const { figures, page } = data;

const sides = ['old', 'new'];
const verdictWords = { worse: 'worse', better: 'better', changed: 'changed', no_difference_seen: 'no difference seen', not_known: 'not known' };
const known = figures.filter(({ verdict }) => verdict !== 'not_known');
const found = known.filter(({ verdict }) => verdict !== 'no_difference_seen');
const groups = [...new Set(figures.map(({ name }) => name.split('.')[0]))];

// --- figures ---------------------------------------------------------------------------------------------------

// As many decimals as the text of a diff has: the rule of report/diff_words.c.
function percentDigits(percent) {
    const size = Math.abs(percent);
    return size < 0.095 ? 2 : size < 9.95 ? 1 : 0;
}

function unsignedPercent(percent) {
    if (!isNumber(percent))
        return NONE;
    return `${Math.abs(percent).toLocaleString('en-US', { maximumFractionDigits: percentDigits(percent) })}\u00a0%`;
}

function changeText(percent) {
    if (!isNumber(percent))
        return NONE;
    const text = unsignedPercent(percent);
    return `${!/[1-9]/.test(text) ? '' : percent < 0 ? '\u2212' : '+'}${text}`;
}

const intervalText = ({ ci95_percent: [low, high] }) => `[${changeText(low)}, ${changeText(high)}]`;

// The value of a side; a share is not found again by its path, being shown in per cent.
function valueOf(one, index, side) {
    const value = one[side];
    if (!isNumber(value))
        return NONE;
    if (one.unit === 'share')
        return unsignedPercent(value * 100);
    return one.unit === 'us' ? exact(one, index, side, figureTime(value)) : [exact(one, index, side, figureRate(value)), '/s'];
}

const exact = (one, index, name, text) => el('span', { class: 'figure', 'data-path': `figures.${index}.${name}` }, text);

function neededText({ seconds_needed: seconds, results_needed: results }) {
    if (isNumber(seconds))
        return `${figureSeconds(seconds)} a run`;
    return isNumber(results) ? `${results} results a side` : NONE;
}

// --- what was compared, and what follows -----------------------------------------------------------------------

const sideText = (side) => data[side].map(({ file, started_at, duration_s }) =>
    `${file}, ${figureDate(started_at)}, ${figureSeconds(duration_s)}`).join('; ');

function masthead() {
    return el('header', {},
        el('p', { class: 'kicker' }, el('span', {}, `pinload ${data.tool.version} diff`)),
        el('h1', {}, data.url), el('p', { class: 'plan' }, `old: ${sideText('old')}`), el('p', { class: 'plan' }, `new: ${sideText('new')}`));
}

const listed = (verdict) => found.filter((one) => one.verdict === verdict)
    .map((one) => `${one.name} ${changeText(one.change_percent)}`).join(', ');

function verdictParts() {
    switch (data.verdict) {
    case 'worse':
        return ['WORSE', 'bad', `Worse: ${listed('worse')}.`];
    case 'better':
        return ['BETTER', 'good', `Better: ${listed('better')}.`];
    case 'changed':
        return ['CHANGED', 'warn', `Changed: ${listed('changed')}.`];
    case 'no_difference_seen':
        return ['NO DIFFERENCE SEEN', 'good', `No difference was seen in ${plural(known.length, 'figure')}.`];
    default:
        return ['NOTHING IS KNOWN', 'warn', 'These results are too short to be compared.'];
    }
}

function verdict() {
    const [word, tone, sentence] = verdictParts();
    const better = data.verdict === 'worse' && listed('better') ? el('p', {}, `Better: ${listed('better')}.`) : null;
    return el('section', { id: 'verdict', class: `verdict ${tone}`, 'aria-label': 'Verdict' },
        el('p', { class: 'word' }, word), el('div', {}, el('p', {}, sentence), better));
}

function notices() {
    const failed = data.checks.filter(({ violation }) => violation !== null).map(({ violation }) => ['bad', 'Fails: ', `${violation}.`]);
    const forced = data.plan_differences.map((text) => ['warn', 'The plans differ: ', `${text}.`]);
    const remarks = data.remarks.map((text) => ['info', 'Note: ', `${text}.`]);
    return [...failed, ...forced, ...remarks].map(([tone, head, text]) =>
        el('p', { class: `notice ${tone}` }, el('strong', {}, head), text));
}

// --- the figures -----------------------------------------------------------------------------------------------

function figureRow(one) {
    const index = figures.indexOf(one);
    const isKnown = one.verdict !== 'not_known';
    return {
        class: one.verdict === 'worse' ? 'odd' : ['better', 'changed'].includes(one.verdict) ? 'told' : 'quiet',
        cells: [one.name.split('.').slice(1).join('.').replace('p999', 'p99.9'), valueOf(one, index, 'old'), valueOf(one, index, 'new'),
            isKnown ? exact(one, index, 'change_percent', changeText(one.change_percent)) : NONE,
            isKnown ? intervalText(one) : NONE, isKnown ? unsignedPercent(one.least_seen_percent) : NONE,
            isKnown ? neededText(one) : NONE,
            isKnown ? verdictWords[one.verdict] : `not known: ${one.why_not_known}`],
    };
}

function figuresOf(group) {
    const number = (name, title) => ({ name, class: 'number', title });
    const columns = [{ name: 'Figure' }, number('old'), number('new'), number('change'), number('95 % interval', 'of this figure for itself'),
        number('least', 'the smallest change for the worse that four of five such diffs would find'),
        { name: 'needed', class: 'number minor', title: `for a change of ${data.detect_percent} % to be found in 19 of 20` },
        { name: 'verdict', class: 'verbal' }];
    return [el('h3', {}, group), table(columns, figures.filter(({ name }) => name.startsWith(`${group}.`)).map(figureRow),
        { 'aria-label': group, 'data-group': group })];
}

// --- the distributions -----------------------------------------------------------------------------------------

function curvesOf(kind) {
    const look = { old: { colour: 'three', dash: true, isBehind: true }, new: { colour: 'one' } };
    return sides.map((side) => ({ name: side, ...look[side], ...page.curves[kind][side] })).filter(({ x }) => x.length > 0);
}

function distributions() {
    const kinds = Object.keys(page.curves).filter((kind) => curvesOf(kind).length === sides.length);
    if (kinds.length === 0)
        return null;
    return section('distributions', 'Both distributions', kinds.map((kind) =>
        [el('h3', {}, kind), percentileChart(`${kind}, old and new, by percentile`, curvesOf(kind))]));
}

// --- how it was judged -----------------------------------------------------------------------------------------

function method() {
    return section('method', 'How it was judged', facts([
        ['Verdicts', `hold for all ${figureCount(known.length)} figures together: where nothing changed, one diff in twenty has a change in it (Holm)`],
        ['Intervals', 'each of its figure alone, from resampled blocks of neighbouring seconds, and from what runs differ by where there are several'],
        ['Margin', `${data.margin_percent} %: a change within it counts as none`],
        ['Least', 'the smallest change for the worse that four of five such diffs would find'],
        ['Needed', `how long runs must be, or how many, for a change of ${data.detect_percent} % to be found in 19 of 20`],
        data.old.length + data.new.length === 2 ? ['One run a side', 'does not tell how runs differ from each other; several results a side do'] : null,
    ]));
}

function repeat() {
    const command = el('code', {}, commandText(data.command));
    return section('repeat', 'Run it again', el('div', { class: 'command' }, el('pre', {}, command), copyButton(command)));
}

document.getElementById('page').replaceChildren(masthead(), verdict(), ...notices(),
    section('figures', 'Figures', groups.map(figuresOf)), ...[distributions()].filter((one) => one !== null), method(), repeat(),
    el('footer', {}, `pinload ${data.tool.version}`));
startCharts();
