/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all TLS connections of one thread share: the SSL_CTX, the pool of certificates, the tickets,
 * the identities, the buffers for ciphertext and plaintext. One per thread, since much of it locks
 * or is not thread-safe. A context is a client's, or a server's (tls/tls_server.h); connections of
 * both are the same byte machine (tls/tls_conn.h).
 */
#ifndef PINLOAD_TLS_TLS_CONTEXT_H
#define PINLOAD_TLS_TLS_CONTEXT_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define TLS_VERSION_1_2 0x0303
#define TLS_VERSION_1_3 0x0304

enum tls_alpn { TLS_ALPN_NONE, TLS_ALPN_HTTP_1_1, TLS_ALPN_H2, TLS_ALPN_BOTH };

/* The settings of connections. A zeroed struct means BoringSSL's defaults, no resumption, no SNI.
 * The strings are borrowed, and except for sni needed only while the context is created. */
struct tls_config {
    uint16_t version_min; /* 0: TLS 1.2 */
    uint16_t version_max; /* 0: TLS 1.3 */
    const char *ciphers;  /* TLS 1.2's; NULL: default */
    const char *groups;   /* NULL: tls_default_groups */
    const char *sigalgs;
    enum tls_alpn alpn;
    const char *sni;    /* NULL: none is sent */
    const uint8_t *ech; /* an ECHConfigList (tls/ech.h) to encrypt the hello by; NULL: none */
    size_t ech_len;
    bool ech_grease; /* without one: send an extension that looks like ECH (RFC 9849, 6.2) */
    const char
        *cert_compression; /* as --cert-compression has it (RFC 8879); NULL: none is offered */
    bool keep_tickets;     /* for resumption */
    size_t num_addresses;  /* of the server, which tickets are told apart by; 0: they are not */
    bool early_data;
    bool raw_keys; /* the peer is asked for a raw public key (RFC 7250) or a certificate */
    FILE *keylog;  /* borrowed; each line is written and flushed at once */
};

struct identity_set;
struct tls_conn;
struct tls_context;

/* tls_context_new creates a client's context. IDENTITIES (NULL: no client certificate) belong to
 * the thread and outlive it. Invalid settings (an unknown group) set ERR, which quotes them. */
struct tls_context *tls_context_new(const struct tls_config *config,
                                    const struct identity_set *identities, struct error *err);
void tls_context_free(struct tls_context *context);

/* tls_context_check says in advance whether a client's context can be created from CONFIG. */
bool tls_context_check(const struct tls_config *config, struct error *err);

/* tls_context_output returns the buffer into which connections of this context put ciphertext; the
 * caller sends it and clears it after each step. */
struct buffer *tls_context_output(struct tls_context *context);

/* tls_context_on_signed makes NOTIFY be called, from any thread, when a signature has come that a
 * connection waits for (TLS_WANT_SIGNATURE). Without it, keys in tokens do not sign. False sets
 * ERR. */
bool tls_context_on_signed(struct tls_context *context, void (*notify)(void *arg), void *arg,
                           struct error *err);

/* tls_context_take_signed returns the next connection whose signature has come, or NULL. */
struct tls_conn *tls_context_take_signed(struct tls_context *context);

/* tls_context_replace uses IDENTITIES, as many, from the next session on. Those that are CHANGED lose
 * their tickets: a resumed session would show the server who they were before. A session that began
 * late may still be given one, which the server knows to be its own. */
void tls_context_replace(struct tls_context *context, const struct identity_set *identities,
                         const bool *changed);

/* tls_context_drop_tickets drops all tickets, so that the next sessions are full. */
void tls_context_drop_tickets(struct tls_context *context);

/* Names for reports: IANA's or BoringSSL's, "0x…" if there is none. They are static or, with OUT,
 * valid as long as OUT. */
const char *tls_version_name(uint16_t version);
const char *tls_cipher_name(uint16_t cipher, char out[static 64]);
const char *tls_group_name(uint16_t group, char out[static 64]);
const char *tls_sigalg_name(uint16_t sigalg, char out[static 64]);
const char *tls_alert_name(int alert, char out[static 64]);

/* tls_default_groups returns the groups that are offered by default, joined by ':'. */
const char *tls_default_groups(void);

/* tls_library_version returns BoringSSL's API version and commit where it is known. */
const char *tls_library_version(void);

#endif
