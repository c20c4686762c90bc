/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "tls/password.h"
#include "tls/token_internal.h"
#include "tls/tokens.h"

#include <openssl/mem.h>

#include <stdlib.h>
#include <string.h>

#define MOST_SLOTS 64 /* of a module */
#define NO_SLOT ((CK_SLOT_ID)-1)

/* --- the URI ---------------------------------------------------------------------------------- */

bool token_search_refuse(const struct token_search *search, const char *what, CK_RV rv)
{
    char name[TOKENS_ERROR_LEN];
    return error_set(search->err, "'%s': %s (%s)", search->shown, what,
                     tokens_error_name(rv, name));
}

/* p11-kit's copy of the PIN is wiped, too. */
void token_search_cleanup(struct token_search *search)
{
    const struct token_library *library = &search->tokens->library;
    if (search->uri != NULL) {
        const char *pin = library->uri_pin_value(search->uri);
        if (pin != NULL)
            OPENSSL_cleanse((char *)pin, strlen(pin));
        library->uri_free(search->uri);
    }
    buffer_cleanup(&search->labels);
}

static bool check_uri(const struct token_search *search)
{
    const struct token_library *library = &search->tokens->library;
    const char *source = library->uri_pin_source(search->uri);
    if (library->uri_any_unrecognized(search->uri))
        return error_set(search->err,
                         "'%s' has an attribute that p11-kit does not know; expected those of RFC "
                         "7512: token, serial, object, id, module-path, …",
                         search->shown);
    if (source != NULL && library->uri_pin_value(search->uri) != NULL)
        return error_set(search->err, "'%s' has both pin-source and pin-value; expected one",
                         search->shown);
    if (source != NULL && source[0] == '|')
        return error_set(search->err,
                         "'%s' has a pin-source that is a command, and none is run; expected "
                         "pin-source=file:PATH, or --pass",
                         search->shown);
    return true;
}

static bool search_begin(struct token_search *search, struct tokens *tokens, const char *text,
                         const struct password *password, struct error *err)
{
    *search = (struct token_search){.tokens = tokens, .password = password, .err = err};
    token_uri_shown(text, search->shown);
    if (!tokens->is_loaded && !token_library_load(&tokens->library, err))
        return false;
    tokens->is_loaded = true;
    search->uri = memory_must(tokens->library.uri_new());
    int result = tokens->library.uri_parse(text, P11_KIT_URI_FOR_ANY, search->uri);
    if (result == P11_KIT_URI_OK)
        return check_uri(search);
    return error_set(err,
                     "'%s' is no PKCS#11 URI (%s); expected RFC 7512's form, such as "
                     "'pkcs11:token=LABEL;object=NAME', with %%2C for a comma",
                     search->shown, tokens->library.uri_message(result));
}

/* --- modules ---------------------------------------------------------------------------------- */

static CK_FUNCTION_LIST *load_named(struct token_search *search, const char *path)
{
    struct tokens *tokens = search->tokens;
    const struct token_library *library = &tokens->library;
    for (struct named_module *named = tokens->named; named != NULL; named = named->next) {
        if (strcmp(named->path, path) == 0)
            return named->module;
    }
    CK_FUNCTION_LIST *module = library->module_load(path, 0);
    if (module == NULL) {
        const char *message = library->message();
        error_set(search->err,
                  "the PKCS#11 module '%s' cannot be loaded (%s); expected a shared library in "
                  "module-path",
                  path, message != NULL ? message : "for no reason given");
        return NULL;
    }
    CK_RV rv = library->module_initialize(module);
    if (rv != CKR_OK) {
        token_search_refuse(search, "its module cannot be initialized", rv);
        library->module_release(module);
        return NULL;
    }
    struct named_module *named = memory_new(1, sizeof *named);
    *named = (struct named_module){tokens->named, memory_text(path), module};
    tokens->named = named;
    return module;
}

static bool has_name(const struct token_library *library, CK_FUNCTION_LIST *module,
                     const char *name)
{
    char *own = library->module_name(module);
    bool is_it = own != NULL && strcmp(own, name) == 0;
    free(own);
    return is_it;
}

