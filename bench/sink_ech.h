/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's side of Encrypted Client Hello (RFC 9849): its key and configuration in one PEM file, a
 * PRIVATE KEY (X25519, PKCS#8) and an ECHCONFIG (an ECHConfigList). For the sink and the tests.
 */
#ifndef PINLOAD_BENCH_SINK_ECH_H
#define PINLOAD_BENCH_SINK_ECH_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct ssl_ctx_st;
struct ssl_st;

/* sink_ech_use lets the server of CTX decrypt what is encrypted by PATH's configuration; a client
 * that used another is sent it, to try again. False sets ERR. */
bool sink_ech_use(struct ssl_ctx_st *ctx, const char *path, struct error *err);

/* sink_ech_is_accepted says whether SSL's handshake, which is complete, had an encrypted hello. */
bool sink_ech_is_accepted(const struct ssl_st *ssl);

/* sink_ech_make writes such a file with a new key, its configuration numbered CONFIG_ID, for clients
 * that connect as PUBLIC_NAME. False sets ERR. */
bool sink_ech_make(FILE *out, const char *public_name, uint8_t config_id, struct error *err);

#endif
