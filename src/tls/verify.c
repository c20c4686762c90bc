/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/verify.h"

#include "base/clock.h"
#include "tls/ech_internal.h"
#include "tls/raw_key.h"
#include "tls/trust.h"

#include <openssl/err.h>
#include <openssl/mem.h>
#include <openssl/pool.h>
#include <openssl/ssl.h>
#include <openssl/stack.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <string.h>

#ifdef PINLOAD_TEST_HOOKS
#include <openssl/sha.h>
#endif

static const char *const mode_names[NUM_VERIFY_MODES] = {
    [VERIFY_NONE] = "none",
    [VERIFY_CHAIN] = "chain",
    [VERIFY_PIN] = "pin",
    [VERIFY_CHAIN_PIN] = "chain+pin",
};

const char *verify_mode_name(enum verify_mode mode)
{
    return mode_names[mode];
}

bool verify_mode_parse(const char *text, enum verify_mode *out_mode)
{
    for (int mode = 0; mode < NUM_VERIFY_MODES; mode++) {
        if (strcmp(text, mode_names[mode]) == 0) {
            *out_mode = (enum verify_mode)mode;
            return true;
        }
    }
    return false;
}

bool verify_mode_has_chain(enum verify_mode mode)
{
    return mode == VERIFY_CHAIN || mode == VERIFY_CHAIN_PIN;
}

bool verify_mode_has_pins(enum verify_mode mode)
{
    return mode == VERIFY_PIN || mode == VERIFY_CHAIN_PIN;
}

const char *verify_error_text(const struct verify_verdict *verdict)
{
    return X509_verify_cert_error_string(verdict->x509_error);
}

static enum verify_result result_of(int x509_error)
{
    switch (x509_error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return VERIFY_CERT_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return VERIFY_CERT_NOT_YET_VALID;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return VERIFY_NAME_MISMATCH;
    default:
        return VERIFY_CHAIN_UNTRUSTED;
    }
}

static uint8_t alert_of(int x509_error)
{
    return (uint8_t)SSL_alert_from_verify_result(x509_error);
}

/* What is checked: the certificates, and where the server has rejected ECH the name that they must be
 * for instead of the policy's. */
struct peer {
    const STACK_OF(CRYPTO_BUFFER) * certs;
    const char *public_name; /* NULL: the policy's */
    size_t public_name_len;
};

/* Sets what X.509 verification checks besides signatures: purpose, time (now, by default), name.
 * Every certificate in the file is a trust anchor, even an intermediate CA. */
static bool set_parameters(X509_STORE_CTX *ctx, const struct peer *peer,
                           const struct verify_policy *policy)
{
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    if (!X509_STORE_CTX_set_default(ctx, "ssl_server"))
        return false;
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (peer->public_name != NULL)
        return X509_VERIFY_PARAM_set1_host(param, peer->public_name, peer->public_name_len) == 1;
    if (policy->host_is_ip)
        return X509_VERIFY_PARAM_set1_ip_asc(param, policy->host) == 1;
    return X509_VERIFY_PARAM_set1_host(param, policy->host, strlen(policy->host)) == 1;
}

/* Compares the pins that may be an issuer's with the issuers in the verified chain, never with what was sent. */
static int match_issuers(const struct pinset *pins, X509_STORE_CTX *ctx)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
    for (size_t i = 1; i < sk_X509_num(chain); i++) {
        uint8_t *der = NULL;
        int len = i2d_X509(sk_X509_value(chain, i), &der);
        int index = len > 0 ? pinset_match_issuer(pins, der, (size_t)len) : -1;
        OPENSSL_free(der);
        if (index >= 0)
            return index;
    }
    return -1;
}

/* Whether a rejected pin is of one of the certificates that were sent. Their order and place prove
 * nothing, so all of them count. */
