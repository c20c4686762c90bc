// SPDX-License-Identifier: Apache-2.0
//
// The stages of a run whose load changed: a row for each, and the load that was asked for over time.
'use strict';

// stageLoad tells the load of a stage: "200/s", "100/s to 290/s", "10 to 59".
function stageLoad({ load, from, to }) {
    const told = (value) => (load === 'rate' ? `${figureRate(value)}/s` : figureCount(Math.round(value)));
    return from === to ? told(from) : `${told(from)} to ${told(to)}`;
}

// rateAsked is the requested rate SECONDS after the start: that of its stage, where there are stages.
function rateAsked(data, seconds) {
    const stage = data.stages.findLast(({ t_s: start }) => start <= seconds);
    if (stage === undefined)
        return data.config.rate;
    const part = Math.min((seconds - stage.t_s) / stage.length_s, 1);
    return stage.from + (stage.to - stage.from) * part;
}

function stages(data, countsRequests) {
    if (data.stages.length === 0)
        return null;
    const kind = countsRequests ? 'request' : 'tls_handshake';
    const ofRates = data.stages[0].load === 'rate';
    const number = (name, title) => ({ name, title, class: 'number' });
    const rows = data.stages.map((stage, i) => {
        const shown = (path, format) => figure(data, `stages.${i}.${path}`, format);
        const time = (path) => (at(stage, `latency.${path}`) === undefined ? NONE : shown(`latency.${path}`, figureTime));
        return { class: ['failed', 'missed'].includes(stage.verdict) ? 'bad' : '', cells: [
            stageLoad(stage), shown('run_s', figureSeconds), shown('scheduled', figureCount),
            ofRates ? figureShare(stage.in_time, stage.scheduled) : shown('handshakes_per_second', figureRate),
            shown('failed', figureCount), time(`${kind}.p50`), time(`${kind}.p99`),
            ...(ofRates ? [time('handshake_from_schedule.p99')] : []), stage.verdict.replace('_', ' ')] };
    });
    return section('stages', 'Stages',
        table([{ name: 'Load' }, number('run for'), number('due', 'sessions that were due'),
            ofRates ? number('kept', 'the share of those due that started before the stage ended') : number('handshakes/s'),
            number('failed'), number(countsRequests ? 'request p50' : 'handshake p50'), number('p99'),
            ...(ofRates ? [number('p99 from schedule', 'from the intended start to the end of the handshake')] : []),
            { name: 'verdict' }], rows, { 'aria-label': 'Stages' }),
        note('A session belongs to the stage in which it was due, a request to that in which it was sent.'));
}
