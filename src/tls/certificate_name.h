/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an identity may be called after: its file, or a name in its certificate.
 */
#ifndef PINLOAD_TLS_CERTIFICATE_NAME_H
#define PINLOAD_TLS_CERTIFICATE_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NAME_SAN is the first DNS name, else the first e-mail address, else the first URI. NAME_SPIFFE is
 * the URI of a SPIFFE ID (SPIFFE X509-SVID, 2). */
enum name_by { NAME_FILE, NAME_CN, NAME_SAN, NAME_SPIFFE, NUM_NAMES_BY };

/* certificate_name returns that name of the certificate DER, to be freed; NULL: it has none, or
 * one with a control character. */
char *certificate_name(enum name_by by, const uint8_t *der, size_t der_len);

/* name_by_word returns the word of --name-by, name_by_parse reads it. */
const char *name_by_word(enum name_by by);
bool name_by_parse(const char *text, enum name_by *out_by);

/* name_by_wanted says what a certificate needs: "a common name". */
const char *name_by_wanted(enum name_by by);

#endif
