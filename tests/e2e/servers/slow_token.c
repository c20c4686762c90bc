/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PKCS#11 module before SoftHSM's: each signature takes SLOW_TOKEN_MS milliseconds more, and while
 * the file SLOW_TOKEN_GONE exists, the token is gone.
 */
#include <p11-kit/pkcs11.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static CK_FUNCTION_LIST own;
static CK_FUNCTION_LIST *real;

static int is_gone(void)
{
    const char *file = getenv("SLOW_TOKEN_GONE");
    return file != NULL && access(file, F_OK) == 0;
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return is_gone() ? CKR_DEVICE_REMOVED : real->C_SignInit(session, mechanism, key);
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG data_len, CK_BYTE *signature,
                  CK_ULONG *signature_len)
{
    const char *ms = getenv("SLOW_TOKEN_MS");
    long wait_ms = ms != NULL ? strtol(ms, NULL, 10) : 0;
    struct timespec wait = {wait_ms / 1000, wait_ms % 1000 * 1000000};
    nanosleep(&wait, NULL);
    return real->C_Sign(session, data, data_len, signature, signature_len);
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list)
{
    CK_RV (*get)(CK_FUNCTION_LIST **);
    const char *path = getenv("SLOW_TOKEN_REAL");
    void *module = path != NULL ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (module == NULL)
        return CKR_GENERAL_ERROR;
    *(void **)&get = dlsym(module, "C_GetFunctionList");
    if (get == NULL || get(&real) != CKR_OK)
        return CKR_GENERAL_ERROR;
    own = *real;
    own.C_SignInit = sign_init;
    own.C_Sign = sign;
    *list = &own;
    return CKR_OK;
}
