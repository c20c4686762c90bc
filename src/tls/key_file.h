/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The content of one file of certificates or keys: PEM (certificates; keys as PKCS#8, encrypted
 * PKCS#8, or traditional with or without DEK-Info; public keys), PKCS#12 (RFC 7292), or one
 * certificate or key as DER; recognised by content, not by the file's name.
 */
#ifndef PINLOAD_TLS_KEY_FILE_H
#define PINLOAD_TLS_KEY_FILE_H

#include "base/error.h"
#include "tls/password.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crypto_buffer_st;
struct evp_pkey_st;
struct token_key;

#define KEY_FILE_MAX_CERTS 16

/* A zeroed struct is empty. Owns its certificates and keys. */
struct key_file {
    struct crypto_buffer_st *certs[KEY_FILE_MAX_CERTS]; /* in the order of the file, leaf first */
    size_t num_certs;
    struct evp_pkey_st *key;
    const struct token_key *token_key; /* the key is in a token, and KEY, if there is one, is its
                                        * public part; NULL: it is here */
    uint8_t *public_key; /* the first of the public keys alone, DER, perhaps damaged; or NULL */
    size_t public_key_len;
    size_t num_public_keys;
};

/* key_file_read reads PATH. WHAT is the file's role in messages ("the certificate", "the key"). If
 * WANT_KEY is false, a key in the file is skipped and needs no password. */
bool key_file_read(struct key_file *file, const char *path, const char *what, bool want_key,
                   const struct password *password, struct error *err);

/* key_file_mentions_key says whether the PEM file PATH contains the header of a private key. */
bool key_file_mentions_key(const char *path);

/* key_file_cert returns the DER of certificate INDEX, owned by FILE. */
const uint8_t *key_file_cert(const struct key_file *file, size_t index, size_t *out_len);

void key_file_cleanup(struct key_file *file);

#endif
