/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One X.509 certificate as DER (RFC 5280), parsed only as far as needed: verification by pin alone
 * never parses X.509.
 */
#ifndef PINLOAD_TLS_CERTIFICATE_H
#define PINLOAD_TLS_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct certificate_fields {
    const uint8_t *spki; /* the DER SubjectPublicKeyInfo, tag and length included */
    size_t spki_len;
    int64_t not_before_s; /* seconds since 1970 */
    int64_t not_after_s;
};

/* certificate_read finds the fields in DER, which they point into; false if DER is not a
 * certificate. */
bool certificate_read(struct certificate_fields *fields, const uint8_t *der, size_t der_len);

/* certificate_spki finds the SubjectPublicKeyInfo alone; this is the hot path of SPKI pins. */
bool certificate_spki(const uint8_t *der, size_t der_len, const uint8_t **out_spki,
                      size_t *out_spki_len);

/* certificate_is_ca says whether the certificate may issue others (RFC 5280, 4.2.1.9). */
bool certificate_is_ca(const uint8_t *der, size_t der_len);

/* certificate_serial writes the serial number in hex, two digits a byte, as nginx and openssl do. */
#define CERTIFICATE_SERIAL_LEN 64
void certificate_serial(char out[static CERTIFICATE_SERIAL_LEN], const uint8_t *der,
                        size_t der_len);

/* certificate_describe writes "subject …, issuer …, DATE to DATE" of a certificate into OUT. */
void certificate_describe(char *out, size_t out_len, const uint8_t *der, size_t der_len);

#endif
