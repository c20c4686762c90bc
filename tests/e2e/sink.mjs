// SPDX-License-Identifier: Apache-2.0
//
// What the tests against bench/sink share: the sink with the certificates of p256, and clients that it accepts.

import { inPki, read, Server } from './lib.mjs';

export const p256 = (...names) => inPki('p256', ...names);
export const pin = () => read(p256('server.pin')).trim();

// pinOnly: two identities that the server accepts, the pin alone checked. chainAndPin: the chain too.
export const pinOnly = (pinned = pin()) => [
    ...['client3', 'client4'].flatMap((name) =>
        ['--identity', `${name}=${p256('clients', name)}.crt,${p256('clients', name)}.key`]),
    '--pass', `file:${p256('password.txt')}`, '--pin', pinned,
];
export const chainAndPin = () => [...pinOnly(), '--cacert', p256('server-ca.crt')];

// withSink calls USE with a sink's URL and returns what the sink counted.
export async function withSink(options, use) {
    const sink = await Server.start('sink', (port) => ({
        command: process.env.PINLOAD_SINK,
        args: ['--port', String(port), '--cert', p256('server.crt'), '--key', p256('server.key'),
            '--pass', `file:${p256('password.txt')}`, '--client-ca', p256('client-ca.crt'), ...options],
    }));
    try {
        await use(sink.url);
    } finally {
        await sink.stop();
    }
    return JSON.parse(sink.seen.stdout);
}
