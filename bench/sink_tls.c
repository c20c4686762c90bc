/* SPDX-License-Identifier: Apache-2.0 */
#include "sink_tls.h"

#include "base/memory.h"
#include "sink_compress.h"
#include "sink_ech.h"
#include "tls/key_file.h"
#include "tls/trust.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pool.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <stdlib.h>
#include <string.h>

#define KNOWN_LEN 32768 /* how many leaves are remembered: half of the table, then it is cleared */

struct sink_tls {
    SSL_CTX *ctx;
    CRYPTO_BUFFER_POOL *pool;
    BIO_METHOD *method;
    BIO *bio; /* one for all: input and output are shared, too */
    struct trust *trust;
    bool check_every;
    /* An open-addressed table of verified leaves. The pool makes equal certificates the same
     * buffer, so pointers can be compared instead of bytes. */
    CRYPTO_BUFFER *known[KNOWN_LEN];
    size_t num_known;
    const uint8_t *in;
    size_t in_len;
    struct buffer out;
    struct sink_handshakes handshakes;
};

static int bio_read(BIO *bio, char *out, int len)
{
    struct sink_tls *tls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (tls->in_len == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t n = tls->in_len < (size_t)len ? tls->in_len : (size_t)len;
    memcpy(out, tls->in, n);
    tls->in += n;
    tls->in_len -= n;
    return (int)n;
}

static int bio_write(BIO *bio, const char *bytes, int len)
{
    struct sink_tls *tls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    buffer_append(&tls->out, bytes, (size_t)len);
    return len;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

/* The entry of LEAF in the table, or the empty one for it. */
static size_t place_of(const struct sink_tls *tls, const CRYPTO_BUFFER *leaf)
{
    size_t place = ((uintptr_t)leaf >> 4) * 0x9e3779b97f4a7c15u >> 49;
    while (tls->known[place] != NULL && tls->known[place] != leaf)
        place = (place + 1) % KNOWN_LEN;
    return place;
}

static void forget_known(struct sink_tls *tls)
{
    for (size_t i = 0; i < KNOWN_LEN; i++) {
        CRYPTO_BUFFER_free(tls->known[i]);
        tls->known[i] = NULL;
    }
    tls->num_known = 0;
}

static bool chain_holds(const struct sink_tls *tls, const STACK_OF(CRYPTO_BUFFER) * chain)
{
    X509 *leaf = X509_parse_from_buffer(sk_CRYPTO_BUFFER_value(chain, 0));
    STACK_OF(X509) *rest = sk_X509_new_null();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    for (size_t i = 1; i < sk_CRYPTO_BUFFER_num(chain); i++) {
        X509 *issuer = X509_parse_from_buffer(sk_CRYPTO_BUFFER_value(chain, i));
        if (issuer != NULL)
            sk_X509_push(rest, issuer);
    }
    bool holds = leaf != NULL && X509_STORE_CTX_init(ctx, trust_store(tls->trust), leaf, rest) &&
                 X509_STORE_CTX_set_default(ctx, "ssl_client") && X509_verify_cert(ctx) == 1;
    X509_STORE_CTX_free(ctx);
    sk_X509_pop_free(rest, X509_free);
    X509_free(leaf);
    ERR_clear_error();
    return holds;
}

static enum ssl_verify_result_t on_verify(SSL *ssl, uint8_t *out_alert)
{
    struct sink_tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    const STACK_OF(CRYPTO_BUFFER) *chain = SSL_get0_peer_certificates(ssl);
    CRYPTO_BUFFER *leaf = sk_CRYPTO_BUFFER_value(chain, 0);
    size_t place = place_of(tls, leaf);
    if (!tls->check_every && tls->known[place] == leaf)
        return ssl_verify_ok;
    tls->handshakes.chains_checked++;
    if (!chain_holds(tls, chain)) {
        *out_alert = SSL_AD_UNKNOWN_CA;
        return ssl_verify_invalid;
    }
    if (tls->check_every)
        return ssl_verify_ok;
    if (tls->num_known == KNOWN_LEN / 2) {
        forget_known(tls);
        place = place_of(tls, leaf);
    }
    CRYPTO_BUFFER_up_ref(leaf);
    tls->known[place] = leaf;
    tls->num_known++;
    return ssl_verify_ok;
}

static bool use_cert(struct sink_tls *tls, const struct sink_options *options, struct error *err)
{
    struct key_file cert = {0}, key = {0};
    bool apart = options->key != NULL;
    bool ok =
        key_file_read(&cert, options->cert, "the certificate", !apart, &options->password, err) &&
        (!apart || key_file_read(&key, options->key, "the key", true, &options->password, err));
    if (ok && !SSL_CTX_set_chain_and_key(tls->ctx, cert.certs, cert.num_certs,
                                         apart ? key.key : cert.key, NULL))
        ok = error_set(err, "the certificate '%s' and its key do not belong together",
                       options->cert);
    ERR_clear_error();
    key_file_cleanup(&cert);
    key_file_cleanup(&key);
    return ok;
}

static void make_bio(struct sink_tls *tls)
{
    tls->method = BIO_meth_new(0, "sink");
    BIO_meth_set_read(tls->method, bio_read);
    BIO_meth_set_write(tls->method, bio_write);
    BIO_meth_set_ctrl(tls->method, bio_control);
    tls->bio = BIO_new(tls->method);
    BIO_set_data(tls->bio, tls);
    BIO_set_init(tls->bio, 1);
}

/* BoringSSL's default algorithms for clients' signatures lack ML-DSA. */
static bool limit(struct sink_tls *tls, const struct sink_options *options, struct error *err)
{
#ifdef SSL_SIGN_ML_DSA_44
    static const uint16_t sigalgs[] = {
        SSL_SIGN_ECDSA_SECP256R1_SHA256,
        SSL_SIGN_RSA_PSS_RSAE_SHA256,
        SSL_SIGN_RSA_PKCS1_SHA256,
        SSL_SIGN_ECDSA_SECP384R1_SHA384,
        SSL_SIGN_RSA_PSS_RSAE_SHA384,
        SSL_SIGN_RSA_PKCS1_SHA384,
        SSL_SIGN_RSA_PSS_RSAE_SHA512,
        SSL_SIGN_RSA_PKCS1_SHA512,
        SSL_SIGN_RSA_PKCS1_SHA1,
        SSL_SIGN_ML_DSA_44,
        SSL_SIGN_ML_DSA_65,
        SSL_SIGN_ML_DSA_87,
    };
    SSL_CTX_set_verify_algorithm_prefs(tls->ctx, sigalgs, sizeof sigalgs / sizeof *sigalgs);
#endif
    if (options->groups == NULL || SSL_CTX_set1_curves_list(tls->ctx, options->groups))
        return true;
    ERR_clear_error();
    return error_set(err, "--groups '%s' is not known to this BoringSSL", options->groups);
}

struct sink_tls *sink_tls_new(const struct sink_options *options, struct error *err)
{
    struct sink_tls *tls = memory_new(1, sizeof *tls);
    tls->ctx = SSL_CTX_new(TLS_with_buffers_method());
    tls->pool = CRYPTO_BUFFER_POOL_new();
    tls->check_every = options->check_every;
    make_bio(tls);
    SSL_CTX_set_app_data(tls->ctx, tls);
    SSL_CTX_set0_buffer_pool(tls->ctx, tls->pool);
    SSL_CTX_set_session_cache_mode(tls->ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_session_id_context(tls->ctx, (const uint8_t *)"sink", 4);
    if (!options->tickets)
        SSL_CTX_set_options(tls->ctx, SSL_OP_NO_TICKET);
    bool ok = use_cert(tls, options, err) && limit(tls, options, err) &&
              (options->ech_key == NULL || sink_ech_use(tls->ctx, options->ech_key, err)) &&
              (options->cert_compression == NULL ||
               sink_compress_use(tls->ctx, options->cert_compression, err));
    if (ok && options->client_ca != NULL) {
        SSL_CTX_set_custom_verify(tls->ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                                  on_verify);
        tls->trust = trust_load(options->client_ca, err);
        ok = tls->trust != NULL;
    }
    if (ok)
        return tls;
    sink_tls_free(tls);
    return NULL;
}

void sink_tls_free(struct sink_tls *tls)
{
    if (tls == NULL)
        return;
    forget_known(tls);
    SSL_CTX_free(tls->ctx);
    CRYPTO_BUFFER_POOL_free(tls->pool);
    BIO_free(tls->bio);
    BIO_meth_free(tls->method);
    trust_free(tls->trust);
    buffer_cleanup(&tls->out);
    free(tls);
}

struct ssl_st *sink_tls_accept(struct sink_tls *tls)
{
    SSL *ssl = SSL_new(tls->ctx);
    BIO_up_ref(tls->bio);
    SSL_set_bio(ssl, tls->bio, tls->bio);
    SSL_set_shed_handshake_config(ssl, 1);
    SSL_set_accept_state(ssl);
    return ssl;
}

void sink_tls_end(struct ssl_st *ssl)
{
    SSL_free(ssl);
}

void sink_tls_feed(struct sink_tls *tls, const uint8_t *bytes, size_t len)
{
    tls->in = bytes;
    tls->in_len = len;
}

static enum sink_step step_of(struct sink_tls *tls, SSL *ssl, int result, bool in_handshake)
{
    int error = SSL_get_error(ssl, result);
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ)
        return SINK_WAIT;
    tls->handshakes.failed += in_handshake;
    return SINK_END;
}

static void count_code(struct sink_codes *codes, uint16_t code)
{
    size_t i = 0;
    while (i < codes->num_seen && codes->seen[i].code != code)
        i++;
    if (i == SINK_CODES)
        return;
    if (i == codes->num_seen)
        codes->seen[codes->num_seen++].code = code;
    codes->seen[i].count++;
}

static void count_handshake(struct sink_handshakes *handshakes, const SSL *ssl)
{
    bool resumed = SSL_session_reused(ssl);
    uint16_t sigalg = SSL_get_peer_signature_algorithm(ssl);
    *(resumed ? &handshakes->resumed : &handshakes->full) += 1;
    count_code(&handshakes->groups, SSL_get_curve_id(ssl));
    if (!resumed && sigalg != 0)
        count_code(&handshakes->sigalgs, sigalg);
}

enum sink_step sink_tls_read(struct sink_tls *tls, struct ssl_st *ssl, char *out, size_t *inout_len)
{
    if (SSL_in_init(ssl)) {
        int result = SSL_do_handshake(ssl);
        if (result != 1)
            return step_of(tls, ssl, result, true);
        count_handshake(&tls->handshakes, ssl);
        tls->handshakes.ech += sink_ech_is_accepted(ssl);
    }
    int n = SSL_read(ssl, out, (int)*inout_len);
    if (n <= 0)
        return step_of(tls, ssl, n, false);
    *inout_len = (size_t)n;
    return SINK_DATA;
}

bool sink_tls_write(struct ssl_st *ssl, const char *bytes, size_t len)
{
    bool ok = SSL_write(ssl, bytes, (int)len) == (int)len;
    ERR_clear_error();
    return ok;
}

void sink_tls_close_notify(struct ssl_st *ssl)
{
    SSL_shutdown(ssl);
    ERR_clear_error();
}

struct buffer *sink_tls_output(struct sink_tls *tls)
{
    return &tls->out;
}

const struct sink_handshakes *sink_tls_handshakes(const struct sink_tls *tls)
{
    return &tls->handshakes;
}

static const char *name_or_unknown(const char *name)
{
    return name != NULL ? name : "unknown";
}

const char *sink_tls_group(uint16_t code)
{
    return name_or_unknown(SSL_get_curve_name(code));
}

const char *sink_tls_sigalg(uint16_t code)
{
    return name_or_unknown(SSL_get_signature_algorithm_name(code, 1));
}
