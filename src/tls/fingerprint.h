/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 fingerprints of certificates and of their SubjectPublicKeyInfo (RFC 7469, 2.4: the hash
 * of the whole DER SPKI, not of the key's bits), and their text forms.
 */
#ifndef PINLOAD_TLS_FINGERPRINT_H
#define PINLOAD_TLS_FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FINGERPRINT_LEN 32
#define FINGERPRINT_BASE64_LEN 44 /* without the NUL */

/* fingerprint_of writes the SHA-256 of LEN bytes. */
void fingerprint_of(uint8_t out[static FINGERPRINT_LEN], const uint8_t *bytes, size_t len);

/* fingerprint_spki writes the SHA-256 of the SubjectPublicKeyInfo of the certificate DER; false if
 * DER is not a certificate. */
bool fingerprint_spki(uint8_t out[static FINGERPRINT_LEN], const uint8_t *der, size_t der_len);

/* fingerprint_base64 writes 44 characters and a NUL (RFC 4648, 4, padded). */
void fingerprint_base64(char out[static FINGERPRINT_BASE64_LEN + 1],
                        const uint8_t fingerprint[static FINGERPRINT_LEN]);

/* fingerprint_read reads TEXT_LEN characters of base64 (padded or not, also the URL-safe alphabet)
 * or hex (colons allowed). False if it is neither, or not 32 bytes; *out_problem is then a clause
 * that says what is wrong. */
bool fingerprint_read(uint8_t out[static FINGERPRINT_LEN], const char *text, size_t text_len,
                      const char **out_problem);

#endif
