/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's context: for compare's in-process arms, the sink under bench/ and the tests. Its
 * connections are tls_conns that are fed the client's output.
 */
#ifndef PINLOAD_TLS_TLS_SERVER_H
#define PINLOAD_TLS_TLS_SERVER_H

#include "tls/password.h"
#include "tls/tls_context.h"

struct pinset;
struct ssl_ctx_st;

struct tls_server_config {
    const char *cert; /* PEM: leaf, then issuers; NULL, with raw_key: the key alone */
    const char *key;  /* NULL: in cert's own file */
    const struct password *password;
    const char *client_ca; /* NULL: no client certificate is requested */
    bool client_cert_optional;
    bool raw_key;                     /* the key is offered as a raw public key too */
    const struct pinset *client_keys; /* not NULL: instead of client_ca, clients need a raw public
                                         key, or a certificate, that matches these pins */
    bool tickets;                     /* stateless tickets; session IDs are never kept */
    bool early_data;
    struct tls_config limits; /* versions, ciphers, groups, sigalgs, alpn */
    /* what else a server can that no client needs; NULL: nothing. False sets ERR. */
    bool (*prepare)(struct ssl_ctx_st *ctx, const void *arg, struct error *err);
    const void *prepare_arg;
};

/* tls_server_context_new creates it; NULL sets ERR. */
struct tls_context *tls_server_context_new(const struct tls_server_config *config,
                                           struct error *err);

#endif
