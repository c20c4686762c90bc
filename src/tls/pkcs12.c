/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PKCS#12 (RFC 7292). BoringSSL's reader is tried first, since it also reads BER; it rejects files
 * without a MAC, supports few algorithms, and does not say which one it lacks. What it rejects is
 * read here, or named in the error.
 */
#include "base/memory.h"
#include "tls/key_derivation.h"
#include "tls/key_reading.h"
#include "tls/oid.h"
#include "tls/private_key.h"

#include <openssl/bytestring.h>
#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/mem.h>
#include <openssl/pkcs8.h>
#include <openssl/stack.h>
#include <openssl/x509.h>

#include <string.h>

#define DATA "1.2.840.113549.1.7.1"
#define SIGNED_DATA "1.2.840.113549.1.7.2"
#define ENCRYPTED_DATA "1.2.840.113549.1.7.6"
#define KEY_BAG "1.2.840.113549.1.12.10.1.1"
#define SHROUDED_KEY_BAG "1.2.840.113549.1.12.10.1.2"
#define CERT_BAG "1.2.840.113549.1.12.10.1.3"
#define X509_CERTIFICATE "1.2.840.113549.1.9.22.1"
#define EXPLICIT_0 (CBS_ASN1_CONSTRUCTED | CBS_ASN1_CONTEXT_SPECIFIC | 0)
#define IMPLICIT_0 (CBS_ASN1_CONTEXT_SPECIFIC | 0)
#define MOST_ROUNDS 100000000

static bool fail_form(const struct key_reading *r)
{
    return key_reading_fail(r, "is neither PEM nor a PKCS#12 file that can be read");
}

/* Reads an identifier and the explicitly tagged value of that type. */
static bool get_typed(CBS *cbs, char out_type[static OID_TEXT_LEN], CBS *out)
{
    CBS oid;
    if (!CBS_get_asn1(cbs, &oid, CBS_ASN1_OBJECT) || !CBS_get_asn1(cbs, out, EXPLICIT_0))
        return false;
    oid_text(out_type, &oid);
    return true;
}

static bool read_cert_bag(struct key_reading *r, CBS value)
{
    CBS bag, typed, cert;
    char type[OID_TEXT_LEN];
    if (!CBS_get_asn1(&value, &bag, CBS_ASN1_SEQUENCE) || !get_typed(&bag, type, &typed))
        return fail_form(r);
    if (strcmp(type, X509_CERTIFICATE) != 0)
        return true;
    if (!CBS_get_asn1(&typed, &cert, CBS_ASN1_OCTETSTRING))
        return fail_form(r);
    return key_reading_add_cert(r, CBS_data(&cert), CBS_len(&cert));
}

/* The bags of a SafeContents; those of other kinds are skipped. */
static bool read_bags(struct key_reading *r, CBS contents)
{
    CBS bags, bag, value;
    char type[OID_TEXT_LEN];
    bool ok = CBS_get_asn1(&contents, &bags, CBS_ASN1_SEQUENCE) || fail_form(r);
    while (ok && CBS_len(&bags) > 0) {
        if (!CBS_get_asn1(&bags, &bag, CBS_ASN1_SEQUENCE) || !get_typed(&bag, type, &value))
            return fail_form(r);
        if (strcmp(type, CERT_BAG) == 0)
            ok = read_cert_bag(r, value);
        else if (strcmp(type, KEY_BAG) == 0)
            ok = key_reading_add_key(r, CBS_data(&value), CBS_len(&value));
        else if (strcmp(type, SHROUDED_KEY_BAG) == 0)
            ok = key_reading_add_encrypted(r, CBS_data(&value), CBS_len(&value));
    }
    return ok;
}

/* EncryptedData (RFC 5652 section 8). */
static bool read_encrypted(struct key_reading *r, CBS value)
{
    CBS data, content, algorithm, ciphertext, contents;
    struct decrypted decrypted = {0};
    if (!CBS_get_asn1(&value, &data, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&data, NULL, CBS_ASN1_INTEGER) ||
        !CBS_get_asn1(&data, &content, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&content, NULL, CBS_ASN1_OBJECT) ||
        !CBS_get_asn1(&content, &algorithm, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&content, &ciphertext, IMPLICIT_0))
        return fail_form(r);
    enum decryption result = key_decrypt(&decrypted, &algorithm, &ciphertext, r->password);
    bool ok = key_reading_judge(r, result, &decrypted);
    if (ok) {
        CBS_init(&contents, decrypted.bytes, decrypted.len);
        ok = read_bags(r, contents);
    }
    OPENSSL_free(decrypted.bytes);
    return ok;
}

static bool read_contents(struct key_reading *r, CBS authenticated)
{
    CBS list, info, value, data;
    char type[OID_TEXT_LEN];
    bool ok = CBS_get_asn1(&authenticated, &list, CBS_ASN1_SEQUENCE) || fail_form(r);
    while (ok && CBS_len(&list) > 0) {
        if (!CBS_get_asn1(&list, &info, CBS_ASN1_SEQUENCE) || !get_typed(&info, type, &value))
            return fail_form(r);
        if (strcmp(type, ENCRYPTED_DATA) == 0)
            ok = read_encrypted(r, value);
        else if (strcmp(type, DATA) == 0)
            ok = CBS_get_asn1(&value, &data, CBS_ASN1_OCTETSTRING) ? read_bags(r, data)
                                                                   : fail_form(r);
    }
    return ok;
}

