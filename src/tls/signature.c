/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/signature.h"

#include "tls/signer.h"

#include <openssl/digest.h>
#include <openssl/ssl.h>

#include <string.h>

/* The digest is made here, since in TLS 1.2 what is signed is the whole handshake so far. */
static enum ssl_private_key_result_t ask(SSL *ssl, uint8_t *out, size_t *out_len, size_t max_out,
                                         uint16_t sigalg, const uint8_t *in, size_t in_len)
{
    (void)out, (void)out_len, (void)max_out;
    struct signature *signature = SSL_get_app_data(ssl);
    const EVP_MD *md = SSL_get_signature_algorithm_digest(sigalg);
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len;
    if (signature->inbox == NULL || md == NULL || !EVP_Digest(in, in_len, digest, &len, md, NULL))
        return ssl_private_key_failure;
    signature->signing =
        signer_ask(signature->inbox, signature, signature->key, sigalg, digest, len);
    signature->facts->is_pending = true;
    return ssl_private_key_retry;
}

/* TLS 1.2's key exchange by RSA is for servers. */
static enum ssl_private_key_result_t decrypt(SSL *ssl, uint8_t *out, size_t *out_len,
                                             size_t max_out, const uint8_t *in, size_t in_len)
{
    (void)ssl, (void)out, (void)out_len, (void)max_out, (void)in, (void)in_len;
    return ssl_private_key_failure;
}

static void note(struct signature_facts *facts, const struct signing_end *end)
{
    facts->is_pending = false;
    facts->is_made = end->error == 0;
    facts->error = end->error;
    facts->queue_ns = end->queue_ns;
    facts->sign_ns = end->sign_ns;
}

static enum ssl_private_key_result_t complete(SSL *ssl, uint8_t *out, size_t *out_len,
                                              size_t max_out)
{
    struct signature *signature = SSL_get_app_data(ssl);
    struct signing_end end;
    if (signature->signing == NULL)
        return ssl_private_key_failure;
    if (!signing_has_ended(signature->signing, &end))
        return ssl_private_key_retry;
    note(signature->facts, &end);
    bool fits = end.error == 0 && end.len <= max_out;
    if (fits)
        memcpy(out, end.bytes, *out_len = end.len);
    signature_drop(signature);
    return fits ? ssl_private_key_success : ssl_private_key_failure;
}

const SSL_PRIVATE_KEY_METHOD signature_method = {
    .sign = ask, .decrypt = decrypt, .complete = complete};

bool signature_is_pending(const struct signature *signature)
{
    struct signing_end end;
    return signature->signing != NULL && !signing_has_ended(signature->signing, &end);
}

void signature_drop(struct signature *signature)
{
    signing_drop(signature->signing);
    signature->signing = NULL;
}
