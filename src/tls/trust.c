/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/trust.h"

#include "base/file.h"
#include "base/memory.h"
#include "tls/pem.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <stdlib.h>
#include <string.h>

#define SYSTEM_BUNDLE "/etc/ssl/certs/ca-certificates.crt"
#define MOST_BYTES ((size_t)16 << 20)
#define WHAT "the file of trust anchors"
#define ACCEPTED "expected PEM certificates"

struct trust {
    X509_STORE *store;
    size_t count;
    bool is_damaged; /* set while reading: a certificate could not be parsed */
};

static const char *resolve_path(const char *path)
{
    if (strcmp(path, "system") != 0)
        return path;
    const char *set = getenv("SSL_CERT_FILE");
    return set != NULL && set[0] != '\0' ? set : SYSTEM_BUNDLE;
}

/* Adds a block's certificate; other blocks are skipped. */
static bool add_anchor(void *owner, const struct pem_block *block)
{
    struct trust *trust = owner;
    if (!pem_is_certificate(block))
        return true;
    const uint8_t *p = block->der;
    X509 *x509 = d2i_X509(NULL, &p, (long)block->len);
    bool ok = x509 != NULL && X509_STORE_add_cert(trust->store, x509) == 1;
    X509_free(x509);
    trust->count += ok;
    trust->is_damaged |= !ok;
    return ok;
}

/* What is wrong with the anchors, as the end of a sentence; NULL: nothing. */
static const char *read_anchors(struct trust *trust, const struct buffer *text)
{
    const char *problem = pem_visit(text->data, text->len, add_anchor, trust);
    ERR_clear_error();
    if (trust->is_damaged)
        return "has a certificate that cannot be parsed; " ACCEPTED;
    if (problem == NULL && trust->count == 0)
        return "has no certificate; " ACCEPTED;
    return problem;
}

bool trust_read(struct buffer *text, const char *path, struct error *err)
{
    const struct file_role role = {WHAT, resolve_path(path), MOST_BYTES, ACCEPTED};
    return file_read(text, &role, err) || error_prefix(err, "--cacert");
}

struct trust *trust_parse(const struct buffer *text, const char *path, struct error *err)
{
    struct trust *trust = memory_new(1, sizeof *trust);
    trust->store = memory_must(X509_STORE_new());
    const char *problem = read_anchors(trust, text);
    if (problem == NULL)
        return trust;
    error_set(err, "--cacert: " WHAT " '%s' %s", resolve_path(path), problem);
    trust_free(trust);
    return NULL;
}

struct trust *trust_load(const char *path, struct error *err)
{
    struct buffer text = {0};
    struct trust *trust = trust_read(&text, path, err) ? trust_parse(&text, path, err) : NULL;
    buffer_cleanup(&text);
    return trust;
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
