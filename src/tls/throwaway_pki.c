/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/throwaway_pki.h"

#include <openssl/bn.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const type_names[NUM_KEY_TYPES] = {
    [KEY_P256] = "p256",         [KEY_RSA_2048] = "rsa2048",  [KEY_ML_DSA_44] = "mldsa44",
    [KEY_ML_DSA_65] = "mldsa65", [KEY_ML_DSA_87] = "mldsa87",
};

const char *key_type_name(enum key_type type)
{
    return type_names[type];
}

bool key_type_parse(const char *text, enum key_type *out_type)
{
    for (int i = 0; i < NUM_KEY_TYPES; i++) {
        if (strcmp(text, type_names[i]) == 0) {
            *out_type = (enum key_type)i;
            return true;
        }
    }
    return false;
}

static EVP_PKEY *make_p256(void)
{
    EC_KEY *ec = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    EVP_PKEY *key = EVP_PKEY_new();
    if (ec != NULL && key != NULL && EC_KEY_generate_key(ec) && EVP_PKEY_assign_EC_KEY(key, ec))
        return key;
    EC_KEY_free(ec);
    EVP_PKEY_free(key);
    return NULL;
}

static EVP_PKEY *make_rsa(void)
{
    RSA *rsa = RSA_new();
    BIGNUM *e = BN_new();
    EVP_PKEY *key = EVP_PKEY_new();
    bool ok = rsa != NULL && e != NULL && key != NULL && BN_set_word(e, RSA_F4) &&
              RSA_generate_key_ex(rsa, 2048, e, NULL) && EVP_PKEY_assign_RSA(key, rsa);
    BN_free(e);
    if (ok)
        return key;
    RSA_free(rsa);
    EVP_PKEY_free(key);
    return NULL;
}

#ifdef EVP_PKEY_ML_DSA_44
#define HAS_ML_DSA 1
static EVP_PKEY *make_ml_dsa(enum key_type type)
{
    return EVP_PKEY_generate_from_alg(type == KEY_ML_DSA_44   ? EVP_pkey_ml_dsa_44()
                                      : type == KEY_ML_DSA_65 ? EVP_pkey_ml_dsa_65()
                                                              : EVP_pkey_ml_dsa_87());
}
#else
#define HAS_ML_DSA 0
static EVP_PKEY *make_ml_dsa(enum key_type type)
{
    (void)type;
    return NULL;
}
#endif

static EVP_PKEY *make_key(enum key_type type)
{
    switch (type) {
    case KEY_P256:
        return make_p256();
    case KEY_RSA_2048:
        return make_rsa();
    default:
        return make_ml_dsa(type);
    }
}

/* ML-DSA has its hash within. */
static const EVP_MD *digest_of(const EVP_PKEY *key)
{
    int id = EVP_PKEY_id(key);
    return id == EVP_PKEY_EC || id == EVP_PKEY_RSA ? EVP_sha256() : NULL;
}

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, &ctx, nid, value);
    bool ok = extension != NULL && X509_add_ext(cert, extension, -1);
    X509_EXTENSION_free(extension);
    return ok;
}

/* One certificate to be made. */
struct request_for {
    const char *name;
    bool is_ca;
    const char *usage; /* extendedKeyUsage */
    const char *subject_alt_name;
};

static bool add_extensions(X509 *cert, X509 *issuer, const struct request_for *wanted)
{
    if (wanted->is_ca)
        return add_extension(cert, issuer, NID_basic_constraints, "critical,CA:TRUE") &&
               add_extension(cert, issuer, NID_key_usage, "critical,keyCertSign");
    return add_extension(cert, issuer, NID_key_usage, "critical,digitalSignature") &&
           add_extension(cert, issuer, NID_ext_key_usage, wanted->usage) &&
           (wanted->subject_alt_name == NULL ||
            add_extension(cert, issuer, NID_subject_alt_name, wanted->subject_alt_name));
}

static bool set_name(X509_NAME *name, const char *text)
{
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)text, -1, -1, 0);
}

