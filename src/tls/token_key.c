/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "tls/token_internal.h"
#include "tls/tokens.h"

#include <openssl/bn.h>
#include <openssl/digest.h>
#include <openssl/ec_key.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>

#include <string.h>

#define MOST_OF_P521 66 /* bytes of a number */

static CK_RV sign_by(const struct token_key *key, CK_SESSION_HANDLE session,
                     CK_MECHANISM *mechanism, const uint8_t *in, size_t in_len, uint8_t *out,
                     CK_ULONG *inout_len)
{
    CK_FUNCTION_LIST *module = key->token->module;
    CK_RV rv = module->C_SignInit(session, mechanism, key->object);
    return rv != CKR_OK ? rv : module->C_Sign(session, (CK_BYTE *)in, in_len, out, inout_len);
}

/* What a token gives of ECDSA is r and s, each as long as the curve's order. */
struct raw_signature {
    uint8_t bytes[2 * MOST_OF_P521];
    CK_ULONG len;
};

/* TLS has it in DER. */
static CK_RV to_der(const struct raw_signature *raw, uint8_t *out, size_t *inout_len)
{
    CBB cbb;
    size_t half = raw->len / 2;
    BIGNUM *r = BN_bin2bn(raw->bytes, half, NULL);
    BIGNUM *s = BN_bin2bn(raw->bytes + half, half, NULL);
    ECDSA_SIG *signature = memory_must(ECDSA_SIG_new());
    ECDSA_SIG_set0(signature, memory_must(r), memory_must(s));
    bool ok = CBB_init_fixed(&cbb, out, *inout_len) && ECDSA_SIG_marshal(&cbb, signature) &&
              CBB_finish(&cbb, NULL, inout_len);
    ECDSA_SIG_free(signature);
    return ok ? CKR_OK : CKR_FUNCTION_FAILED;
}

/* A digest longer than the order is cut off, which tokens do not agree on doing themselves: that of
 * TLS 1.2 may be. No digest is longer than P-521's. */
static size_t digest_len_for(const struct token_key *key, size_t digest_len)
{
    return key->order_len > 0 && key->order_len < digest_len ? key->order_len : digest_len;
}

static CK_RV sign_ec(const struct token_key *key, CK_SESSION_HANDLE session, const uint8_t *digest,
                     size_t digest_len, struct raw_signature *out)
{
    CK_MECHANISM mechanism = {.mechanism = CKM_ECDSA};
    out->len = sizeof out->bytes;
    return sign_by(key, session, &mechanism, digest, digest_len_for(key, digest_len), out->bytes,
                   &out->len);
}

static CK_RV sign_pss(const struct token_key *key, CK_SESSION_HANDLE session, const EVP_MD *md,
                      const uint8_t *digest, size_t digest_len, uint8_t *out, CK_ULONG *inout_len)
{
    static const struct {
        int nid;
        CK_MECHANISM_TYPE hash;
        CK_ULONG mgf;
    } rows[] = {
        {NID_sha256, CKM_SHA256, CKG_MGF1_SHA256},
        {NID_sha384, CKM_SHA384, CKG_MGF1_SHA384},
        {NID_sha512, CKM_SHA512, CKG_MGF1_SHA512},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].nid != EVP_MD_type(md))
            continue;
        CK_RSA_PKCS_PSS_PARAMS pss = {rows[i].hash, rows[i].mgf, digest_len};
        CK_MECHANISM mechanism = {CKM_RSA_PKCS_PSS, &pss, sizeof pss};
        return sign_by(key, session, &mechanism, digest, digest_len, out, inout_len);
    }
    return CKR_MECHANISM_INVALID;
}

/* The token pads; what it pads names the hash (DigestInfo of RFC 8017, 9.2). */
static CK_RV sign_pkcs1(const struct token_key *key, CK_SESSION_HANDLE session, const EVP_MD *md,
                        const uint8_t *digest, size_t digest_len, uint8_t *out, CK_ULONG *inout_len)
{
    CK_MECHANISM mechanism = {.mechanism = CKM_RSA_PKCS};
    uint8_t *info;
    size_t info_len;
    int is_ours;
    if (!RSA_add_pkcs1_prefix(&info, &info_len, &is_ours, EVP_MD_type(md), digest, digest_len))
        return CKR_MECHANISM_INVALID;
    CK_RV rv = sign_by(key, session, &mechanism, info, info_len, out, inout_len);
    if (is_ours)
        OPENSSL_free(info);
    return rv;
}

static CK_RV sign_rsa(const struct token_key *key, CK_SESSION_HANDLE session, uint16_t sigalg,
                      const uint8_t *digest, size_t digest_len, uint8_t *out, size_t *inout_len)
{
    const EVP_MD *md = SSL_get_signature_algorithm_digest(sigalg);
    CK_ULONG len = *inout_len;
    if (md == NULL)
        return CKR_MECHANISM_INVALID;
    CK_RV rv = SSL_is_signature_algorithm_rsa_pss(sigalg)
                   ? sign_pss(key, session, md, digest, digest_len, out, &len)
                   : sign_pkcs1(key, session, md, digest, digest_len, out, &len);
    *inout_len = len;
    return rv;
}

CK_RV token_key_sign(const struct token_key *key, CK_SESSION_HANDLE session, uint16_t sigalg,
                     const uint8_t *digest, size_t digest_len, uint8_t *out, size_t *inout_len)
{
    struct raw_signature raw;
    if (key->type != CKK_EC)
        return sign_rsa(key, session, sigalg, digest, digest_len, out, inout_len);
    CK_RV rv = sign_ec(key, session, digest, digest_len, &raw);
    return rv == CKR_OK ? to_der(&raw, out, inout_len) : rv;
}

/* The digest of nothing. */
static void make_trial_digest(uint8_t out[static SHA256_DIGEST_LENGTH])
{
    SHA256(NULL, 0, out);
}

CK_RV token_key_try(struct token_key *key)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    struct raw_signature raw;
    make_trial_digest(digest);
    key->trial_len = sizeof key->trial;
    if (key->type != CKK_EC)
        return sign_rsa(key, key->token->session, SSL_SIGN_RSA_PSS_RSAE_SHA256, digest,
                        sizeof digest, key->trial, &key->trial_len);
    CK_RV rv = sign_ec(key, key->token->session, digest, sizeof digest, &raw);
    if (rv != CKR_OK)
        return rv;
    key->order_len = raw.len / 2;
    return to_der(&raw, key->trial, &key->trial_len);
}

static bool verify(EVP_PKEY_CTX *ctx, const struct token_key *key)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    make_trial_digest(digest);
    return EVP_PKEY_verify_init(ctx) == 1 &&
           (key->type == CKK_EC || (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
                                    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, -1) == 1)) &&
           EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1 &&
           EVP_PKEY_verify(ctx, key->trial, key->trial_len, digest, sizeof digest) == 1;
}

bool token_key_belongs(const struct token_key *key, const EVP_PKEY *public_key)
{
    int type = key->type == CKK_EC ? EVP_PKEY_EC : EVP_PKEY_RSA;
    if (EVP_PKEY_id(public_key) != type)
        return false;
    EVP_PKEY_CTX *ctx = memory_must(EVP_PKEY_CTX_new((EVP_PKEY *)public_key, NULL));
    bool ok = verify(ctx, key);
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    return ok;
}
