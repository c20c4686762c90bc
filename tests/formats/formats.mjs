// SPDX-License-Identifier: Apache-2.0
//
// pinload's files are read by the usual tools for each format: jq and a JSON Schema validator, Python's csv,
// HdrHistogram's own log processor, promtool, xmllint. The files are those of real runs: a good one, one where nothing listens, an
// interrupted one, one interrupted before it began, and the merger of the first and the third; all agree with the JSON.

import assert from 'node:assert/strict';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { assertBalanced, chainAndPin, command, freePorts, inWork, needCommand, needFile, Nginx, pinload, read, root, sleep,
    startPinload, validate, write } from '../e2e/lib.mjs';

const kinds = { json: 'json', csv: 'csv', hlog: 'hlog', prometheus: 'prom', junit: 'xml' };
const schema = path.join(root, 'docs/result.schema.json');
const runs = {};
let nginx;

const fileOf = (run, kind) => inWork(`${run}.${kinds[kind]}`);
const outputs = (run) => Object.keys(kinds).flatMap((kind) => [`--${kind}`, fileOf(run, kind)]);

// keep: the run's JSON, once its exit status is as expected.
function keep(run, { status, stdout, stderr }, expected) {
    assert.equal(status, expected, `${run}: ${stdout}${stderr}`);
    runs[run] = JSON.parse(read(fileOf(run, 'json')));
}

async function interrupted(name, ...options) {
    const { child, ended } = startPinload(['run', '-d', '40s', '-R', '100', ...options, ...chainAndPin(), ...outputs(name), nginx.loadUrl]);
    await sleep(1500);
    child.kill('SIGINT');
    return ended;
}

const inAnHour = () => new Date(Date.now() + 3600e3).toISOString().replace(/[.].*/, 'Z');

before(async () => {
    nginx = await Nginx.start('formats');
    keep('real', await pinload(['run', '-d', '2500ms', '-R', '60', '-c', '50', '--session-mode', 'mixed:50', '--warm-up', '200ms',
        ...chainAndPin(), '--fail-if', 'tls_handshake.p99 > 60s', ...outputs('real'), nginx.loadUrl]), 0);
    keep('refused', await pinload(['run', '-n', '1', '--verify', 'none', ...outputs('refused'), `https://127.0.0.1:${freePorts()}/`]), 1);
    const [cut, empty] = await Promise.all([interrupted('interrupted'), interrupted('empty', '--start-at', inAnHour())]);
    keep('interrupted', cut, 130);
    keep('empty', empty, 130);
    const both = [fileOf('real', 'json'), fileOf('interrupted', 'json')];
    keep('merged', await pinload(['merge', '--force', ...both, ...outputs('merged')]), 130);
});
after(() => nginx.stop());

const names = ['real', 'refused', 'interrupted', 'empty', 'merged'];

