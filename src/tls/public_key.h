/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A public key alone, as DER: the SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) that a certificate would
 * have in it. Only its frame is read.
 */
#ifndef PINLOAD_TLS_PUBLIC_KEY_H
#define PINLOAD_TLS_PUBLIC_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PUBLIC_KEY_KIND_LEN 80

/* public_key_kind writes what kind of key DER is: "RSA", "Ed25519", "ML-DSA-44", or its curve,
 * "P-256". False where DER is none; then nothing is written. */
bool public_key_kind(char out[static PUBLIC_KEY_KIND_LEN], const uint8_t *der, size_t len);

#endif
