/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/identity.h"
#include "tls/throwaway_pki.h"
#include "tls/tls_context.h"

#include "base/notices.h"
#include "base/text.h"
#include "unit.h"

#include <openssl/bytestring.h>
#include <openssl/cipher.h>
#include <openssl/digest.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/obj.h>
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

/* How a key is written (RFC 9881). */
enum form { FORM_SEED, FORM_BOTH, FORM_EXPANDED, NUM_FORMS };

/* What is around it: nothing; PBES2, in PEM and as DER; PKCS#12 without a MAC; and BoringSSL's own
 * PKCS#8 and PKCS#12, which are of the seed alone. */
enum wrapping {
    WRAPPED_IN_NOTHING,
    WRAPPED_IN_PBES2,
    WRAPPED_IN_PBES2_DER,
    WRAPPED_IN_PKCS12,
    NUM_WRAPPINGS,
    WRAPPED_BY_BORINGSSL = NUM_WRAPPINGS,
    WRAPPED_BY_BORINGSSL_PKCS12,
    NUM_ALL_WRAPPINGS
};

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

/* --- what is written ------------------------------------------------------------------------ */

/* Adds KEY as PKCS#8: its seed, the expanded form (of which the content does not matter), or both. */
static void add_key(CBB *cbb, const EVP_PKEY *key, enum form form, size_t expanded_len)
{
    uint8_t seed[SEED_LEN];
    static const uint8_t expanded[4896];
    size_t seed_len = sizeof seed;
    CBB info, algorithm, octets, both, *to = &octets;
    assert_int_equal(EVP_PKEY_get_private_seed(key, seed, &seed_len), 1);
    assert_true(CBB_add_asn1(cbb, &info, CBS_ASN1_SEQUENCE) && CBB_add_asn1_uint64(&info, 0) &&
                CBB_add_asn1(&info, &algorithm, CBS_ASN1_SEQUENCE) &&
                OBJ_nid2cbb(&algorithm, EVP_PKEY_id(key)) &&
                CBB_add_asn1(&info, &octets, CBS_ASN1_OCTETSTRING));
    if (form == FORM_SEED) {
        assert_true(CBB_add_asn1(&octets, &both, CBS_ASN1_CONTEXT_SPECIFIC | 0) &&
                    CBB_add_bytes(&both, seed, seed_len));
    } else if (form == FORM_BOTH) {
        assert_true(CBB_add_asn1(&octets, &both, CBS_ASN1_SEQUENCE) &&
                    CBB_add_asn1_octet_string(&both, seed, seed_len));
        to = &both;
    }
    if (form != FORM_SEED)
        assert_true(CBB_add_asn1_octet_string(to, expanded, expanded_len));
    assert_true(CBB_flush(cbb));
}

/* Adds BYTES encrypted with "julio" as openssl does it (RFC 8018): PBKDF2, AES-256-CBC. */
static void add_encrypted(CBB *cbb, const uint8_t *bytes, size_t len)
{
    static const uint8_t salt[8] = "seasalt", iv[16] = "an IV";
    uint8_t key[32], ciphertext[8192];
    int head = 0, tail = 0;
    CBB all, scheme, both, kdf, kdf_parameters, prf, cipher;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    assert_true(
        PKCS5_PBKDF2_HMAC("julio", 5, salt, sizeof salt, 100, EVP_sha256(), sizeof key, key) &&
        EVP_EncryptInit_ex(ctx, EVP_aes_256_cbc(), NULL, key, iv) &&
        EVP_EncryptUpdate(ctx, ciphertext, &head, bytes, (int)len) &&
        EVP_EncryptFinal_ex(ctx, ciphertext + head, &tail));
    EVP_CIPHER_CTX_free(ctx);
    assert_true(
        CBB_add_asn1(cbb, &all, CBS_ASN1_SEQUENCE) &&
        CBB_add_asn1(&all, &scheme, CBS_ASN1_SEQUENCE) && OBJ_nid2cbb(&scheme, NID_pbes2) &&
        CBB_add_asn1(&scheme, &both, CBS_ASN1_SEQUENCE) &&
        CBB_add_asn1(&both, &kdf, CBS_ASN1_SEQUENCE) && OBJ_nid2cbb(&kdf, NID_id_pbkdf2) &&
        CBB_add_asn1(&kdf, &kdf_parameters, CBS_ASN1_SEQUENCE) &&
        CBB_add_asn1_octet_string(&kdf_parameters, salt, sizeof salt) &&
        CBB_add_asn1_uint64(&kdf_parameters, 100) &&
        CBB_add_asn1(&kdf_parameters, &prf, CBS_ASN1_SEQUENCE) &&
        OBJ_nid2cbb(&prf, NID_hmacWithSHA256) && CBB_add_asn1(&both, &cipher, CBS_ASN1_SEQUENCE) &&
        OBJ_nid2cbb(&cipher, NID_aes_256_cbc) &&
        CBB_add_asn1_octet_string(&cipher, iv, sizeof iv) &&
        CBB_add_asn1_octet_string(&all, ciphertext, (size_t)(head + tail)) && CBB_flush(cbb));
}

