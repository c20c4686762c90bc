/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/tokens.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "tls/key_file.h"
#include "tls/password.h"
#include "tls/signer.h"
#include "tls/token_internal.h"
#include "tls/token_uri.h"

#include <openssl/mem.h>
#include <openssl/pool.h>

#include <stdlib.h>
#include <string.h>

#define MOST_CERT_BYTES 65536

static unsigned long sign(void *arg, unsigned thread, const void *key, uint16_t sigalg,
                          const uint8_t *digest, size_t digest_len, uint8_t *out, size_t *inout_len)
{
    const struct token_key *token_key = key;
    struct token *token = token_key->token;
    CK_SESSION_HANDLE *session = &token->sessions[thread];
    (void)arg;
    if (*session == CK_INVALID_HANDLE) {
        CK_RV rv =
            token->module->C_OpenSession(token->slot, CKF_SERIAL_SESSION, NULL, NULL, session);
        if (rv != CKR_OK)
            return rv;
    }
    return token_key_sign(token_key, *session, sigalg, digest, digest_len, out, inout_len);
}

struct tokens *tokens_new(unsigned num_threads)
{
    struct tokens *tokens = memory_new(1, sizeof *tokens);
    struct signer_backend backend = {.sign = sign};
    tokens->num_threads = num_threads;
    tokens->signer = signer_new(&backend, num_threads);
    return tokens;
}

struct signer *tokens_signer(struct tokens *tokens)
{
    return tokens->signer;
}

static void free_keys(struct tokens *tokens)
{
    for (struct token_key *key = tokens->keys, *next; key != NULL; key = next) {
        next = key->next;
        free(key);
    }
}

static void close_tokens(struct tokens *tokens)
{
    for (struct known_token *known = tokens->known, *next; known != NULL; known = next) {
        struct token *token = &known->token;
        next = known->next;
        for (unsigned i = 0; i < tokens->num_threads; i++) {
            if (token->sessions[i] != CK_INVALID_HANDLE)
                token->module->C_CloseSession(token->sessions[i]);
        }
        token->module->C_CloseSession(token->session); /* the last one, which logs out */
        free(token->sessions);
        free(known);
    }
}

static void unload_modules(struct tokens *tokens)
{
    for (struct named_module *named = tokens->named, *next; named != NULL; named = next) {
        next = named->next;
        tokens->library.module_finalize(named->module);
        tokens->library.module_release(named->module);
        free(named->path);
        free(named);
    }
    if (tokens->configured != NULL)
        tokens->library.modules_end(tokens->configured);
}

/* A thread that never returns from its token keeps all that it uses. */
void tokens_free(struct tokens *tokens)
{
    if (tokens == NULL || !signer_free(tokens->signer))
        return;
    free_keys(tokens);
    close_tokens(tokens);
    unload_modules(tokens);
    free(tokens);
}

/* Writes up to MOST objects of CLASS that the URI names; false sets the search's error. */
static bool find_objects(const struct token_search *search, const struct token *token,
                         CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *out, CK_ULONG most,
                         CK_ULONG *out_count)
{
    static const CK_ATTRIBUTE_TYPE types[] = {CKA_ID, CKA_LABEL};
    CK_ATTRIBUTE template[3] = {{CKA_CLASS, &class, sizeof class}};
    CK_ULONG len = 1;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const CK_ATTRIBUTE *given = search->tokens->library.uri_attribute(search->uri, types[i]);
        if (given != NULL)
            template[len++] = *given;
    }
    CK_FUNCTION_LIST *module = token->module;
    CK_RV rv = module->C_FindObjectsInit(token->session, template, len);
    if (rv == CKR_OK) {
        rv = module->C_FindObjects(token->session, out, most, out_count);
        module->C_FindObjectsFinal(token->session);
    }
    return rv == CKR_OK || token_search_refuse(search, "its token cannot be searched", rv);
}

static bool get_flag(const struct token_key *key, CK_ATTRIBUTE_TYPE type, bool otherwise)
{
    CK_BBOOL flag;
    CK_ATTRIBUTE attribute = {type, &flag, sizeof flag};
    const struct token *token = key->token;
    return token->module->C_GetAttributeValue(token->session, key->object, &attribute, 1) == CKR_OK
               ? flag != CK_FALSE
               : otherwise;
}

