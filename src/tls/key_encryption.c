/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/key_encryption.h"

#include "base/memory.h"
#include "base/text.h"
#include "tls/key_derivation.h"
#include "tls/oid.h"

#include <openssl/bytestring.h>
#include <openssl/cipher.h>
#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/nid.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* The limit of OpenSSL and BoringSSL; more would take practically for ever. */
#define MOST_ROUNDS 100000000
#define MOST_SCRYPT_BYTES ((size_t)256 << 20)
#define MOST_SCRYPT_WORK ((uint64_t)1 << 26)

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* One decryption in progress. */
struct opening {
    const struct password *password;
    struct decrypted *out;
    const EVP_CIPHER *cipher;
    size_t key_len;
    uint8_t key[EVP_MAX_KEY_LENGTH], iv[EVP_MAX_IV_LENGTH];
    CBS ciphertext;
};

static const struct {
    const char *oid, *name; /* its name in DEK-Info */
    const EVP_CIPHER *(*cipher)(void);
} ciphers[] = {
    {"2.16.840.1.101.3.4.1.2", "AES-128-CBC", EVP_aes_128_cbc},
    {"2.16.840.1.101.3.4.1.22", "AES-192-CBC", EVP_aes_192_cbc},
    {"2.16.840.1.101.3.4.1.42", "AES-256-CBC", EVP_aes_256_cbc},
    {"2.16.840.1.101.3.4.1.3", "AES-128-OFB", EVP_aes_128_ofb},
    {"2.16.840.1.101.3.4.1.23", "AES-192-OFB", EVP_aes_192_ofb},
    {"2.16.840.1.101.3.4.1.43", "AES-256-OFB", EVP_aes_256_ofb},
    {"1.2.840.113549.3.7", "DES-EDE3-CBC", EVP_des_ede3_cbc},
    {"1.3.14.3.2.7", "DES-CBC", EVP_des_cbc},
    {"1.2.840.113549.3.2", "RC2-CBC", EVP_rc2_cbc},
    {"", "DES-EDE-CBC", EVP_des_ede_cbc},
};

static const struct {
    const char *oid, *name;
    const EVP_MD *(*digest)(void);
} macs[] = {
    {"1.2.840.113549.2.6", "HMAC-MD5", EVP_md5},
    {"1.2.840.113549.2.7", "HMAC-SHA1", EVP_sha1},
    {"1.2.840.113549.2.8", "HMAC-SHA224", EVP_sha224},
    {"1.2.840.113549.2.9", "HMAC-SHA256", EVP_sha256},
    {"1.2.840.113549.2.10", "HMAC-SHA384", EVP_sha384},
    {"1.2.840.113549.2.11", "HMAC-SHA512", EVP_sha512},
    {"1.2.840.113549.2.13", "HMAC-SHA512-256", EVP_sha512_256},
};

/* Algorithms that name both a derivation and a cipher: PBES1 (RFC 8018 appendix A.3), and PKCS#12's
 * (RFC 7292 appendix C). */
static const struct scheme {
    const char *oid, *name;
    const EVP_MD *(*digest)(void);
    const EVP_CIPHER *(*cipher)(void);
    size_t key_len;
    bool is_pkcs12;
} schemes[] = {
    {"1.2.840.113549.1.5.3", "PBE-MD5-DES", EVP_md5, EVP_des_cbc, 8, false},
    {"1.2.840.113549.1.5.6", "PBE-MD5-RC2-64", EVP_md5, EVP_rc2_cbc, 8, false},
    {"1.2.840.113549.1.5.10", "PBE-SHA1-DES", EVP_sha1, EVP_des_cbc, 8, false},
    {"1.2.840.113549.1.5.11", "PBE-SHA1-RC2-64", EVP_sha1, EVP_rc2_cbc, 8, false},
    {"1.2.840.113549.1.12.1.1", "PBE-SHA1-RC4-128", EVP_sha1, EVP_rc4, 16, true},
    {"1.2.840.113549.1.12.1.2", "PBE-SHA1-RC4-40", EVP_sha1, EVP_rc4, 5, true},
    {"1.2.840.113549.1.12.1.3", "PBE-SHA1-3DES", EVP_sha1, EVP_des_ede3_cbc, 24, true},
    {"1.2.840.113549.1.12.1.4", "PBE-SHA1-2DES", EVP_sha1, EVP_des_ede_cbc, 16, true},
    {"1.2.840.113549.1.12.1.5", "PBE-SHA1-RC2-128", EVP_sha1, EVP_rc2_cbc, 16, true},
    {"1.2.840.113549.1.12.1.6", "PBE-SHA1-RC2-40", EVP_sha1, EVP_rc2_cbc, 5, true},
};

