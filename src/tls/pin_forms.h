/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pins in the forms that other programs want: OkHttp's, RFC 7469's and TLSA records (RFC 6698).
 * Only their reading; the pins themselves are pinset's.
 */
#ifndef PINLOAD_TLS_PIN_FORMS_H
#define PINLOAD_TLS_PIN_FORMS_H

#include "base/error.h"
#include "tls/pin_digest.h"

#include <stdbool.h>

struct pinset;

/* Where a pin that was read goes. */
struct pin_taker {
    void (*take)(struct pinset *pinset, enum pin_kind kind, enum pin_digest digest,
                 const uint8_t *hash);
    struct pinset *pinset;
};

/* pin_forms_has says whether TEXT looks like one of these forms. */
bool pin_forms_has(const char *text);

/* pin_forms_add gives TAKER the pins of such a TEXT: one, or those of a whole Public-Key-Pins header. The
 * pins of OkHttp and RFC 7469 are of a key anywhere in the chain, and so they are given as
 * chain-spki. TLSA usage 3 is of the leaf (cert, spki), usage 2 of an issuer (ca, ca-spki). False
 * sets ERR. */
bool pin_forms_add(const struct pin_taker *taker, const char *text, struct error *err);

#endif
