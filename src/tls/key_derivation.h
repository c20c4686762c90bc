/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key derivation from passwords, in the ways that BoringSSL does not export or does not have.
 */
#ifndef PINLOAD_TLS_KEY_DERIVATION_H
#define PINLOAD_TLS_KEY_DERIVATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct env_md_st;

/* How a password is encoded as bytes. TEXT NULL is PKCS#12's "no password", which differs from an
 * empty one. */
struct derivation {
    const struct env_md_st *digest;
    const char *text;
    size_t text_len;
    const uint8_t *salt;
    size_t salt_len;
    unsigned rounds; /* 1 or more */
};

/* derive_pbkdf1 is PBKDF1 (RFC 8018 section 5.1), of up to the digest's length. */
bool derive_pbkdf1(const struct derivation *from, uint8_t *out, size_t len);

/* derive_pkcs12 is the derivation of RFC 7292 appendix B. PURPOSE is 1 for a key, 2 for an
 * initialization vector, 3 for a MAC. */
bool derive_pkcs12(const struct derivation *from, uint8_t purpose, uint8_t *out, size_t len);

#endif
