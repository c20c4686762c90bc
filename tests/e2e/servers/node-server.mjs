// SPDX-License-Identifier: Apache-2.0
//
// Node.js's own HTTPS server, which demands a client certificate: node-server.mjs PORT CERT KEY CLIENT_CA [options]
//
//   --pass FILE     the key's password
//   --groups LIST   key exchange groups, joined by ':' (default Node.js's)
//   --trace         OpenSSL tells of each message (SSL_trace), after a line "=== connection" for each connection

import fs from 'node:fs';
import https from 'node:https';
import { parseArgs } from 'node:util';

const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { pass: { type: 'string' }, groups: { type: 'string' }, trace: { type: 'boolean' } },
});
const [port, cert, key, ca] = positionals;
const [certPem, keyPem, caPem] = [cert, key, ca].map((file) => fs.readFileSync(file));
const options = {
    cert: certPem,
    key: keyPem,
    passphrase: values.pass && fs.readFileSync(values.pass, 'utf8').trim(),
    ca: caPem,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ecdhCurve: values.groups ?? 'auto',
    enableTrace: values.trace,
};

const server = https.createServer(options, (request, response) => response.end('hello\n'));
if (values.trace) server.prependListener('connection', () => fs.writeSync(2, '\n=== connection\n'));
server.listen(Number(port), '127.0.0.1');
