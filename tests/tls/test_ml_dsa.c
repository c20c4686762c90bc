/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/identity.h"
#include "tls/throwaway_pki.h"
#include "tls/tls_context.h"

#include "base/notices.h"
#include "base/text.h"
#include "unit.h"

#include <openssl/bytestring.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/pem.h>
#include <openssl/pkcs8.h>
#include <openssl/x509.h>

#include <string.h>
#include <unistd.h>

#ifdef EVP_PKEY_ML_DSA_44

#define FORM_PATH "/tmp/pinload-ml-dsa-%d.pem"
#define SEED_LEN 32

static const struct {
    enum key_type type;
    const char *kind;
    size_t expanded_len;
} kinds[] = {
    {KEY_ML_DSA_44, "ML-DSA-44", 2560},
    {KEY_ML_DSA_65, "ML-DSA-65", 4032},
    {KEY_ML_DSA_87, "ML-DSA-87", 4896},
};

/* How a key is written (RFC 9881), and two ways to wrap it. */
enum form { FORM_SEED, FORM_BOTH, FORM_EXPANDED, FORM_ENCRYPTED, FORM_PKCS12, NUM_FORMS };

static EVP_PKEY *key_in(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
    assert_non_null(key);
    return key;
}

static X509 *cert_in(const char *path)
{
    FILE *file = fopen(path, "r");
    X509 *cert = PEM_read_X509(file, NULL, NULL, NULL);
    fclose(file);
    assert_non_null(cert);
    return cert;
}

/* Writes KEY with its seed, the expanded form (of which the content does not matter), or both. */
static void write_form(FILE *file, const EVP_PKEY *key, enum form form, size_t expanded_len)
{
    uint8_t seed[SEED_LEN], *der;
    static const uint8_t expanded[4896];
    size_t seed_len = sizeof seed, der_len;
    CBB cbb, info, algorithm, octets, both, *to = &octets;
    assert_int_equal(EVP_PKEY_get_private_seed(key, seed, &seed_len), 1);
    assert_true(CBB_init(&cbb, 128) && CBB_add_asn1(&cbb, &info, CBS_ASN1_SEQUENCE) &&
                CBB_add_asn1_uint64(&info, 0) &&
                CBB_add_asn1(&info, &algorithm, CBS_ASN1_SEQUENCE) &&
                OBJ_nid2cbb(&algorithm, EVP_PKEY_id(key)) &&
                CBB_add_asn1(&info, &octets, CBS_ASN1_OCTETSTRING));
    if (form == FORM_BOTH) {
        assert_true(CBB_add_asn1(&octets, &both, CBS_ASN1_SEQUENCE) &&
                    CBB_add_asn1_octet_string(&both, seed, seed_len));
        to = &both;
    }
    assert_true(CBB_add_asn1_octet_string(to, expanded, expanded_len) &&
                CBB_finish(&cbb, &der, &der_len));
    PEM_write(file, PEM_STRING_PKCS8INF, "", der, (long)der_len);
    OPENSSL_free(der);
}

static void write_key(const char *path, EVP_PKEY *key, X509 *cert, enum form form,
                      size_t expanded_len)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    if (form == FORM_SEED) {
        assert_true(PEM_write_PKCS8PrivateKey(file, key, NULL, NULL, 0, NULL, NULL));
    } else if (form == FORM_ENCRYPTED) {
        assert_true(
            PEM_write_PKCS8PrivateKey(file, key, EVP_aes_256_cbc(), "julio", 5, NULL, NULL));
    } else if (form == FORM_PKCS12) {
        PKCS12 *p12 = PKCS12_create("julio", "me", key, cert, NULL, 0, 0, 0, 0, 0);
        assert_non_null(p12);
        assert_true(i2d_PKCS12_fp(file, p12));
        PKCS12_free(p12);
    } else {
        write_form(file, key, form, expanded_len);
    }
    fclose(file);
}

static void keys_are_read_in_each_form_that_has_the_seed(void **state)
{
    (void)state;
    struct password password = {0};
    struct error err;
    char path[64];
    snprintf(path, sizeof path, FORM_PATH, (int)getpid());
    assert_true(password_read(&password, "pass:julio", &err));
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct throwaway_pki pki;
        assert_true(throwaway_pki_make(&pki, kinds[i].type, &err));
        EVP_PKEY *key = key_in(pki.client);
        X509 *cert = cert_in(pki.client);
        for (enum form form = 0; form < NUM_FORMS; form++) {
            struct identity_set *set = identity_set_new();
            struct notices notices = {0};
            bool is_p12 = form == FORM_PKCS12;
            write_key(path, key, cert, form, kinds[i].expanded_len);
            bool ok = identity_set_add(set, "me", is_p12 ? path : pki.client, is_p12 ? NULL : path,
                                       &password, &notices, &err);
            if (form == FORM_EXPANDED) {
                assert_false(ok);
                assert_non_null(strstr(err.text, "without its seed"));
            } else {
                if (!ok)
                    fail_msg("%s, form %d: %s", kinds[i].kind, form, err.text);
                assert_string_equal(identity_set_key_kind(set, 0), kinds[i].kind);
                identity_set_free(identity_set_clone(set)); /* as threads do */
            }
            notices_cleanup(&notices);
            identity_set_free(set);
        }
        X509_free(cert);
        EVP_PKEY_free(key);
        throwaway_pki_remove(&pki);
    }
    unlink(path);
    password_wipe(&password);
}

#else

static void keys_are_read_in_each_form_that_has_the_seed(void **state)
{
    (void)state;
    struct throwaway_pki pki;
    struct error err;
    assert_false(throwaway_pki_make(&pki, KEY_ML_DSA_44, &err));
    assert_non_null(strstr(err.text, "this BoringSSL is too old for ML-DSA"));
    print_message("skipped: this BoringSSL is too old for ML-DSA (API 41 has it)\n");
    skip();
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_read_in_each_form_that_has_the_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