static void look_into_module(struct token_search *search, CK_FUNCTION_LIST *module);

/* Looks into the modules that p11-kit is configured with, or into those of module-name. */
static bool look_into_configured(struct token_search *search)
{
    struct tokens *tokens = search->tokens;
    const struct token_library *library = &tokens->library;
    const char *name = library->uri_module_name(search->uri);
    size_t num_modules = 0;
    if (tokens->configured == NULL)
        tokens->configured = library->modules_start(0);
    for (CK_FUNCTION_LIST **at = tokens->configured; at != NULL && *at != NULL; at++) {
        if (name != NULL && !has_name(library, *at, name))
            continue;
        num_modules++;
        look_into_module(search, *at);
    }
    return num_modules > 0 ||
           error_set(search->err,
                     "'%s': p11-kit has no such PKCS#11 module; 'p11-kit list-modules' lists them, "
                     "and module-path=FILE in the URI names one by its file",
                     search->shown);
}

/* --- tokens ----------------------------------------------------------------------------------- */

/* A label is padded by blanks. */
static void copy_label(char out[static TOKEN_LABEL_LEN], const CK_TOKEN_INFO *info)
{
    size_t len = sizeof info->label;
    while (len > 0 && info->label[len - 1] == ' ')
        len--;
    memcpy(out, info->label, len);
    out[len] = '\0';
}

static void note_label(struct token_search *search, const CK_TOKEN_INFO *info)
{
    char label[TOKEN_LABEL_LEN];
    copy_label(label, info);
    buffer_format(&search->labels, "%s'%s'", search->labels.len > 0 ? ", " : "", label);
}

static void look_into_slot(struct token_search *search, CK_FUNCTION_LIST *module, CK_SLOT_ID slot)
{
    const struct token_library *library = &search->tokens->library;
    CK_SLOT_ID wanted = library->uri_slot_id(search->uri);
    CK_SLOT_INFO slot_info;
    CK_TOKEN_INFO info;
    if (module->C_GetSlotInfo(slot, &slot_info) != CKR_OK ||
        module->C_GetTokenInfo(slot, &info) != CKR_OK || (info.flags & CKF_TOKEN_INITIALIZED) == 0)
        return;
    bool fits = (wanted == NO_SLOT || wanted == slot) &&
                library->uri_match_slot(search->uri, &slot_info) &&
                library->uri_match_token(search->uri, &info);
    if (search->num_found == 0 || fits)
        note_label(search, &info);
    if (!fits)
        return;
    if (search->num_found++ == 0) {
        buffer_clear(&search->labels);
        note_label(search, &info);
    }
    search->module = module;
    search->slot = slot;
    search->info = info;
}

static void look_into_module(struct token_search *search, CK_FUNCTION_LIST *module)
{
    CK_INFO info;
    CK_SLOT_ID slots[MOST_SLOTS];
    CK_ULONG count = MOST_SLOTS;
    if (module->C_GetInfo(&info) != CKR_OK ||
        !search->tokens->library.uri_match_module(search->uri, &info) ||
        module->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK)
        return;
    for (CK_ULONG i = 0; i < count; i++)
        look_into_slot(search, module, slots[i]);
}

static bool find_slot(struct token_search *search)
{
    const char *path = search->tokens->library.uri_module_path(search->uri);
    CK_FUNCTION_LIST *named = path != NULL ? load_named(search, path) : NULL;
    if (path != NULL && named == NULL)
        return false;
    if (named != NULL)
        look_into_module(search, named);
    else if (!look_into_configured(search))
        return false;
    if (search->num_found == 1)
        return true;
    const char *labels = buffer_text(&search->labels);
    if (search->num_found > 1)
        return error_set(search->err,
                         "'%s' fits %zu tokens (%.300s); expected one: add token=LABEL or "
                         "serial=NUMBER",
                         search->shown, search->num_found, labels);
    return error_set(search->err, "'%s': no such token is there; there is %.300s", search->shown,
                     *labels != '\0' ? labels : "none");
}

