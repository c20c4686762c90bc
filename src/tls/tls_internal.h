/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tls_context.c, tls_server.c and tls_conn.c share, private to them.
 */
#ifndef PINLOAD_TLS_TLS_INTERNAL_H
#define PINLOAD_TLS_TLS_INTERNAL_H

#include "base/buffer.h"
#include "tls/ech_internal.h"
#include "tls/tls_context.h"

#include <openssl/ssl.h>

#define PLAINTEXT_LEN 16384 /* the maximum of a TLS record (RFC 8446, 5.1) */

struct tls_context {
    SSL_CTX *ssl_ctx;
    CRYPTO_BUFFER_POOL *pool;
    BIO_METHOD *bio_method;
    BIO *bio;                 /* shared by all connections */
    struct tls_conn *current; /* the one whose step is being executed */
    struct buffer output;
    struct tickets *tickets;               /* NULL: no tickets are kept */
    const struct identity_set *identities; /* NULL: no client certificate */
    struct signer_inbox *inbox;            /* NULL: no key of theirs is in a token */
    const struct pinset *client_keys;      /* a server's; NULL: it asks for none */
    char *sni;
    struct ech_offer ech;
    struct decompressor *decompressor; /* NULL: no compressed certificates */
    FILE *keylog;
    bool is_server;
    uint8_t plaintext[PLAINTEXT_LEN];
};

/* tls_context_base creates what clients and servers have in common around SSL_CTX, which it takes
 * over. */
struct tls_context *tls_context_base(SSL_CTX *ssl_ctx);

/* tls_context_limit sets versions, ciphers, groups, signature algorithms and what the peer may
 * authenticate with; false sets ERR. */
bool tls_context_limit(struct tls_context *context, const struct tls_config *config,
                       struct error *err);

/* tls_conn_hook creates the BIO that reads fed bytes and writes the context's output, and installs
 * the callbacks that write into a connection's facts. */
void tls_conn_hook(struct tls_context *context);

/* tls_conn_hook_compression offers one of cert_compression.h's algorithms, after those before it;
 * the context has its decompressor. */
void tls_conn_hook_compression(struct tls_context *context, uint16_t algorithm);

#endif