static bool sends_rejected(const struct peer *peer, const struct verify_policy *policy)
{
    for (size_t i = 0; policy->rejected != NULL && i < sk_CRYPTO_BUFFER_num(peer->certs); i++) {
        const CRYPTO_BUFFER *cert = sk_CRYPTO_BUFFER_value(peer->certs, i);
        if (pinset_find_anywhere(policy->rejected, CRYPTO_BUFFER_data(cert),
                                 CRYPTO_BUFFER_len(cert)) >= 0)
            return true;
    }
    return false;
}

/* The same of the verified chain, whose last certificate need not have been sent. */
static bool chain_has_rejected(const struct pinset *rejected, X509_STORE_CTX *ctx)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
    bool has = false;
    for (size_t i = 0; rejected != NULL && !has && i < sk_X509_num(chain); i++) {
        uint8_t *der = NULL;
        int len = i2d_X509(sk_X509_value(chain, i), &der);
        has = len > 0 && pinset_find_anywhere(rejected, der, (size_t)len) >= 0;
        OPENSSL_free(der);
    }
    return has;
}

/* The server's certificates, parsed; the caller frees both. */
static bool parse_peer(const STACK_OF(CRYPTO_BUFFER) * certs, X509 **out_leaf,
                       STACK_OF(X509) * *out_rest)
{
    *out_rest = sk_X509_new_null();
    *out_leaf = X509_parse_from_buffer(sk_CRYPTO_BUFFER_value(certs, 0));
    if (*out_rest == NULL || *out_leaf == NULL)
        return false;
    for (size_t i = 1; i < sk_CRYPTO_BUFFER_num(certs); i++) {
        X509 *x509 = X509_parse_from_buffer(sk_CRYPTO_BUFFER_value(certs, i));
        if (x509 == NULL || sk_X509_push(*out_rest, x509) == 0) {
            X509_free(x509);
            return false;
        }
    }
    return true;
}

/* Verifies the chain; if it is valid, compares its issuers with the CA pins, and all of it with the
 * rejected ones. */
static int verify_chain(const struct peer *peer, const struct verify_policy *policy,
                        int *out_pin_index, bool *out_rejected)
{
    X509 *leaf = NULL;
    STACK_OF(X509) *rest = NULL;
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    int error = X509_V_ERR_UNSPECIFIED;
    if (ctx == NULL || !parse_peer(peer->certs, &leaf, &rest) ||
        !X509_STORE_CTX_init(ctx, trust_store(policy->trust), leaf, rest) ||
        !set_parameters(ctx, peer, policy))
        goto out;
    error = X509_verify_cert(ctx) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(ctx);
    if (error == X509_V_OK && verify_mode_has_pins(policy->mode) &&
        pinset_has_issuers(policy->pins))
        *out_pin_index = match_issuers(policy->pins, ctx);
    *out_rejected = error == X509_V_OK && chain_has_rejected(policy->rejected, ctx);
out:
    X509_STORE_CTX_free(ctx);
    sk_X509_pop_free(rest, X509_free);
    X509_free(leaf);
    ERR_clear_error();
    return error;
}

static void match_leaf(const struct peer *peer, const struct verify_policy *policy,
                       struct verify_verdict *verdict)
{
    const CRYPTO_BUFFER *leaf = sk_CRYPTO_BUFFER_value(peer->certs, 0);
    int index = pinset_match_leaf(policy->pins, CRYPTO_BUFFER_data(leaf), CRYPTO_BUFFER_len(leaf));
    if (index >= 0)
        verdict->pin_index = index;
}

static enum verify_result reject(struct verify_verdict *verdict, uint8_t *out_alert)
{
    verdict->pin_index = -1;
    *out_alert = SSL_AD_CERTIFICATE_UNKNOWN;
    return VERIFY_PIN_REJECTED;
}

/* The result of a comparison with the pins, which is made. */
static enum verify_result conclude_pins(const struct verify_policy *policy,
                                        struct verify_verdict *verdict, uint8_t *out_alert)
{
    verdict->pins_checked = true;
    verdict->pin_reported = verdict->pin_index < 0 && policy->report_pins;
    *out_alert = SSL_AD_CERTIFICATE_UNKNOWN;
    return verdict->pin_index >= 0 || verdict->pin_reported ? VERIFY_OK : VERIFY_PIN_MISMATCH;
}

