/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes many client identities quickly, issued by the client CA of a directory that
 * scripts/make-certs filled; NAME.crt and NAME.key (not encrypted), for pinload's --identities.
 */
#include "tls/issuing.h"
#include "tls/key_file.h"
#include "tls/password.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pool.h>
#include <openssl/x509.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char help[] =
    "usage: identities PKI-DIR COUNT OUT-DIR [KEY-TYPE]\n"
    "\n"
    "Writes client1.crt, client1.key to clientCOUNT into OUT-DIR, issued by\n"
    "PKI-DIR/client-ca. KEY-TYPE is p256 (default), rsa2048, mldsa44, mldsa65 or mldsa87.\n";

struct issuer {
    X509 *cert;
    struct key_file cert_file, key_file;
};

static void __attribute__((noreturn)) die(const char *what)
{
    fprintf(stderr, "identities: %s\n", what);
    exit(1);
}

static void load_issuer(struct issuer *issuer, const char *dir)
{
    char cert[1024], key[1024], source[1024];
    struct password password;
    struct error err;
    snprintf(cert, sizeof cert, "%s/client-ca.crt", dir);
    snprintf(key, sizeof key, "%s/client-ca.key", dir);
    snprintf(source, sizeof source, "file:%s/password.txt", dir);
    if (!password_read(&password, source, &err) ||
        !key_file_read(&issuer->cert_file, cert, "the CA's certificate", false, &password, &err) ||
        !key_file_read(&issuer->key_file, key, "the CA's key", true, &password, &err))
        die(err.text);
    password_wipe(&password);
    issuer->cert = X509_parse_from_buffer(issuer->cert_file.certs[0]);
    if (issuer->cert == NULL || issuer->key_file.key == NULL)
        die("the CA cannot be used");
}

static FILE *open_file(const char *dir, const char *name, const char *ending)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s.%s", dir, name, ending);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        die(path);
    return file;
}

static void make_identity(const struct issuer *issuer, enum key_type type, const char *dir,
                          long number)
{
    char name[32];
    snprintf(name, sizeof name, "client%ld", number);
    const struct certificate_order order = {.common_name = name, .valid_s = 30 * 86400};
    EVP_PKEY *key = issuing_key(type);
    X509 *cert =
        key != NULL ? issuing_certificate(&order, key, issuer->cert, issuer->key_file.key) : NULL;
    if (cert == NULL)
        die("no certificate of that key type can be made");
    FILE *cert_file = open_file(dir, name, "crt");
    FILE *key_file = open_file(dir, name, "key");
    if (!PEM_write_X509(cert_file, cert) ||
        !PEM_write_PKCS8PrivateKey(key_file, key, NULL, NULL, 0, NULL, NULL) ||
        fclose(cert_file) != 0 || fclose(key_file) != 0)
        die("the files cannot be written");
    X509_free(cert);
    EVP_PKEY_free(key);
}

int main(int argc, char **argv)
{
    struct issuer issuer = {0};
    enum key_type type = KEY_P256;
    char *rest = NULL;
    long count = argc == 4 || argc == 5 ? strtol(argv[2], &rest, 10) : 0;
    if (rest == NULL || *rest != '\0' || count < 1 || count > 100000 ||
        (argc == 5 && !key_type_parse(argv[4], &type))) {
        fputs(help, stderr);
        return 2;
    }
    load_issuer(&issuer, argv[1]);
    umask(077);
    if (mkdir(argv[3], 0700) != 0 && errno != EEXIST)
        die(argv[3]);
    for (long number = 1; number <= count; number++)
        make_identity(&issuer, type, argv[3], number);
    X509_free(issuer.cert);
    key_file_cleanup(&issuer.cert_file);
    key_file_cleanup(&issuer.key_file);
    return 0;
}