static void add_name(struct opening *o, const char *name)
{
    size_t len = strlen(o->out->name);
    snprintf(o->out->name + len, sizeof o->out->name - len, "%s%s", len > 0 ? ", " : "", name);
}

/* Whether BYTES are one DER element, a SEQUENCE, as all encrypted content here is. The result of
 * decryption with a wrong key is not. */
static bool is_sequence(const uint8_t *bytes, size_t len)
{
    CBS cbs, sequence;
    CBS_init(&cbs, bytes, len);
    return CBS_get_any_asn1_element(&cbs, &sequence, NULL, NULL) && CBS_len(&cbs) == 0 &&
           bytes[0] == (uint8_t)0x30;
}

/* RC2 also has an effective key length, here that of the key itself. */
static bool set_key_len(EVP_CIPHER_CTX *ctx, const struct opening *o)
{
    return EVP_CIPHER_CTX_set_key_length(ctx, (unsigned)o->key_len) &&
           (EVP_CIPHER_nid(o->cipher) != NID_rc2_cbc ||
            EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_SET_RC2_KEY_BITS, (int)o->key_len * 8, NULL));
}

/* Decrypts with the derived key and IV. */
static enum decryption run_cipher(struct opening *o)
{
    EVP_CIPHER_CTX *ctx = memory_must(EVP_CIPHER_CTX_new());
    size_t len = CBS_len(&o->ciphertext);
    uint8_t *bytes = memory_must(OPENSSL_malloc(len + EVP_MAX_BLOCK_LENGTH));
    int head = 0, tail = 0;
    bool ok = len < INT_MAX / 2 && EVP_DecryptInit_ex(ctx, o->cipher, NULL, NULL, NULL) &&
              set_key_len(ctx, o) && EVP_DecryptInit_ex(ctx, NULL, NULL, o->key, o->iv) &&
              EVP_DecryptUpdate(ctx, bytes, &head, CBS_data(&o->ciphertext), (int)len) &&
              EVP_DecryptFinal_ex(ctx, bytes + head, &tail) &&
              is_sequence(bytes, (size_t)head + (size_t)tail);
    EVP_CIPHER_CTX_free(ctx);
    ERR_clear_error();
    if (!ok) {
        OPENSSL_free(bytes);
        return DECRYPTION_WRONG_PASSWORD;
    }
    o->out->bytes = bytes;
    o->out->len = (size_t)head + (size_t)tail;
    return DECRYPTED;
}

static bool set_iv(struct opening *o, const CBS *iv)
{
    if (CBS_len(iv) != EVP_CIPHER_iv_length(o->cipher))
        return false;
    memcpy(o->iv, CBS_data(iv), CBS_len(iv));
    return true;
}

static bool get_rounds(CBS *cbs, unsigned *out_rounds)
{
    uint64_t rounds;
    if (!CBS_get_asn1_uint64(cbs, &rounds) || rounds == 0 || rounds > MOST_ROUNDS)
        return false;
    *out_rounds = (unsigned)rounds;
    return true;
}

/* --- PBES1 and PKCS#12 ---------------------------------------------------------------------- */

static bool derive(const struct scheme *scheme, const struct derivation *from, struct opening *o)
{
    uint8_t both[16];
    if (scheme->is_pkcs12)
        return derive_pkcs12(from, 1, o->key, o->key_len) &&
               derive_pkcs12(from, 2, o->iv, EVP_CIPHER_iv_length(o->cipher));
    if (!derive_pbkdf1(from, both, sizeof both))
        return false;
    memcpy(o->key, both, 8);
    memcpy(o->iv, both + 8, 8);
    OPENSSL_cleanse(both, sizeof both);
    return true;
}

static enum decryption open_scheme(struct opening *o, const struct scheme *scheme, CBS *parameters)
{
    CBS sequence, salt;
    struct derivation from = {
        .digest = scheme->digest(), .text = o->password->text, .text_len = o->password->len};
    add_name(o, scheme->name);
    if (!CBS_get_asn1(parameters, &sequence, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&sequence, &salt, CBS_ASN1_OCTETSTRING) ||
        !get_rounds(&sequence, &from.rounds))
        return DECRYPTION_MALFORMED;
    from.salt = CBS_data(&salt);
    from.salt_len = CBS_len(&salt);
    o->cipher = scheme->cipher();
    o->key_len = scheme->key_len;
    if (!derive(scheme, &from, o))
        return DECRYPTION_MALFORMED;
    enum decryption result = run_cipher(o);
    if (result != DECRYPTION_WRONG_PASSWORD || !scheme->is_pkcs12 || from.text_len > 0)
        return result;
    from.text = NULL; /* some programs treat an empty password as none */
    return derive(scheme, &from, o) ? run_cipher(o) : DECRYPTION_MALFORMED;
}

