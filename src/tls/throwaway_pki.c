/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/throwaway_pki.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Writes a certificate, and its key if there is one, into a file readable by the owner only. */
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

#define A_DAY 86400
#define EXTENSIONS(list) .extensions = (list), .num_extensions = sizeof(list) / sizeof *(list)

static const struct certificate_extension of_ca[] = {{NID_basic_constraints, "critical,CA:TRUE"},
                                                     {NID_key_usage, "critical,keyCertSign"}};
static const struct certificate_extension of_server[] = {
    {NID_key_usage, "critical,digitalSignature"},
    {NID_ext_key_usage, "serverAuth"},
    {NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1"}};
static const struct certificate_extension of_client[] = {
    {NID_key_usage, "critical,digitalSignature"}, {NID_ext_key_usage, "clientAuth"}};

static bool make_material(struct material *m, enum key_type type)
{
    const struct certificate_order ca = {
        .common_name = "pinload throw-away CA", .valid_s = A_DAY, EXTENSIONS(of_ca)};
    const struct certificate_order server = {
        .common_name = "localhost", .valid_s = A_DAY, EXTENSIONS(of_server)};
    const struct certificate_order client = {
        .common_name = "client", .valid_s = A_DAY, EXTENSIONS(of_client)};
    return (m->ca_key = issuing_key(type)) && (m->server_key = issuing_key(type)) &&
           (m->client_key = issuing_key(type)) &&
           (m->ca = issuing_certificate(&ca, m->ca_key, NULL, m->ca_key)) &&
           (m->server = issuing_certificate(&server, m->server_key, m->ca, m->ca_key)) &&
           (m->client = issuing_certificate(&client, m->client_key, m->ca, m->ca_key));
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
                  !key_type_is_supported(type)
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
