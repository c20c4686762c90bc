/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/issuing.h"

#include <openssl/bn.h>
#include <openssl/ec_key.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdint.h>
#include <string.h>

static const char *const type_names[NUM_KEY_TYPES] = {
    [KEY_P256] = "p256",         [KEY_RSA_2048] = "rsa2048",  [KEY_ML_DSA_44] = "mldsa44",
    [KEY_ML_DSA_65] = "mldsa65", [KEY_ML_DSA_87] = "mldsa87",
};

const char *key_type_name(enum key_type type)
{
    return type_names[type];
}

bool key_type_parse(const char *text, enum key_type *out_type)
{
    for (int i = 0; i < NUM_KEY_TYPES; i++) {
        if (strcmp(text, type_names[i]) == 0) {
            *out_type = (enum key_type)i;
            return true;
        }
    }
    return false;
}

/* --- keys ----------------------------------------------------------------------------------- */

static EVP_PKEY *make_p256(void)
{
    EC_KEY *ec = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    EVP_PKEY *key = EVP_PKEY_new();
    if (ec != NULL && key != NULL && EC_KEY_generate_key(ec) && EVP_PKEY_assign_EC_KEY(key, ec))
        return key;
    EC_KEY_free(ec);
    EVP_PKEY_free(key);
    return NULL;
}

static EVP_PKEY *make_rsa(void)
{
    RSA *rsa = RSA_new();
    BIGNUM *e = BN_new();
    EVP_PKEY *key = EVP_PKEY_new();
    bool ok = rsa != NULL && e != NULL && key != NULL && BN_set_word(e, RSA_F4) &&
              RSA_generate_key_ex(rsa, 2048, e, NULL) && EVP_PKEY_assign_RSA(key, rsa);
    BN_free(e);
    if (ok)
        return key;
    RSA_free(rsa);
    EVP_PKEY_free(key);
    return NULL;
}

#ifdef EVP_PKEY_ML_DSA_44
#define HAS_ML_DSA 1
static EVP_PKEY *make_ml_dsa(enum key_type type)
{
    return EVP_PKEY_generate_from_alg(type == KEY_ML_DSA_44   ? EVP_pkey_ml_dsa_44()
                                      : type == KEY_ML_DSA_65 ? EVP_pkey_ml_dsa_65()
                                                              : EVP_pkey_ml_dsa_87());
}
#else
#define HAS_ML_DSA 0
static EVP_PKEY *make_ml_dsa(enum key_type type)
{
    (void)type;
    return NULL;
}
#endif

bool key_type_is_supported(enum key_type type)
{
    return type < KEY_ML_DSA_44 || HAS_ML_DSA;
}

EVP_PKEY *issuing_key(enum key_type type)
{
    switch (type) {
    case KEY_P256:
        return make_p256();
    case KEY_RSA_2048:
        return make_rsa();
    default:
        return make_ml_dsa(type);
    }
}

/* --- certificates --------------------------------------------------------------------------- */

/* ML-DSA has its hash within. */
static const EVP_MD *digest_of(const EVP_PKEY *key)
{
    int id = EVP_PKEY_id(key);
    return id == EVP_PKEY_EC || id == EVP_PKEY_RSA ? EVP_sha256() : NULL;
}

static bool add_extension(X509 *cert, X509 *issuer, const struct certificate_extension *wanted)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, &ctx, wanted->nid, wanted->value);
    bool ok = extension != NULL && X509_add_ext(cert, extension, -1);
    X509_EXTENSION_free(extension);
    return ok;
}

static bool add_extensions(X509 *cert, X509 *issuer, const struct certificate_order *order)
{
    for (unsigned i = 0; i < order->num_extensions; i++) {
        if (!add_extension(cert, issuer, &order->extensions[i]))
            return false;
    }
    return true;
}

static bool add_name(X509_NAME *name, const char *field, const char *text)
{
    return text == NULL ||
           X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const uint8_t *)text, -1, -1, 0);
}

X509 *issuing_certificate(const struct certificate_order *order, EVP_PKEY *key, X509 *issuer,
                          EVP_PKEY *issuer_key)
{
    uint64_t serial;
    X509 *cert = X509_new();
    X509 *by = issuer != NULL ? issuer : cert;
    X509_NAME *subject = cert != NULL ? X509_get_subject_name(cert) : NULL;
    RAND_bytes((uint8_t *)&serial, sizeof serial);
    bool ok = cert != NULL && X509_set_version(cert, 2) &&
              ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1) &&
              X509_gmtime_adj(X509_getm_notBefore(cert), -3600) != NULL &&
              X509_gmtime_adj(X509_getm_notAfter(cert), order->valid_s) != NULL &&
              add_name(subject, "O", order->organization) &&
              add_name(subject, "CN", order->common_name) &&
              X509_set_issuer_name(cert, X509_get_subject_name(by)) && X509_set_pubkey(cert, key) &&
              add_extensions(cert, by, order) &&
              X509_sign(cert, issuer_key, digest_of(issuer_key)) > 0;
    if (ok)
        return cert;
    X509_free(cert);
    return NULL;
}
