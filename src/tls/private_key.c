/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/private_key.h"

#include "tls/oid.h"

#include <openssl/bytestring.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>

#include <string.h>

static bool refuse(struct error *problem, const char *kind)
{
    return error_set(problem, "has a private key of type %s, which is not supported; %s", kind,
                     PRIVATE_KEY_KINDS);
}

/* Names the curve that PARAMETERS, of an EC key, have. */
static void name_curve(char out[static OID_TEXT_LEN], CBS parameters)
{
    CBS oid;
    strcpy(out, "ECDSA on a curve that is not named");
    if (CBS_get_asn1(&parameters, &oid, CBS_ASN1_OBJECT))
        oid_name(out, &oid);
}

/* Names the kind of a PKCS#8 key, if it is one. */
static bool name_pkcs8(char out[static OID_TEXT_LEN], CBS der)
{
    CBS key, algorithm, oid;
    uint64_t version;
    if (!CBS_get_asn1(&der, &key, CBS_ASN1_SEQUENCE) || !CBS_get_asn1_uint64(&key, &version) ||
        !CBS_get_asn1(&key, &algorithm, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&algorithm, &oid, CBS_ASN1_OBJECT))
        return false;
    oid_text(out, &oid);
    if (strcmp(out, "1.2.840.10045.2.1") == 0)
        name_curve(out, algorithm);
    else
        oid_name(out, &oid);
    return true;
}

/* Names the curve of a traditional EC key (RFC 5915), if it is one. */
static bool name_ec(char out[static OID_TEXT_LEN], CBS der)
{
    CBS key, parameters;
    uint64_t version;
    int has_parameters;
    if (!CBS_get_asn1(&der, &key, CBS_ASN1_SEQUENCE) || !CBS_get_asn1_uint64(&key, &version) ||
        version != 1 || !CBS_get_asn1(&key, NULL, CBS_ASN1_OCTETSTRING) ||
        !CBS_get_optional_asn1(&key, &parameters, &has_parameters,
                               CBS_ASN1_CONSTRUCTED | CBS_ASN1_CONTEXT_SPECIFIC | 0))
        return false;
    if (!has_parameters)
        CBS_init(&parameters, NULL, 0);
    name_curve(out, parameters);
    return true;
}

static bool is_supported(const char *kind)
{
    static const char *const kinds[] = {"RSA", "P-256", "P-384", "P-521", "Ed25519"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i], kind) == 0)
            return true;
    }
    return false;
}

/* Why the bytes are no key: one of another kind, or damaged. */
static void explain(const uint8_t *der, size_t len, struct error *problem)
{
    CBS cbs;
    char kind[OID_TEXT_LEN];
    CBS_init(&cbs, der, len);
    if ((name_pkcs8(kind, cbs) || name_ec(kind, cbs)) && !is_supported(kind))
        refuse(problem, kind);
    else
        error_set(problem, "has a private key that cannot be parsed; %s", PRIVATE_KEY_KINDS);
}

bool private_key_accepts(const EVP_PKEY *key, struct error *problem)
{
    const EC_KEY *ec = EVP_PKEY_get0_EC_KEY(key);
    int curve = ec != NULL ? EC_GROUP_get_curve_name(EC_KEY_get0_group(ec)) : NID_undef;
    ERR_clear_error();
    switch (EVP_PKEY_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_ED25519:
        return true;
    case EVP_PKEY_EC:
        return curve == NID_X9_62_prime256v1 || curve == NID_secp384r1 || curve == NID_secp521r1 ||
               refuse(problem, "P-224");
    case EVP_PKEY_DSA:
        return refuse(problem, "DSA");
    case EVP_PKEY_X25519:
        return refuse(problem, "X25519");
    default:
        return refuse(problem, "not usable in TLS");
    }
}

EVP_PKEY *private_key_parse(const uint8_t *der, size_t len, struct error *problem)
{
    const uint8_t *p = der;
    EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &p, (long)len);
    ERR_clear_error();
    if (key == NULL) {
        explain(der, len, problem);
    } else if (!private_key_accepts(key, problem)) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}
