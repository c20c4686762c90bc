/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/raw_key.h"

#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#ifdef TLSEXT_cert_type_rpk

/* In the order in which they are preferred. */
static const uint8_t both_types[] = {TLSEXT_cert_type_rpk, TLSEXT_cert_type_x509};

bool raw_key_supported(void)
{
    return true;
}

bool raw_key_accept(SSL_CTX *ctx)
{
    return SSL_CTX_set1_accepted_peer_cert_types(ctx, both_types, sizeof both_types) == 1;
}

SSL_CREDENTIAL *raw_key_new(EVP_PKEY *key)
{
    return SSL_CREDENTIAL_new_raw_public_key(key);
}

void raw_key_free(SSL_CREDENTIAL *key)
{
    SSL_CREDENTIAL_free(key);
}

/* What is offered follows from the credentials, but for a certificate that is none. */
bool raw_key_present(const SSL_CREDENTIAL *key, SSL *ssl, bool or_certificate)
{
    return SSL_add1_credential(ssl, key) == 1 &&
           (!or_certificate ||
            SSL_set1_available_client_cert_types(ssl, both_types, sizeof both_types) == 1);
}

bool raw_key_serve(const SSL_CREDENTIAL *key, SSL_CTX *ctx)
{
    return SSL_CTX_add1_credential(ctx, key) == 1;
}

bool raw_key_is_chosen(const SSL_CREDENTIAL *key, const SSL *ssl)
{
    return key != NULL && SSL_get0_selected_credential(ssl) == key;
}

bool raw_key_is_peers(const SSL *ssl)
{
    return SSL_get0_peer_rpk(ssl) != NULL;
}

size_t raw_key_of_peer(const SSL *ssl, uint8_t out[static RAW_KEY_MOST])
{
    CBB cbb;
    uint8_t *end;
    size_t len = 0;
    const EVP_PKEY *key = SSL_get0_peer_rpk(ssl);
    if (key == NULL || !CBB_init_fixed(&cbb, out, RAW_KEY_MOST))
        return 0;
    if (!EVP_marshal_public_key(&cbb, key) || !CBB_finish(&cbb, &end, &len)) {
        CBB_cleanup(&cbb);
        ERR_clear_error();
        return 0;
    }
    return len;
}

#else

bool raw_key_supported(void)
{
    return false;
}

bool raw_key_accept(SSL_CTX *ctx)
{
    (void)ctx;
    return false;
}

struct ssl_credential_st *raw_key_new(EVP_PKEY *key)
{
    (void)key;
    return NULL;
}

void raw_key_free(struct ssl_credential_st *key)
{
    (void)key;
}

bool raw_key_present(const struct ssl_credential_st *key, SSL *ssl, bool or_certificate)
{
    (void)key, (void)ssl, (void)or_certificate;
    return false;
}

bool raw_key_serve(const struct ssl_credential_st *key, SSL_CTX *ctx)
{
    (void)key, (void)ctx;
    return false;
}

bool raw_key_is_chosen(const struct ssl_credential_st *key, const SSL *ssl)
{
    (void)key, (void)ssl;
    return false;
}

bool raw_key_is_peers(const SSL *ssl)
{
    (void)ssl;
    return false;
}

size_t raw_key_of_peer(const SSL *ssl, uint8_t out[static RAW_KEY_MOST])
{
    (void)ssl, (void)out;
    return 0;
}

#endif
