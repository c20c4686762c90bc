/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a pin may be of, and the hashes that it may be: SHA-256, as nearly all are, and the longer ones of TLSA records
 * (RFC 6698, 7.4).
 */
#ifndef PINLOAD_TLS_PIN_DIGEST_H
#define PINLOAD_TLS_PIN_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pin_kind {
    PIN_CERT,       /* cert-sha256: the leaf's DER */
    PIN_SPKI,       /* spki-sha256: the leaf's SubjectPublicKeyInfo */
    PIN_CA,         /* ca-sha256: an issuer's DER in the verified chain */
    PIN_CA_SPKI,    /* ca-spki-sha256: an issuer's SubjectPublicKeyInfo there */
    PIN_CHAIN_SPKI, /* chain-spki-sha256: the leaf's, or an issuer's there */
    NUM_PIN_KINDS,
};

enum pin_digest { PIN_SHA256, PIN_SHA384, PIN_SHA512, NUM_PIN_DIGESTS };

#define PIN_DIGEST_MOST 64                                     /* bytes */
#define PIN_DIGEST_BASE64_MOST ((PIN_DIGEST_MOST + 2) / 3 * 4) /* without the NUL */

/* pin_digest_name returns "sha256", "sha384" or "sha512"; pin_digest_len the length in bytes. */
const char *pin_digest_name(enum pin_digest digest);
size_t pin_digest_len(enum pin_digest digest);

/* pin_digest_of writes the hash of LEN bytes. */
void pin_digest_of(uint8_t out[static PIN_DIGEST_MOST], enum pin_digest digest,
                   const uint8_t *bytes, size_t len);

/* pin_digest_base64 writes the padded base64 of a hash, and a NUL. */
void pin_digest_base64(char out[static PIN_DIGEST_BASE64_MOST + 1], enum pin_digest digest,
                       const uint8_t *hash);

/* pin_digest_read reads TEXT_LEN characters of base64 (padded or not, also the URL-safe alphabet) or
 * hex (colons allowed). False if it is neither, or not as long as DIGEST; *out_problem is then a
 * clause that says what is wrong. */
bool pin_digest_read(uint8_t out[static PIN_DIGEST_MOST], enum pin_digest digest, const char *text,
                     size_t text_len, const char **out_problem);

#endif
