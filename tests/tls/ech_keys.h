/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys for Encrypted Client Hello that a test makes for itself: files of what a server has and of
 * what its clients are given, gone when they are removed.
 */
#ifndef PINLOAD_TESTS_TLS_ECH_KEYS_H
#define PINLOAD_TESTS_TLS_ECH_KEYS_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>

struct error;
struct ssl_ctx_st;

struct ech_key {
    char path[64];      /* PEM: the key, and the ECHConfigList */
    struct buffer list; /* the same ECHConfigList, as bytes */
};

/* ech_key_make makes one for PUBLIC_NAME, its configuration numbered ID. */
void ech_key_make(struct ech_key *key, const char *public_name, uint8_t id);
void ech_key_remove(struct ech_key *key);

/* ech_key_prepare is a server's prepare (tls/tls_server.h), its argument a struct ech_key. */
bool ech_key_prepare(struct ssl_ctx_st *ctx, const void *key, struct error *err);

/* ech_is_missing skips a test where this BoringSSL has no ECH, and says so; it returns false. */
bool ech_is_missing(void);

#endif
