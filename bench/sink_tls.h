/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sink's TLS: one SSL_CTX, and connections as byte machines that read what was fed and write
 * into one shared output. It uses BoringSSL directly, so that a change of src/tls does not change
 * the server that it is measured against.
 */
#ifndef PINLOAD_BENCH_SINK_TLS_H
#define PINLOAD_BENCH_SINK_TLS_H

#include "base/buffer.h"
#include "base/error.h"
#include "sink_options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sink_tls;
struct ssl_st;

enum sink_step { SINK_DATA, SINK_WAIT, SINK_END };

struct sink_tls *sink_tls_new(const struct sink_options *options, struct error *err);
void sink_tls_free(struct sink_tls *tls);

/* sink_tls_accept creates a connection; sink_tls_end frees it. */
struct ssl_st *sink_tls_accept(struct sink_tls *tls);
void sink_tls_end(struct ssl_st *ssl);

/* sink_tls_feed supplies ciphertext for the reads that follow; sink_tls_read returns the next
 * plaintext: SINK_DATA, SINK_WAIT for more, or SINK_END. It completes the handshake first. */
void sink_tls_feed(struct sink_tls *tls, const uint8_t *bytes, size_t len);
enum sink_step sink_tls_read(struct sink_tls *tls, struct ssl_st *ssl, char *out,
                             size_t *inout_len);

bool sink_tls_write(struct ssl_st *ssl, const char *bytes, size_t len);
void sink_tls_close_notify(struct ssl_st *ssl);

/* sink_tls_output is what is to be sent; the caller clears it. */
struct buffer *sink_tls_output(struct sink_tls *tls);

/* Completed handshakes: the client's Finished was received. */
#define SINK_CODES 16 /* more than BoringSSL has groups, or signature algorithms for clients */

/* How often each code of TLS came up. */
struct sink_codes {
    struct {
        uint16_t code;
        uint64_t count;
    } seen[SINK_CODES];
    size_t num_seen;
};

struct sink_handshakes {
    uint64_t full;
    uint64_t resumed;
    uint64_t failed;
    uint64_t ech; /* of the full and the resumed, those with an encrypted hello */
    uint64_t chains_checked;
    struct sink_codes groups;  /* of all that did not fail */
    struct sink_codes sigalgs; /* what clients signed with, in full ones */
};
const struct sink_handshakes *sink_tls_handshakes(const struct sink_tls *tls);

/* sink_tls_group and sink_tls_sigalg name a code; what BoringSSL does not know is "unknown". */
const char *sink_tls_group(uint16_t code);
const char *sink_tls_sigalg(uint16_t code);

#endif
