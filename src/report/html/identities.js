// SPDX-License-Identifier: Apache-2.0
//
// The identities of a result: what was expected of each, what happened, and how long its handshakes took; sorted by any
// column, and filtered. The filter searches all of them; rows are made only for those shown.
'use strict';

const fewHandshakes = 100; // of fewer, the p99 is the longest one
const firstRows = 20;
const moreRows = 200; // after a click; at least as many on paper

// identityList turns the page's columns, which are named by path, into objects as in the JSON result. In place of a
// column with the same value in all rows there is that value.
function identityList({ count, columns }) {
    const list = Array.from({ length: count }, () => ({}));
    for (const [path, column] of Object.entries(columns)) {
        const [part, name] = path.includes('.') ? path.split('.') : [null, path];
        list.forEach((identity, i) => {
            const owner = part === null ? identity : identity[part] ??= {};
            owner[name] = Array.isArray(column) ? column[i] : column;
        });
    }
    return list;
}

function seen(identity) {
    const both = [identity.succeeded + identity.cut_off_served > 0 ? 'accepted' : null, identity.refused > 0 ? 'refused' : null,
        identity.failed > 0 ? 'failed' : null, identity.unconfirmed > 0 ? 'unconfirmed' : null].filter((word) => word !== null);
    return both.length > 0 ? both.join(', ') : identity.sessions > 0 ? 'cut off' : 'no session';
}

function mark(identity) {
    if (identity.as_expected && identity.failed > 0)
        return el('span', { class: 'mark some', role: 'img', 'aria-label': 'some failed', title: 'some sessions failed' }, '!');
    const isDecided = identity.succeeded + identity.cut_off_served + identity.refused + identity.unconfirmed > 0;
    const [sign, words] = !identity.as_expected ? ['✗', 'not as expected'] : isDecided
        ? ['✓', 'as expected'] : [NONE, identity.sessions > 0 ? 'not decided' : 'never tried'];
    return el('span', { class: 'mark', role: 'img', 'aria-label': words, title: words }, sign);
}

const isFew = (identity) => identity.tls_handshake.count > 0 && identity.tls_handshake.count < fewHandshakes;

const fewSign = (count) => el('abbr', { class: 'few', title: `of ${plural(count, 'handshake')}` }, '†');

const responseCounts = (identity) => Object.entries(identity.responses ?? {}).filter(([, count]) => count > 0);

// If all responses were 2xx, one per session, the column would repeat the one beside it.
function tellsResponses() {
    return data.identities.some((identity) => responseCounts(identity).some(([name, count]) =>
        name !== '2xx' || count > identity.sessions));
}

function responses(identity) {
    const some = responseCounts(identity);
    return some.length === 0 ? NONE : joined(some.map(([name, count]) => [figureCount(count), '\u00a0', name]), ', ');
}

const signatures = (identity) => Object.entries(identity.sigalgs).filter(([, count]) => count > 0).map(([name]) => name).join(', ');

// Where all sign with the same algorithm, it stands among what was negotiated.
function tellsSignatures() {
    return new Set(data.identities.map(signatures).filter((names) => names !== '')).size > 1;
}

function expectation({ expected, expected_status: status }) {
    if (expected === 'refuse')
        return 'refused';
    return status ? ['accepted, ', breakable(status.replaceAll(',', ', '))] : 'accepted';
}

// identityColumns: for each column its head, the value shown, and the sort key.
function identityColumns() {
    // On a phone, columns that say nothing are omitted.
    const isDull = (name) => data.identities.every((identity) => identity[name] === 0) ||
        (name === 'succeeded' && data.identities.every((identity) => identity.succeeded === identity.sessions));
    const count = (name, head = name, more = {}) => ({
        head, class: isDull(name) ? 'number minor' : 'number', value: (identity) => identity[name], show: (identity, path) => [show(`${path}.${name}`)], ...more,
    });
    const time = (stat) => ({
        head: `hs ${stat}`, class: 'number', title: `handshake, ${stat}`,
        value: (identity) => (identity.tls_handshake.count > 0 ? identity.tls_handshake[stat] : null),
        show: (identity, path) => [show(`${path}.tls_handshake.${stat}`, figureTime),
            stat === 'p99' && isFew(identity) ? fewSign(identity.tls_handshake.count) : null],
    });
    return [
        { head: 'Identity', value: (identity) => identity.name, show: (identity) => el('span', { class: 'name' }, identity.name) },
        { head: 'expected', class: 'minor', show: expectation },
        { head: 'seen', show: (identity) => [mark(identity), '\u00a0', seen(identity)] },
        count('sessions'), count('succeeded'),
        // Kept-alive sessions are open when the run ends.
        ...(data.sessions.cut_off_served > 0 ? [count('cut_off_served', 'open', { title: 'open at the end, after responses as expected' })] : []),
        count('refused'), count('failed'), time('p50'), time('p99'),
        ...(tellsSignatures() ? [{ head: 'signs with', value: (identity) => signatures(identity) || null,
            show: (identity) => (signatures(identity) ? breakable(signatures(identity)) : NONE),
            title: "signature algorithm of the client's CertificateVerify" }] : []),
        ...(tellsResponses() ? [{ head: 'responses', class: 'number', title: 'complete responses by status', show: responses }] : []),
    ];
}