#define EXPLICIT_0 (CBS_ASN1_CONSTRUCTED | CBS_ASN1_CONTEXT_SPECIFIC | 0)

/* Opens a SEQUENCE of the type NID and, explicitly tagged, a value of it. */
static void open_typed(CBB *cbb, CBB *typed, CBB *value, int nid)
{
    assert_true(CBB_add_asn1(cbb, typed, CBS_ASN1_SEQUENCE) && OBJ_nid2cbb(typed, nid) &&
                CBB_add_asn1(typed, value, EXPLICIT_0));
}

static void add_bags(CBB *cbb, const uint8_t *encrypted_key, size_t len, X509 *cert)
{
    uint8_t *der = NULL;
    int der_len = i2d_X509(cert, &der);
    CBB bags, key_bag, key_value, cert_bag, cert_value, typed, of_cert;
    assert_true(CBB_add_asn1(cbb, &bags, CBS_ASN1_SEQUENCE));
    open_typed(&bags, &key_bag, &key_value, NID_pkcs8ShroudedKeyBag);
    assert_true(CBB_add_bytes(&key_value, encrypted_key, len));
    open_typed(&bags, &cert_bag, &cert_value, NID_certBag);
    open_typed(&cert_value, &typed, &of_cert, NID_x509Certificate);
    assert_true(CBB_add_asn1_octet_string(&of_cert, der, (size_t)der_len) && CBB_flush(cbb));
    OPENSSL_free(der);
}

/* Adds a PKCS#12 (RFC 7292) without a MAC, in which the key alone is encrypted. */
static void add_pkcs12(CBB *cbb, const uint8_t *encrypted_key, size_t len, X509 *cert)
{
    CBB pfx, info, value, data, safes, safe, safe_value, contents;
    assert_true(CBB_add_asn1(cbb, &pfx, CBS_ASN1_SEQUENCE) && CBB_add_asn1_uint64(&pfx, 3));
    open_typed(&pfx, &info, &value, NID_pkcs7_data);
    assert_true(CBB_add_asn1(&value, &data, CBS_ASN1_OCTETSTRING) &&
                CBB_add_asn1(&data, &safes, CBS_ASN1_SEQUENCE));
    open_typed(&safes, &safe, &safe_value, NID_pkcs7_data);
    assert_true(CBB_add_asn1(&safe_value, &contents, CBS_ASN1_OCTETSTRING));
    add_bags(&contents, encrypted_key, len, cert);
    assert_true(CBB_flush(cbb));
}

/* Writes KEY in FORM, wrapped. */
static void write_form(FILE *file, const EVP_PKEY *key, X509 *cert, enum form form,
                       size_t expanded_len, enum wrapping wrapping)
{
    CBB plain, encrypted, pkcs12;
    assert_true(CBB_init(&plain, 8192) && CBB_init(&encrypted, 8192) && CBB_init(&pkcs12, 8192));
    add_key(&plain, key, form, expanded_len);
    add_encrypted(&encrypted, CBB_data(&plain), CBB_len(&plain));
    add_pkcs12(&pkcs12, CBB_data(&encrypted), CBB_len(&encrypted), cert);
    if (wrapping == WRAPPED_IN_NOTHING)
        PEM_write(file, PEM_STRING_PKCS8INF, "", CBB_data(&plain), (long)CBB_len(&plain));
    else if (wrapping == WRAPPED_IN_PBES2)
        PEM_write(file, PEM_STRING_PKCS8, "", CBB_data(&encrypted), (long)CBB_len(&encrypted));
    else if (wrapping == WRAPPED_IN_PBES2_DER)
        fwrite(CBB_data(&encrypted), 1, CBB_len(&encrypted), file);
    else
        fwrite(CBB_data(&pkcs12), 1, CBB_len(&pkcs12), file);
    CBB_cleanup(&plain);
    CBB_cleanup(&encrypted);
    CBB_cleanup(&pkcs12);
}

