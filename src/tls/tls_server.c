/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/tls_server.h"

#include "tls/key_file.h"
#include "tls/raw_key.h"
#include "tls/tls_internal.h"
#include "tls/verify.h"

#include <openssl/err.h>
#include <openssl/pool.h>
#include <openssl/ssl.h>

/* Reads certificate and key, from one file or two, into FILE. */
static bool read_files(struct key_file *file, const struct tls_server_config *config,
                       struct error *err)
{
    static const struct password no_password;
    const struct password *password = config->password ? config->password : &no_password;
    struct key_file key_part = {0};
    bool ok =
        (config->cert == NULL || key_file_read(file, config->cert, "the server's certificate file",
                                               config->key == NULL, password, err)) &&
        (config->key == NULL ||
         key_file_read(&key_part, config->key, "the server's key file", true, password, err));
    if (config->key != NULL) {
        file->key = key_part.key;
        key_part.key = NULL;
    }
    key_file_cleanup(&key_part);
    return ok;
}

static bool use_raw_key(SSL_CTX *ctx, EVP_PKEY *key)
{
    struct ssl_credential_st *raw_key = raw_key_new(key);
    bool ok = raw_key != NULL && raw_key_serve(raw_key, ctx);
    raw_key_free(raw_key);
    return ok;
}

static bool use_cert(SSL_CTX *ctx, const struct tls_server_config *config, struct error *err)
{
    struct key_file file = {0};
    bool ok = read_files(&file, config, err);
    if (ok && (file.key == NULL || (config->raw_key && !use_raw_key(ctx, file.key)) ||
               (config->cert != NULL &&
                !SSL_CTX_set_chain_and_key(ctx, file.certs, file.num_certs, file.key, NULL))))
        ok = error_set(err, "the server's certificate '%s' and its key cannot be used together",
                       config->cert != NULL ? config->cert : config->key);
    ERR_clear_error();
    key_file_cleanup(&file);
    return ok;
}

static enum ssl_verify_result_t on_client_key(SSL *ssl, uint8_t *out_alert)
{
    const struct tls_context *context = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    const struct verify_policy policy = {.mode = VERIFY_PIN, .pins = context->client_keys};
    struct verify_verdict verdict = {0};
    return verify_server(ssl, &policy, &verdict, out_alert) ? ssl_verify_ok : ssl_verify_invalid;
}

static bool ask_for_client_keys(struct tls_context *context, const struct tls_server_config *config,
                                struct error *err)
{
    SSL_CTX *ctx = context->ssl_ctx;
    if (!raw_key_accept(ctx))
        return error_set(err, "this BoringSSL has no raw public keys");
    context->client_keys = config->client_keys;
    SSL_CTX_set_custom_verify(
        ctx, SSL_VERIFY_PEER | (config->client_cert_optional ? 0 : SSL_VERIFY_FAIL_IF_NO_PEER_CERT),
        on_client_key);
    return true;
}

static bool ask_for_client_certs(SSL_CTX *ctx, const struct tls_server_config *config,
                                 struct error *err)
{
    if (!SSL_CTX_load_verify_locations(ctx, config->client_ca, NULL)) {
        ERR_clear_error();
        return error_set(err, "the client CA file '%s' cannot be loaded", config->client_ca);
    }
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(config->client_ca);
    if (names == NULL) {
        ERR_clear_error();
        return error_set(err, "the client CA file '%s' has no names to ask for", config->client_ca);
    }
    SSL_CTX_set_client_CA_list(ctx, names);
    SSL_CTX_set_verify(
        ctx, SSL_VERIFY_PEER | (config->client_cert_optional ? 0 : SSL_VERIFY_FAIL_IF_NO_PEER_CERT),
        NULL);
    return true;
}

/* Chooses HTTP/2 if the client offers it and ARG allows it, HTTP/1.1 otherwise. */
static int select_alpn(SSL *ssl, const uint8_t **out, uint8_t *out_len, const uint8_t *in,
                       unsigned in_len, void *arg)
{
    (void)ssl;
    static const uint8_t both[] = "\x02h2\x08http/1.1";
    enum tls_alpn alpn = (enum tls_alpn)(uintptr_t)arg;
    const uint8_t *ours = alpn == TLS_ALPN_HTTP_1_1 ? both + 3 : both;
    unsigned ours_len = alpn == TLS_ALPN_BOTH ? 12 : alpn == TLS_ALPN_H2 ? 3 : 9;
    int found = SSL_select_next_proto((uint8_t **)out, out_len, ours, ours_len, in, in_len);
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

struct tls_context *tls_server_context_new(const struct tls_server_config *config,
                                           struct error *err)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    struct tls_context *context = tls_context_base(ctx);
    context->is_server = true;
    SSL_CTX_set_custom_verify(ctx, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_early_data_enabled(ctx, config->early_data);
    SSL_CTX_set_session_id_context(ctx, (const uint8_t *)"pinload", 7); /* of 32 bytes at most */
    if (!config->tickets)
        SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    if (config->limits.alpn != TLS_ALPN_NONE)
        SSL_CTX_set_alpn_select_cb(ctx, select_alpn, (void *)(uintptr_t)config->limits.alpn);
    if (tls_context_limit(context, &config->limits, err) && use_cert(ctx, config, err) &&
        (config->client_ca == NULL || ask_for_client_certs(ctx, config, err)) &&
        (config->client_keys == NULL || ask_for_client_keys(context, config, err)) &&
        (config->prepare == NULL || config->prepare(ctx, config->prepare_arg, err)))
        return context;
    tls_context_free(context);
    return NULL;
}
