/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What BoringSSL's operations cost by themselves, of which a client's handshake is made: its part of
 * a key exchange, signing with its key, verifying a signature. They take turns, so that a drift of
 * the machine meets all alike.
 */
#include "base/clock.h"
#include "base/text.h"
#include "tls/issuing.h"

#include <openssl/curve25519.h>
#include <openssl/digest.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#ifdef SSL_GROUP_X25519_MLKEM768
#include <openssl/mlkem.h>
#define HAS_ML_KEM 1
#else
#define HAS_ML_KEM 0
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: operations [SAMPLES]\n"
    "\n"
    "Times a client's operations (default 1000 samples of each, in turns) and prints JSON: median,\n"
    "5th and 95th percentile in microseconds of CPU. What this BoringSSL lacks is left out.\n";

#define MAX_SAMPLES 100000
#define MESSAGE_LEN 130 /* what TLS 1.3 has a CertificateVerify sign, with SHA-256 */
#define MAX_SIGNATURE_LEN 8192

/* --- key exchange --------------------------------------------------------------------------- */

/* The client's part: a key pair, and the secret from the server's share. */
static void x25519(void)
{
    static uint8_t server_public[32], server_private[32];
    uint8_t public[32], private[32], secret[32];
    if (server_private[0] == 0 && server_private[1] == 0)
        X25519_keypair(server_public, server_private);
    X25519_keypair(public, private);
    if (!X25519(secret, private, server_public))
        abort();
}

#if HAS_ML_KEM
/* What the server would answer is no part of it, and any ciphertext costs the same. */
static void ml_kem_768(void)
{
    static struct MLKEM768_private_key private;
    static uint8_t public[MLKEM768_PUBLIC_KEY_BYTES], ciphertext[MLKEM768_CIPHERTEXT_BYTES];
    uint8_t secret[MLKEM_SHARED_SECRET_BYTES];
    MLKEM768_generate_key(public, NULL, &private);
    if (!MLKEM768_decap(secret, ciphertext, sizeof ciphertext, &private))
        abort();
}
#endif

/* --- signatures ----------------------------------------------------------------------------- */

static const struct {
    enum key_type type;
    const char *name;
} signers[] = {
    {KEY_P256, "ECDSA P-256"},
    {KEY_RSA_2048, "RSA-2048"},
    {KEY_ML_DSA_44, "ML-DSA-44"},
    {KEY_ML_DSA_65, "ML-DSA-65"},
};
#define NUM_SIGNERS (sizeof signers / sizeof *signers)

struct signer {
    EVP_PKEY *key;
    uint8_t message[MESSAGE_LEN], signature[MAX_SIGNATURE_LEN];
    size_t signature_len;
};

/* RSA signs by PSS, as in TLS 1.3. */
static void set_padding(EVP_PKEY_CTX *ctx, const EVP_PKEY *key)
{
    if (EVP_PKEY_id(key) == EVP_PKEY_RSA &&
        (!EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) ||
         !EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, -1)))
        abort();
}

static const EVP_MD *digest_of(const EVP_PKEY *key)
{
    int id = EVP_PKEY_id(key);
    return id == EVP_PKEY_EC || id == EVP_PKEY_RSA ? EVP_sha256() : NULL;
}

static void sign(struct signer *signer)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY_CTX *ctx;
    signer->signature_len = sizeof signer->signature;
    signer->message[0]++;
    if (!EVP_DigestSignInit(md, &ctx, digest_of(signer->key), NULL, signer->key))
        abort();
    set_padding(ctx, signer->key);
    if (!EVP_DigestSign(md, signer->signature, &signer->signature_len, signer->message,
                        sizeof signer->message))
        abort();
    EVP_MD_CTX_free(md);
}

static void verify(struct signer *signer)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY_CTX *ctx;
    if (!EVP_DigestVerifyInit(md, &ctx, digest_of(signer->key), NULL, signer->key))
        abort();
    set_padding(ctx, signer->key);
    if (!EVP_DigestVerify(md, signer->signature, signer->signature_len, signer->message,
                          sizeof signer->message))
        abort();
    EVP_MD_CTX_free(md);
}

/* --- the samples ---------------------------------------------------------------------------- */

enum { X25519_CLIENT, ML_KEM_CLIENT, FIRST_SIGNER };
#define NUM_SERIES (FIRST_SIGNER + 2 * NUM_SIGNERS)

struct series {
    uint64_t *ns;
    size_t count;
};

static void add(struct series *series, uint64_t begin_ns)
{
    series->ns[series->count++] = clock_thread_cpu_ns() - begin_ns;
}

static void take_samples(struct series *all, struct signer *own)
{
    uint64_t begin_ns = clock_thread_cpu_ns();
    x25519();
    add(&all[X25519_CLIENT], begin_ns);
#if HAS_ML_KEM
    begin_ns = clock_thread_cpu_ns();
    ml_kem_768();
    add(&all[ML_KEM_CLIENT], begin_ns);
#endif
    for (size_t i = 0; i < NUM_SIGNERS; i++) {
        if (own[i].key == NULL)
            continue;
        begin_ns = clock_thread_cpu_ns();
        sign(&own[i]);
        add(&all[FIRST_SIGNER + 2 * i], begin_ns);
        begin_ns = clock_thread_cpu_ns();
        verify(&own[i]);
        add(&all[FIRST_SIGNER + 2 * i + 1], begin_ns);
    }
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void print_series(size_t index, struct series *series)
{
    static const char *const exchanges[] = {"X25519, client", "ML-KEM-768, client"};
    static const char *const verbs[] = {"sign", "verify"};
    size_t n = series->count;
    if (n == 0)
        return;
    qsort(series->ns, n, sizeof *series->ns, compare);
    if (index < FIRST_SIGNER)
        printf("%s{\"operation\":\"%s\"", index > 0 ? "," : "", exchanges[index]);
    else
        printf(",{\"operation\":\"%s, %s\"", signers[(index - FIRST_SIGNER) / 2].name,
               verbs[(index - FIRST_SIGNER) % 2]);
    printf(",\"median_us\":%.2f,\"p5_us\":%.2f,\"p95_us\":%.2f}", (double)series->ns[n / 2] / 1e3,
           (double)series->ns[n / 20] / 1e3, (double)series->ns[n * 19 / 20] / 1e3);
}

int main(int argc, char **argv)
{
    struct series all[NUM_SERIES] = {0};
    static struct signer own[NUM_SIGNERS];
    uint64_t samples = 1000;
    if (argc > 2 || (argc == 2 && (!text_parse_count(argv[1], &samples) || samples < 20 ||
                                   samples > MAX_SAMPLES))) {
        fputs(help, stderr);
        return 2;
    }
    for (size_t i = 0; i < NUM_SIGNERS; i++)
        own[i].key = issuing_key(signers[i].type);
    for (size_t i = 0; i < NUM_SERIES; i++)
        all[i].ns = calloc(samples, sizeof *all[i].ns);
    for (uint64_t i = 0; i < samples; i++)
        take_samples(all, own);
    putchar('[');
    for (size_t i = 0; i < NUM_SERIES; i++) {
        print_series(i, &all[i]);
        free(all[i].ns);
    }
    puts("]");
    for (size_t i = 0; i < NUM_SIGNERS; i++)
        EVP_PKEY_free(own[i].key);
    return 0;
}