const identityKinds = [
    ['all', 'all', () => true],
    ['odd', 'not as expected', (identity) => !identity.as_expected],
    ['failed', 'with failures', (identity) => identity.failed > 0],
    ['refused', 'with refusals', (identity) => identity.refused > 0],
    ['none', 'no session', (identity) => identity.sessions === 0],
    ['few', `under ${fewHandshakes} handshakes`, isFew],
];

function expectedNote() {
    const odd = data.identities.filter((identity) => !identity.as_expected).length + page.more.unexpected;
    const failing = data.identities.filter((identity) => identity.as_expected && identity.failed > 0).length;
    if (odd > 0)
        return `${plural(odd, 'is', 'are')} not as expected.`;
    return failing === 0 ? 'All are as expected.'
        : `None was accepted or refused against expectation; ${plural(failing, 'has', 'have')} failed sessions.`;
}

function identitiesNote() {
    const { identities: more, unexpected } = page.more;
    const shown = data.identities.length;
    const never = data.identities.filter((identity) => identity.sessions === 0).length;
    const hasOdd = data.identities.some((identity) => !identity.as_expected);
    const order = shown <= moreRows ? '' : hasOdd ? ' Those not as expected come first, then the slowest.' : ' The slowest come first.';
    const left = more === 0 ? '' : ` This page has ${figureCount(shown)} of them; the ${figureCount(more)} that are left out` +
        `${unexpected > 0 ? `, of which ${plural(unexpected, 'is', 'are')} not as expected,` : ''} are in the JSON result.`;
    const idle = never > 0 ? ` ${plural(never, 'has', 'have')} had no session${more > 0 ? ', of those on this page' : ''}.` : '';
    return note(`${plural(page.identities, 'identity', 'identities')}. ${expectedNote()}${order}${left}${idle}`);
}

function fewNote() {
    return data.identities.some(isFew)
        ? note(`† of fewer than ${fewHandshakes} handshakes, of which the p99 is the longest.`) : null;
}

// The filter: ONCHANGE is called with a test of identities, and the name that was typed.
function identityFilter(identities, onChange) {
    const kinds = identityKinds.filter(([id, , test]) => id === 'all' || identities.some(test) && !identities.every(test));
    if (identities.length < 6)
        return null;
    const name = el('input', { type: 'search', id: 'identity-name', autocomplete: 'off', spellcheck: 'false' });
    const kind = el('select', { id: 'identity-kind' }, kinds.map(([id, words]) => el('option', { value: id }, words)));
    const change = () => {
        const wanted = name.value.trim().toLowerCase();
        const [, , test] = kinds.find(([id]) => id === kind.value);
        onChange((identity) => test(identity) && identity.name.toLowerCase().includes(wanted), wanted);
    };
    name.addEventListener('input', change);
    kind.addEventListener('change', change);
    return el('div', { class: 'controls', role: 'search' }, el('label', {}, 'Name', name),
        kinds.length > 1 ? el('label', {}, 'Show', kind) : null);
}

const inWordOrder = new Intl.Collator('en', { numeric: true }).compare;

// The order of two values; missing ones are last in both directions.
function inOrder(a, b, isDown) {
    if (a === null || b === null)
        return (a === null) - (b === null);
    const order = typeof a === 'string' ? inWordOrder(a, b) : a - b;
    return isDown ? -order : order;
}

