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

#ifdef EVP_PKEY_ML_DSA_44
#define HAS_ML_DSA 1
#else
#define HAS_ML_DSA 0
#endif

#define ML_DSA_SEED_LEN 32

const char *private_key_kinds(void)
{
    return HAS_ML_DSA ? "expected an RSA, ECDSA (P-256, P-384, P-521), Ed25519 or ML-DSA key"
                      : "expected an RSA, ECDSA (P-256, P-384, P-521) or Ed25519 key";
}

static bool refuse(struct error *problem, const char *kind)
{
    return error_set(problem, "has a private key of type %s, which is not supported; %s", kind,
                     private_key_kinds());
}

/* Names the curve in PARAMETERS of an EC key. */
static void name_curve(char out[static OID_TEXT_LEN], CBS parameters)
{
    CBS oid;
    strcpy(out, "ECDSA on a curve that is not named");
    if (CBS_get_asn1(&parameters, &oid, CBS_ASN1_OBJECT))
        oid_name(out, &oid);
}

/* Names the type of a PKCS#8 key, if it is one. */
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
    if (HAS_ML_DSA && strncmp(kind, "ML-DSA-", 7) == 0)
        return true;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i], kind) == 0)
            return true;
    }
    return false;
}

/* Why the bytes are not a supported key: another type, or damaged. */
static void explain(const uint8_t *der, size_t len, struct error *problem)
{
    CBS cbs;
    char kind[OID_TEXT_LEN];
    CBS_init(&cbs, der, len);
    if ((name_pkcs8(kind, cbs) || name_ec(kind, cbs)) && !is_supported(kind))
        refuse(problem, kind);
    else
        error_set(problem, "has a private key that cannot be parsed; %s", private_key_kinds());
}

const char *private_key_kind(const EVP_PKEY *key)
{
    switch (EVP_PKEY_id(key)) {
    case EVP_PKEY_RSA:
        return "RSA";
    case EVP_PKEY_ED25519:
        return "Ed25519";
#if HAS_ML_DSA
    case EVP_PKEY_ML_DSA_44:
        return "ML-DSA-44";
    case EVP_PKEY_ML_DSA_65:
        return "ML-DSA-65";
    case EVP_PKEY_ML_DSA_87:
        return "ML-DSA-87";
#endif
    default:
        break;
    }
    switch (EC_GROUP_get_curve_name(EC_KEY_get0_group(EVP_PKEY_get0_EC_KEY(key)))) {
    case NID_X9_62_prime256v1:
        return "P-256";
    case NID_secp384r1:
        return "P-384";
    default: /* no other type is loaded */
        return "P-521";
    }
}

bool private_key_accepts(const EVP_PKEY *key, struct error *problem)
{
    const EC_KEY *ec = EVP_PKEY_get0_EC_KEY(key);
    int curve = ec != NULL ? EC_GROUP_get_curve_name(EC_KEY_get0_group(ec)) : NID_undef;
    ERR_clear_error();
    switch (EVP_PKEY_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_ED25519:
#if HAS_ML_DSA
    case EVP_PKEY_ML_DSA_44:
    case EVP_PKEY_ML_DSA_65:
    case EVP_PKEY_ML_DSA_87:
#endif
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

#if HAS_ML_DSA
static const EVP_PKEY_ALG *ml_dsa_of(const CBS *oid)
{
    char name[OID_TEXT_LEN];
    oid_name(name, oid);
    if (strcmp(name, "ML-DSA-44") == 0)
        return EVP_pkey_ml_dsa_44();
    if (strcmp(name, "ML-DSA-65") == 0)
        return EVP_pkey_ml_dsa_65();
    return strcmp(name, "ML-DSA-87") == 0 ? EVP_pkey_ml_dsa_87() : NULL;
}

/* An ML-DSA key (RFC 9881) is its seed, the expanded key, or both. BoringSSL accepts only the seed;
 * OpenSSL writes both. The key is then derived from the seed: it must match the certificate
 * anyway. */
static EVP_PKEY *parse_ml_dsa(CBS der, struct error *problem)
{
    CBS info, algorithm, oid, octets, both, seed;
    uint64_t version;
    if (!CBS_get_asn1(&der, &info, CBS_ASN1_SEQUENCE) || !CBS_get_asn1_uint64(&info, &version) ||
        !CBS_get_asn1(&info, &algorithm, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&algorithm, &oid, CBS_ASN1_OBJECT) ||
        !CBS_get_asn1(&info, &octets, CBS_ASN1_OCTETSTRING))
        return NULL;
    const EVP_PKEY_ALG *alg = ml_dsa_of(&oid);
    if (alg != NULL && CBS_peek_asn1_tag(&octets, CBS_ASN1_OCTETSTRING))
        error_set(problem, "has an ML-DSA private key without its seed, only in expanded form; "
                           "expected a key with its seed");
    if (alg == NULL || !CBS_get_asn1(&octets, &both, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&both, &seed, CBS_ASN1_OCTETSTRING) || CBS_len(&seed) != ML_DSA_SEED_LEN)
        return NULL;
    return EVP_PKEY_from_private_seed(alg, CBS_data(&seed), CBS_len(&seed));
}
#else
static EVP_PKEY *parse_ml_dsa(CBS der, struct error *problem)
{
    (void)der, (void)problem;
    return NULL;
}
#endif

EVP_PKEY *private_key_parse(const uint8_t *der, size_t len, struct error *problem)
{
    const uint8_t *p = der;
    CBS cbs;
    CBS_init(&cbs, der, len);
    problem->text[0] = '\0';
    EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &p, (long)len);
    if (key == NULL)
        key = parse_ml_dsa(cbs, problem);
    ERR_clear_error();
    if (key == NULL && problem->text[0] == '\0') {
        explain(der, len, problem);
    } else if (key == NULL) {
        return NULL;
    } else if (!private_key_accepts(key, problem)) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}
