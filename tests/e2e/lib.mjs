// SPDX-License-Identifier: Apache-2.0
//
// What the end-to-end tests share: running pinload, starting servers on free loopback ports and ending them by process
// ID, nginx and its access log, and the checks of every result. It contains no scenario.
// CMakeLists.txt says in the environment which binary is tested and where files may be written.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export { sleep };

function fromEnvironment(name) {
    assert.ok(process.env[name], `${name} is not set; these tests are run by ctest -L e2e`);
    return process.env[name];
}

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const binary = fromEnvironment('PINLOAD_BINARY');
const baseDir = fromEnvironment('PINLOAD_E2E_DIR');

// Each test has its own directory; the certificates are made once for all, by make-pki.mjs.
export const pkiDir = path.join(baseDir, 'pki');
export const workDir = path.join(
    baseDir,
    [path.basename(process.argv[1], '.mjs'), ...process.argv.slice(2)].join('-'),
);
fs.mkdirSync(workDir, { recursive: true });
process.env.PATH += ':/usr/sbin:/sbin';

// Paths in the test's own directory, and in that of the certificates.
export const inWork = (...names) => path.join(workDir, ...names);
export const inPki = (...names) => path.join(pkiDir, ...names);
export const read = (file) => fs.readFileSync(file, 'utf8');

export function write(name, text) {
    const file = inWork(name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    return file;
}

// words: splits options as typed.
export const words = (text) => text.split(' ');

// --- commands -------------------------------------------------------------------------------------------------

// A missing server is a failure that says what to install; no test is skipped.
export function needCommand(command, pkg) {
    const dirs = process.env.PATH.split(':');
    const found = dirs.map((dir) => path.join(dir, command)).find((file) => fs.existsSync(file));
    assert.ok(
        found,
        `the command '${command}' is missing; './scripts/setup --for test' installs it (package ${pkg})`,
    );
    return found;
}

// needFile: the same for a file, such as a server's module.
export function needFile(file, pkg) {
    assert.ok(
        fs.existsSync(file),
        `'${file}' is missing; './scripts/setup --for test' installs it (package ${pkg})`,
    );
    return file;
}

// command runs to its end and returns its standard output; a failure is shown.
export function command(name, args, options = {}) {
    const done = spawnSync(name, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options });
    assert.equal(done.status, 0, `${name} ${args.join(' ')}: ${done.error ?? ''}${done.stderr}`);
    return done.stdout;
}

// follow collects the output of a process, and how it ends.
function follow(child) {
    const seen = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) {
        child[name].setEncoding('utf8');
        child[name].on('data', (text) => {
            seen[name] += text;
        });
    }
    const ended = new Promise((resolve) => {
        child.on('error', (error) => resolve({ status: null, signal: null, ...seen, error }));
        child.on('close', (status, signal) => resolve({ status, signal, ...seen }));
    });
    return { seen, ended };
}

// --- pinload ----------------------------------------------------------------------------------------------------

const runLimitMs = 45000;

// startPinload: starts a run; .ended is its {status, signal, stdout, stderr}.
export function startPinload(args, options = {}) {
    const env = { ...process.env, ...options.env };
    delete env.SSLKEYLOGFILE;
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: workDir, env });
    const { seen, ended } = follow(child);
    const limit = setTimeout(() => child.kill('SIGKILL'), runLimitMs);
    return { child, seen, ended: ended.finally(() => clearTimeout(limit)) };
}

export const pinload = (args, options) => startPinload(args, options).ended;

const resultFiles = [];

// resultFile: a new name for each result, so that none can be confused with another.
export function resultFile() {
    const file = inWork(`result-${resultFiles.length + 1}.json`);
    fs.rmSync(file, { force: true });
    resultFiles.push(file);
    return file;
}

// validate holds results to their schemas, strictly.
export const validate = (files) => spawnSync(
    needFile('/usr/bin/python3', 'python3-jsonschema'), [path.join(root, 'tests/formats/validate.py'), ...files], { encoding: 'utf8' },
);