/* Returns the token of the slot that was found, with a session. */
static struct token *open_token(struct token_search *search)
{
    struct tokens *tokens = search->tokens;
    for (struct known_token *known = tokens->known; known != NULL; known = known->next) {
        if (known->token.module == search->module && known->token.slot == search->slot)
            return &known->token;
    }
    CK_SESSION_HANDLE session;
    CK_RV rv =
        search->module->C_OpenSession(search->slot, CKF_SERIAL_SESSION, NULL, NULL, &session);
    if (rv != CKR_OK) {
        token_search_refuse(search, "its token cannot be opened", rv);
        return NULL;
    }
    struct known_token *known = memory_new(1, sizeof *known);
    known->next = tokens->known;
    tokens->known = known;
    struct token *token = &known->token;
    *token = (struct token){.module = search->module, .slot = search->slot, .session = session};
    token->sessions = memory_new(tokens->num_threads, sizeof *token->sessions);
    copy_label(token->label, &search->info);
    return token;
}

/* --- the PIN ---------------------------------------------------------------------------------- */

/* A PIN of the URI goes before --pass, which may be for other keys. */
static bool read_pin(const struct token_search *search, struct password *pin)
{
    const struct token_library *library = &search->tokens->library;
    const char *value = library->uri_pin_value(search->uri);
    const char *source = library->uri_pin_source(search->uri);
    char path[4096];
    if (value != NULL)
        return password_set(pin, value, "pin-value", search->err);
    if (source != NULL) {
        const char *file = text_starts_with(source, "file:") ? source + strlen("file:") : source;
        file += text_starts_with(file, "///") ? 2 : 0; /* file:///PATH */
        snprintf(path, sizeof path, "file:%s", file);
        return password_read(pin, path, search->err);
    }
    *pin = *search->password;
    return true;
}

static bool refuse_pin(const struct token_search *search, const struct token *token, CK_RV rv)
{
    char name[TOKENS_ERROR_LEN];
    tokens_error_name(rv, name);
    if (rv == CKR_PIN_INCORRECT)
        return error_set(search->err,
                         "the PIN for the token '%s' is wrong (%s); it was tried once, since some "
                         "tokens lock after a few",
                         token->label, name);
    if (rv == CKR_PIN_LOCKED)
        return error_set(search->err,
                         "the token '%s' is locked (%s) after too many wrong PINs; its security "
                         "officer can unlock it",
                         token->label, name);
    return error_set(search->err, "the token '%s' does not accept the PIN (%s)", token->label,
                     name);
}

static bool log_in_with(const struct token_search *search, struct token *token,
                        const struct password *pin)
{
    bool has_pad = (search->info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
    if (!pin->given && !has_pad)
        return error_set(search->err,
                         "the token '%s' asks for a PIN; expected --pass env:VAR, file:PATH or "
                         "pass:PIN, or pin-source=file:PATH in the URI",
                         token->label);
    CK_RV rv = token->module->C_Login(token->session, CKU_USER,
                                      pin->given ? (CK_UTF8CHAR *)pin->text : NULL, pin->len);
    token->has_login = rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN;
    return token->has_login || refuse_pin(search, token, rv);
}

/* Logs in, if the token wants that. If IS_OPTIONAL, only with a PIN. */
static bool log_in(const struct token_search *search, struct token *token, bool is_optional)
{
    struct password pin = {0};
    bool must = (search->info.flags & CKF_LOGIN_REQUIRED) != 0;
    if (token->has_login)
        return true;
    bool ok = read_pin(search, &pin);
    if (ok && (pin.given || (must && !is_optional)))
        ok = log_in_with(search, token, &pin);
    password_wipe(&pin);
    return ok;
}

struct token *token_search_run(struct token_search *search, struct tokens *tokens, const char *uri,
                               const struct password *password, bool login_is_optional,
                               struct error *err)
{
    struct token *token;
    return search_begin(search, tokens, uri, password, err) && find_slot(search) &&
                   (token = open_token(search)) != NULL && log_in(search, token, login_is_optional)
               ? token
               : NULL;
}
