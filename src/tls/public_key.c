/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/public_key.h"

#include "tls/oid.h"

#include <openssl/bytestring.h>

#include <string.h>

_Static_assert(PUBLIC_KEY_KIND_LEN == OID_TEXT_LEN, "a kind is an identifier's name");

bool public_key_kind(char out[static PUBLIC_KEY_KIND_LEN], const uint8_t *der, size_t len)
{
    CBS cbs, spki, algorithm, oid, curve;
    char text[OID_TEXT_LEN];
    CBS_init(&cbs, der, len);
    if (!CBS_get_asn1(&cbs, &spki, CBS_ASN1_SEQUENCE) || CBS_len(&cbs) != 0 ||
        !CBS_get_asn1(&spki, &algorithm, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&algorithm, &oid, CBS_ASN1_OBJECT) ||
        !CBS_get_asn1(&spki, NULL, CBS_ASN1_BITSTRING) || CBS_len(&spki) != 0)
        return false;
    oid_text(text, &oid);
    bool is_ec = strcmp(text, "1.2.840.10045.2.1") == 0;
    oid_name(out, is_ec && CBS_get_asn1(&algorithm, &curve, CBS_ASN1_OBJECT) ? &curve : &oid);
    return true;
}
