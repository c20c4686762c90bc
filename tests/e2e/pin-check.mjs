// SPDX-License-Identifier: Apache-2.0
//
// pinload pin --check: each violation by itself is found and told in one sentence, in the table, in JSON and in JUnit; and
// what is as it should be passes.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { command, inPki, inWork, needCommand, Nginx, pinload, read, resultFile, words, write } from './lib.mjs';

const p256 = (...names) => inPki('p256', ...names);
const server = p256('server.crt');
const next = p256('client-ca.crt'); // stands in for the next key's certificate
const livePin = read(p256('server.spki-sha256.pin')).trim();
const nowherePin = 'spki-sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
let nginx, nextPin;
before(async () => {
    nginx = await Nginx.start('server');
    nextPin = (await pinload(['pin', next])).stdout.split('\n').find((line) => line.startsWith('spki-sha256:'));
});
after(() => nginx.stop());

// check: how a check ended, and its JSON.
async function check(...args) {
    const json = resultFile();
    const { status, stdout, stderr } = await pinload(['pin', '--check', '--json', json, ...args]);
    assert.equal(stderr, '');
    const result = JSON.parse(read(json));
    assert.equal(status, result.passed ? 0 : 1, stdout);
    assert.equal(result.violations.length === 0, result.passed);
    for (const sentence of result.violations) assert.ok(stdout.includes(`violation   ${sentence}\n`), stdout);
    return result;
}

const bothPins = () => ['--pin', livePin, '--pin', nextPin];
const placesOf = (result) => result.pins.map(({ place, certificate }) => [place, certificate]);

test('a pin of what a server or a file presents, and one of a backup, pass', async () => {
    for (const subject of [nginx.loadUrl, server]) {
        for (const backup of [next, nextPin]) {
            const result = await check(...bothPins(), '--backup', backup, ...words('--min-days 1'), subject);
            assert.deepEqual(placesOf(result), [
                ['presented', 0],
                ['backup', null],
            ]);
            assert.deepEqual(result.violations, []);
        }
    }
});

test('the public key of the next certificate is a backup, too', async () => {
    const key = write('next.pub', command('openssl', ['x509', '-in', next, '-noout', '-pubkey']));
    await check(...bothPins(), '--backup', key, ...words('--min-days 1'), server).then(({ passed }) => assert.ok(passed));
});

test('without a backup pin the check fails', async () => {
    const { violations } = await check('--pin', livePin, '--backup', next, ...words('--min-days 1'), server);
    assert.equal(violations.length, 1);
    assert.match(violations[0], /^there is no backup pin/);
});

test('a backup that is already presented is none', async () => {
    const { violations } = await check('--pin', livePin, '--backup', server, ...words('--min-days 1'), server);
    assert.match(violations[0], /^there is no backup pin/);
});

test('a pin of nothing known fails the check, and is quoted', async () => {
    const args = [...bothPins(), '--pin', nowherePin, '--backup', next, ...words('--min-days 1'), nginx.loadUrl];
    const result = await check(...args);
    assert.deepEqual(placesOf(result)[2], ['nowhere', null]);
    assert.equal(result.violations.length, 1);
    assert.ok(result.violations[0].includes(`'${nowherePin}' is of nothing known`));
});

test('pins of which none matches fail the check', async () => {
    const { violations } = await check('--pin', nextPin, '--backup', next, ...words('--min-days 1'), server);
    assert.deepEqual(violations, [`no pin matches what ${server} presents`]);
});

test("the days left are openssl's, and too few fail the check", async () => {
    const args = [...bothPins(), '--backup', next, ...words('--min-days 30000'), server];
    const { certificates, violations } = await check(...args);
    const end = new Date(command('openssl', ['x509', '-in', server, '-noout', '-enddate']).trim().slice('notAfter='.length));
    assert.equal(new Date(certificates[0].not_after).getTime(), end.getTime());
    assert.ok(Math.abs((end - Date.now()) / 86400000 - certificates[0].days_left - 0.5) <= 0.51);
    assert.deepEqual([violations.length, violations[0].includes('at least 30000 are expected')], [1, true]);
});

