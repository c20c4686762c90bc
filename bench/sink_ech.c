/* SPDX-License-Identifier: Apache-2.0 */
#include "sink_ech.h"

#include "base/buffer.h"
#include "base/file.h"
#include "tls/pem.h"

#include <openssl/bytestring.h>
#include <openssl/curve25519.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hpke.h>
#include <openssl/mem.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <string.h>

#define MOST_BYTES ((size_t)1 << 20)
#define LONGEST_NAME 64 /* that clients pad their server names to */
#define ACCEPTED "expected PEM with a PRIVATE KEY (X25519) and an ECHCONFIG"

#ifdef SSL_R_ECH_REJECTED

/* What a file holds. */
struct parts {
    EVP_PKEY *key;
    struct buffer list;
};

static bool take_block(void *owner, const struct pem_block *block)
{
    struct parts *parts = owner;
    CBS cbs;
    if (strcmp(block->name, "ECHCONFIG") == 0) {
        buffer_clear(&parts->list);
        buffer_append(&parts->list, block->der, block->len);
    } else if (pem_is_key(block) && parts->key == NULL) {
        CBS_init(&cbs, block->der, block->len);
        parts->key = EVP_parse_private_key(&cbs);
    }
    return true;
}

static bool read_key(EVP_HPKE_KEY *out, const EVP_PKEY *key)
{
    uint8_t bytes[X25519_PRIVATE_KEY_LEN];
    size_t len = sizeof bytes;
    return key != NULL && EVP_PKEY_id(key) == EVP_PKEY_X25519 &&
           EVP_PKEY_get_raw_private_key(key, bytes, &len) == 1 &&
           EVP_HPKE_KEY_init(out, EVP_hpke_x25519_hkdf_sha256(), bytes, len) == 1;
}

/* Gives CTX each configuration of the list, all of one key. */
static bool use_list(SSL_CTX *ctx, const EVP_HPKE_KEY *key, const struct buffer *list)
{
    SSL_ECH_KEYS *keys = SSL_ECH_KEYS_new();
    CBS all, configs, body;
    CBS_init(&all, list->data, list->len);
    bool ok = keys != NULL && CBS_get_u16_length_prefixed(&all, &configs) == 1;
    while (ok && CBS_len(&configs) > 0) {
        uint16_t version;
        const uint8_t *begin = CBS_data(&configs);
        ok = CBS_get_u16(&configs, &version) && CBS_get_u16_length_prefixed(&configs, &body) &&
             SSL_ECH_KEYS_add(keys, 1, begin, 4 + CBS_len(&body), key);
    }
    ok = ok && SSL_CTX_set1_ech_keys(ctx, keys) == 1;
    SSL_ECH_KEYS_free(keys);
    return ok;
}

bool sink_ech_use(SSL_CTX *ctx, const char *path, struct error *err)
{
    const struct file_role role = {"the ECH key file", path, MOST_BYTES, ACCEPTED};
    struct buffer text = {0};
    struct parts parts = {0};
    EVP_HPKE_KEY *key = EVP_HPKE_KEY_new();
    bool ok = file_read(&text, &role, err);
    if (ok && (pem_visit(text.data, text.len, take_block, &parts) != NULL ||
               !read_key(key, parts.key) || !use_list(ctx, key, &parts.list)))
        ok = error_set(err, "the ECH key file '%s' cannot be used; " ACCEPTED " of that key", path);
    ERR_clear_error();
    EVP_HPKE_KEY_free(key);
    EVP_PKEY_free(parts.key);
    buffer_cleanup(&parts.list);
    buffer_cleanup(&text);
    return ok;
}

bool sink_ech_is_accepted(const SSL *ssl)
{
    return SSL_ech_accepted(ssl) == 1;
}

static bool write_key(FILE *out, const EVP_HPKE_KEY *key)
{
    uint8_t bytes[EVP_HPKE_MAX_PRIVATE_KEY_LENGTH];
    size_t len;
    if (!EVP_HPKE_KEY_private_key(key, bytes, &len, sizeof bytes))
        return false;
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, bytes, len);
    bool ok = pkey != NULL && PEM_write_PKCS8PrivateKey(out, pkey, NULL, NULL, 0, NULL, NULL) == 1;
    EVP_PKEY_free(pkey);
    return ok;
}

/* Writes the one configuration as a list. */
static bool write_list(FILE *out, const uint8_t *config, size_t len)
{
    uint8_t list[1024] = {(uint8_t)(len >> 8), (uint8_t)len};
    if (len > sizeof list - 2)
        return false;
    memcpy(list + 2, config, len);
    return PEM_write(out, "ECHCONFIG", "", list, (long)len + 2) > 0;
}

bool sink_ech_make(FILE *out, const char *public_name, uint8_t config_id, struct error *err)
{
    uint8_t *config = NULL;
    size_t len;
    EVP_HPKE_KEY *key = EVP_HPKE_KEY_new();
    bool ok = EVP_HPKE_KEY_generate(key, EVP_hpke_x25519_hkdf_sha256()) == 1 &&
              SSL_marshal_ech_config(&config, &len, config_id, key, public_name, LONGEST_NAME) == 1;
    if (!ok)
        error_set(err, "'%s' is no public name; expected a host name, such as example.com",
                  public_name);
    else if (!write_key(out, key) || !write_list(out, config, len))
        ok = error_set(err, "the ECH key cannot be written");
    ERR_clear_error();
    OPENSSL_free(config);
    EVP_HPKE_KEY_free(key);
    return ok;
}

#else

bool sink_ech_is_accepted(const SSL *ssl)
{
    (void)ssl;
    return false;
}

bool sink_ech_use(SSL_CTX *ctx, const char *path, struct error *err)
{
    (void)ctx;
    return error_set(err, "this BoringSSL is too old for ECH, and '%s' cannot be used", path);
}

bool sink_ech_make(FILE *out, const char *public_name, uint8_t config_id, struct error *err)
{
    (void)out, (void)config_id;
    return error_set(err, "this BoringSSL is too old for ECH, and '%s' gets no key", public_name);
}

#endif
