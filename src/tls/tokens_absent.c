/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tokens of a pinload that was built without p11-kit: there are none.
 */
#include "tls/tokens.h"

#include <stdio.h>

static bool refuse(struct error *err)
{
    return error_set(err, "this pinload was built without PKCS#11 (-DPINLOAD_PKCS11=OFF); expected "
                          "a file of a key");
}

struct tokens *tokens_new(unsigned num_threads)
{
    (void)num_threads;
    return NULL;
}

void tokens_free(struct tokens *tokens)
{
    (void)tokens;
}

const struct token_key *tokens_find_key(struct tokens *tokens, const char *uri,
                                        const struct password *password, struct error *err)
{
    (void)tokens, (void)uri, (void)password;
    refuse(err);
    return NULL;
}

bool tokens_find_certs(struct tokens *tokens, const char *uri, const struct password *password,
                       struct key_file *file, struct error *err)
{
    (void)tokens, (void)uri, (void)password, (void)file;
    return refuse(err);
}

struct signer *tokens_signer(struct tokens *tokens)
{
    (void)tokens;
    return NULL;
}

bool token_key_belongs(const struct token_key *key, const struct evp_pkey_st *public_key)
{
    (void)key, (void)public_key;
    return false;
}

const char *tokens_error_name(unsigned long error, char out[static TOKENS_ERROR_LEN])
{
    snprintf(out, TOKENS_ERROR_LEN, "the PKCS#11 error 0x%lx", error);
    return out;
}
