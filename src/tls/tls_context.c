/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/tls_context.h"

#include "base/memory.h"
#include "tls/cert_compression.h"
#include "tls/decompressor.h"
#include "tls/identity.h"
#include "tls/raw_key.h"
#include "tls/signer.h"
#include "tls/tickets.h"
#include "tls/tls_internal.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pool.h>
#include <openssl/ssl.h>

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct tls_context *tls_context_base(SSL_CTX *ssl_ctx)
{
    struct tls_context *context = memory_new(1, sizeof *context);
    context->ssl_ctx = memory_must(ssl_ctx);
    context->pool = memory_must(CRYPTO_BUFFER_POOL_new());
    SSL_CTX_set0_buffer_pool(ssl_ctx, context->pool);
    if (SSL_CTX_set_app_data(ssl_ctx, context) != 1)
        memory_must(NULL);
    SSL_CTX_set_quiet_shutdown(ssl_ctx, 0);
    SSL_CTX_set_mode(ssl_ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    tls_conn_hook(context);
    return context;
}

void tls_context_free(struct tls_context *context)
{
    if (context == NULL)
        return;
    signer_close(context->inbox);
    tickets_free(context->tickets);
    SSL_CTX_free(context->ssl_ctx);
    CRYPTO_BUFFER_POOL_free(context->pool);
    BIO_free(context->bio);
    BIO_meth_free(context->bio_method);
    buffer_cleanup(&context->output);
    buffer_cleanup(&context->ech.list);
    decompressor_free(context->decompressor);
    free(context->sni);
    free(context);
}

/* BoringSSL's default algorithms for the peer's signature, plus those it lacks: Ed25519, and
 * ML-DSA, which comes last, so that a server with both kinds of certificates keeps using the other
 * one. */
static const uint16_t default_verify_sigalgs[] = {
    SSL_SIGN_ED25519,
    SSL_SIGN_ECDSA_SECP256R1_SHA256,
    SSL_SIGN_RSA_PSS_RSAE_SHA256,
    SSL_SIGN_RSA_PKCS1_SHA256,
    SSL_SIGN_ECDSA_SECP384R1_SHA384,
    SSL_SIGN_RSA_PSS_RSAE_SHA384,
    SSL_SIGN_RSA_PKCS1_SHA384,
    SSL_SIGN_ECDSA_SECP521R1_SHA512,
    SSL_SIGN_RSA_PSS_RSAE_SHA512,
    SSL_SIGN_RSA_PKCS1_SHA512,
    SSL_SIGN_RSA_PKCS1_SHA1,
#ifdef SSL_SIGN_ML_DSA_44
    SSL_SIGN_ML_DSA_44,
    SSL_SIGN_ML_DSA_65,
    SSL_SIGN_ML_DSA_87,
#endif
};

/* Those that browsers, Go and OpenSSL 3.5 offer, so that a handshake costs as much as theirs; of
 * these the ones that BoringSSL has. */
#ifdef SSL_GROUP_X25519_MLKEM768
#define DEFAULT_GROUPS "X25519MLKEM768:X25519:P-256:P-384"
#else
#define DEFAULT_GROUPS "X25519:P-256:P-384"
#endif

const char *tls_default_groups(void)
{
    return DEFAULT_GROUPS;
}

static bool refuse(struct error *err, const char *option, const char *value, const char *accepted)
{
    ERR_clear_error();
    return error_set(err, "%s '%s' is not known to this BoringSSL; %s", option, value, accepted);
}

static bool accept_raw_keys(SSL_CTX *ctx, struct error *err)
{
    return raw_key_accept(ctx) ||
           error_set(err,
                     "this BoringSSL (API version %d) has no raw public keys; expected one of API "
                     "version 41 or later",
                     BORINGSSL_API_VERSION);
}

bool tls_context_limit(struct tls_context *context, const struct tls_config *config,
                       struct error *err)
{
    SSL_CTX *ctx = context->ssl_ctx;
    if (config->raw_keys && !accept_raw_keys(ctx, err))
        return false;
    uint16_t min = config->version_min ? config->version_min : TLS_VERSION_1_2;
    uint16_t max = config->version_max ? config->version_max : TLS_VERSION_1_3;
    if (!SSL_CTX_set_min_proto_version(ctx, min) || !SSL_CTX_set_max_proto_version(ctx, max))
        return error_set(err, "this BoringSSL does not support the requested TLS versions");
    if (config->ciphers != NULL && !SSL_CTX_set_strict_cipher_list(ctx, config->ciphers))
        return refuse(
            err, "--ciphers", config->ciphers,
            "expected names of TLS 1.2 joined by ':', such as ECDHE-ECDSA-AES128-GCM-SHA256");
    const char *groups = config->groups != NULL ? config->groups : DEFAULT_GROUPS;
    if (!SSL_CTX_set1_curves_list(ctx, groups))
        return refuse(err, "--groups", groups,
                      "expected names joined by ':', such as X25519:P-256:P-384");
    if (config->sigalgs == NULL)
        return SSL_CTX_set_verify_algorithm_prefs(ctx, default_verify_sigalgs,
                                                  sizeof default_verify_sigalgs /
                                                      sizeof *default_verify_sigalgs) == 1 ||
               error_set(err, "this BoringSSL lacks default signature algorithms");
    if (!SSL_CTX_set1_sigalgs_list(ctx, config->sigalgs))
        return refuse(err, "--sigalgs", config->sigalgs,
                      "expected names joined by ':', such as "
                      "ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256:ed25519");
    return true;
}

static bool set_alpn(SSL_CTX *ctx, enum tls_alpn alpn, struct error *err)
{
    static const uint8_t protocols[] = "\x02h2\x08http/1.1";
    static const struct {
        size_t from, len;
    } offers[] = {[TLS_ALPN_H2] = {0, 3}, [TLS_ALPN_HTTP_1_1] = {3, 9}, [TLS_ALPN_BOTH] = {0, 12}};
    /* unlike the other functions, 0 is success */
    if (alpn == TLS_ALPN_NONE ||
        SSL_CTX_set_alpn_protos(ctx, protocols + offers[alpn].from, offers[alpn].len) == 0)
        return true;
    return error_set(err, "this BoringSSL cannot offer the requested HTTP version");
}

/* Tries the name on a temporary SSL, since a context has no place for it. */
static bool check_sni(SSL_CTX *ctx, const char *sni, struct error *err)
{
    SSL *ssl = memory_must(SSL_new(ctx));
    bool ok = SSL_set_tlsext_host_name(ssl, sni) == 1;
    SSL_free(ssl);
    ERR_clear_error();
    return ok ||
           error_set(err, "the name '%.300s' cannot be sent as SNI; expected 1 to 255 bytes", sni);
}

/* NSS's key log format, for Wireshark. One call per line, so that lines of different threads do not
 * mix. */
static void write_keylog(const SSL *ssl, const char *line)
{
    struct tls_context *context = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    fprintf(context->keylog, "%s\n", line);
    fflush(context->keylog);
}

static bool has_p521(const struct identity_set *identities)
{
    for (size_t i = 0; identities != NULL && i < identity_set_count(identities); i++) {
        if (strcmp(identity_set_key_kind(identities, i), "P-521") == 0)
            return true;
    }
    return false;
}

/* In TLS 1.2 the groups also limit the curves of keys (RFC 8422 section 5.1), and the default lacks
 * P-521, so OpenSSL's servers then refuse a client certificate with such a key. */
static bool offer_curves(SSL_CTX *ctx, const struct tls_config *config,
                         const struct identity_set *identities, struct error *err)
{
    if (config->groups != NULL || config->version_min >= TLS_VERSION_1_3 || !has_p521(identities))
        return true;
    return SSL_CTX_set1_curves_list(ctx, DEFAULT_GROUPS ":P-521") == 1 ||
           error_set(err, "this BoringSSL cannot offer the group P-521, which an identity needs");
}

static bool offer_compression(struct tls_context *context, const char *names, struct error *err)
{
    struct cert_compression_list list;
    if (names == NULL)
        return true;
    if (!cert_compression_parse(&list, names, err))
        return false;
    context->decompressor = decompressor_new();
    for (size_t i = 0; i < list.count; i++)
        tls_conn_hook_compression(context, list.items[i]);
    return true;
}

struct tls_context *tls_context_new(const struct tls_config *config,
                                    const struct identity_set *identities, struct error *err)
{
    struct tls_context *context = tls_context_base(SSL_CTX_new(TLS_with_buffers_method()));
    SSL_CTX *ctx = context->ssl_ctx;
    if (!tls_context_limit(context, config, err) || !set_alpn(ctx, config->alpn, err) ||
        !offer_curves(ctx, config, identities, err) ||
        !offer_compression(context, config->cert_compression, err) ||
        (config->sni != NULL && !check_sni(ctx, config->sni, err))) {
        tls_context_free(context);
        return NULL;
    }
    context->identities = identities;
    context->sni = config->sni != NULL ? memory_text(config->sni) : NULL;
    context->ech.is_grease = config->ech_grease;
    if (config->ech != NULL)
        buffer_append(&context->ech.list, config->ech, config->ech_len);
    SSL_CTX_set_early_data_enabled(ctx, config->early_data);
    SSL_CTX_set_reverify_on_resume(ctx, 1);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    if (config->keep_tickets) {
        context->tickets =
            tickets_new(identities ? identity_set_count(identities) : 1, config->num_addresses);
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    }
    if (config->keylog != NULL) {
        context->keylog = config->keylog;
        SSL_CTX_set_keylog_callback(ctx, write_keylog);
    }
    return context;
}

bool tls_context_check(const struct tls_config *config, struct error *err)
{
    struct tls_context *context = tls_context_new(config, NULL, err);
    bool ok = context != NULL;
    tls_context_free(context);
    return ok;
}

struct buffer *tls_context_output(struct tls_context *context)
{
    return &context->output;
}

bool tls_context_on_signed(struct tls_context *context, void (*notify)(void *arg), void *arg,
                           struct error *err)
{
    struct signer *signer =
        context->identities != NULL ? identity_set_signer(context->identities) : NULL;
    if (signer == NULL)
        return true;
    context->inbox = signer_open(signer, notify, arg);
    return context->inbox != NULL || error_set(err, "no thread can be started for signatures");
}

struct tls_conn *tls_context_take_signed(struct tls_context *context)
{
    return signer_take(context->inbox);
}

void tls_context_replace(struct tls_context *context, const struct identity_set *identities,
                         const bool *changed)
{
    context->identities = identities;
    for (size_t i = 0; context->tickets != NULL && i < identity_set_count(identities); i++) {
        if (changed[i])
            tickets_drop(context->tickets, i);
    }
}

void tls_context_drop_tickets(struct tls_context *context)
{
    if (context->tickets != NULL)
        tickets_drop_all(context->tickets);
}

const char *tls_version_name(uint16_t version)
{
    switch (version) {
    case TLS_VERSION_1_2:
        return "TLSv1.2";
    case TLS_VERSION_1_3:
        return "TLSv1.3";
    default:
        return "none";
    }
}

static const char *name_or_number(const char *name, unsigned number, char out[static 64])
{
    if (name != NULL)
        snprintf(out, 64, "%s", name);
    else
        snprintf(out, 64, "0x%04x", number);
    return out;
}

const char *tls_cipher_name(uint16_t cipher, char out[static 64])
{
    const SSL_CIPHER *found = SSL_get_cipher_by_value(cipher);
    return name_or_number(found ? SSL_CIPHER_standard_name(found) : NULL, cipher, out);
}

const char *tls_group_name(uint16_t group, char out[static 64])
{
    return name_or_number(SSL_get_curve_name(group), group, out);
}

const char *tls_sigalg_name(uint16_t sigalg, char out[static 64])
{
    return name_or_number(SSL_get_signature_algorithm_name(sigalg, 1), sigalg, out);
}

const char *tls_alert_name(int alert, char out[static 64])
{
    const char *text = SSL_alert_desc_string_long(alert);
    snprintf(out, 64, "%s", text);
    for (char *p = out; *p != '\0'; p++) /* "unknown CA" is unknown_ca in RFC 8446 and at IANA */
        *p = *p == ' ' ? '_' : (char)tolower((unsigned char)*p);
    if (strcmp(out, "unknown") == 0)
        snprintf(out, 64, "alert_%d", alert);
    return out;
}

const char *tls_library_version(void)
{
    static char text[96];
    const char *commit = PINLOAD_BORINGSSL_COMMIT;
    snprintf(text, sizeof text, "API version %d%s%s", BORINGSSL_API_VERSION,
             *commit != '\0' ? ", commit " : "", commit);
    return text;
}
