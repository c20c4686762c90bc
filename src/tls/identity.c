/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/identity.h"

#include "base/memory.h"
#include "tls/certificate.h"
#include "tls/key_file.h"
#include "tls/private_key.h"
#include "tls/raw_key.h"
#include "tls/signature.h"
#include "tls/token_uri.h"
#include "tls/tokens.h"

#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/pool.h>
#include <openssl/ssl.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

struct identity {
    char *name;
    CRYPTO_BUFFER **chain; /* leaf first; none of a key alone */
    size_t num_certs;
    EVP_PKEY *key; /* its public part, if it is in a token */
    const struct token_key *token_key;
    struct ssl_credential_st *raw_key; /* NULL: it is not to be presented */
};

/* Identities in the order of loading, and the same by name for lookup (an open-addressed table of
 * indexes plus one). */
struct identity_set {
    struct identity *items;
    size_t count;
    size_t capacity;
    uint32_t *table;
    size_t table_len;
    SSL_CTX *trial; /* tried with each identity that is loaded */
    bool use_raw_keys;
    enum name_by name_by;
    unsigned num_signers;
    struct tokens *tokens; /* of the keys in tokens; NULL: none is */
    bool owns_tokens;      /* a copy does not */
};

struct identity_set *identity_set_new(void)
{
    return memory_new(1, sizeof(struct identity_set));
}

void identity_set_use_raw_keys(struct identity_set *set)
{
    set->use_raw_keys = true;
}

void identity_set_use_signers(struct identity_set *set, unsigned num_threads)
{
    set->num_signers = num_threads;
}

bool identity_set_uses_raw_keys(const struct identity_set *set)
{
    return set->use_raw_keys;
}

void identity_set_name_by(struct identity_set *set, enum name_by by)
{
    set->name_by = by;
}

static void release(struct identity *identity)
{
    for (size_t i = 0; i < identity->num_certs; i++)
        CRYPTO_BUFFER_free(identity->chain[i]);
    free(identity->chain);
    raw_key_free(identity->raw_key);
    EVP_PKEY_free(identity->key);
    free(identity->name);
}

void identity_set_free(struct identity_set *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->count; i++)
        release(&set->items[i]);
    SSL_CTX_free(set->trial);
    if (set->owns_tokens)
        tokens_free(set->tokens);
    free(set->items);
    free(set->table);
    free(set);
}

size_t identity_set_count(const struct identity_set *set)
{
    return set->count;
}

const char *identity_set_name(const struct identity_set *set, size_t index)
{
    return set->items[index].name;
}

/* FNV-1a (isthe.com/chongo/tech/comp/fnv). */
static size_t hash_name(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325ull;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3ull;
    return (size_t)hash;
}

static void enter_name(struct identity_set *set, size_t index)
{
    size_t i = hash_name(set->items[index].name) & (set->table_len - 1);
    while (set->table[i] != 0)
        i = (i + 1) & (set->table_len - 1);
    set->table[i] = (uint32_t)index + 1;
}

static void rebuild_table(struct identity_set *set, size_t table_len)
{
    free(set->table);
    set->table_len = table_len;
    set->table = memory_new(table_len, sizeof *set->table);
    for (size_t i = 0; i < set->count; i++)
        enter_name(set, i);
}

long identity_set_find(const struct identity_set *set, const char *name)
{
    if (set->count == 0)
        return -1;
    for (size_t i = hash_name(name) & (set->table_len - 1); set->table[i] != 0;
         i = (i + 1) & (set->table_len - 1)) {
        if (strcmp(set->items[set->table[i] - 1].name, name) == 0)
            return (long)set->table[i] - 1;
    }
    return -1;
}