static bool check_key(const struct token_search *search, struct token_key *key)
{
    const struct token *token = key->token;
    CK_ATTRIBUTE type = {CKA_KEY_TYPE, &key->type, sizeof key->type};
    CK_RV rv = token->module->C_GetAttributeValue(token->session, key->object, &type, 1);
    if (rv != CKR_OK)
        return token_search_refuse(search, "its private key cannot be read about", rv);
    if (key->type != CKK_RSA && key->type != CKK_EC)
        return error_set(search->err,
                         "'%s' is a private key of the PKCS#11 type 0x%lx; expected RSA or ECDSA",
                         search->shown, key->type);
    if (!get_flag(key, CKA_SIGN, true))
        return error_set(search->err, "'%s' is a private key that may not sign (CKA_SIGN)",
                         search->shown);
    if (get_flag(key, CKA_ALWAYS_AUTHENTICATE, false))
        return error_set(search->err,
                         "'%s' is a private key that wants its PIN for each signature "
                         "(CKA_ALWAYS_AUTHENTICATE), which pinload does not keep",
                         search->shown);
    rv = token_key_try(key);
    if (rv != CKR_OK)
        return token_search_refuse(search, "a trial signature with it failed", rv);
    bool is_known = key->type == CKK_RSA || key->order_len == 32 || key->order_len == 48 ||
                    key->order_len == 66;
    return is_known ||
           error_set(search->err,
                     "'%s' is an ECDSA key on another curve; expected P-256, P-384 or P-521",
                     search->shown);
}

static const struct token_key *known_key(const struct tokens *tokens, const struct token *token,
                                         CK_OBJECT_HANDLE object)
{
    const struct token_key *key = tokens->keys;
    while (key != NULL && (key->token != token || key->object != object))
        key = key->next;
    return key;
}

static const struct token_key *take_key(const struct token_search *search, struct token *token)
{
    struct tokens *tokens = search->tokens;
    CK_OBJECT_HANDLE objects[2];
    CK_ULONG count;
    if (!find_objects(search, token, CKO_PRIVATE_KEY, objects, 2, &count))
        return NULL;
    if (count != 1) {
        error_set(search->err,
                  "'%s' names %s private key of the token '%s'; expected one: object=LABEL or "
                  "id=%%01… says which",
                  search->shown, count == 0 ? "no" : "more than one", token->label);
        return NULL;
    }
    const struct token_key *known = known_key(tokens, token, objects[0]);
    if (known != NULL)
        return known;
    struct token_key *key = memory_new(1, sizeof *key);
    *key = (struct token_key){.token = token, .object = objects[0]};
    if (!check_key(search, key)) {
        free(key);
        return NULL;
    }
    key->next = tokens->keys;
    tokens->keys = key;
    return key;
}

const struct token_key *tokens_find_key(struct tokens *tokens, const char *uri,
                                        const struct password *password, struct error *err)
{
    struct token_search search;
    struct token *token;
    const struct token_key *key = NULL;
    if ((token = token_search_run(&search, tokens, uri, password, false, err)) != NULL)
        key = take_key(&search, token);
    token_search_cleanup(&search);
    return key;
}

static bool take_cert(const struct token_search *search, const struct token *token,
                      CK_OBJECT_HANDLE object, struct key_file *file)
{
    CK_ATTRIBUTE value = {CKA_VALUE, NULL, 0};
    CK_RV rv = token->module->C_GetAttributeValue(token->session, object, &value, 1);
    if (rv != CKR_OK || value.ulValueLen > MOST_CERT_BYTES)
        return token_search_refuse(search, "its certificate cannot be read", rv);
    uint8_t *bytes;
    CRYPTO_BUFFER *cert = memory_must(CRYPTO_BUFFER_alloc(&bytes, value.ulValueLen));
    value.pValue = bytes;
    rv = token->module->C_GetAttributeValue(token->session, object, &value, 1);
    if (rv != CKR_OK) {
        CRYPTO_BUFFER_free(cert);
        return token_search_refuse(search, "its certificate cannot be read", rv);
    }
    file->certs[file->num_certs++] = cert;
    return true;
}

static bool take_certs(const struct token_search *search, const struct token *token,
                       struct key_file *file)
{
    CK_OBJECT_HANDLE objects[KEY_FILE_MAX_CERTS];
    CK_ULONG count;
    if (!find_objects(search, token, CKO_CERTIFICATE, objects, KEY_FILE_MAX_CERTS, &count))
        return false;
    for (CK_ULONG i = 0; i < count; i++) {
        if (!take_cert(search, token, objects[i], file))
            return false;
    }
    return count > 0 ||
           error_set(search->err,
                     "'%s' names no certificate of the token '%s'; expected one there, "
                     "or --cert FILE",
                     search->shown, token->label);
}

bool tokens_find_certs(struct tokens *tokens, const char *uri, const struct password *password,
                       struct key_file *file, struct error *err)
{
    struct token_search search;
    struct token *token;
    bool ok = (token = token_search_run(&search, tokens, uri, password, true, err)) != NULL &&
              take_certs(&search, token, file);
    token_search_cleanup(&search);
    return ok;
}
