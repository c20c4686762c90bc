// SPDX-License-Identifier: Apache-2.0
//
// How each server of the matrix is started: all require a certificate of client-ca, support TLS 1.2 and 1.3 and answer
// a GET of / with a 2xx. A launcher gets the directory of certificates and returns the arguments of lib.mjs's Server,
// or a server of its own kind.

import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { command, inPki, inWork, needCommand, needFile, Nginx, root, Server, words, write } from './lib.mjs';

const servers = path.join(root, 'tests/e2e/servers');
const asRoot = os.userInfo().uid === 0;

// dir: a server's own files.
const filesOf = (certs) => ({
    dir: `server-${certs}`,
    cert: inPki(certs, 'server.crt'),
    chain: inPki(certs, 'server.chain.crt'),
    key: inPki(certs, 'server.plain.key'),
    both: inPki(certs, 'server.both.pem'),
    ca: inPki(certs, 'client-ca.crt'),
});

// The gate: only client-ca is trusted.
async function nginx(certs) {
    const server = await Nginx.start(`stack-${certs}`, { certs });
    server.url = server.gateUrl;
    return server;
}

const openssl =
    ({ cert, key, ca }) =>
    (port) => ({
        command: needCommand('openssl', 'openssl'),
        args: [
            's_server',
            '-accept',
            `127.0.0.1:${port}`,
            ...words('-www -quiet -Verify 1 -verify_return_error -CAfile'),
            ca,
            '-cert',
            cert,
            '-key',
            key,
        ],
    });

const gnutls =
    ({ cert, key, ca }) =>
    (port) => ({
        command: needCommand('gnutls-serv', 'gnutls-bin'),
        args: [
            '--http',
            '--quiet',
            '--port',
            String(port),
            '--priority',
            'NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3',
            '--x509certfile',
            cert,
            '--x509keyfile',
            key,
            '--x509cafile',
            ca,
            '--require-client-cert',
            '--verify-client-cert',
        ],
    });

const apache =
    ({ cert, key, ca, dir }) =>
    (port) => {
        const module = (name) =>
            `LoadModule ${name}_module ${needFile(`/usr/lib/apache2/modules/mod_${name}.so`, 'apache2-bin')}\n`;
        const config = write(
            `${dir}/httpd.conf`,
            `ServerRoot ${inWork(dir)}\nServerName localhost\nPidFile httpd-${port}.pid\n` +
                `DefaultRuntimeDir ${inWork(dir)}\nErrorLog error.log\nListen 127.0.0.1:${port}\n` +
                ['mpm_event', 'authz_core', 'alias', 'ssl'].map(module).join('') +
                (asRoot ? 'User www-data\nGroup www-data\n' : '') +
                'SSLEngine on\nSSLProtocol -all +TLSv1.2 +TLSv1.3\nSSLSessionCache none\n' +
                `SSLCertificateFile ${cert}\nSSLCertificateKeyFile ${key}\nSSLCACertificateFile ${ca}\nSSLVerifyClient require\n` +
                'RedirectMatch 204 "^/$"\n',
        );
        return { command: needCommand('apache2', 'apache2-bin'), args: ['-f', config, '-DFOREGROUND'] };
    };

const haproxy =
    ({ both, ca, dir }) =>
    (port) => {
        const config = write(
            `${dir}/haproxy.cfg`,
            'global\n    nbthread 1\ndefaults\n    mode http\n    timeout client 5s\n' +
                '    timeout server 5s\n    timeout connect 5s\nfrontend one\n' +
                `    bind 127.0.0.1:${port} ssl crt ${both} ca-file ${ca} verify required ssl-min-ver TLSv1.2\n` +
                '    http-request return status 200 content-type text/plain string hello\n',
        );
        return { command: needCommand('haproxy', 'haproxy'), args: ['-db', '-f', config] };
    };

// stunnel only unwraps TLS; this answers the requests inside.
const stunnel =
    ({ cert, key, ca, dir }, backend) =>
    (port) => {
        const config = write(
            `${dir}/stunnel.conf`,
            `foreground = yes\npid =\nsyslog = no\n[one]\naccept = 127.0.0.1:${port}\n` +
                `connect = 127.0.0.1:${backend}\ncert = ${cert}\nkey = ${key}\nCAfile = ${ca}\nverifyChain = yes\nrequireCert = yes\n` +
                'sslVersionMin = TLSv1.2\n',
        );
        return { command: needCommand('stunnel4', 'stunnel4'), args: [config] };
    };

const caddy =
    ({ cert, key, ca, dir }) =>
    (port) => {
        const config = write(
            `${dir}/Caddyfile`,
            '{\n    admin off\n    auto_https off\n    servers {\n        protocols h1\n    }\n}\n' +
                `https://localhost:${port} {\n    bind 127.0.0.1\n    tls ${cert} ${key} {\n        protocols tls1.2 tls1.3\n` +
                `        client_auth {\n            mode require_and_verify\n            trusted_ca_cert_file ${ca}\n        }\n    }\n    respond hello\n}\n`,
        );
        return {
            command: needCommand('caddy', 'caddy'),
            args: ['run', '--config', config, '--adapter', 'caddyfile'],
            env: { HOME: inWork(dir), XDG_DATA_HOME: inWork(dir), XDG_CONFIG_HOME: inWork(dir) },
        };
    };