// Every result of a test program is validated against its schema, once, at its end; those written to a FIFO were read
// there.
process.on('exit', () => {
    const files = resultFiles.filter((file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile());
    const done = files.length > 0 ? validate(files) : { status: 0 };
    if (done.status !== 0) {
        console.error(`results that do not hold their schema:\n${done.stdout}${done.stderr}`);
        process.exitCode = 1;
    }
});

// load is `pinload run` with its JSON result, whose counts must add up in any case.
export async function load(args, options) {
    const file = resultFile();
    const done = await pinload(['run', '--json', file, ...args], options);
    const told = `pinload run ${args.join(' ')}\nstatus ${done.status} signal ${done.signal}\n${done.stdout}${done.stderr}`;
    assert.ok(fs.existsSync(file), `no result was written by ${told}`);
    const result = JSON.parse(read(file));
    assertBalanced(result, told);
    return { ...done, result, told };
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

// assertBalanced: the identities in the docs, which hold in every result.
export function assertBalanced(result, told = '') {
    const { sessions, requests, handshakes, pins, outcomes, identities } = result;
    const equal = (a, b, what) => assert.equal(a, b, `${what} do not balance: ${a} and ${b}\n${told}`);
    equal(sessions.scheduled, sessions.started + sessions.skipped, 'scheduled sessions');
    equal(
        sessions.started,
        sessions.succeeded + sessions.refused + sessions.failed + sessions.cut_off + sessions.unconfirmed,
        'started sessions',
    );
    equal(sum(Object.values(outcomes)), sessions.started, 'outcomes');
    equal(handshakes.completed, handshakes.full + handshakes.resumed, 'handshakes');
    equal(sum(Object.values(handshakes.versions)), handshakes.completed, 'versions');
    for (const kind of ['full', 'resumed']) {
        for (const [name, { count, values }] of Object.entries(handshakes.wire[kind])) {
            equal(count, handshakes[kind], `${kind} handshakes and their ${name}`);
            equal(sum(Object.values(values)), count, `the values of ${name}`);
        }
    }
    equal(pins.checked, pins.matched + pins.mismatched, 'pins');
    equal(pins.checked + pins.not_checked, sessions.started, 'sessions with and without a pin check');
    assert.ok(requests.succeeded + requests.failed <= requests.started, `requests do not balance\n${told}`);
    if (identities.length > 0) {
        for (const name of ['succeeded', 'refused', 'failed', 'cut_off', 'unconfirmed'])
            equal(sum(identities.map((one) => one[name])), sessions[name], `the identities' ${name}`);
    }
}

// outcomesOf: only those that occurred.
export function outcomesOf(result) {
    return Object.fromEntries(Object.entries(result.outcomes).filter(([, count]) => count > 0));
}

export const identityNamed = (result, name) => result.identities.find((one) => one.name === name);

// --- ports and servers ------------------------------------------------------------------------------------------

// The lower ends of used ports, in any state; listenersOnly: of listening sockets.
function usedPorts(listenersOnly) {
    const ports = new Set();
    for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
        if (!fs.existsSync(file)) continue;
        for (const line of read(file).split('\n').slice(1)) {
            const [, local, , state] = line.trim().split(/\s+/);
            if (local && (!listenersOnly || state === '0A')) ports.add(parseInt(local.split(':').pop(), 16));
        }
    }
    return ports;
}

// freePorts: the first of COUNT free ports in a row, below the kernel's range for clients.
export function freePorts(count = 1) {
    const used = usedPorts(false);
    for (;;) {
        const first = 20000 + Math.floor(Math.random() * 12000);
        if (![...Array(count).keys()].some((i) => used.has(first + i))) return first;
    }
}

const running = new Set();

function endAll() {
    for (const server of running) server.kill();
    running.clear();
}
process.on('exit', endAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

// A server in the foreground, which ends with this process in any case.
export class Server {
    // launch(port) returns {command, args, env, cwd}; the server is ready when its port listens.
    static async start(name, launch) {
        for (let attempt = 1; ; attempt++) {
            const server = new Server(name, freePorts(), launch);
            if (await server.#isReady()) return server;
            server.kill();
            assert.ok(attempt < 3, `${name} does not listen on port ${server.port}: ${server.output}`);
        }
    }

    constructor(name, port, launch) {
        const { command: file, args, env, cwd } = launch(port);
        this.name = name;
        this.port = port;
        this.url = `https://localhost:${port}/`;
        this.child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', file, ...args], {
            stdio: 'pipe',
            env: { ...process.env, ...env },
            cwd: cwd ?? workDir,
        });
        const { seen, ended } = follow(this.child);
        this.seen = seen;
        this.ended = ended;
        ended.then(() => {
            this.isOver = true;
        });
        running.add(this);
    }

    get output() {
        return this.seen.stdout + this.seen.stderr;
    }

    async #isReady() {
        for (let i = 0; i < 400 && !this.isOver; i++) {
            if (usedPorts(true).has(this.port)) return true;
            await sleep(25);
        }
        return false;
    }

    // Waits until its output is what isAll() wants, at most two seconds: a busy machine lets it write after its client ended.
    async hasSaid(isAll) {
        for (let i = 0; i < 80 && !isAll(this.output); i++) await sleep(25);
    }

    kill(signal = 'SIGTERM') {
        if (!this.isOver) this.child.kill(signal);
    }

    async stop(signal = 'SIGTERM') {
        this.kill(signal);
        const late = setTimeout(() => this.kill('SIGKILL'), 2000);
        await this.ended;
        clearTimeout(late);
        running.delete(this);
    }
}

