// SPDX-License-Identifier: Apache-2.0
//
// What the tests of the pages share: the distribution's Chromium, pages that must make no network requests and log
// nothing on the console, and how figures are read back from them. It contains nothing about a particular page.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

function fromEnvironment(name) {
    assert.ok(process.env[name], `${name} is not set; these tests are run by ctest -L html`);
    return process.env[name];
}

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const binary = fromEnvironment('PINLOAD_BINARY');
export const makePages = fromEnvironment('PINLOAD_MAKE_PAGES');
export const directory = fromEnvironment('PINLOAD_HTML_DIR');
fs.rmSync(directory, { recursive: true, force: true });
fs.mkdirSync(directory, { recursive: true });

export const inDirectory = (...names) => path.join(directory, ...names);

const playwrightFile = path.join(root, 'third_party/.cache/playwright/node_modules/playwright-core/index.js');
const chromiumFile = '/usr/bin/chromium';
for (const file of [playwrightFile, chromiumFile])
    assert.ok(fs.existsSync(file), `'${file}' is missing; './scripts/setup --for test' installs it`);

const { chromium } = createRequire(import.meta.url)(playwrightFile);
const browser = await chromium.launch({
    executablePath: chromiumFile,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

export const wide = { width: 1200, height: 900 };
export const phone = { width: 400, height: 800 };

// The two tabs, with scripts and without: one each for all pages, since a new one costs more than most pages do.
const tabs = new Map();
let visit = { url: 'about:blank', complaints: [] }; // of the page that is open

async function newTab(javaScriptEnabled) {
    const context = await browser.newContext({ javaScriptEnabled });
    const tab = await context.newPage();
    const complain = (text) => visit.complaints.push(text);
    await context.route('**/*', (route) => {
        if (route.request().url() === visit.url)
            return route.continue();
        complain(`a request: ${route.request().url()}`);
        return route.abort();
    });
    tab.on('request', (request) => request.url() === visit.url || complain(`asked for ${request.url()}`));
    tab.on('console', (message) => complain(`console: ${message.type()}: ${message.text()}`));
    tab.on('pageerror', (error) => complain(`error: ${error.stack}`));
    tab.on('dialog', (dialog) => { complain(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    return tab;
}

async function tabWith(javaScriptEnabled) {
    if (!tabs.has(javaScriptEnabled))
        tabs.set(javaScriptEnabled, await newTab(javaScriptEnabled));
    return tabs.get(javaScriptEnabled);
}

// open opens a file, calls USE with the page, and fails for every request but that for the file and for every message
// on the console.
export async function open(file, { viewport = wide, colorScheme = 'light', javaScriptEnabled = true }, use) {
    const page = await tabWith(javaScriptEnabled);
    visit = { url: pathToFileURL(file).href, complaints: [] };
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, media: null });
    await page.mouse.move(0, 0);
    await page.goto(visit.url);
    await use(page);
    await page.goto('about:blank'); // what it says as it ends is its own
    assert.deepEqual(visit.complaints, [], `${path.basename(file)} is not quiet`);
}

// --- pages of compare and diff ---------------------------------------------------------------------------------

export const plain = (text) => text.replaceAll('\u00a0', ' ');
export const dataOf = (page) => page.$eval('#data', (node) => JSON.parse(node.textContent));
export const textOf = async (page, selector) => plain(await page.$eval(selector, (node) => node.innerText));

// changedPage writes a copy of the page FILE as NAME.html, with its data changed by CHANGE, and returns its file.
export function changedPage(file, name, change) {
    const text = fs.readFileSync(file, 'utf8');
    const [, before, data, after] = text.match(/^([^]*id="data">)([^]*?)(<\/script>[^]*)$/);
    const object = JSON.parse(data);
    change(object);
    const copy = inDirectory(`${name}.html`);
    fs.writeFileSync(copy, before + JSON.stringify(object).replaceAll('<', '\\u003c') + after);
    return copy;
}

// --- figures --------------------------------------------------------------------------------------------------

const units = { '%': 1, ns: 1e-3, 'µs': 1, ms: 1e3, s: 1e6, B: 1, kB: 1e3, MB: 1e6, GB: 1e9 };

// readFigure reads "1,841", "33.1 ms", "−0.04 µs", "+0.3 %" or "–" (null) back: its value, and how far from it the truth may be.
export function readFigure(text) {
    if (text === '–')
        return null;
    const match = text.replace('\u2212', '-').match(/^([+-]?[\d,]+(?:\.(\d+))?)(?:\u00a0(\S+))?$/);
    assert.ok(match, `'${text}' is no figure`);
    const unit = match[3] === undefined ? 1 : units[match[3]];
    assert.ok(unit, `'${text}' has no known unit`);
    return { value: Number(match[1].replaceAll(',', '')) * unit, tolerance: 0.5001 * unit * 10 ** -(match[2]?.length ?? 0) };
}

const isNumber = (value) => typeof value === 'number';

export const at = (object, dotted) => dotted.split('.').reduce((node, name) => node?.[name], object);

// assertFigures compares every figure of the page with DATA, and returns their number.
export async function assertFigures(page, data) {
    const figures = await page.$$eval('[data-path]', (nodes) => nodes.map((node) => [node.dataset.path, node.textContent]));
    for (const [dotted, text] of figures) {
        const value = at(data, dotted);
        const expected = isNumber(value) && dotted.endsWith('_s') ? value * 1e6 : value; // seconds, read back as times
        assert.notEqual(expected, undefined, `the page shows ${dotted}, which the JSON does not have`);
        const shown = readFigure(text);
        if (shown === null)
            assert.equal(expected, null, `${dotted} is not shown`);
        else
            assert.ok(Math.abs(shown.value - expected) <= shown.tolerance, `${dotted} is ${expected}, and shown as '${text}'`);
    }
    return figures.length;
}

// --- looks ----------------------------------------------------------------------------------------------------

// colouredPixels counts in each canvas what is neither transparent nor grey: a line.
export const colouredPixels = (page) => page.$$eval('canvas', (canvases) => canvases.map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
        const [r, g, b] = [data[i], data[i + 1], data[i + 2]];
        if (data[i + 3] > 128 && Math.max(r, g, b) - Math.min(r, g, b) > 40)
            count++;
    }
    return count;
}));

export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

const luminance = (hex) => {
    const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
        .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

// contrast of two colours, "#rrggbb", as WCAG 2 counts it: from 1 to 21.
export function contrast(one, other) {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
}

// --- running ---------------------------------------------------------------------------------------------------

// runTests runs functions whose names are sentences, closes the browser, and sets the status.
export async function runTests(tests) {
    let failures = 0;
    for (const test of tests) {
        const begun = Date.now();
        try {
            await test();
            console.log(`ok ${test.name.replaceAll('_', ' ')} (${Date.now() - begun} ms)`);
        } catch (error) {
            failures++;
            console.log(`FAILED ${test.name.replaceAll('_', ' ')}: ${error.stack}`);
        }
    }
    await browser.close();
    process.exitCode = failures === 0 ? 0 : 1;
}