/* Takes over certificates and key of FILE, and leaves it empty. */
static void append(struct identity_set *set, const char *name, struct key_file *file)
{
    if (set->count == set->capacity) {
        set->capacity = set->capacity ? set->capacity * 2 : 8;
        set->items = memory_resize(set->items, set->capacity * sizeof *set->items);
        rebuild_table(set, set->capacity * 2);
    }
    struct identity *identity = &set->items[set->count];
    *identity = (struct identity){.name = memory_text(name),
                                  .chain = memory_new(file->num_certs, sizeof *identity->chain),
                                  .num_certs = file->num_certs,
                                  .key = file->key,
                                  .token_key = file->token_key};
    if (set->use_raw_keys)
        identity->raw_key = memory_must(raw_key_new(file->key));
    memcpy(identity->chain, file->certs, file->num_certs * sizeof *identity->chain);
    file->num_certs = 0;
    file->key = NULL;
    key_file_cleanup(file);
    enter_name(set, set->count++);
}

static void notice_open_key(const char *path, struct notices *notices)
{
    struct stat status;
    if (stat(path, &status) == 0 && (status.st_mode & (S_IRGRP | S_IROTH)) != 0)
        notices_add(notices, "the key file '%s' can be read by others (mode %04o); chmod 600 it",
                    path, (unsigned)(status.st_mode & 07777));
}

static void notice_dates(const char *name, const char *path,
                         const struct certificate_fields *fields, struct notices *notices)
{
    time_t now = time(NULL);
    if (fields->not_after_s < now)
        notices_add(notices, "the certificate '%s' of identity '%s' has expired", path, name);
    else if (fields->not_before_s > now)
        notices_add(notices, "the certificate '%s' of identity '%s' is not valid yet", path, name);
}

/* Of a key in a token the certificate has the public part, which is taken over. */
static bool key_belongs(struct key_file *file, const struct certificate_fields *fields)
{
    CBS spki;
    CBS_init(&spki, fields->spki, fields->spki_len);
    EVP_PKEY *public_key = EVP_parse_public_key(&spki);
    bool ok = public_key != NULL &&
              (file->token_key != NULL ? token_key_belongs(file->token_key, public_key)
                                       : EVP_PKEY_cmp(public_key, file->key) == 1);
    ERR_clear_error();
    if (!ok || file->token_key == NULL) {
        EVP_PKEY_free(public_key);
        return ok;
    }
    file->key = public_key;
    return true;
}

/* Moves the certificate that belongs to the key to the front: PKCS#12 promises no order. */
static bool find_leaf(struct key_file *file, struct certificate_fields *out_fields)
{
    for (size_t i = 0; i < file->num_certs; i++) {
        CRYPTO_BUFFER *cert = file->certs[i];
        if (!certificate_read(out_fields, CRYPTO_BUFFER_data(cert), CRYPTO_BUFFER_len(cert)) ||
            !key_belongs(file, out_fields))
            continue;
        memmove(&file->certs[1], &file->certs[0], i * sizeof *file->certs);
        file->certs[0] = cert;
        return true;
    }
    return false;
}

static struct tokens *tokens_of(struct identity_set *set)
{
    if (set->tokens == NULL)
        set->tokens = tokens_new(set->num_signers > 0 ? set->num_signers : 1);
    set->owns_tokens = true;
    return set->tokens;
}

static bool find_key(struct identity_set *set, struct key_file *file, const char *uri,
                     const struct password *password, struct error *err)
{
    char shown[TOKEN_URI_SHOWN_LEN];
    if (set->use_raw_keys)
        return error_set(err,
                         "'%s' is a key in a PKCS#11 token, which is not offered as a raw public "
                         "key; expected a file",
                         token_uri_shown(uri, shown));
    file->token_key = tokens_find_key(tokens_of(set), uri, password, err);
    return file->token_key != NULL;
}

