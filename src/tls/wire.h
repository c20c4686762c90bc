/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a handshake was on the wire, from the client's side. Bytes are those of TLS records, which
 * is what TCP carries of them; early data is no part of a handshake and is left out.
 */
#ifndef PINLOAD_TLS_WIRE_H
#define PINLOAD_TLS_WIRE_H

enum wire {
    WIRE_CLIENT_HELLO, /* bytes of the first ClientHello, its own head of four with it; no record's */
    WIRE_SENT,         /* bytes, up to our Finished */
    WIRE_LAST_FLIGHT, /* of those, what was sent last: certificate, CertificateVerify, Finished */
    WIRE_RECEIVED,    /* bytes, up to the server's Finished */
    WIRE_ROUND_TRIPS, /* how often the client waited for the server until a request could go out */
    NUM_WIRE,
};

/* wire_name returns the name in the JSON: "client_hello", "sent", …; wire_unit "bytes" or "round
 * trips". */
const char *wire_name(enum wire figure);
const char *wire_unit(enum wire figure);

#endif
