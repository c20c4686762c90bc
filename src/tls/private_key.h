/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private keys in the clear, as DER: PKCS#8, or traditional (RSA, EC).
 */
#ifndef PINLOAD_TLS_PRIVATE_KEY_H
#define PINLOAD_TLS_PRIVATE_KEY_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct evp_pkey_st;

#define PRIVATE_KEY_KINDS "expected an RSA, ECDSA (P-256, P-384, P-521) or Ed25519 key"

/* private_key_parse returns the key, whose owner the caller is; NULL sets PROBLEM to the end of a
 * sentence that begins with the key's file. */
struct evp_pkey_st *private_key_parse(const uint8_t *der, size_t len, struct error *problem);

/* private_key_accepts says whether KEY is of a kind that TLS can use here; false sets PROBLEM. */
bool private_key_accepts(const struct evp_pkey_st *key, struct error *problem);

#endif