/* --- the MAC -------------------------------------------------------------------------------- */

static bool mac_matches(const struct derivation *from, const CBS *bytes, const CBS *expected)
{
    uint8_t key[EVP_MAX_MD_SIZE], mac[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    bool ok = derive_pkcs12(from, 3, key, EVP_MD_size(from->digest)) &&
              HMAC(from->digest, key, EVP_MD_size(from->digest), CBS_data(bytes), CBS_len(bytes),
                   mac, &len) != NULL &&
              CBS_mem_equal(expected, mac, len);
    OPENSSL_cleanse(key, sizeof key);
    return ok;
}

/* Names an unsupported MAC. */
static bool fail_mac(const struct key_reading *r, CBS algorithm)
{
    CBS oid;
    char name[OID_TEXT_LEN] = "";
    ERR_clear_error();
    if (!CBS_get_asn1(&algorithm, &oid, CBS_ASN1_OBJECT))
        return fail_form(r);
    oid_name(name, &oid);
    return error_set(
        r->err,
        "%s '%s' is a PKCS#12 file with a MAC of %s, which is not supported; expected SHA-1 or "
        "SHA-2",
        r->what, r->path, name);
}

static bool check_mac(const struct key_reading *r, CBS mac_data, const CBS *bytes)
{
    CBS mac, algorithm, expected, salt;
    uint64_t rounds = 1;
    if (!CBS_get_asn1(&mac_data, &mac, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1_element(&mac, &algorithm, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&mac, &expected, CBS_ASN1_OCTETSTRING) ||
        !CBS_get_asn1(&mac_data, &salt, CBS_ASN1_OCTETSTRING) ||
        (CBS_len(&mac_data) > 0 && !CBS_get_asn1_uint64(&mac_data, &rounds)) || rounds == 0 ||
        rounds > MOST_ROUNDS)
        return fail_form(r);
    CBS parsed = algorithm;
    const EVP_MD *digest = EVP_parse_digest_algorithm(&parsed);
    CBS_get_asn1(&algorithm, &algorithm, CBS_ASN1_SEQUENCE);
    if (digest == NULL)
        return fail_mac(r, algorithm);
    struct derivation from = {digest,          r->password->text, r->password->len,
                              CBS_data(&salt), CBS_len(&salt),    (unsigned)rounds};
    if (mac_matches(&from, bytes, &expected))
        return true;
    from.text = NULL; /* some programs treat an empty password as none */
    return (r->password->len == 0 && mac_matches(&from, bytes, &expected)) ||
           key_reading_judge(r, DECRYPTION_WRONG_PASSWORD, NULL);
}

/* Reads as DER what BoringSSL rejected. */
static bool read_der(struct key_reading *r, const uint8_t *bytes, size_t len)
{
    CBS cbs, file, info, value, data, mac_data;
    uint64_t version;
    char type[OID_TEXT_LEN];
    CBS_init(&cbs, bytes, len);
    if (!CBS_get_asn1(&cbs, &file, CBS_ASN1_SEQUENCE) || !CBS_get_asn1_uint64(&file, &version) ||
        !CBS_get_asn1(&file, &info, CBS_ASN1_SEQUENCE) || !get_typed(&info, type, &value))
        return fail_form(r);
    if (strcmp(type, SIGNED_DATA) == 0)
        return key_reading_fail(
            r, "is a PKCS#12 file that is signed with a key; expected one with a password");
    if (!CBS_get_asn1(&value, &data, CBS_ASN1_OCTETSTRING))
        return fail_form(r);
    bool has_mac = CBS_get_asn1(&file, &mac_data, CBS_ASN1_SEQUENCE);
    return (!has_mac || check_mac(r, mac_data, &data)) && read_contents(r, data);
}

static bool take_certs(struct key_reading *r, STACK_OF(X509) * certs)
{
    for (size_t i = 0; i < sk_X509_num(certs); i++) {
        uint8_t *der = NULL;
        int len = i2d_X509(sk_X509_value(certs, i), &der);
        bool ok = len > 0 && key_reading_add_cert(r, der, (size_t)len);
        OPENSSL_free(der);
        if (!ok)
            return false;
    }
    return true;
}

static bool take_key(struct key_reading *r, EVP_PKEY *key)
{
    struct error problem;
    if (key == NULL || !r->want_key)
        return true;
    if (!private_key_accepts(key, &problem))
        return key_reading_fail(r, problem.text);
    EVP_PKEY_up_ref(key);
    r->file->key = key;
    return true;
}

bool pkcs12_read(struct key_reading *r, const uint8_t *bytes, size_t len)
{
    CBS cbs;
    EVP_PKEY *key = NULL;
    STACK_OF(X509) *certs = memory_must(sk_X509_new_null());
    CBS_init(&cbs, bytes, len);
    bool ok = PKCS12_get_key_and_certs(&key, certs, &cbs, r->password->text)
                  ? take_certs(r, certs) && take_key(r, key)
                  : read_der(r, bytes, len);
    EVP_PKEY_free(key);
    sk_X509_pop_free(certs, X509_free);
    ERR_clear_error();
    return ok;
}