// The initial order: those not as expected first; if there are many, then the slowest.
function inInterest(identities) {
    const slowness = ({ tls_handshake: handshake }) => (handshake.count > 0 ? handshake.p99 : 0);
    return (a, b) => a.as_expected - b.as_expected || (identities.length > moreRows ? slowness(b) - slowness(a) : 0);
}

// sortable puts a button into the head of each column with a sort key; ONSORT is called with an order of identities.
function sortable(heads, columns, onSort) {
    heads.forEach((head, i) => {
        const { value } = columns[i];
        if (!value)
            return;
        const button = el('button', { type: 'button', class: 'sort' }, ...head.childNodes);
        head.append(button);
        button.addEventListener('click', () => {
            const before = head.getAttribute('aria-sort');
            const isDown = before === null ? i > 0 : before === 'ascending'; // numbers: the greatest first
            heads.forEach((other) => other.removeAttribute('aria-sort'));
            head.setAttribute('aria-sort', isDown ? 'descending' : 'ascending');
            onSort((a, b) => inOrder(value(a), value(b), isDown));
        });
    });
}

// rowMaker returns a function that makes the row of an identity, once.
function rowMaker(columns, identities) {
    const places = new Map(identities.map((identity, i) => [identity, i]));
    const made = new Map();
    return (identity) => {
        if (!made.has(identity)) {
            const cells = columns.map((column) => column.show(identity, `identities.${places.get(identity)}`));
            made.set(identity, tableRow(columns, { cells, class: identity.as_expected ? '' : 'odd' }));
        }
        return made.get(identity);
    };
}

// identityRows shows the first of the selected identities in BODY, and more after a click on BUTTON. An identity with
// exactly the name that was typed comes first.
function identityRows(body, rowOf, list, { button, status, paper }) {
    const view = { sorted: list, isSorted: false, isWanted: () => true, name: '', most: firstRows };
    view.update = () => {
        const wanted = view.sorted.filter(view.isWanted);
        const named = view.isSorted ? [] : wanted.filter((identity) => identity.name.toLowerCase() === view.name);
        const rows = named.length === 0 ? wanted : [...named, ...wanted.filter((identity) => !named.includes(identity))];
        const few = rows.length <= view.most + 5 ? rows.length : view.most;
        const printed = rows.slice(0, Math.max(few, moreRows));
        body.replaceChildren(...printed.map(rowOf));
        printed.forEach((identity, i) => rowOf(identity).classList.toggle('folded', i >= few));
        button.hidden = few === rows.length;
        button.textContent = rows.length - few <= moreRows ? `Show all ${figureCount(rows.length)}` : `Show ${moreRows} more`;
        status.textContent = rows.length < list.length ? `${figureCount(rows.length)} of ${figureCount(list.length)}` : '';
        paper.textContent = printed.length < rows.length
            ? `These are the first ${figureCount(printed.length)} of ${figureCount(rows.length)}; the JSON result has them all.` : '';
    };
    return view;
}

// identityTable returns the filter, the table and what belongs to it.
function identityTable(identities) {
    const columns = identityColumns();
    const frame = table(columns.map((column) => ({ ...column, name: column.head })), [], { 'aria-label': 'Identities' });
    const button = el('button', { type: 'button', class: 'unfold' });
    const status = el('p', { class: 'note', role: 'status' });
    const paper = el('p', { class: 'note paper' });
    const view = identityRows(frame.querySelector('tbody'), rowMaker(columns, identities),
        [...identities].sort(inInterest(identities)), { button, status, paper });
    button.addEventListener('click', () => {
        view.most += moreRows;
        view.update();
        if (button.hidden)
            frame.focus();
    });
    sortable([...frame.querySelectorAll('thead th')], columns, (order) => {
        view.sorted.sort(order);
        view.isSorted = true;
        view.update();
    });
    const filter = identityFilter(identities, (isWanted, name) => {
        Object.assign(view, { isWanted, name });
        view.update();
    });
    filter?.append(status);
    view.update();
    return [filter, frame, button, paper];
}

function identities() {
    const [title, all] = ['Identities', data.identities];
    if (page.is_anonymous && all[0].as_expected && all[0].expected === 'accept')
        return section('identities', title, note('No client certificate was presented.'));
    if (all.length === 0)
        return section('identities', title, note('No client identity was given.'));
    return section('identities', title, identitiesNote(), ...identityTable(all), fewNote());
}
