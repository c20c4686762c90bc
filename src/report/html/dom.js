// SPDX-License-Identifier: Apache-2.0
//
// Building blocks of sections. All text is inserted as text nodes; no string becomes markup.
'use strict';

// el creates an element; children are nodes, strings, or lists of them; null is ignored.
function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (value !== null && value !== undefined && value !== false)
            node.setAttribute(name, value === true ? '' : value);
    }
    node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
    return node;
}

// at looks a value up by its path through an object: at(data, 'sessions.started').
function at(data, path) {
    return path.split('.').reduce((node, name) => node?.[name], data);
}

// figure shows the number at PATH of the data, and keeps the path, by which tests find it.
function figure(data, path, format) {
    const value = at(data, path);
    const exact = (format === figureTime && isNumber(value)) ? figureExactTime(value) : null;
    return el('span', { class: 'figure', 'data-path': path, title: exact }, format(value));
}

function section(id, title, ...children) {
    return el('section', { id, 'aria-labelledby': `${id}-title` }, el('h2', { id: `${id}-title` }, title), children);
}

const note = (...children) => el('p', { class: 'note' }, children);

// tableRow: a row is a list of cells, or {cells, class}.
function tableRow(columns, row) {
    const cells = row.cells ?? row;
    return el('tr', { class: row.class }, cells.map((cell, i) =>
        el(i === 0 ? 'th' : 'td', { scope: i === 0 ? 'row' : null, class: columns[i].class }, cell)));
}

// table: columns are {name, class, title}. A wide one scrolls in its own frame.
function table(columns, rows, attributes = {}) {
    const head = el('tr', {}, columns.map((column) =>
        el('th', { scope: 'col', class: column.class, title: column.title }, column.name)));
    return el('div', { class: 'frame', tabindex: '0', role: 'region', ...attributes },
        el('table', {}, el('thead', {}, head), el('tbody', {}, rows.map((row) => tableRow(columns, row)))));
}

// facts is a list of names and values; entries that are not pairs are ignored.
function facts(pairs) {
    return el('dl', { class: 'facts' }, pairs.filter((pair) => pair).map(([name, ...values]) =>
        el('div', {}, el('dt', {}, name), el('dd', {}, values))));
}

// folded shows the first FEW of the rows (or items) in NODE, and the rest after a click; on paper all of them.
function folded(node, few, rows = [...node.querySelectorAll('tbody > tr')]) {
    if (rows.length <= few + 5)
        return node;
    rows.slice(few).forEach((row) => row.classList.add('folded'));
    const button = el('button', { type: 'button', class: 'unfold' }, `Show all ${figureCount(rows.length)}`);
    button.addEventListener('click', () => {
        rows.forEach((row) => row.classList.remove('folded'));
        button.remove();
    });
    return el('div', {}, node, button);
}

// A name that may be broken between its words: client_cert_refused.
const breakable = (text) => text.split(/(?<=[_:/-])/).flatMap((part, i) => (i === 0 ? [part] : [el('wbr'), part]));

const joined = (items, separator = ' · ') => items.filter((item) => item !== null)
    .flatMap((item, i) => (i === 0 ? [item] : [separator, item]));

// The command in lines that each begin with an option, unless one line is enough.
function commandText(command) {
    const words = command.map(quoted);
    const line = words.join(' ');
    if (line.length <= 80)
        return line;
    return words.reduce((text, word, i) => {
        const begins = i > 1 && (word.startsWith('-') || (i === words.length - 1 && !words[i - 1].startsWith('-')));
        return i === 0 ? word : `${text}${begins ? ' \\\n    ' : ' '}${word}`;
    }, '');
}

// What can be copied as a whole.
function copyBlock(text) {
    const code = el('code', {}, text);
    return el('div', { class: 'command' }, el('pre', {}, code), copyButton(code));
}

// The plan file of a run, to be saved where its command ran.
function planBlock(command, plan) {
    return plan === null ? null : el('div', { class: 'plan' },
        el('p', {}, 'The same as a plan file: ', el('code', {}, `pinload ${command} --plan FILE`), ' runs it from the directory in which it is saved.'),
        copyBlock(plan));
}

function copyButton(source) {
    const button = el('button', { type: 'button', class: 'copy' }, 'Copy');
    button.addEventListener('click', async () => {
        getSelection().selectAllChildren(source);
        try {
            await navigator.clipboard.writeText(source.textContent);
            button.textContent = 'Copied';
        } catch {
            button.textContent = 'Selected';
        }
    });
    return button;
}
