/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/trust.h"

#include "base/memory.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SYSTEM_BUNDLE "/etc/ssl/certs/ca-certificates.crt"

struct trust {
    X509_STORE *store;
    size_t count;
};

static const char *resolve_path(const char *path)
{
    if (strcmp(path, "system") != 0)
        return path;
    const char *set = getenv("SSL_CERT_FILE");
    return set != NULL && set[0] != '\0' ? set : SYSTEM_BUNDLE;
}

/* Reads certificates until the file ends; false where one cannot be parsed. */
static bool read_anchors(struct trust *trust, BIO *bio)
{
    X509 *x509;
    while ((x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        bool ok = X509_STORE_add_cert(trust->store, x509) == 1;
        X509_free(x509);
        if (!ok)
            return false;
        trust->count++;
    }
    uint32_t last = ERR_peek_last_error();
    bool at_end = ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    return at_end;
}

struct trust *trust_load(const char *path, struct error *err)
{
    const char *file = resolve_path(path);
    BIO *bio = BIO_new_file(file, "r");
    if (bio == NULL) {
        error_set(err, "the trust anchors '%s' of --cacert cannot be opened: %s", file,
                  strerror(errno));
        ERR_clear_error();
        return NULL;
    }
    struct trust *trust = memory_new(1, sizeof *trust);
    trust->store = X509_STORE_new();
    bool ok = read_anchors(trust, bio);
    BIO_free(bio);
    if (ok && trust->count > 0)
        return trust;
    error_set(err,
              ok ? "the file '%s' of --cacert has no certificate; PEM certificates are accepted"
                 : "the file '%s' of --cacert has a certificate that cannot be parsed; PEM "
                   "certificates are accepted",
              file);
    trust_free(trust);
    return NULL;
}

void trust_free(struct trust *trust)
{
    if (trust == NULL)
        return;
    X509_STORE_free(trust->store);
    free(trust);
}

size_t trust_count(const struct trust *trust)
{
    return trust->count;
}

struct x509_store_st *trust_store(const struct trust *trust)
{
    return trust->store;
}