for (const run of names) {
    test(`JSON of the ${run} run: jq reads it, the schema holds, the books balance`, () => {
        needCommand('jq', 'jq');
        const file = fileOf(run, 'json');
        assert.equal(command('jq', ['-r', '.schema', file]).trim(), 'pinload.result/1');
        command(needFile('/usr/bin/jsonschema', 'python3-jsonschema'), ['-i', file, schema]);
        const strictly = validate([file]);
        assert.equal(strictly.status, 0, strictly.stdout);
        assertBalanced(runs[run]);
    });

    test(`CSV of the ${run} run: Python's csv reads a row for each begun second, equal to the series`, () => {
        const python = needFile('/usr/bin/python3', 'python3');
        const rows = JSON.parse(command(python, ['-c', 'import csv, json, sys; json.dump(list(csv.DictReader(open(sys.argv[1]), strict=True)), sys.stdout)',
            fileOf(run, 'csv')]));
        const { series, duration_s } = runs[run];
        assert.equal(rows.length, series.length);
        assert.ok(rows.length >= Math.ceil(duration_s), `${rows.length} rows in ${duration_s} s`);
        for (const [i, row] of rows.entries()) {
            assert.deepEqual(Object.keys(row), ['t_s', 'sessions', 'handshakes', 'failed', 'tls_handshake_p50_us', 'tls_handshake_p99_us', 'requests', 'refused', 'length_s', 'open']);
            assert.equal(Number(row.t_s), i);
            assert.ok(Math.abs(Number(row.length_s) - series[i].length_s) < 1e-8 && (i === rows.length - 1 || series[i].length_s === 1));
            assert.deepEqual([row.sessions, row.handshakes, row.failed].map(Number), [series[i].sessions, series[i].handshakes, series[i].failed]);
            const p99 = series[i].tls_handshake_p99;
            assert.ok(p99 === null ? row.tls_handshake_p99_us === '' : Math.abs(Number(row.tls_handshake_p99_us) - p99) < 0.01);
        }
    });

    test(`HdrHistogram log of the ${run} run: Java's log processor counts as the JSON does, tag by tag`, () => {
        const processor = ['-cp', needFile('/usr/share/java/hdrhistogram.jar', 'libhdrhistogram-java'),
            'org.HdrHistogram.HistogramLogProcessor', '-i', fileOf(run, 'hlog')];
        needCommand('java', 'default-jdk-headless');
        const { latency } = runs[run];
        const spans = Object.keys(latency).filter((span) => latency[span].count > 0);
        const tags = command('java', [...processor, '-listtags']).split('\n').slice(1).filter((line) => line !== '');
        assert.deepEqual(tags.sort(), spans.sort());
        for (const span of spans) {
            const told = command('java', [...processor, '-tag', span, '-outputValueUnitRatio', '1000']);
            const near = (told, exact) => Math.abs(told - exact) <= 0.001 + exact * 0.01; // of two digits
            const [, max, count] = told.match(/#\[Max += +([0-9.]+), Total count += +([0-9]+)\]/);
            assert.equal(Number(count), latency[span].count, span);
            assert.ok(near(Number(max), latency[span].max), `${span}: ${max} and ${latency[span].max}`);
            const [, mean] = told.match(/#\[Mean += +([0-9.]+),/);
            assert.ok(near(Number(mean), latency[span].mean), `${span}: ${mean} and ${latency[span].mean}`);
        }
    });

    test(`HdrHistogram log of the ${run} run: Java's log processor plots a point for each interval`, () => {
        const jar = needFile('/usr/share/java/hdrhistogram.jar', 'libhdrhistogram-java');
        const { intervals } = runs[run];
        const withHandshakes = intervals.filter((interval) => interval.tls_handshake !== undefined);
        if (withHandshakes.length === 0)
            return assert.equal(runs[run].latency.tls_handshake.count, 0);
        const plot = inWork(`${run}.plot`);
        command('java', ['-cp', jar, 'org.HdrHistogram.HistogramLogProcessor', '-i', fileOf(run, 'hlog'), '-tag', 'tls_handshake', '-o', plot]);
        const points = read(plot).split('\n').map((line) => line.match(/^ *([0-9.]+): I:([0-9]+) /)).filter((match) => match);
        assert.deepEqual(points.map(([, end]) => Number(end)), withHandshakes.map(({ t_s, length_s }) => t_s + length_s));
        const counted = points.reduce((sum, [, , count]) => sum + Number(count), 0);
        assert.equal(counted, runs[run].latency.tls_handshake.count);
    });

    test(`Prometheus text of the ${run} run: promtool has nothing to say, and the sessions are those of the JSON`, () => {
        needCommand('promtool', 'prometheus');
        const text = read(fileOf(run, 'prometheus'));
        assert.equal(command('promtool', ['check', 'metrics'], { input: text }).trim(), '');
        for (const name of ['succeeded', 'refused', 'failed', 'cut_off', 'unconfirmed']) {
            const [, value] = text.match(new RegExp(`^pinload_sessions_total\\{class="${name}"\\} (\\S+)$`, 'm'));
            assert.equal(Number(value), runs[run].sessions[name], name);
        }
    });

    test(`JUnit of the ${run} run: xmllint counts the cases as the suite does`, () => {
        needCommand('xmllint', 'libxml2-utils');
        const file = fileOf(run, 'junit');
        const count = (query) => Number(command('xmllint', ['--xpath', query, file]));
        command('xmllint', ['--noout', file]);
        for (const [attribute, query] of [['tests', '//testcase'], ['failures', '//failure'], ['errors', '//error'], ['skipped', '//skipped']])
            assert.equal(count(`number(/testsuites/@${attribute})`), count(`count(${query})`), attribute);
        const { passed, interrupted_by } = runs[run].verdict;
        assert.equal(count('count(//failure) + count(//error)') === 0, passed && interrupted_by === null);
    });
}

test('the runs were what they are called', () => {
    assert.ok(runs.real.sessions.succeeded > 100 && runs.real.handshakes.resumed > 20 && runs.real.handshakes.full > 20);
    assert.equal(runs.real.sessions.failed, 0);
    assert.deepEqual([runs.refused.sessions.started, runs.refused.outcomes.connect_refused, runs.refused.handshakes.completed], [1, 1, 0]);
    assert.deepEqual([runs.empty.sessions.scheduled, runs.empty.series.length, runs.empty.duration_s], [0, 0, 0]);
    assert.equal(runs.interrupted.verdict.interrupted_by, 2);
    assert.ok(runs.interrupted.sessions.succeeded > 50);
    assert.ok(runs.real.intervals.length >= 3 && runs.merged.intervals.length >= 3 && runs.refused.intervals.length <= 1 && runs.empty.intervals.length === 0);
    assert.ok(runs.merged.series[1].tls_handshake_p99 > 0, 'merged seconds have percentiles');
    assert.equal(runs.merged.sessions.started, runs.real.sessions.started + runs.interrupted.sessions.started);
});

test('a field that the schema does not describe is noticed, and one that is not there', () => {
    const changes = [(result) => { result.sessions.new = 1; }, (result) => { delete result.generator.threads; },
        (result) => { result.intervals[0].session = 'no distribution'; }, (result) => { result.latency.connect.p50 = '1'; }];
    for (const change of changes) {
        const result = structuredClone(runs.real);
        change(result);
        assert.equal(validate([write('changed.json', JSON.stringify(result))]).status, 1, change.toString());
    }
});
