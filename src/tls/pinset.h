/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pins of a run: SHA-256 fingerprints, of which any may match. Immutable once the run starts
 * and then shared by all threads; a lookup costs the same for one pin and for a thousand.
 */
#ifndef PINLOAD_TLS_PINSET_H
#define PINLOAD_TLS_PINSET_H

#include "base/error.h"
#include "tls/fingerprint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pin_kind {
    PIN_CERT, /* cert-sha256: the leaf's DER */
    PIN_SPKI, /* spki-sha256: the leaf's SubjectPublicKeyInfo */
    PIN_CA,   /* ca-sha256: an issuer's DER in the verified chain */
    NUM_PIN_KINDS,
};

#define PIN_TEXT_LEN 64 /* room for the text of any pin and a NUL */

struct pinset;

struct pinset *pinset_new(void);
void pinset_free(struct pinset *pinset);

/* pinset_add adds one pin: KIND-sha256:VALUE, or a bare VALUE for cert-sha256. A duplicate is not
 * added again. False sets ERR. */
bool pinset_add(struct pinset *pinset, const char *text, struct error *err);

/* pinset_add_curl adds the pins of curl's --pinnedpubkey: 'sha256//B64;sha256//B64'. */
bool pinset_add_curl(struct pinset *pinset, const char *text, struct error *err);

/* pinset_add_file adds one pin per line; empty lines and # comments are ignored. */
bool pinset_add_file(struct pinset *pinset, const char *path, struct error *err);

/* pinset_add_fingerprint adds a pin by its bytes. */
void pinset_add_fingerprint(struct pinset *pinset, enum pin_kind kind,
                            const uint8_t fingerprint[static FINGERPRINT_LEN]);

size_t pinset_count(const struct pinset *pinset);
bool pinset_has(const struct pinset *pinset, enum pin_kind kind);

/* pinset_text writes pin INDEX as KIND-sha256:BASE64; indexes are in the order of adding. */
void pinset_text(const struct pinset *pinset, size_t index, char out[static PIN_TEXT_LEN]);

/* pinset_find returns the index of the pin, or -1. */
int pinset_find(const struct pinset *pinset, enum pin_kind kind,
                const uint8_t fingerprint[static FINGERPRINT_LEN]);

/* pinset_match_leaf returns the index of a cert or SPKI pin that matches the leaf certificate DER,
 * or -1. It computes only the hashes for which there are pins. */
int pinset_match_leaf(const struct pinset *pinset, const uint8_t *der, size_t der_len);

/* pinset_match_key returns the index of an SPKI pin that matches the SubjectPublicKeyInfo DER, or
 * -1. */
int pinset_match_key(const struct pinset *pinset, const uint8_t *der, size_t der_len);

/* pinset_match_issuer returns the index of a ca-sha256 pin that matches the issuer certificate DER,
 * or -1. The caller must ensure that DER is in the verified chain. */
int pinset_match_issuer(const struct pinset *pinset, const uint8_t *der, size_t der_len);

/* pinset_find_anywhere returns the index of a pin of any kind that is of the certificate DER or of its
 * public key, whichever its place in a chain; or -1. */
int pinset_find_anywhere(const struct pinset *pinset, const uint8_t *der, size_t der_len);

/* pin_kind_name returns "cert-sha256", "spki-sha256" or "ca-sha256". */
const char *pin_kind_name(enum pin_kind kind);

#endif
