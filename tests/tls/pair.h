/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client and a server in memory: each is fed the other's output. A pair has a client's context
 * and a server's; a meeting is one connection between them.
 */
#ifndef PINLOAD_TESTS_TLS_PAIR_H
#define PINLOAD_TESTS_TLS_PAIR_H

#include "tls/identity.h"
#include "tls/tls_conn.h"
#include "tls/tls_server.h"
#include "tls/trust.h"
#include "tls/verify.h"

#include <stdbool.h>
#include <stddef.h>

/* The settings of a pair; a zeroed field is a default: a server with server.crt that requests no
 * client certificate, a client without one, both allowing TLS 1.2 and 1.3. */
struct pair_config {
    const char *server;    /* a fixture's name: NAME.crt and NAME.key */
    const char *client;    /* the same; NULL: no certificate */
    const char *client_ca; /* a path; NULL: none is requested */
    bool client_cert_optional;
    bool server_raw_key,
        server_key_alone; /* it presents its raw public key; and has no certificate */
    bool client_raw_key, client_key_alone; /* the same of the client */
    const struct pinset *client_keys;      /* see tls/tls_server.h */
    bool tickets;                          /* the server gives them, the client keeps them */
    struct tls_config client_tls, server_tls;
    bool (*prepare)(struct ssl_ctx_st *ctx, const void *arg, struct error *err); /* the server's */
    const void *prepare_arg;
};

struct pair {
    struct identity_set *identities;
    struct tls_context *client_context, *server_context;
    struct tls_conn *client, *server;
};

/* How a side's handshake ended, and then reading. */
struct meeting {
    enum tls_status client, server;           /* TLS_OK, or TLS_WANT_READ, or the end */
    enum tls_status client_read, server_read; /* after the handshake; TLS_WANT_READ: still open */
    char text[64];                            /* what the client read */
};

/* pair_open creates the contexts; an error ends the test. */
void pair_open(struct pair *pair, const struct pair_config *config);
void pair_close(struct pair *pair);

/* pair_meet runs the handshake of the two under POLICY, and the server sends "hello" if it can;
 * then the client sends close_notify. The results stay in the conns' facts until the next
 * meeting. */
struct meeting pair_meet(struct pair *pair, const struct verify_policy *policy, bool offer_ticket);

const struct tls_facts *pair_client(const struct pair *pair);
const struct tls_facts *pair_server(const struct pair *pair);

#endif