/* Reads the private key of KEY, a path or a URI, into FILE. */
static bool read_key(struct identity_set *set, struct key_file *file, const char *key,
                     const struct password *password, struct error *err)
{
    struct key_file key_part = {0};
    if (token_uri_is(key))
        return find_key(set, file, key, password, err);
    if (!key_file_read(&key_part, key, "the key file", true, password, err))
        return false;
    file->key = key_part.key;
    key_part.key = NULL;
    key_file_cleanup(&key_part);
    return file->key != NULL ||
           error_set(err,
                     "the key file '%s' has no private key; expected PKCS#8, encrypted PKCS#8, or "
                     "traditional PEM",
                     key);
}

/* Reads certificate and key, from one place or two, into FILE; a key alone where it may be one. */
static bool read_pair(struct identity_set *set, struct key_file *file, const char *cert,
                      const char *key, const struct password *password, struct error *err)
{
    bool one_file = key == NULL;
    if (cert == NULL)
        return read_key(set, file, key, password, err);
    if (token_uri_is(cert))
        return tokens_find_certs(tokens_of(set), cert, password, file, err) &&
               read_key(set, file, one_file ? cert : key, password, err);
    if (!key_file_read(file, cert, "the certificate file", one_file, password, err))
        return false;
    if (file->num_certs == 0 && !(set->use_raw_keys && file->key != NULL))
        return error_set(
            err,
            "the certificate file '%s' has no certificate; expected PEM (a leaf, then its issuers) "
            "or PKCS#12",
            cert);
    if (one_file && file->key == NULL)
        return error_set(err,
                         "--key FILE is missing (in --identity: NAME=CERT,KEY): the certificate "
                         "file '%s' has no private key",
                         cert);
    return one_file || read_key(set, file, key, password, err);
}

/* Whether TLS accepts the pair: BoringSSL checks more than whether they belong together. */
static bool try_pair(struct identity_set *set, const struct key_file *file, const char *cert,
                     struct error *err)
{
    if (set->trial == NULL)
        set->trial = memory_must(SSL_CTX_new(TLS_with_buffers_method()));
    bool is_here = file->token_key == NULL;
    if (SSL_CTX_set_chain_and_key(set->trial, file->certs, file->num_certs,
                                  is_here ? file->key : NULL,
                                  is_here ? NULL : &signature_method) == 1)
        return true;
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    error_set(
        err,
        "the certificate '%s' and its key cannot be used in TLS (%s); %s, and a keyUsage with "
        "digitalSignature or none",
        cert, reason != NULL ? reason : "unknown reason", private_key_kinds());
    ERR_clear_error();
    return false;
}

/* Whether what was read is an identity: a key alone, or a certificate that its key belongs to. */
static bool check_pair(struct identity_set *set, struct key_file *file,
                       struct certificate_fields *out_fields, const char *cert, const char *key,
                       struct error *err)
{
    if (file->num_certs == 0)
        return true;
    if (find_leaf(file, out_fields))
        return try_pair(set, file, cert, err);
    if (key == NULL)
        return error_set(err, "the private key in '%s' does not belong to any certificate in it",
                         cert);
    return error_set(
        err, "the key '%s' does not belong to the certificate '%s'; expected a matching pair", key,
        cert);
}

/* A path, or a URI without its PIN; NULL stays NULL. */
static const char *shown(const char *place, char out[static TOKEN_URI_SHOWN_LEN])
{
    return token_uri_is(place) ? token_uri_shown(place, out) : place;
}

/* Reads certificate and key, and checks that they are an identity. */
static bool read_identity(struct identity_set *set, struct key_file *file, const char *cert,
                          const char *key, const struct password *password,
                          struct certificate_fields *out_fields, struct error *err)
{
    char shown_cert[TOKEN_URI_SHOWN_LEN], shown_key[TOKEN_URI_SHOWN_LEN];
    return read_pair(set, file, cert, key, password, err) &&
           check_pair(set, file, out_fields, shown(cert, shown_cert), shown(key, shown_key), err);
}

static bool check_new(const struct identity_set *set, const char *name, struct error *err)
{
    return identity_set_find(set, name) < 0 ||
           error_set(err, "the identity '%s' is given twice; expected each name once", name);
}