/* Makes a certificate of KEY, signed by ISSUER (NULL: itself) with ISSUER_KEY. */
static X509 *make_cert(const struct request_for *wanted, EVP_PKEY *key, X509 *issuer,
                       EVP_PKEY *issuer_key)
{
    uint64_t serial;
    X509 *cert = X509_new();
    RAND_bytes((uint8_t *)&serial, sizeof serial);
    bool ok = cert != NULL && X509_set_version(cert, 2) &&
              ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1) &&
              X509_gmtime_adj(X509_getm_notBefore(cert), -3600) != NULL &&
              X509_gmtime_adj(X509_getm_notAfter(cert), 86400) != NULL &&
              set_name(X509_get_subject_name(cert), wanted->name) &&
              X509_set_issuer_name(cert, X509_get_subject_name(issuer ? issuer : cert)) &&
              X509_set_pubkey(cert, key) && add_extensions(cert, issuer ? issuer : cert, wanted) &&
              X509_sign(cert, issuer_key, digest_of(issuer_key)) > 0;
    if (ok)
        return cert;
    X509_free(cert);
    return NULL;
}

/* Writes a certificate, and a key where there is one, into a file of our own alone. */
static bool write_pem(const char *path, X509 *cert, EVP_PKEY *key)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    bool ok = PEM_write_X509(file, cert) &&
              (key == NULL || PEM_write_PKCS8PrivateKey(file, key, NULL, NULL, 0, NULL, NULL));
    return (fclose(file) == 0) & ok;
}

struct material {
    EVP_PKEY *ca_key, *server_key, *client_key;
    X509 *ca, *server, *client;
};

static bool make_material(struct material *m, enum key_type type)
{
    static const struct request_for ca = {"pinload throw-away CA", true, NULL, NULL};
    static const struct request_for server = {"localhost", false, "serverAuth",
                                              "DNS:localhost,IP:127.0.0.1"};
    static const struct request_for client = {"client", false, "clientAuth", NULL};
    return (m->ca_key = make_key(type)) && (m->server_key = make_key(type)) &&
           (m->client_key = make_key(type)) &&
           (m->ca = make_cert(&ca, m->ca_key, NULL, m->ca_key)) &&
           (m->server = make_cert(&server, m->server_key, m->ca, m->ca_key)) &&
           (m->client = make_cert(&client, m->client_key, m->ca, m->ca_key));
}

static void free_material(struct material *m)
{
    X509_free(m->ca);
    X509_free(m->server);
    X509_free(m->client);
    EVP_PKEY_free(m->ca_key);
    EVP_PKEY_free(m->server_key);
    EVP_PKEY_free(m->client_key);
}

static bool make_directory(struct throwaway_pki *pki)
{
    snprintf(pki->directory, sizeof pki->directory, "/tmp/pinload-XXXXXX");
    if (mkdtemp(pki->directory) == NULL) {
        pki->directory[0] = '\0';
        return false;
    }
    snprintf(pki->ca, sizeof pki->ca, "%s/ca.pem", pki->directory);
    snprintf(pki->server, sizeof pki->server, "%s/server.pem", pki->directory);
    snprintf(pki->client, sizeof pki->client, "%s/client.pem", pki->directory);
    return true;
}

bool throwaway_pki_make(struct throwaway_pki *pki, enum key_type type, struct error *err)
{
    struct material m = {0};
    *pki = (struct throwaway_pki){0};
    bool made = make_material(&m, type);
    ERR_clear_error();
    bool ok = made && make_directory(pki) && write_pem(pki->ca, m.ca, NULL) &&
              write_pem(pki->server, m.server, m.server_key) &&
              write_pem(pki->client, m.client, m.client_key);
    if (!made)
        error_set(err, "throw-away certificates of type %s cannot be made%s", key_type_name(type),
                  type >= KEY_ML_DSA_44 && !HAS_ML_DSA
                      ? ": this BoringSSL is too old for ML-DSA; expected p256 or rsa2048"
                      : "");
    else if (!ok)
        error_set(err, "throw-away certificates cannot be written to '%s': %s",
                  pki->directory[0] != '\0' ? pki->directory : "/tmp", strerror(errno));
    free_material(&m);
    if (!ok)
        throwaway_pki_remove(pki);
    return ok;
}

void throwaway_pki_remove(struct throwaway_pki *pki)
{
    if (pki->directory[0] == '\0')
        return;
    unlink(pki->ca);
    unlink(pki->server);
    unlink(pki->client);
    rmdir(pki->directory);
    *pki = (struct throwaway_pki){0};
}
