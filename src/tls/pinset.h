/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pins of a run: hashes of certificates and keys, of which any may match. Immutable once the run starts
 * and then shared by all threads; a lookup costs the same for one pin and for a thousand.
 */
#ifndef PINLOAD_TLS_PINSET_H
#define PINLOAD_TLS_PINSET_H

#include "base/error.h"
#include "tls/fingerprint.h"
#include "tls/pin_digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PIN_TEXT_LEN 112 /* room for the text of any pin and a NUL */

struct pinset;

struct pinset *pinset_new(void);
void pinset_free(struct pinset *pinset);

/* pinset_add adds one pin: KIND-DIGEST:VALUE, or a bare VALUE for cert-sha256; or what is in another
 * form (tls/pin_forms.h). A duplicate is not added again. False sets ERR. */
bool pinset_add(struct pinset *pinset, const char *text, struct error *err);

/* pinset_add_curl adds the pins of curl's --pinnedpubkey: 'sha256//B64;sha256//B64'. */
bool pinset_add_curl(struct pinset *pinset, const char *text, struct error *err);

/* pinset_add_file adds one pin per line; empty lines, # comments and lines that begin with ';' (dig's
 * comments) are ignored. */
bool pinset_add_file(struct pinset *pinset, const char *path, struct error *err);

/* pinset_add_fingerprint adds a pin by its bytes. */
void pinset_add_fingerprint(struct pinset *pinset, enum pin_kind kind,
                            const uint8_t fingerprint[static FINGERPRINT_LEN]);

/* pinset_add_digest adds a pin by its bytes, as many as DIGEST has. */
void pinset_add_digest(struct pinset *pinset, enum pin_kind kind, enum pin_digest digest,
                       const uint8_t *hash);

size_t pinset_count(const struct pinset *pinset);
bool pinset_has(const struct pinset *pinset, enum pin_kind kind);

/* pinset_has_digest says whether there are pins of KIND with that DIGEST. */
bool pinset_has_digest(const struct pinset *pinset, enum pin_kind kind, enum pin_digest digest);

/* pinset_needs_chain says whether there are pins that only an issuer can match; pinset_has_issuers
 * whether there are pins that an issuer may match. */
bool pinset_needs_chain(const struct pinset *pinset);
bool pinset_has_issuers(const struct pinset *pinset);

/* pinset_text writes pin INDEX as KIND-DIGEST:BASE64; indexes are in the order of adding. */
void pinset_text(const struct pinset *pinset, size_t index, char out[static PIN_TEXT_LEN]);

/* pinset_find returns the index of the pin of SHA-256, or -1. */
int pinset_find(const struct pinset *pinset, enum pin_kind kind,
                const uint8_t fingerprint[static FINGERPRINT_LEN]);

/* pinset_match_leaf returns the index of a cert, SPKI or chain SPKI pin that matches the leaf certificate DER,
 * or -1. It computes only the hashes for which there are pins. */
int pinset_match_leaf(const struct pinset *pinset, const uint8_t *der, size_t der_len);

/* pinset_match_key returns the index of an SPKI or chain SPKI pin that matches the SubjectPublicKeyInfo DER, or
 * -1. */
int pinset_match_key(const struct pinset *pinset, const uint8_t *der, size_t der_len);

/* pinset_match_issuer returns the index of a CA, CA SPKI or chain SPKI pin that matches the issuer certificate DER,
 * or -1. The caller must ensure that DER is in the verified chain. */
int pinset_match_issuer(const struct pinset *pinset, const uint8_t *der, size_t der_len);

/* pinset_find_anywhere returns the index of a pin of any kind that is of the certificate DER or of its
 * public key, whichever its place in a chain; or -1. */
int pinset_find_anywhere(const struct pinset *pinset, const uint8_t *der, size_t der_len);

/* pin_kind_name returns the name with SHA-256: "cert-sha256", "spki-sha256", "ca-sha256"… */
const char *pin_kind_name(enum pin_kind kind);

#endif