/* Appends what was read and checked, under NAME. */
static bool enter(struct identity_set *set, const char *name, struct key_file *file,
                  const char *cert, const char *key, const struct certificate_fields *fields,
                  struct notices *notices, struct error *err)
{
    if (!check_new(set, name, err))
        return false;
    char shown_cert[TOKEN_URI_SHOWN_LEN];
    notice_open_key(key != NULL ? key : cert, notices);
    if (file->num_certs > 0)
        notice_dates(name, shown(cert, shown_cert), fields, notices);
    append(set, name, file);
    return true;
}

bool identity_set_add(struct identity_set *set, const char *name, const char *cert, const char *key,
                      const struct password *password, struct notices *notices, struct error *err)
{
    if (!check_new(set, name, err))
        return false;
    struct key_file file = {0};
    struct certificate_fields fields;
    bool ok = read_identity(set, &file, cert, key, password, &fields, err) &&
              enter(set, name, &file, cert, key, &fields, notices, err);
    key_file_cleanup(&file);
    return ok;
}

/* The name in the certificate, to be freed; NULL sets ERR. */
static char *name_inside(enum name_by by, const struct key_file *file, const char *path,
                         struct error *err)
{
    const CRYPTO_BUFFER *leaf = file->num_certs > 0 ? file->certs[0] : NULL;
    char *name = NULL;
    if (leaf != NULL)
        name = certificate_name(by, CRYPTO_BUFFER_data(leaf), CRYPTO_BUFFER_len(leaf));
    if (name == NULL)
        error_set(err, "--name-by %s: '%s' has no such name; expected a certificate with %s",
                  name_by_word(by), path, name_by_wanted(by));
    return name;
}

bool identity_set_add_file(struct identity_set *set, const char *file_name, const char *cert,
                           const char *key, const struct password *password,
                           struct notices *notices, struct error *err)
{
    if (set->name_by == NAME_FILE)
        return identity_set_add(set, file_name, cert, key, password, notices, err);
    struct key_file file = {0};
    struct certificate_fields fields;
    char *name = NULL, shown_place[TOKEN_URI_SHOWN_LEN];
    const char *place = shown(cert != NULL ? cert : key, shown_place);
    bool ok = read_identity(set, &file, cert, key, password, &fields, err);
    if (ok)
        name = name_inside(set->name_by, &file, place, err);
    ok = name != NULL && enter(set, name, &file, cert, key, &fields, notices, err);
    if (name != NULL && !ok)
        error_prefix(err, place);
    free(name);
    key_file_cleanup(&file);
    return ok;
}

/* A public part is only asked for its type, which needs no lock. */
static EVP_PKEY *clone_public(EVP_PKEY *key)
{
    EVP_PKEY_up_ref(key);
    return key;
}

static EVP_PKEY *clone_key(EVP_PKEY *key)
{
    CBB cbb;
    uint8_t *der = NULL;
    size_t len = 0;
    EVP_PKEY *copy = NULL;
    if (CBB_init(&cbb, 256) && EVP_marshal_private_key(&cbb, key) && CBB_finish(&cbb, &der, &len)) {
        CBS cbs;
        CBS_init(&cbs, der, len);
        copy = EVP_parse_private_key(&cbs);
        OPENSSL_cleanse(der, len);
    }
    OPENSSL_free(der);
    return memory_must(copy); /* it was parsed once already, so this cannot fail */
}

static void copy_identity(struct identity_set *to, const struct identity *from)
{
    struct key_file file = {.num_certs = from->num_certs, .token_key = from->token_key};
    file.key = from->token_key != NULL ? clone_public(from->key) : clone_key(from->key);
    for (size_t i = 0; i < from->num_certs; i++) {
        const CRYPTO_BUFFER *cert = from->chain[i];
        file.certs[i] =
            memory_must(CRYPTO_BUFFER_new(CRYPTO_BUFFER_data(cert), CRYPTO_BUFFER_len(cert), NULL));
    }
    append(to, from->name, &file);
}

