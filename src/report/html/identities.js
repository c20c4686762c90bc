// SPDX-License-Identifier: Apache-2.0
//
// The identities of a result: what was expected of each, what happened, and how long its handshakes took; sorted by any
// column, and filtered.
'use strict';

const fewHandshakes = 100; // of fewer, the p99 is the longest one
const firstRows = 20;

function seen(identity) {
    const both = [identity.succeeded + identity.cut_off_served > 0 ? 'accepted' : null, identity.refused > 0 ? 'refused' : null,
        identity.failed > 0 ? 'failed' : null, identity.unconfirmed > 0 ? 'unconfirmed' : null].filter((word) => word !== null);
    return both.length > 0 ? both.join(', ') : identity.sessions > 0 ? 'cut off' : 'no session';
}

function mark(identity) {
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
    const count = (name, head = name, more = {}) => ({
        head, class: 'number', value: (identity) => identity[name], show: (identity, path) => [show(`${path}.${name}`)], ...more,
    });
    const time = (stat) => ({
        head: `hs ${stat}`, class: 'number', title: `handshake, ${stat}`,
        value: (identity) => (identity.tls_handshake.count > 0 ? identity.tls_handshake[stat] : null),
        show: (identity, path) => [show(`${path}.tls_handshake.${stat}`, figureTime),
            stat === 'p99' && isFew(identity) ? fewSign(identity.tls_handshake.count) : null],
    });
    return [
        { head: 'Identity', value: (identity) => identity.name, show: (identity) => el('span', { class: 'name' }, identity.name) },
        { head: 'expected', show: expectation },
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

function identitiesNote() {
    const { identities: more, unexpected } = page.more;
    const odd = data.identities.filter((identity) => !identity.as_expected).length + unexpected;
    const expected = odd === 0 ? 'All are as expected.' : `${plural(odd, 'is', 'are')} not as expected.`;
    const never = data.identities.filter((identity) => identity.sessions === 0).length;
    const idle = never > 0 ? ` ${plural(never, 'has', 'have')} had no session.` : '';
    if (more === 0)
        return note(`${plural(page.identities, 'identity', 'identities')}. ${expected}${idle}`);
    return note(`${figureCount(page.identities)} identities. ${expected} Shown are the ${figureCount(data.identities.length)} ` +
        `to look at first, those not as expected and then the slowest; ${figureCount(more)} more are not shown` +
        `${unexpected > 0 ? `, ${figureCount(unexpected)} of them not as expected` : ''}.${idle === '' ? '' : ` Of those shown,${idle.toLowerCase()}`}`);
}

function fewNote() {
    return data.identities.some(isFew)
        ? note(`† of fewer than ${fewHandshakes} handshakes, of which the p99 is the longest.`) : null;
}

// The filter: SHOW is called with a test of identities.
function identityFilter(rows, onChange) {
    const kinds = identityKinds.filter(([id, , test]) => id === 'all' ||
        rows.some(({ identity }) => test(identity)) && !rows.every(({ identity }) => test(identity)));
    if (rows.length < 6)
        return null;
    const name = el('input', { type: 'search', id: 'identity-name', autocomplete: 'off', spellcheck: 'false' });
    const kind = el('select', { id: 'identity-kind' }, kinds.map(([id, words]) => el('option', { value: id }, words)));
    const change = () => {
        const wanted = name.value.toLowerCase();
        const [, , test] = kinds.find(([id]) => id === kind.value);
        onChange((identity) => test(identity) && identity.name.toLowerCase().includes(wanted));
    };
    name.addEventListener('input', change);
    kind.addEventListener('change', change);
    return el('div', { class: 'controls', role: 'search' }, el('label', {}, 'Name', name),
        kinds.length > 1 ? el('label', {}, 'Show', kind) : null);
}

// The order of two values; missing ones are last in both directions.
function inOrder(a, b, isDown) {
    if (a === null || b === null)
        return (a === null) - (b === null);
    const order = typeof a === 'string' ? a.localeCompare(b, 'en', { numeric: true }) : a - b;
    return isDown ? -order : order;
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
            onSort((a, b) => inOrder(value(a.identity), value(b.identity), isDown));
        });
    });
}

// identityTable shows the first of the selected rows; the others after a click, and on paper.
function identityTable(columns, rows) {
    const frame = table(columns.map((column) => ({ ...column, name: column.head })),
        rows.map(({ cells, identity }) => ({ cells, class: identity.as_expected ? '' : 'odd' })), { 'aria-label': 'Identities' });
    const body = frame.querySelector('tbody');
    const list = rows.map((row, i) => ({ ...row, node: body.children[i] }));
    const status = el('p', { class: 'note', role: 'status' });
    const button = el('button', { type: 'button', class: 'unfold' });
    let isWanted = () => true, isUnfolded = false;
    const update = () => {
        const wanted = list.filter(({ identity }) => isWanted(identity));
        const few = isUnfolded || wanted.length <= firstRows + 5 ? wanted.length : firstRows;
        list.forEach(({ node }) => node.classList.add('unwanted'));
        wanted.forEach(({ node }, i) => {
            node.classList.remove('unwanted');
            node.classList.toggle('folded', i >= few);
        });
        button.hidden = few === wanted.length;
        button.textContent = `Show all ${figureCount(wanted.length)}`;
        status.textContent = wanted.length < list.length ? `${figureCount(wanted.length)} of ${figureCount(list.length)}` : '';
    };
    button.addEventListener('click', () => {
        isUnfolded = true;
        update();
        frame.focus();
    });
    sortable([...frame.querySelectorAll('thead th')], columns, (order) => {
        list.sort(order);
        body.append(...list.map(({ node }) => node));
        update();
    });
    const filter = identityFilter(list, (test) => {
        isWanted = test;
        update();
    });
    update();
    filter?.append(status);
    return [filter, frame, button];
}

function identities() {
    if (data.identities.length === 0)
        return section('identities', 'Identities', note('No client identity was given.'));
    const columns = identityColumns();
    const rows = data.identities.map((identity, i) => ({
        identity, cells: columns.map((column) => column.show(identity, `identities.${i}`)),
    }));
    const ordered = [...rows.filter(({ identity }) => !identity.as_expected), ...rows.filter(({ identity }) => identity.as_expected)];
    return section('identities', 'Identities', identitiesNote(), ...identityTable(columns, ordered), fewNote());
}