// nginx by scripts/nginx: three ports, one access log with a JSON object for each request.
export class Nginx {
    static async start(name, { certs = 'p256', ...settings } = {}) {
        const nginx = new Nginx();
        nginx.prefix = inWork(`nginx-${name}`);
        nginx.settings = { workers: 1, 'access-log': 'on', certs: inPki(certs), ...settings };
        nginx.#script('stop');
        running.add(nginx);
        for (let attempt = 1; ; attempt++) {
            nginx.port = freePorts(3);
            const done = nginx.#script('start');
            if (done.status === 0) break;
            assert.ok(attempt < 3, `scripts/nginx start: ${done.stdout}${done.stderr}`);
        }
        nginx.loadUrl = `https://localhost:${nginx.port}/`;
        nginx.gateUrl = `https://localhost:${nginx.port + 1}/`;
        nginx.openUrl = `https://localhost:${nginx.port + 2}/`;
        await sleep(50);
        nginx.clearLog();
        return nginx;
    }

    #script(verb) {
        const options = Object.entries(this.settings ?? {}).flatMap(([name, value]) => [
            `--${name}`,
            String(value),
        ]);
        const port = this.port ? ['--port-base', String(this.port)] : [];
        return spawnSync(
            path.join(root, 'scripts/nginx'),
            [verb, '--prefix', this.prefix, ...port, ...options],
            { encoding: 'utf8' },
        );
    }

    restart() {
        const done = this.#script('restart');
        assert.equal(done.status, 0, done.stdout + done.stderr);
    }

    kill() {
        this.#script('stop');
    }

    async stop() {
        this.kill();
        running.delete(this);
    }

    get logFile() {
        return path.join(this.prefix, 'logs/access.log');
    }

    clearLog() {
        fs.truncateSync(this.logFile);
    }

    get errors() {
        return read(path.join(this.prefix, 'logs/error.log'));
    }

    // log: nginx's log lines since the log was cleared, once it has written the expected number.
    async log(numExpected = 0) {
        const lines = () =>
            read(this.logFile)
                .split('\n')
                .filter((line) => line !== '');
        for (let i = 0; i < 100 && lines().length < numExpected; i++) await sleep(20);
        await sleep(50);
        return lines().map((line) => JSON.parse(line));
    }
}

// countBy: how many of the items have each value of the key.
export function countBy(items, key) {
    const counts = {};
    for (const item of items) {
        const value = typeof key === 'function' ? key(item) : item[key];
        counts[value] = (counts[value] ?? 0) + 1;
    }
    return counts;
}

// --- the reference scenario's options ---------------------------------------------------------------------------

const fourOf = (certs) => [
    '--identities',
    inPki(certs, 'clients'),
    '--pass',
    `file:${inPki(certs, 'password.txt')}`,
];

// chainAndPin: the four identities, chain and pin checked.
export function chainAndPin(certs = 'p256') {
    return [
        ...fourOf(certs),
        '--cacert',
        inPki(certs, 'server-ca.crt'),
        '--pin',
        read(inPki(certs, 'server.pin')).trim(),
    ];
}

// pinOnly: the four identities, the pin alone checked.
export function pinOnly(certs = 'p256') {
    return [...fourOf(certs), '--pin', read(inPki(certs, 'server.pin')).trim()];
}

// client: one identity of the certificates, by its name.
export function client(name, certs = 'p256') {
    const base = inPki(certs, 'clients', name);
    return [
        '--cert',
        `${base}.crt`,
        '--key',
        `${base}.key`,
        '--pass',
        `file:${inPki(certs, 'password.txt')}`,
    ];
}
