/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/token_internal.h"
#include "tls/tokens.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <sys/auxv.h>

#define LIBRARY "libp11-kit.so.0"

#define AT(field) offsetof(struct token_library, field)

static const struct {
    const char *name;
    size_t offset;
} functions[] = {
    {"p11_kit_uri_new", AT(uri_new)},
    {"p11_kit_uri_parse", AT(uri_parse)},
    {"p11_kit_uri_free", AT(uri_free)},
    {"p11_kit_uri_message", AT(uri_message)},
    {"p11_kit_uri_any_unrecognized", AT(uri_any_unrecognized)},
    {"p11_kit_uri_match_module_info", AT(uri_match_module)},
    {"p11_kit_uri_match_slot_info", AT(uri_match_slot)},
    {"p11_kit_uri_match_token_info", AT(uri_match_token)},
    {"p11_kit_uri_get_slot_id", AT(uri_slot_id)},
    {"p11_kit_uri_get_attribute", AT(uri_attribute)},
    {"p11_kit_uri_get_pin_value", AT(uri_pin_value)},
    {"p11_kit_uri_get_pin_source", AT(uri_pin_source)},
    {"p11_kit_uri_get_module_path", AT(uri_module_path)},
    {"p11_kit_uri_get_module_name", AT(uri_module_name)},
    {"p11_kit_module_load", AT(module_load)},
    {"p11_kit_module_initialize", AT(module_initialize)},
    {"p11_kit_module_finalize", AT(module_finalize)},
    {"p11_kit_module_release", AT(module_release)},
    {"p11_kit_module_get_name", AT(module_name)},
    {"p11_kit_modules_load_and_initialize", AT(modules_start)},
    {"p11_kit_modules_finalize_and_release", AT(modules_end)},
    {"p11_kit_message", AT(message)},
    {"p11_kit_strerror", AT(error_text)},
    {"p11_kit_be_quiet", AT(be_quiet)},
};

/* A program that is linked statically has no loader, and a C library of its own: what it loads would
 * bring another. */
static bool has_loader(void)
{
    const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
    for (unsigned long i = 0; headers != NULL && i < getauxval(AT_PHNUM); i++) {
        if (headers[i].p_type == PT_INTERP)
            return true;
    }
    return false;
}

static void *open_library(struct error *err)
{
    if (!has_loader()) {
        error_set(err, "this pinload is linked statically and can load no PKCS#11 module; expected "
                       "the one of the Debian package, or one built from source");
        return NULL;
    }
    void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL)
        error_set(err,
                  "PKCS#11 needs p11-kit, which cannot be loaded (%s); expected the package "
                  "libp11-kit0 (p11-kit on Fedora and Alpine)",
                  dlerror());
    return handle;
}

bool token_library_load(struct token_library *library, struct error *err)
{
    void *handle = open_library(err);
    if (handle == NULL)
        return false;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        void *function = dlsym(handle, functions[i].name);
        if (function == NULL)
            return error_set(err, "%s has no function %s; expected p11-kit 0.24 or later", LIBRARY,
                             functions[i].name);
        *(void **)((char *)library + functions[i].offset) = function;
    }
    library->be_quiet(); /* what is wrong is said here, in one sentence */
    return true;
}

const char *tokens_error_name(unsigned long rv, char out[static TOKENS_ERROR_LEN])
{
    static const struct {
        CK_RV rv;
        const char *name;
    } names[] = {
        {CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR"},
        {CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED"},
        {CKR_CANT_LOCK, "CKR_CANT_LOCK"},
        {CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR"},
        {CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY"},
        {CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED"},
        {CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID"},
        {CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED"},
        {CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID"},
        {CKR_MECHANISM_PARAM_INVALID, "CKR_MECHANISM_PARAM_INVALID"},
        {CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID"},
        {CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT"},
        {CKR_PIN_INVALID, "CKR_PIN_INVALID"},
        {CKR_PIN_LEN_RANGE, "CKR_PIN_LEN_RANGE"},
        {CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED"},
        {CKR_PIN_LOCKED, "CKR_PIN_LOCKED"},
        {CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED"},
        {CKR_SESSION_COUNT, "CKR_SESSION_COUNT"},
        {CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID"},
        {CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT"},
        {CKR_TOKEN_NOT_RECOGNIZED, "CKR_TOKEN_NOT_RECOGNIZED"},
        {CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN"},
        {CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED"},
    };
    snprintf(out, TOKENS_ERROR_LEN, "the PKCS#11 error 0x%lx", rv);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].rv == rv)
            snprintf(out, TOKENS_ERROR_LEN, "%s", names[i].name);
    }
    return out;
}
