/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and certificates in PKCS#11 tokens, named by URIs (RFC 7512), through p11-kit: modules are
 * loaded, tokens are logged in to, and keys are tried, before a run. A key never leaves its token:
 * what there is of it here can sign, by a signer whose threads have a session each
 * (tls/signer.h). A pinload built without p11-kit has none of it, and says so.
 */
#ifndef PINLOAD_TLS_TOKENS_H
#define PINLOAD_TLS_TOKENS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct evp_pkey_st;
struct key_file;
struct password;
struct signer;
struct token_key;
struct tokens;

/* tokens_new creates an empty set, whose keys will be used by NUM_THREADS threads. */
struct tokens *tokens_new(unsigned num_threads);

/* tokens_free logs out and frees the keys; their contexts are freed by then. */
void tokens_free(struct tokens *tokens);

/* tokens_find_key returns the one private key that URI names, after a trial signature with it; it
 * belongs to TOKENS. PASSWORD is the PIN, unless URI has one. NULL sets ERR, which shows no PIN. */
const struct token_key *tokens_find_key(struct tokens *tokens, const char *uri,
                                        const struct password *password, struct error *err);

/* tokens_find_certs adds the certificates that URI names to FILE; false sets ERR. */
bool tokens_find_certs(struct tokens *tokens, const char *uri, const struct password *password,
                       struct key_file *file, struct error *err);

/* tokens_signer returns what signs with the keys. */
struct signer *tokens_signer(struct tokens *tokens);

/* token_key_belongs says whether KEY is that of PUBLIC_KEY. */
bool token_key_belongs(const struct token_key *key, const struct evp_pkey_st *public_key);

/* tokens_error_name writes the name of the error of a signature: "CKR_DEVICE_REMOVED". */
#define TOKENS_ERROR_LEN 64
const char *tokens_error_name(unsigned long error, char out[static TOKENS_ERROR_LEN]);

#endif