// lighttpd has a module for each of five libraries; the rest of its configuration is the same for all.
const lighttpd =
    (library) =>
    ({ chain, key, ca, dir }) =>
    (port) => {
        const module = needFile(`/usr/lib/lighttpd/mod_${library}.so`, `lighttpd-mod-${library}`);
        fs.mkdirSync(inWork(dir, 'www'), { recursive: true });
        const config = write(
            `${dir}/lighttpd.conf`,
            `server.modules = ("mod_redirect", "${path.basename(module, '.so')}")\n` +
                `server.document-root = "${inWork(dir)}/www"\nserver.bind = "127.0.0.1"\nserver.port = ${port}\n` +
                `server.errorlog = "${inWork(dir)}/error.log"\nserver.upload-dirs = ("${inWork(dir)}")\n` +
                'url.redirect = ("" => "/hello")\n' +
                `ssl.engine = "enable"\nssl.pemfile = "${chain}"\nssl.privkey = "${key}"\nssl.ca-file = "${ca}"\n` +
                'ssl.verifyclient.activate = "enable"\nssl.verifyclient.enforce = "enable"\n' +
                'ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "TLSv1.2")\n',
        );
        return { command: needCommand('lighttpd', 'lighttpd'), args: ['-D', '-f', config] };
    };

// NSS keeps certificates in a database of its own.
function nssDatabase({ cert, key, ca, dir: name }) {
    const dir = inWork(name);
    const p12 = path.join(dir, 'server.p12');
    fs.rmSync(dir, { recursive: true, force: true });
    const password = write(`${name}/password.txt`, 'julio\n');
    command('openssl', [
        'pkcs12',
        '-export',
        '-in',
        cert,
        '-inkey',
        key,
        ...words('-name server -passout pass:julio -out'),
        p12,
    ]);
    command(needCommand('certutil', 'libnss3-tools'), ['-N', '-d', `sql:${dir}`, '-f', password]);
    command(needCommand('pk12util', 'libnss3-tools'), [
        '-i',
        p12,
        '-d',
        `sql:${dir}`,
        '-k',
        password,
        '-W',
        'julio',
    ]);
    command('certutil', ['-A', '-d', `sql:${dir}`, '-n', 'client-ca', '-t', 'T,,', '-i', ca, '-f', password]);
    return `sql:${dir}`;
}

// -r -r: required; it answers every request with its own page, which begins with "HTTP/1.0 200 OK".
const selfserv = (files) => {
    const database = nssDatabase(files);
    return (port) => ({
        command: needCommand('selfserv', 'libnss3-tools'),
        args: [
            '-d',
            database,
            '-n',
            'server',
            '-p',
            String(port),
            ...words('-r -r -V tls1.2:tls1.3 -w julio'),
        ],
    });
};

const node =
    ({ cert, key, ca }) =>
    (port) => ({
        command: process.execPath,
        args: [path.join(servers, 'node-server.mjs'), String(port), cert, key, ca],
    });

const erlang =
    ({ cert, key, ca }) =>
    (port) => ({
        command: needCommand('escript', 'erlang-ssl'),
        args: [path.join(servers, 'erlang_server.escript'), String(port), cert, key, ca],
        env: { HOME: inWork() },
    });

const java =
    ({ cert, key, ca, dir }) =>
    (port) => {
        const p12 = write(`${dir}/server.p12`, '');
        command('openssl', [
            'pkcs12',
            '-export',
            '-in',
            cert,
            '-inkey',
            key,
            '-passout',
            'pass:julio',
            '-out',
            p12,
        ]);
        return {
            command: needCommand('java', 'default-jdk-headless'),
            args: [
                '-Xshare:auto',
                '-XX:TieredStopAtLevel=1',
                path.join(servers, 'JavaServer.java'),
                String(port),
                p12,
                ca,
            ],
        };
    };

const boringssl =
    ({ cert, key, ca }) =>
    (port) => ({
        command: needFile(process.env.BORINGSSL_SERVER, 'the build'),
        args: [String(port), cert, key, ca],
    });

const launchers = {
    openssl,
    gnutls,
    apache,
    haproxy,
    caddy,
    selfserv,
    node,
    erlang,
    java,
    boringssl,
    'lighttpd-openssl': lighttpd('openssl'),
    'lighttpd-gnutls': lighttpd('gnutls'),
    'lighttpd-mbedtls': lighttpd('mbedtls'),
    'lighttpd-wolfssl': lighttpd('wolfssl'),
};

async function stunnelServer(certs) {
    const backend = http.createServer((request, response) => response.end('hello\n'));
    await new Promise((resolve) => {
        backend.listen(0, '127.0.0.1', resolve);
    });
    const server = await Server.start('stunnel', stunnel(filesOf(certs), backend.address().port));
    const stop = server.stop.bind(server);
    server.stop = async () => {
        await stop();
        backend.closeAllConnections?.();
        backend.close();
    };
    return server;
}

// startStack: starts the server of that name with those certificates; .url is its address, .stop() ends it.
export function startStack(name, certs = 'p256') {
    if (name === 'nginx') return nginx(certs);
    if (name === 'stunnel') return stunnelServer(certs);
    return Server.start(name, launchers[name](filesOf(certs)));
}