static enum verify_result check(const struct peer *peer, const struct verify_policy *policy,
                                struct verify_verdict *verdict, uint8_t *out_alert)
{
    bool is_rejected = false;
    if (sends_rejected(peer, policy))
        return reject(verdict, out_alert);
    if (verify_mode_has_chain(policy->mode)) {
        verdict->x509_error = verify_chain(peer, policy, &verdict->pin_index, &is_rejected);
        if (verdict->x509_error != X509_V_OK) {
            *out_alert = alert_of(verdict->x509_error);
            return result_of(verdict->x509_error);
        }
    }
    if (is_rejected)
        return reject(verdict, out_alert);
    if (!verify_mode_has_pins(policy->mode))
        return VERIFY_OK;
    match_leaf(peer, policy, verdict);
    return conclude_pins(policy, verdict, out_alert);
}

/* A raw public key has no chain that could be verified: its pin is all there is. */
static enum verify_result check_key(const uint8_t *der, size_t len,
                                    const struct verify_policy *policy,
                                    struct verify_verdict *verdict, uint8_t *out_alert)
{
    if (policy->rejected != NULL && pinset_match_key(policy->rejected, der, len) >= 0)
        return reject(verdict, out_alert);
    if (verify_mode_has_chain(policy->mode)) {
        verdict->x509_error = X509_V_ERR_UNSPECIFIED;
        *out_alert = SSL_AD_UNSUPPORTED_CERTIFICATE;
        return VERIFY_CHAIN_UNTRUSTED;
    }
    if (!verify_mode_has_pins(policy->mode))
        return VERIFY_OK;
    verdict->pin_index = pinset_match_key(policy->pins, der, len);
    return conclude_pins(policy, verdict, out_alert);
}

/* Computes a fixed number of SHA-256 blocks, so that a test can see whether an added cost is
 * found. */
static void be_slow(const struct verify_policy *policy)
{
#ifdef PINLOAD_TEST_HOOKS
    static const uint8_t block[SHA256_CBLOCK];
    SHA256_CTX ctx;
    SHA256_Init(&ctx);
    for (uint32_t i = 0; i < policy->extra_sha256_blocks; i++)
        SHA256_Update(&ctx, block, sizeof block);
    volatile uint8_t sink = (uint8_t)ctx.h[0];
    (void)sink;
#else
    (void)policy;
#endif
}

/* What the peer sent: certificates, or a raw public key. */
static enum verify_result check_peer(const SSL *ssl, const struct verify_policy *policy,
                                     struct verify_verdict *verdict, uint8_t *out_alert)
{
    uint8_t key[RAW_KEY_MOST];
    struct peer peer = {.certs = SSL_get0_peer_certificates(ssl)};
    peer.public_name = ech_public_name(ssl, &peer.public_name_len);
    if (peer.certs != NULL && sk_CRYPTO_BUFFER_num(peer.certs) > 0)
        return check(&peer, policy, verdict, out_alert);
    size_t key_len = raw_key_of_peer(ssl, key);
    if (key_len > 0)
        return check_key(key, key_len, policy, verdict, out_alert);
    verdict->x509_error = X509_V_ERR_UNSPECIFIED;
    *out_alert = SSL_AD_DECODE_ERROR;
    return VERIFY_CHAIN_UNTRUSTED;
}

bool verify_server(struct ssl_st *ssl, const struct verify_policy *policy,
                   struct verify_verdict *verdict, uint8_t *out_alert)
{
    uint64_t start_ns = clock_now_ns();
    verdict->pin_index = -1;
    verdict->pins_checked = false;
    verdict->pin_reported = false;
    verdict->x509_error = 0;
    verdict->result = check_peer(ssl, policy, verdict, out_alert);
    be_slow(policy);
    verdict->num_calls++;
    verdict->elapsed_ns = (uint32_t)(clock_now_ns() - start_ns);
    return verdict->result == VERIFY_OK;
}
