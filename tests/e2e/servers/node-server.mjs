// SPDX-License-Identifier: Apache-2.0
//
// Node.js's own HTTPS server, which demands a client certificate: node-server.mjs PORT CERT KEY CLIENT_CA

import fs from 'node:fs';
import https from 'node:https';

const [port, cert, key, ca] = process.argv.slice(2);
const [certPem, keyPem, caPem] = [cert, key, ca].map((file) => fs.readFileSync(file));
const options = {
    cert: certPem,
    key: keyPem,
    ca: caPem,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
};

https.createServer(options, (request, response) => response.end('hello\n')).listen(Number(port), '127.0.0.1');
