/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TLS server on loopback in a thread of its own, which treats all clients in one manner. One poll
 * loop over tls/tls_server.h serves all its connections. If its limits' ALPN chooses HTTP/2, the
 * path decides the response (http/http2_server.h), each frame in a TLS record of its own.
 */
#ifndef PINLOAD_TESTS_LOAD_SERVICE_H
#define PINLOAD_TESTS_LOAD_SERVICE_H

#include "net/resolve.h"
#include "tls/tls_server.h"

#include <stdatomic.h>
#include <stdint.h>

enum manner {
    MANNER_SERVE,              /* answers every request with 200 */
    MANNER_LAST_RESPONSE,      /* the same with Connection: close, and closes */
    MANNER_UNTIL_CLOSE,        /* a response without a length, which lasts until the close */
    MANNER_UNTIL_FIN,          /* the same, and no close_notify before the close */
    MANNER_REFUSAL_UNTIL_FIN,  /* MANNER_REFUSAL_PAGE, ended so */
    MANNER_STATUS_UNTIL_FIN,   /* a 500, ended so */
    MANNER_CHUNKS_UNTIL_FIN,   /* chunks without the last one, ended so */
    MANNER_CUT_SHORT,          /* half a response, then closes */
    MANNER_STATUS_500,         /* answers every request with 500 */
    MANNER_REFUSAL_PAGE,       /* nginx's page for a refused client certificate */
    MANNER_BYTES_BEHIND,       /* unrequested bytes after each response */
    MANNER_NO_HTTP,            /* responds with something that is not HTTP */
    MANNER_CLOSE_AT_ONCE,      /* closes after the first bytes */
    MANNER_CLOSE_WORDLESSLY,   /* closes after the handshake, without an alert */
    MANNER_RESET_AT_REQUEST,   /* resets at the first request */
    MANNER_NO_TLS,             /* answers the ClientHello in plain text */
    MANNER_STALL_AT_ONCE,      /* never answers the ClientHello */
    MANNER_STALL_AT_REQUEST,   /* never answers a request */
    MANNER_EVERY_SECOND_FAILS, /* closes every second connection at once, and serves the others */
    MANNER_FORGETFUL,          /* serves, and accepts no ticket of the connection before */
    MANNER_FEW_STREAMS,        /* HTTP/2: 4 streams at a time */
    MANNER_FEW_REQUESTS,       /* HTTP/2: 15 requests on a connection, then GOAWAY */
    MANNER_NO_REQUESTS,        /* HTTP/2: GOAWAY at the first request */
    MANNER_PING_FLOOD,         /* HTTP/2: PINGs without end, and stops reading */
    MANNER_AFTER_BODY,         /* responds after a body that ends with an empty line; HTTP/2:
                                * unlimited windows */
    MANNER_BEFORE_BODY         /* like MANNER_SERVE: before the body has been received */
};

struct service;

/* service_start listens on 127.0.0.1 and serves; an error ends the test. CONFIG's cert and key may
 * be NULL: the fixture "server". */
struct service *service_start(enum manner manner, const struct tls_server_config *config);

/* service_stop ends the thread and frees the rest. */
void service_stop(struct service *service);

struct address service_address(const struct service *service);

/* What it has seen so far. */
struct service_seen {
    _Atomic uint64_t connections, handshakes, resumed, requests;
    _Atomic uint64_t with_client_cert; /* or with a raw public key */
    _Atomic uint64_t records;          /* of plaintext */
};
const struct service_seen *service_seen(const struct service *service);

#endif