void identity_set_copy(struct identity_set *to, const struct identity_set *from, size_t first,
                       size_t count)
{
    to->use_raw_keys = from->use_raw_keys;
    to->tokens = from->tokens;
    for (size_t i = first; i < from->count && i - first < count; i++)
        copy_identity(to, &from->items[i]);
}

struct identity_set *identity_set_clone(const struct identity_set *set)
{
    struct identity_set *copy = identity_set_new();
    identity_set_copy(copy, set, 0, set->count);
    return copy;
}

void identity_set_slice(struct identity_set *set, size_t first, size_t count)
{
    for (size_t i = 0; i < set->count; i++) {
        if (i < first || i >= first + count)
            release(&set->items[i]);
    }
    memmove(set->items, set->items + first, count * sizeof *set->items);
    set->count = count;
    rebuild_table(set, set->table_len);
}

struct signer *identity_set_signer(const struct identity_set *set)
{
    return set->tokens != NULL ? tokens_signer(set->tokens) : NULL;
}

const struct token_key *identity_set_token_key(const struct identity_set *set, size_t index)
{
    return set->items[index].token_key;
}

bool identity_set_has_cert(const struct identity_set *set, size_t index)
{
    return set->items[index].num_certs > 0;
}

bool identity_set_apply(const struct identity_set *set, size_t index, struct ssl_st *ssl)
{
    const struct identity *identity = &set->items[index];
    bool has_cert = identity->num_certs > 0, is_here = identity->token_key == NULL;
    return (!has_cert || SSL_set_chain_and_key(ssl, identity->chain, identity->num_certs,
                                               is_here ? identity->key : NULL,
                                               is_here ? NULL : &signature_method) == 1) &&
           (identity->raw_key == NULL || raw_key_present(identity->raw_key, ssl, has_cert));
}

bool identity_set_presents_key(const struct identity_set *set, size_t index,
                               const struct ssl_st *ssl)
{
    return index < set->count && raw_key_is_chosen(set->items[index].raw_key, ssl);
}

const unsigned char *identity_set_leaf(const struct identity_set *set, size_t index,
                                       size_t *out_len)
{
    if (!identity_set_has_cert(set, index))
        return NULL;
    const CRYPTO_BUFFER *leaf = set->items[index].chain[0];
    *out_len = CRYPTO_BUFFER_len(leaf);
    return CRYPTO_BUFFER_data(leaf);
}

double identity_set_end(const struct identity_set *set, size_t index)
{
    struct certificate_fields fields;
    size_t len;
    const unsigned char *der = identity_set_leaf(set, index, &len);
    if (der == NULL || !certificate_read(&fields, der, len))
        return INFINITY;
    return (double)fields.not_after_s;
}

static bool same_certs(const struct identity *a, const struct identity *b, size_t most)
{
    size_t num_a = a->num_certs < most ? a->num_certs : most;
    size_t num_b = b->num_certs < most ? b->num_certs : most;
    for (size_t i = 0; num_a == num_b && i < num_a; i++) {
        size_t len = CRYPTO_BUFFER_len(a->chain[i]);
        if (CRYPTO_BUFFER_len(b->chain[i]) != len ||
            memcmp(CRYPTO_BUFFER_data(a->chain[i]), CRYPTO_BUFFER_data(b->chain[i]), len) != 0)
            return false;
    }
    return num_a == num_b;
}

bool identity_set_same_leaf(const struct identity_set *a, const struct identity_set *b,
                            size_t index)
{
    return same_certs(&a->items[index], &b->items[index], 1);
}

bool identity_set_same_chain(const struct identity_set *a, const struct identity_set *b,
                             size_t index)
{
    return same_certs(&a->items[index], &b->items[index], SIZE_MAX);
}

const char *identity_set_key_kind(const struct identity_set *set, size_t index)
{
    return private_key_kind(set->items[index].key);
}
