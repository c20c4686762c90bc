/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tokens.c, token_search.c, token_library.c and token_key.c share, private to them. Functions of p11-kit are
 * called through the one table, since the library is loaded only when a run has a token.
 */
#ifndef PINLOAD_TLS_TOKEN_INTERNAL_H
#define PINLOAD_TLS_TOKEN_INTERNAL_H

#include "base/buffer.h"
#include "base/error.h"
#include "tls/token_uri.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct token_library {
    P11KitUri *(*uri_new)(void);
    int (*uri_parse)(const char *text, P11KitUriType type, P11KitUri *uri);
    void (*uri_free)(P11KitUri *uri);
    const char *(*uri_message)(int code);
    int (*uri_any_unrecognized)(P11KitUri *uri);
    int (*uri_match_module)(const P11KitUri *uri, const CK_INFO *info);
    int (*uri_match_slot)(const P11KitUri *uri, const CK_SLOT_INFO *info);
    int (*uri_match_token)(const P11KitUri *uri, const CK_TOKEN_INFO *info);
    CK_SLOT_ID (*uri_slot_id)(P11KitUri *uri);
    CK_ATTRIBUTE_PTR (*uri_attribute)(P11KitUri *uri, CK_ATTRIBUTE_TYPE type);
    const char *(*uri_pin_value)(const P11KitUri *uri);
    const char *(*uri_pin_source)(const P11KitUri *uri);
    const char *(*uri_module_path)(const P11KitUri *uri);
    const char *(*uri_module_name)(const P11KitUri *uri);
    CK_FUNCTION_LIST *(*module_load)(const char *path, int flags);
    CK_RV (*module_initialize)(CK_FUNCTION_LIST *module);
    CK_RV (*module_finalize)(CK_FUNCTION_LIST *module);
    void (*module_release)(CK_FUNCTION_LIST *module);
    char *(*module_name)(CK_FUNCTION_LIST *module);
    CK_FUNCTION_LIST **(*modules_start)(int flags);
    void (*modules_end)(CK_FUNCTION_LIST **modules);
    const char *(*message)(void);
    const char *(*error_text)(CK_RV rv);
    void (*be_quiet)(void);
};

/* token_library_load loads p11-kit; it stays loaded until the program ends. False sets ERR. */
bool token_library_load(struct token_library *library, struct error *err);

#define TOKEN_LABEL_LEN 33

struct token {
    CK_FUNCTION_LIST *module;
    CK_SLOT_ID slot;
    CK_SESSION_HANDLE session;   /* keeps the login */
    CK_SESSION_HANDLE *sessions; /* one for each of the signer's threads; 0: not opened yet */
    char label[TOKEN_LABEL_LEN];
    bool has_login;
};

struct token_key {
    struct token_key *next;
    struct token *token;
    CK_OBJECT_HANDLE object;
    CK_KEY_TYPE type;
    size_t order_len;    /* of the curve, in bytes; 0: not known yet, or RSA */
    uint8_t trial[2048]; /* a signature of the digest of nothing, to know the public key by */
    size_t trial_len;
};

/* token_key_sign signs DIGEST as SIGALG wants it in TLS, in SESSION. *INOUT_LEN is the room in OUT,
 * and becomes the length. */
CK_RV token_key_sign(const struct token_key *key, CK_SESSION_HANDLE session, uint16_t sigalg,
                     const uint8_t *digest, size_t digest_len, uint8_t *out, size_t *inout_len);

/* token_key_try makes the trial signature. */
CK_RV token_key_try(struct token_key *key);

/* A module that a URI names by its path. */
struct named_module {
    struct named_module *next;
    char *path;
    CK_FUNCTION_LIST *module;
};

struct known_token {
    struct known_token *next;
    struct token token;
};

struct tokens {
    struct token_library library;
    bool is_loaded;
    CK_FUNCTION_LIST **configured; /* p11-kit's modules, NULL at the end; NULL: not loaded yet */
    struct named_module *named;
    struct known_token *known; /* each with a session */
    struct token_key *keys;
    struct signer *signer;
    unsigned num_threads;
};

/* What a URI says, while it is searched for. */
struct token_search {
    struct tokens *tokens;
    P11KitUri *uri;
    char shown[TOKEN_URI_SHOWN_LEN];
    const struct password *password;
    struct error *err;
    /* the token that was found */
    CK_FUNCTION_LIST *module;
    CK_SLOT_ID slot;
    CK_TOKEN_INFO info;
    size_t num_found;
    struct buffer labels; /* of the tokens that are there */
};

/* token_search_run finds the one token that URI names, opens it and logs in to it, with PASSWORD
 * unless URI has a PIN; if LOGIN_IS_OPTIONAL, only where there is a PIN. NULL sets ERR. SEARCH is to
 * be cleaned up in any case. */
struct token *token_search_run(struct token_search *search, struct tokens *tokens, const char *uri,
                               const struct password *password, bool login_is_optional,
                               struct error *err);
void token_search_cleanup(struct token_search *search);

/* token_search_refuse sets the search's error, of the URI: WHAT went wrong, by the error RV; returns
 * false. */
bool token_search_refuse(const struct token_search *search, const char *what, CK_RV rv);

#endif