/* --- PBES2 ---------------------------------------------------------------------------------- */

static enum decryption derive_pbkdf2(struct opening *o, CBS *parameters)
{
    CBS sequence, salt, algorithm, oid;
    unsigned rounds;
    char text[OID_TEXT_LEN] = "1.2.840.113549.2.7", name[OID_TEXT_LEN] = "HMAC-SHA1";
    if (!CBS_get_asn1(parameters, &sequence, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&sequence, &salt, CBS_ASN1_OCTETSTRING) || !get_rounds(&sequence, &rounds) ||
        !CBS_get_optional_asn1(&sequence, NULL, NULL, CBS_ASN1_INTEGER))
        return DECRYPTION_MALFORMED;
    if (CBS_len(&sequence) > 0) {
        if (!CBS_get_asn1(&sequence, &algorithm, CBS_ASN1_SEQUENCE) ||
            !CBS_get_asn1(&algorithm, &oid, CBS_ASN1_OBJECT))
            return DECRYPTION_MALFORMED;
        oid_text(text, &oid);
        oid_name(name, &oid);
    }
    for (size_t i = 0; i < COUNT_OF(macs); i++) {
        if (strcmp(macs[i].oid, text) != 0)
            continue;
        add_name(o, macs[i].name);
        return PKCS5_PBKDF2_HMAC(o->password->text, o->password->len, CBS_data(&salt),
                                 CBS_len(&salt), rounds, macs[i].digest(), o->key_len, o->key)
                   ? DECRYPTED
                   : DECRYPTION_MALFORMED;
    }
    add_name(o, name);
    return DECRYPTION_UNKNOWN;
}

/* RFC 7914 section 7. */
static enum decryption derive_scrypt(struct opening *o, CBS *parameters)
{
    CBS sequence, salt;
    uint64_t n, r, p;
    if (!CBS_get_asn1(parameters, &sequence, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&sequence, &salt, CBS_ASN1_OCTETSTRING) ||
        !CBS_get_asn1_uint64(&sequence, &n) || !CBS_get_asn1_uint64(&sequence, &r) ||
        !CBS_get_asn1_uint64(&sequence, &p))
        return DECRYPTION_MALFORMED;
    bool fits = n <= MOST_SCRYPT_WORK && r <= MOST_SCRYPT_WORK && p <= MOST_SCRYPT_WORK &&
                n * r <= MOST_SCRYPT_WORK && n * r * p <= MOST_SCRYPT_WORK;
    if (fits && EVP_PBE_scrypt(o->password->text, o->password->len, CBS_data(&salt), CBS_len(&salt),
                               n, r, p, MOST_SCRYPT_BYTES, o->key, o->key_len))
        return DECRYPTED;
    ERR_clear_error();
    add_name(o, "of more memory or work than is done");
    return DECRYPTION_UNKNOWN;
}

/* RC2's parameters are a code for the effective key length, and the IV (RFC 8018 appendix
 * B.2.3). */