static void write_key(const char *path, EVP_PKEY *key, X509 *cert, enum form form,
                      size_t expanded_len, enum wrapping wrapping)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    if (wrapping == WRAPPED_BY_BORINGSSL) {
        assert_true(
            PEM_write_PKCS8PrivateKey(file, key, EVP_aes_256_cbc(), "julio", 5, NULL, NULL));
    } else if (wrapping == WRAPPED_BY_BORINGSSL_PKCS12) {
        PKCS12 *p12 = PKCS12_create("julio", "me", key, cert, NULL, 0, 0, 0, 0, 0);
        assert_non_null(p12);
        assert_true(i2d_PKCS12_fp(file, p12));
        PKCS12_free(p12);
    } else {
        write_form(file, key, cert, form, expanded_len, wrapping);
    }
    fclose(file);
}

/* --- what is read --------------------------------------------------------------------------- */

/* Loads the key at PATH, with the certificate in CERT or in the same file; returns its kind, or NULL
 * where it is refused. */
static const char *load(const char *path, const char *cert, enum wrapping wrapping,
                        const char *secret, struct error *err)
{
    static char kind[32];
    struct password password = {0};
    struct notices notices = {0};
    struct identity_set *set = identity_set_new();
    bool is_p12 = wrapping == WRAPPED_IN_PKCS12 || wrapping == WRAPPED_BY_BORINGSSL_PKCS12;
    assert_true(password_read(&password, secret, err));
    bool ok = identity_set_add(set, "me", is_p12 ? path : cert, is_p12 ? NULL : path, &password,
                               &notices, err);
    if (ok) {
        snprintf(kind, sizeof kind, "%s", identity_set_key_kind(set, 0));
        identity_set_free(identity_set_clone(set)); /* as threads do */
    }
    notices_cleanup(&notices);
    identity_set_free(set);
    password_wipe(&password);
    return ok ? kind : NULL;
}

static void check_form(const char *path, const char *cert_path, size_t kind, enum form form,
                       enum wrapping wrapping)
{
    struct error err = {{0}};
    const char *read = load(path, cert_path, wrapping, "pass:julio", &err);
    if (form == FORM_EXPANDED) {
        assert_null(read);
        assert_non_null(strstr(err.text, "without its seed"));
        assert_non_null(strstr(err.text, path));
    } else if (read == NULL) {
        fail_msg("%s, form %d, wrapping %d: %s", kinds[kind].kind, form, wrapping, err.text);
    } else {
        assert_string_equal(read, kinds[kind].kind);
    }
    if (wrapping != WRAPPED_IN_NOTHING) {
        assert_null(load(path, cert_path, wrapping, "pass:julia", &err));
        assert_non_null(strstr(err.text, "the password of --pass is wrong"));
    }
}

static void keys_are_read_in_each_form_that_has_the_seed(void **state)
{
    (void)state;
    struct error err;
    char path[64];
    snprintf(path, sizeof path, FORM_PATH, (int)getpid());
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct throwaway_pki pki;
        assert_true(throwaway_pki_make(&pki, kinds[i].type, &err));
        EVP_PKEY *key = key_in(pki.client);
        X509 *cert = cert_in(pki.client);
        for (int wrapping = 0; wrapping < NUM_ALL_WRAPPINGS; wrapping++) {
            enum form last = wrapping < NUM_WRAPPINGS ? NUM_FORMS - 1 : FORM_SEED;
            for (enum form form = 0; form <= last; form++) {
                write_key(path, key, cert, form, kinds[i].expanded_len, (enum wrapping)wrapping);
                check_form(path, pki.client, i, form, (enum wrapping)wrapping);
            }
        }
        X509_free(cert);
        EVP_PKEY_free(key);
        throwaway_pki_remove(&pki);
    }
    unlink(path);
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
