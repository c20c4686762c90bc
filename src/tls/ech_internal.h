/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the connections of one context offer of Encrypted Client Hello, and what servers made of it.
 * The offer changes where a server that rejects it sends another configuration, which is then used
 * by the connections that come after.
 */
#ifndef PINLOAD_TLS_ECH_INTERNAL_H
#define PINLOAD_TLS_ECH_INTERNAL_H

#include "base/buffer.h"
#include "tls/tls_conn.h"

#include <openssl/ssl.h>

/* BoringSSL has ECH since 2021. */
#if defined(SSL_R_ECH_REJECTED) && defined(SSL3_RT_CLIENT_HELLO_INNER)
#define TLS_HAS_ECH
#endif

struct ech_offer {
    struct buffer list; /* an ECHConfigList; empty: none */
    bool is_retry;      /* a server sent it when it rejected the one before */
    bool is_grease;     /* no ECH, and an extension that looks like it */
};

/* ech_offer_make tells SSL, a client that is about to begin, what to offer; false: it cannot. */
bool ech_offer_make(const struct ech_offer *offer, SSL *ssl, struct tls_facts *facts);

/* ech_note_message notes an encrypted hello that goes out. */
void ech_note_message(struct tls_facts *facts, bool is_write, int content_type);

/* ech_note_handshake notes what a server that shook hands has said of it. */
void ech_note_handshake(const SSL *ssl, struct tls_facts *facts);

/* ech_offer_note_failure notes a rejection, which facts->error is then, and takes the configuration
 * that came with it. */
void ech_offer_note_failure(struct ech_offer *offer, const SSL *ssl, struct tls_facts *facts);

/* ech_public_name returns the name that a server which has rejected ECH must have a certificate for,
 * *OUT_LEN characters without a NUL; NULL where none has. */
const char *ech_public_name(const SSL *ssl, size_t *out_len);

#endif