static bool get_rc2(struct opening *o, CBS *parameters, CBS *out_iv)
{
    CBS sequence;
    uint64_t word;
    if (!CBS_get_asn1(parameters, &sequence, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1_uint64(&sequence, &word) ||
        !CBS_get_asn1(&sequence, out_iv, CBS_ASN1_OCTETSTRING))
        return false;
    o->key_len = word == 160 ? 5 : word == 120 ? 8 : 16;
    return word == 160 || word == 120 || word == 58;
}

/* Reads cipher and IV from ALGORITHM. */
static enum decryption choose_cipher(struct opening *o, CBS *algorithm)
{
    CBS oid, iv;
    char text[OID_TEXT_LEN], name[OID_TEXT_LEN];
    if (!CBS_get_asn1(algorithm, &oid, CBS_ASN1_OBJECT))
        return DECRYPTION_MALFORMED;
    oid_text(text, &oid);
    oid_name(name, &oid);
    for (size_t i = 0; i < COUNT_OF(ciphers) && o->cipher == NULL; i++) {
        if (strcmp(ciphers[i].oid, text) != 0)
            continue;
        o->cipher = ciphers[i].cipher();
        snprintf(name, sizeof name, "%s", ciphers[i].name);
    }
    add_name(o, name);
    if (o->cipher == NULL)
        return DECRYPTION_UNKNOWN;
    o->key_len = EVP_CIPHER_key_length(o->cipher);
    bool is_rc2 = CBS_peek_asn1_tag(algorithm, CBS_ASN1_SEQUENCE);
    bool ok = is_rc2 ? get_rc2(o, algorithm, &iv)
                     : CBS_get_asn1(algorithm, &iv, CBS_ASN1_OCTETSTRING) != 0;
    return ok && set_iv(o, &iv) ? DECRYPTED : DECRYPTION_MALFORMED;
}

static enum decryption open_pbes2(struct opening *o, CBS *parameters)
{
    CBS sequence, kdf, scheme, oid;
    char name[OID_TEXT_LEN];
    add_name(o, "PBES2");
    if (!CBS_get_asn1(parameters, &sequence, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&sequence, &kdf, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&sequence, &scheme, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&kdf, &oid, CBS_ASN1_OBJECT))
        return DECRYPTION_MALFORMED;
    enum decryption result = choose_cipher(o, &scheme);
    if (result != DECRYPTED)
        return result;
    oid_text(name, &oid);
    bool is_scrypt = strcmp(name, "1.3.6.1.4.1.11591.4.11") == 0;
    bool is_pbkdf2 = strcmp(name, "1.2.840.113549.1.5.12") == 0;
    oid_name(name, &oid);
    add_name(o, is_scrypt ? "scrypt" : is_pbkdf2 ? "PBKDF2" : name);
    if (!is_scrypt && !is_pbkdf2)
        return DECRYPTION_UNKNOWN;
    result = is_scrypt ? derive_scrypt(o, &kdf) : derive_pbkdf2(o, &kdf);
    return result == DECRYPTED ? run_cipher(o) : result;
}

/* --- by algorithm --------------------------------------------------------------------------- */

static enum decryption open_algorithm(struct opening *o, CBS *algorithm)
{
    CBS oid;
    char text[OID_TEXT_LEN];
    if (!CBS_get_asn1(algorithm, &oid, CBS_ASN1_OBJECT))
        return DECRYPTION_MALFORMED;
    oid_text(text, &oid);
    if (strcmp(text, "1.2.840.113549.1.5.13") == 0)
        return open_pbes2(o, algorithm);
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        if (strcmp(schemes[i].oid, text) == 0)
            return open_scheme(o, &schemes[i], algorithm);
    }
    oid_name(text, &oid);
    add_name(o, text);
    return DECRYPTION_UNKNOWN;
}

enum decryption key_decrypt(struct decrypted *out, const CBS *algorithm, const CBS *ciphertext,
                            const struct password *password)
{
    struct opening o = {.password = password, .out = out, .ciphertext = *ciphertext};
    CBS rest = *algorithm;
    *out = (struct decrypted){0};
    enum decryption result = open_algorithm(&o, &rest);
    OPENSSL_cleanse(&o, sizeof o);
    return result;
}

/* Reads "NAME,HEX" of DEK-Info. */
static enum decryption read_dek(struct opening *o, const char *text)
{
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, ",\r\n "), text);
    add_name(o, name);
    for (size_t i = 0; i < COUNT_OF(ciphers) && o->cipher == NULL; i++) {
        if (strcmp(ciphers[i].name, name) == 0)
            o->cipher = ciphers[i].cipher();
    }
    if (o->cipher == NULL)
        return DECRYPTION_UNKNOWN;
    o->key_len = EVP_CIPHER_key_length(o->cipher);
    text += strlen(name);
    size_t iv_len = 0;
    bool ok = *text == ',' && text_hex_decode(text + 1, strspn(text + 1, "0123456789ABCDEFabcdef"),
                                              o->iv, sizeof o->iv, &iv_len);
    return ok && iv_len == EVP_CIPHER_iv_length(o->cipher) ? DECRYPTED : DECRYPTION_MALFORMED;
}

enum decryption key_decrypt_pem(struct decrypted *out, const char *header, const CBS *ciphertext,
                                const struct password *password)
{
    static const char before[] = "DEK-Info: ";
    struct opening o = {.password = password, .out = out, .ciphertext = *ciphertext};
    *out = (struct decrypted){0};
    const char *dek = strstr(header, before);
    enum decryption result =
        dek != NULL ? read_dek(&o, dek + strlen(before)) : DECRYPTION_MALFORMED;
    /* The key is the password's MD5, salted with the IV's first bytes. */
    if (result == DECRYPTED &&
        EVP_BytesToKey(o.cipher, EVP_md5(), o.iv, (const uint8_t *)password->text, password->len, 1,
                       o.key, NULL) > 0)
        result = run_cipher(&o);
    OPENSSL_cleanse(&o, sizeof o);
    return result;
}
