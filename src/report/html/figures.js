// SPDX-License-Identifier: Apache-2.0
//
// Numbers formatted for people, by the rules of report/figures.c: thousands separators, three significant digits, the
// unit that keeps a number short. Pure functions; times are given in microseconds, as in the JSON.
'use strict';

const NONE = '–';

const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);

function threeDigits(value) {
    if (value >= 999.5)
        return Math.round(value).toLocaleString('en-US');
    return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

function figureCount(count) {
    return isNumber(count) ? Math.round(count).toLocaleString('en-US') : NONE;
}

function figureRate(perSecond) {
    return isNumber(perSecond) ? threeDigits(perSecond) : NONE;
}

// The unit in which a time is short, and how many microseconds it has.
function timeUnit(us) {
    if (us < 999.5)
        return ['µs', 1];
    return us < 999.5e3 ? ['ms', 1e3] : ['s', 1e6];
}

function figureTime(us) {
    if (!isNumber(us))
        return NONE;
    const [unit, size] = timeUnit(us);
    return `${threeDigits(us / size)}\u00a0${unit}`;
}

// Times of reading a clock are below a microsecond.
function figureNanoseconds(us) {
    return isNumber(us) ? `${Math.round(us * 1000).toLocaleString('en-US')}\u00a0ns` : NONE;
}

// A round time for an axis: no superfluous digits.
function figureTick(us) {
    if (us === 0)
        return '0';
    const [unit, size] = timeUnit(us);
    return `${Number((us / size).toPrecision(3)).toLocaleString('en-US')}\u00a0${unit}`;
}

function figureExactTime(us) {
    return `${us.toLocaleString('en-US', { maximumFractionDigits: 3 })} µs`;
}

function figureSeconds(seconds) {
    if (!isNumber(seconds))
        return NONE;
    if (seconds < 120)
        return `${seconds.toFixed(1)}\u00a0s`;
    const whole = Math.round(seconds);
    const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
    if (hours === 0)
        return `${minutes}\u00a0min ${whole % 60}\u00a0s`;
    return `${figureCount(hours)}\u00a0h ${minutes}\u00a0min`;
}

// A time after the start of the run: 45 s, 2:30, 6:00 h.
function figureElapsed(seconds) {
    const two = (number) => String(number).padStart(2, '0');
    const whole = Math.floor(seconds);
    const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
    if (hours > 0)
        return `${hours}:${two(minutes)}${whole % 60 ? `:${two(whole % 60)}` : ''}\u00a0h`;
    if (whole >= 60)
        return `${minutes}:${two(whole % 60)}\u00a0min`;
    return `${Number(seconds.toFixed(1))}\u00a0s`;
}

function figureBytes(bytes) {
    if (!isNumber(bytes))
        return NONE;
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let unit = 0;
    for (; bytes >= 999.5 && unit + 1 < units.length; unit++)
        bytes /= 1000;
    return `${unit === 0 ? bytes : threeDigits(bytes)}\u00a0${units[unit]}`;
}

// A share of a whole, which is never rounded to all or nothing.
function figureShare(part, whole) {
    if (!whole)
        return NONE;
    const percent = 100 * part / whole;
    if (part > 0 && percent < 0.01)
        return '<\u00a00.01\u00a0%';
    if (part < whole && percent > 99.99)
        return '>\u00a099.99\u00a0%';
    return `${Number(percent.toFixed(percent < 1 || percent > 99 ? 2 : 1))}\u00a0%`;
}

// The percentile at which a logarithmic axis has X = 1 / (1 - q): 99.9 % at 1000.
function figurePercentile(x) {
    const digits = Math.max(0, Math.ceil(Math.log10(x)) - 2 + (Number.isInteger(Math.log10(x)) ? 0 : 1));
    return `${Number((100 - 100 / x).toFixed(Math.min(digits, 9)))}\u00a0%`;
}

function figureDate(iso) {
    const date = new Date(iso);
    if (Number.isNaN(date.getTime()))
        return NONE;
    const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
    return `${day}, ${date.toISOString().slice(11, 19)} UTC`;
}

// A command as it could be typed into a shell.
function quoted(word) {
    return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

const plural = (count, one, many = `${one}s`) => `${figureCount(count)} ${count === 1 ? one : many}`;

const signalName = (number) => ({ 2: 'SIGINT (Ctrl-C)', 15: 'SIGTERM' })[number] ?? `signal ${number}`;
