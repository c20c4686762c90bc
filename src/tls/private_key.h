/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unencrypted private keys as DER: PKCS#8, or traditional (RSA, EC).
 */
#ifndef PINLOAD_TLS_PRIVATE_KEY_H
#define PINLOAD_TLS_PRIVATE_KEY_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct evp_pkey_st;

/* The end of a sentence that says which key types are supported: ML-DSA if BoringSSL has it. */
const char *private_key_kinds(void);

/* private_key_parse returns the key, owned by the caller; NULL sets PROBLEM to the end of a
 * sentence that begins with the key's file. */
struct evp_pkey_st *private_key_parse(const uint8_t *der, size_t len, struct error *problem);

/* private_key_kind returns the type of a supported key: "RSA", "Ed25519", "ML-DSA-44", or its
 * curve, such as "P-521". */
const char *private_key_kind(const struct evp_pkey_st *key);

/* private_key_accepts says whether KEY is of a type that can be used in TLS; false sets PROBLEM. */
bool private_key_accepts(const struct evp_pkey_st *key, struct error *problem);

#endif
