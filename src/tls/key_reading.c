/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/key_reading.h"

#include "base/memory.h"
#include "tls/private_key.h"

#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <openssl/mem.h>
#include <openssl/pool.h>

bool key_reading_fail(const struct key_reading *r, const char *problem)
{
    ERR_clear_error();
    return error_set(r->err, "%s '%s' %s", r->what, r->path, problem);
}

bool key_reading_judge(const struct key_reading *r, enum decryption result,
                       const struct decrypted *decrypted)
{
    switch (result) {
    case DECRYPTED:
        return true;
    case DECRYPTION_UNKNOWN:
        ERR_clear_error();
        return error_set(r->err,
                         "%s '%s' is encrypted with %s, which is not supported; expected %s",
                         r->what, r->path, decrypted->name, KEY_ENCRYPTIONS);
    case DECRYPTION_MALFORMED:
        return key_reading_fail(
            r, "has encryption parameters that cannot be parsed; the file is damaged");
    case DECRYPTION_WRONG_PASSWORD:
        break;
    }
    return key_reading_fail(
        r, r->password->given
               ? "cannot be decrypted: the password of --pass is wrong, or the file is damaged"
               : "is encrypted; give its password with --pass env:VAR, file:PATH or pass:TEXT");
}

bool key_reading_add_cert(struct key_reading *r, const uint8_t *der, size_t len)
{
    struct key_file *file = r->file;
    if (file->num_certs == KEY_FILE_MAX_CERTS)
        return key_reading_fail(
            r, "has more than 16 certificates; expected a leaf and up to 15 issuers");
    file->certs[file->num_certs++] = memory_must(CRYPTO_BUFFER_new(der, len, NULL));
    return true;
}

void key_reading_add_public_key(struct key_reading *r, const uint8_t *der, size_t len)
{
    struct key_file *file = r->file;
    if (file->num_public_keys++ == 0) {
        file->public_key = (uint8_t *)memory_text_n((const char *)der, len);
        file->public_key_len = len;
    }
}

/* Whether another key is to be read. */
static bool wants_key(struct key_reading *r, bool *out_ok)
{
    *out_ok = !r->want_key || ++r->num_keys == 1 ||
              key_reading_fail(r, "has more than one private key; expected one");
    return *out_ok && r->want_key;
}

static bool take_key(struct key_reading *r, const uint8_t *der, size_t len)
{
    struct error problem;
    r->file->key = private_key_parse(der, len, &problem);
    return r->file->key != NULL || key_reading_fail(r, problem.text);
}

static bool take_decrypted(struct key_reading *r, enum decryption result,
                           struct decrypted *decrypted)
{
    bool ok =
        key_reading_judge(r, result, decrypted) && take_key(r, decrypted->bytes, decrypted->len);
    OPENSSL_free(decrypted->bytes); /* which wipes */
    return ok;
}

bool key_reading_add_key(struct key_reading *r, const uint8_t *der, size_t len)
{
    bool ok;
    return wants_key(r, &ok) ? take_key(r, der, len) : ok;
}

bool key_reading_add_encrypted(struct key_reading *r, const uint8_t *der, size_t len)
{
    CBS cbs, key, algorithm, ciphertext;
    struct decrypted decrypted = {0};
    bool ok;
    if (!wants_key(r, &ok))
        return ok;
    CBS_init(&cbs, der, len);
    enum decryption result = DECRYPTION_MALFORMED;
    if (CBS_get_asn1(&cbs, &key, CBS_ASN1_SEQUENCE) &&
        CBS_get_asn1(&key, &algorithm, CBS_ASN1_SEQUENCE) &&
        CBS_get_asn1(&key, &ciphertext, CBS_ASN1_OCTETSTRING))
        result = key_decrypt(&decrypted, &algorithm, &ciphertext, r->password);
    return take_decrypted(r, result, &decrypted);
}

bool key_reading_add_pem_key(struct key_reading *r, const char *header, const uint8_t *bytes,
                             size_t len)
{
    CBS ciphertext;
    struct decrypted decrypted = {0};
    bool ok;
    if (!wants_key(r, &ok))
        return ok;
    CBS_init(&ciphertext, bytes, len);
    enum decryption result = key_decrypt_pem(&decrypted, header, &ciphertext, r->password);
    return take_decrypted(r, result, &decrypted);
}
