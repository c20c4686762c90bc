// SPDX-License-Identifier: Apache-2.0
//
// Makes the certificates of all end-to-end tests, once, and keeps them while they are valid: two PKIs by
// scripts/make-certs (p256, rsa2048); in each, plain keys for servers that cannot decrypt them and a client whose
// certificate has expired; and copies of the first with an impostor server:
//
//   mitm         another certificate for the same name, by the same CA
//   expired      by the same CA, no longer valid          not-yet      by the same CA, not valid yet
//   wrong-name   by the same CA, for other.example        client-use   by the same CA, for clients only
//   unknown-ca   for the same name, by a CA of its own
//   appended     as mitm, with client-ca's certificate appended to the chain that is sent
//   borrowed     as unknown-ca, with server-ca's certificate appended
//   no-ca, and further files for bad input are in bad/.

import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { command, inPki, pkiDir, read, root, words } from './lib.mjs';

const past = ['20200101000000Z', '20200201000000Z'];
const future = ['20450101000000Z', '20460101000000Z'];
const now = [stamp(Date.now() - 86400e3), stamp(Date.now() + 365 * 86400e3)];

function stamp(ms) {
    return `${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}

const openssl = (args, options) => command('openssl', args, options);

const keyKinds = {
    p256: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    rsa2048: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
};

// newKey: encrypted with the password, as make-certs does it, and plain beside it.
function newKey(base, kind, passwordFile) {
    openssl(['genpkey', '-quiet', ...keyKinds[kind], '-out', `${base}.plain.key`]);
    openssl([
        'pkey',
        '-in',
        `${base}.plain.key`,
        '-aes256',
        '-passout',
        `file:${passwordFile}`,
        '-out',
        `${base}.key`,
    ]);
}

const extensions = {
    server: (names) =>
        `basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n` +
        `extendedKeyUsage=serverAuth\nsubjectAltName=${names}\n`,
    client: () =>
        'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n',
    clientForName: (names) =>
        'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n' +
        `extendedKeyUsage=clientAuth\nsubjectAltName=${names}\n`,
};

const localhost = 'DNS:localhost,IP:127.0.0.1,IP:::1';

// issue: BASE.crt for the key BASE.plain.key, valid in a time of our choice, which only `openssl ca` offers.
function issue(base, { subject, ca, passwordFile, ext, validity = now }) {
    const scratch = fs.mkdtempSync(path.join(pkiDir, '.ca-'));
    const file = (name) => path.join(scratch, name);
    fs.writeFileSync(file('index.txt'), '');
    fs.writeFileSync(file('ext.cnf'), ext);
    fs.writeFileSync(
        file('ca.cnf'),
        `[ca]\ndefault_ca=one\n[one]\ndatabase=${file('index.txt')}\nnew_certs_dir=${scratch}\n` +
            'rand_serial=yes\ndefault_md=sha256\npolicy=any\nunique_subject=no\n[any]\norganizationName=optional\ncommonName=supplied\n' +
            '[req]\ndistinguished_name=dn\n[dn]\n',
    );
    openssl([
        'req',
        '-new',
        '-config',
        file('ca.cnf'),
        '-key',
        `${base}.plain.key`,
        '-subj',
        subject,
        '-out',
        file('csr'),
    ]);
    openssl([
        'ca',
        '-batch',
        '-notext',
        '-config',
        file('ca.cnf'),
        '-in',
        file('csr'),
        '-cert',
        `${ca}.crt`,
        '-keyfile',
        `${ca}.key`,
        '-passin',
        `file:${passwordFile}`,
        '-extfile',
        file('ext.cnf'),
        '-startdate',
        validity[0],
        '-enddate',
        validity[1],
        '-out',
        `${base}.crt`,
    ]);
    fs.rmSync(scratch, { recursive: true });
}

function newCa(base, name, passwordFile) {
    newKey(base, 'p256', passwordFile);
    openssl([
        ...words('req -x509 -new -key'),
        `${base}.plain.key`,
        '-subj',
        `/O=pinload/CN=${name}`,
        '-days',
        '365',
        '-addext',
        'keyUsage=critical,keyCertSign,cRLSign',
        '-out',
        `${base}.crt`,
    ]);
}

// addToBase: adds to a PKI of make-certs what the servers and the matrix need.
function addToBase(kind) {
    const at = (...names) => inPki(kind, ...names);
    const passwordFile = at('password.txt');
    openssl([
        'pkey',
        '-in',
        at('server.key'),
        '-passin',
        `file:${passwordFile}`,
        '-out',
        at('server.plain.key'),
    ]);
    fs.writeFileSync(at('server.chain.crt'), read(at('server.crt')) + read(at('server-ca.crt')));
    fs.writeFileSync(at('server.both.pem'), read(at('server.crt')) + read(at('server.plain.key')));
    fs.mkdirSync(at('extra'), { recursive: true });
    newKey(at('extra/expired'), kind, passwordFile);
    issue(at('extra/expired'), {
        subject: '/O=pinload/CN=expired',
        ca: at('client-ca'),
        passwordFile,
        ext: extensions.client(),
        validity: past,
    });
}

// impostor: a copy of the PKI's directory in scripts/nginx's form, with another server certificate.
function impostor(
    name,
    { ca = inPki('p256/server-ca'), ext = extensions.server(localhost), validity, append = [] },
) {
    const at = (file) => inPki(name, file);
    const passwordFile = inPki('p256/password.txt');
    fs.mkdirSync(inPki(name), { recursive: true });
    for (const file of ['password.txt', 'both-client-cas.crt', 'client-ca.crt'])
        fs.copyFileSync(inPki('p256', file), at(file));
    newKey(at('server'), 'p256', passwordFile);
    issue(at('server'), { subject: '/O=pinload/CN=localhost', ca, passwordFile, ext, validity });
    for (const certificate of append) fs.appendFileSync(at('server.crt'), read(certificate));
}

function makeImpostors() {
    const passwordFile = inPki('p256/password.txt');
    newCa(inPki('rogue-ca'), 'rogue CA', passwordFile);
    impostor('mitm', {});
    impostor('expired', { validity: past });
    impostor('not-yet', { validity: future });
    impostor('wrong-name', { ext: extensions.server('DNS:other.example') });
    impostor('client-use', { ext: extensions.clientForName(localhost) });
    impostor('unknown-ca', { ca: inPki('rogue-ca') });
    impostor('appended', { append: [inPki('p256/client-ca.crt')] });
    impostor('borrowed', { ca: inPki('rogue-ca'), append: [inPki('p256/server-ca.crt')] });
}

// The dependencies of all of them: the certificates of make-certs, and this file.
function fingerprint() {
    const hash = crypto.createHash('sha256').update(read(process.argv[1]));
    for (const kind of Object.keys(keyKinds)) {
        for (const name of ['server.crt', 'server-ca.crt', 'client-ca.crt', 'other-ca.crt'])
            hash.update(read(inPki(kind, name)));
    }
    return hash.digest('hex');
}

function isFresh(stampFile) {
    if (!fs.existsSync(stampFile) || read(stampFile) !== fingerprint()) return false;
    return Date.now() - fs.statSync(stampFile).mtimeMs < 300 * 86400e3;
}

fs.mkdirSync(pkiDir, { recursive: true });
for (const kind of Object.keys(keyKinds))
    process.stdout.write(
        command(path.join(root, 'scripts/make-certs'), ['--out', inPki(kind), '--key-type', kind]),
    );
const stampFile = inPki('stamp');
if (!isFresh(stampFile)) {
    fs.rmSync(stampFile, { force: true });
    Object.keys(keyKinds).forEach(addToBase);
    makeImpostors();
    fs.writeFileSync(stampFile, fingerprint());
    console.log('made plain keys, expired clients and impostors of the server');
}
