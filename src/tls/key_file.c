/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/key_file.h"

#include "base/memory.h"
#include "base/text.h"
#include "tls/certificate.h"

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

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE_LEN (1 << 20)

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

static bool is_key(const char *name)
{
    size_t len = strlen(name), end_len = strlen("PRIVATE KEY");
    return len >= end_len && strcmp(name + len - end_len, "PRIVATE KEY") == 0;
}

static bool is_cert(const char *name)
{
    return strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0;
}

/* How many blocks of PEM the bytes seem to have, wherever in a line they begin. */
static unsigned count_begins(const uint8_t *bytes, size_t len)
{
    static const char begin[] = "-----BEGIN ";
    unsigned count = 0;
    const uint8_t *at;
    while ((at = memmem(bytes, len, begin, strlen(begin))) != NULL) {
        len -= (size_t)(at - bytes) + 1;
        bytes = at + 1;
        count++;
    }
    return count;
}

static bool read_pem(const struct reading *r, const uint8_t *bytes, size_t len)
{
    BIO *bio = BIO_new_mem_buf(bytes, (int)len);
    bool ok = true, encrypted = false;
    unsigned num_keys = 0, num_blocks = 0;
    char *name, *header;
    uint8_t *der;
    long der_len;
    while (ok && PEM_read_bio(bio, &name, &header, &der, &der_len)) {
        if (is_cert(name))
            ok = add_cert(r, der, (size_t)der_len);
        num_blocks++;
        num_keys += is_key(name);
        encrypted |= is_key(name) && (strstr(header, "ENCRYPTED") || strstr(name, "ENCRYPTED"));
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_cleanse(der, (size_t)der_len);
        OPENSSL_free(der);
    }
    BIO_free(bio);
    uint32_t last = ERR_peek_last_error();
    if (ok && last != 0 &&
        !(ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE))
        return fail(r, "is damaged PEM: a block in it is cut short or is not base64");
    ERR_clear_error();
    if (ok && num_blocks < count_begins(bytes, len))
        return fail(r, "has a PEM block that does not begin at the begin of a line, and so cannot "
                       "be read; '-----BEGIN' there is accepted");
    if (!ok || !r->want_key || num_keys == 0)
        return ok;
    if (num_keys > 1)
        return fail(r, "has more than one private key; one is accepted");
    return read_pem_key(r, bytes, len, encrypted);
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

/* Reads the whole file into new memory of which the caller wipes *out_len bytes. */
static uint8_t *slurp(const struct reading *r, size_t *out_len)
{
    FILE *stream = fopen(r->path, "rb");
    if (stream == NULL) {
        error_set(r->err, "%s '%s' cannot be opened: %s", r->what, r->path, strerror(errno));
        return NULL;
    }
    setvbuf(stream, NULL, _IONBF, 0);
    size_t capacity = 16384, len = 0, n;
    uint8_t *bytes = memory_new(capacity, 1);
    while (len <= MAX_FILE_LEN && (n = fread(bytes + len, 1, capacity - len, stream)) > 0) {
        len += n;
        if (len < capacity)
            continue;
        uint8_t *larger = memory_new(capacity * 2, 1);
        memcpy(larger, bytes, len);
        OPENSSL_cleanse(bytes, len);
        free(bytes);
        bytes = larger;
        capacity *= 2;
    }
    bool failed = ferror(stream) != 0 || len > MAX_FILE_LEN;
    if (ferror(stream))
        error_set(r->err, "%s '%s' cannot be read: %s", r->what, r->path, strerror(errno));
    else if (failed)
        fail(r, "is larger than 1 MB; a PEM or PKCS#12 file is accepted");
    fclose(stream);
    *out_len = len;
    if (!failed)
        return bytes;
    OPENSSL_cleanse(bytes, len);
    free(bytes);
    return NULL;
}

bool key_file_read(struct key_file *file, const char *path, const char *what, bool want_key,
                   const struct password *password, struct error *err)
{
    struct reading r = {file, path, what, want_key, password, err};
    size_t len;
    uint8_t *bytes = slurp(&r, &len);
    if (bytes == NULL)
        return false;
    bool ok;
    struct certificate_fields fields;
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf}; /* of byte order, before a text */
    bool is_marked = len > sizeof mark && memcmp(bytes, mark, sizeof mark) == 0;
    if (is_marked)
        ok = read_pem(&r, bytes + sizeof mark, len - sizeof mark);
    else if (len == 0)
        ok = fail(&r, "is empty; a PEM or PKCS#12 file is accepted");
    else if (certificate_read(&fields, bytes, len))
        ok = add_cert(&r, bytes, len);
    else
        ok = bytes[0] == 0x30 ? read_pkcs12(&r, bytes, len) : read_pem(&r, bytes, len);
    OPENSSL_cleanse(bytes, len);
    free(bytes);
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
    size_t most = MAX_FILE_LEN / sizeof line; /* a device has no end */
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
