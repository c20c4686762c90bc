/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/key_file.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/text.h"
#include "tls/certificate.h"
#include "tls/pem.h"

#include <openssl/bio.h>
#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/pem.h>
#include <openssl/pkcs8.h>
#include <openssl/pool.h>
#include <openssl/stack.h>
#include <openssl/x509.h>

#include <stdio.h>
#include <string.h>

#define MOST_BYTES ((size_t)1 << 20)
#define ACCEPTED "a PEM or PKCS#12 file is accepted"

/* One file being read: its bytes are wiped at the end, since they may hold a plain key. */
struct reading {
    struct key_file *file;
    const char *path;
    const char *what;
    bool want_key;
    const struct password *password;
    struct error *err;
};

static bool fail(const struct reading *r, const char *problem)
{
    ERR_clear_error();
    return error_set(r->err, "%s '%s' %s", r->what, r->path, problem);
}

static bool fail_password(const struct reading *r)
{
    return fail(r,
                r->password->given
                    ? "cannot be decrypted: the password of --pass is wrong, or the file is damaged"
                    : "is encrypted: --pass env:VAR, file:PATH or pass:TEXT gives its password");
}

static bool add_cert(const struct reading *r, const uint8_t *der, size_t len)
{
    struct key_file *file = r->file;
    if (file->num_certs == KEY_FILE_MAX_CERTS)
        return fail(r, "has more than 16 certificates; a leaf and up to 15 issuers are accepted");
    file->certs[file->num_certs++] = CRYPTO_BUFFER_new(der, len, NULL);
    return true;
}

static bool set_key(const struct reading *r, EVP_PKEY *key)
{
    if (key == NULL)
        return fail(r, "has a private key that cannot be parsed; RSA, ECDSA (P-256, P-384, P-521) "
                       "and Ed25519 keys are accepted");
    r->file->key = key;
    return true;
}

static int give_password(char *out, int capacity, int rwflag, void *userdata)
{
    (void)rwflag;
    const struct password *password = userdata;
    if (!password->given || password->len > (size_t)capacity)
        return -1;
    memcpy(out, password->text, password->len);
    return (int)password->len;
}

/* Reads the one private key of a PEM file: PKCS#8, encrypted PKCS#8, or traditional. */
static bool read_pem_key(const struct reading *r, const uint8_t *bytes, size_t len, bool encrypted)
{
    if (encrypted && !r->password->given)
        return fail_password(r);
    BIO *bio = BIO_new_mem_buf(bytes, (int)len);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, give_password, (void *)r->password);
    BIO_free(bio);
    if (key == NULL && encrypted)
        return fail_password(r);
    return set_key(r, key);
}

/* What a walk through the blocks of a PEM file finds. */
struct walk {
    const struct reading *reading;
    unsigned num_keys;
    bool is_encrypted, failed;
};

static bool take_block(void *owner, const struct pem_block *block)
{
    struct walk *walk = owner;
    if (pem_is_certificate(block))
        walk->failed = !add_cert(walk->reading, block->der, block->len);
    if (pem_is_key(block)) {
        walk->num_keys++;
        walk->is_encrypted |=
            strstr(block->header, "ENCRYPTED") || strstr(block->name, "ENCRYPTED");
    }
    return !walk->failed;
}

static bool read_pem(const struct reading *r, const uint8_t *bytes, size_t len)
{
    struct walk walk = {.reading = r};
    const char *problem = pem_visit(bytes, len, take_block, &walk);
    if (problem != NULL)
        return fail(r, problem);
    if (walk.failed || !r->want_key || walk.num_keys == 0)
        return !walk.failed;
    if (walk.num_keys > 1)
        return fail(r, "has more than one private key; one is accepted");
    return read_pem_key(r, bytes, len, walk.is_encrypted);
}

static bool take_pkcs12_certs(const struct reading *r, STACK_OF(X509) * certs)
{
    for (size_t i = 0; i < sk_X509_num(certs); i++) {
        uint8_t *der = NULL;
        int len = i2d_X509(sk_X509_value(certs, i), &der);
        bool ok = len > 0 && add_cert(r, der, (size_t)len);
        OPENSSL_free(der);
        if (!ok)
            return false;
    }
    return true;
}

static bool read_pkcs12(const struct reading *r, const uint8_t *bytes, size_t len)
{
    CBS cbs;
    CBS_init(&cbs, bytes, len);
    EVP_PKEY *key = NULL;
    STACK_OF(X509) *certs = sk_X509_new_null();
    bool ok;
    if (!PKCS12_get_key_and_certs(&key, certs, &cbs, r->password->text)) {
        uint32_t error = ERR_peek_error();
        bool wrong_password = ERR_GET_LIB(error) == ERR_LIB_PKCS8 &&
                              (ERR_GET_REASON(error) == PKCS8_R_INCORRECT_PASSWORD);
        ok = wrong_password ? fail_password(r)
                            : fail(r, "is neither PEM nor a PKCS#12 file that can be read here");
    } else {
        ok = take_pkcs12_certs(r, certs);
        if (ok && key != NULL && r->want_key)
            ok = set_key(r, key), key = NULL;
    }
    EVP_PKEY_free(key);
    sk_X509_pop_free(certs, X509_free);
    ERR_clear_error();
    return ok;
}

static bool read_bytes(const struct reading *r, const uint8_t *bytes, size_t len)
{
    struct certificate_fields fields;
    if (len == 0)
        return fail(r, "is empty; " ACCEPTED);
    if (certificate_read(&fields, bytes, len))
        return add_cert(r, bytes, len);
    return bytes[0] == 0x30 ? read_pkcs12(r, bytes, len) : read_pem(r, bytes, len);
}

bool key_file_read(struct key_file *file, const char *path, const char *what, bool want_key,
                   const struct password *password, struct error *err)
{
    struct reading r = {file, path, what, want_key, password, err};
    const struct file_role role = {what, path, MOST_BYTES, ACCEPTED};
    struct buffer bytes = {0};
    buffer_reserve(&bytes, MOST_BYTES + FILE_READ_MORE);
    bool ok = file_read(&bytes, &role, err) && read_bytes(&r, bytes.data, bytes.len);
    OPENSSL_cleanse(bytes.data, bytes.len);
    buffer_cleanup(&bytes);
    if (!ok)
        key_file_cleanup(file);
    return ok;
}

bool key_file_mentions_key(const char *path)
{
    FILE *stream = fopen(path, "r");
    if (stream == NULL)
        return false;
    char line[256];
    bool found = false;
    size_t most = MOST_BYTES / sizeof line; /* more is refused when it is loaded */
    while (!found && most-- > 0 && fgets(line, sizeof line, stream) != NULL)
        found = text_starts_with(text_after_mark(line), "-----BEGIN ") &&
                strstr(line, "PRIVATE KEY-----") != NULL;
    OPENSSL_cleanse(line, sizeof line);
    fclose(stream);
    return found;
}

const uint8_t *key_file_cert(const struct key_file *file, size_t index, size_t *out_len)
{
    *out_len = CRYPTO_BUFFER_len(file->certs[index]);
    return CRYPTO_BUFFER_data(file->certs[index]);
}

void key_file_cleanup(struct key_file *file)
{
    for (size_t i = 0; i < file->num_certs; i++)
        CRYPTO_BUFFER_free(file->certs[i]);
    EVP_PKEY_free(file->key);
    *file = (struct key_file){0};
}