test('a certificate that has ended fails the check even with --min-days 0', async () => {
    const ended = inPki('p256', 'extra', 'expired.crt');
    const pin = (await pinload(['pin', ended])).stdout.split('\n').find((line) => line.startsWith('cert-sha256:'));
    const args = ['--pin', pin, '--pin', nextPin, '--backup', next, ...words('--min-days 0'), ended];
    const { certificates, violations } = await check(...args);
    assert.ok(certificates[0].days_left < 0);
    assert.deepEqual([violations.length, violations[0].startsWith('certificate 0 has ended')], [1, true]);
});

test('an issuer that is presented is matched by its place in the chain', async () => {
    const chain = write('chain.crt', read(server) + read(p256('server-ca.crt')));
    const result = await check('--pin-file', p256('server-ca.ca-sha256.pin'), ...words('--min-days 1'), chain);
    assert.deepEqual(placesOf(result), [['presented', 1]]);
    const alone = await check('--pin-file', p256('server-ca.ca-sha256.pin'), ...words('--min-days 1'), server);
    assert.deepEqual(placesOf(alone), [['nowhere', null]]);
});

test('the JUnit file has a case for each pin and certificate', async () => {
    const file = inWork('pin-check.xml');
    const { status } = await pinload(
        ['pin', '--check', ...bothPins(), '--pin', nowherePin, '--backup', next, ...words('--min-days 1 --junit'), file, server],
    );
    assert.equal(status, 1);
    const count = (xpath) => command(needCommand('xmllint', 'libxml2-utils'), ['--xpath', xpath, file]).trim();
    assert.equal(count('count(//testcase)'), '6');
    assert.equal(count('string(//testcase[failure]/@name)'), nowherePin);
    assert.equal(count('string(/testsuites/@failures)'), '1');
});

test('the trace shows the pins that were seen, of the kinds and hashes that are asked for', async () => {
    const spki = (digest) => command('sh', ['-c', `openssl x509 -in ${server} -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -${digest} -binary | base64 -w 0`]).trim();
    const pins = ['chain-spki-sha256:', 'spki-sha512:', 'spki-sha384:'].map((kind) => kind + spki(/sha\d+/.exec(kind)[0]));
    const wrong = pins.map((pin) => pin.replace(/:.{4}/, ':AAAA'));
    const { status, stdout, stderr } = await pinload(
        ['run', '-v', ...words('-n 1 -c 1'), ...wrong.flatMap((pin) => ['--pin', pin]), nginx.openUrl],
    );
    assert.equal(status, 1);
    for (const pin of pins) assert.ok((stdout + stderr).includes(`  seen      ${pin}\n`), stdout + stderr);
});

test('what is wrong with the options is said in one sentence, and nothing is sent', async () => {
    nginx.clearLog();
    for (const [args, told] of [
        [['--check'], '--check needs pins; expected --pin PIN or --pin-file FILE'],
        [['--pin', livePin], '--pin needs --check'],
        [['--min-days', '3'], '--min-days needs --check'],
        [['--check', '--format', 'tlsa', '--pin', livePin], '--format and --check do not go together'],
        [['--check', '--pin', livePin, '--backup', 'nothing.crt'], "--backup 'nothing.crt' is neither a file nor a pin"],
        [['--check', '--pin', 'sha1:00'], "the pin 'sha1:00' is of an unknown kind"],
        [['--check', '--pin', livePin, '--min-days', '-1'], '--min-days'],
    ]) {
        const { status, stdout, stderr } = await pinload(['pin', ...args, nginx.loadUrl]);
        assert.deepEqual([status, stdout, stderr.trim().split('\n').length], [2, '', 1], stderr);
        assert.ok(stderr.includes(told), stderr);
    }
    assert.deepEqual(await nginx.log(), []);
});
