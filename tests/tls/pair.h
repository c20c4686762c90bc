/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client and a server in memory: what one puts out, the other is fed. A pair stands for one
 * client's context and one server's; a meeting is one connection between them.
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

/* What a pair is made of; a zeroed field is a default: a server of server.crt that asks for no
 * client certificate, a client without one, both speaking TLS 1.2 and 1.3. */
struct pair_config {
    const char *server;    /* a fixture's name: NAME.crt and NAME.key */
    const char *client;    /* the same; NULL: no certificate */
    const char *client_ca; /* a path; NULL: none is asked for */
    bool client_cert_optional;
    bool tickets; /* the server gives them, the client keeps them */
    struct tls_config client_tls, server_tls;
    bool (*prepare)(struct ssl_ctx_st *ctx, const void *arg, struct error *err); /* the server's */
    const void *prepare_arg;
};

struct pair {
    struct identity_set *identities;
    struct tls_context *client_context, *server_context;
    struct tls_conn *client, *server;
};

/* How a side's handshake came out, and then reading. */
struct meeting {
    enum tls_status client, server;           /* TLS_OK, or TLS_WANT_READ, or the end */
    enum tls_status client_read, server_read; /* after the handshake; TLS_WANT_READ: still open */
    char text[64];                            /* what the client read */
};

/* pair_open makes the contexts; an error ends the test. */
void pair_open(struct pair *pair, const struct pair_config *config);
void pair_close(struct pair *pair);

/* pair_meet lets the two shake hands under POLICY, and the server say "hello" if it can; then the
 * client sends close_notify. What it finds stays in the conns' facts until the next meeting. */
struct meeting pair_meet(struct pair *pair, const struct verify_policy *policy, bool offer_ticket);

const struct tls_facts *pair_client(const struct pair *pair);
const struct tls_facts *pair_server(const struct pair *pair);

#endif
