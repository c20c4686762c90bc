/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes and checks certificates of the key types that an old openssl lacks (ML-DSA), one pair of
 * NAME.key and NAME.crt at a time. scripts/make-certs decides which there are.
 */
#include "base/text.h"
#include "tls/fingerprint.h"
#include "tls/issuing.h"
#include "tls/key_file.h"
#include "tls/private_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/pkcs8.h>
#include <openssl/pool.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "usage: issue make|check|pfx|spki [options] BASE\n"
    "\n"
    "  make    writes BASE.key (encrypted; one that is there is kept) and BASE.crt\n"
    "  check   ends with 0 if BASE.key and BASE.crt are what make would write, and valid\n"
    "          until tomorrow at least; with 1 if not, without a word\n"
    "  pfx     writes BASE.pfx, the two as PKCS#12\n"
    "  spki    prints the SHA-256 of the public key of BASE.crt, as base64\n"
    "\n"
    "  --as ca|server|client   what the certificate is for; a server's is for localhost\n"
    "  --name TEXT             the common name\n"
    "  --issuer BASE           the CA's pair; a CA signs itself\n"
    "  --key-type TYPE         p256, rsa2048, mldsa44, mldsa65 or mldsa87\n"
    "  --days N                how long it is valid (default 365)\n"
    "  --pass SOURCE           of all keys: env:VAR, file:PATH or pass:TEXT\n";

#define A_DAY 86400

enum use { USE_CA, USE_SERVER, USE_CLIENT, NUM_USES };

#define CA_FALSE                                                                                   \
    {                                                                                              \
        NID_basic_constraints, "critical,CA:FALSE"                                                 \
    }
#define SIGNS                                                                                      \
    {                                                                                              \
        NID_key_usage, "critical,digitalSignature"                                                 \
    }
#define OWN_ID                                                                                     \
    {                                                                                              \
        NID_subject_key_identifier, "hash"                                                         \
    }
#define ISSUER_ID                                                                                  \
    {                                                                                              \
        NID_authority_key_identifier, "keyid:always"                                               \
    }

static const struct certificate_extension of_ca[] = {
    {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
    {NID_key_usage, "critical,keyCertSign,cRLSign"},
    OWN_ID};
static const struct certificate_extension of_server[] = {
    CA_FALSE,
    SIGNS,
    {NID_ext_key_usage, "serverAuth"},
    {NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1"},
    OWN_ID,
    ISSUER_ID};
static const struct certificate_extension of_client[] = {
    CA_FALSE, SIGNS, {NID_ext_key_usage, "clientAuth"}, OWN_ID, ISSUER_ID};

#define EXTENSIONS(list) list, sizeof(list) / sizeof *(list)
static const struct {
    const char *name;
    const struct certificate_extension *extensions;
    unsigned num_extensions;
    const char *purpose; /* X.509's own word, or NULL */
} uses[NUM_USES] = {
    [USE_CA] = {"ca", EXTENSIONS(of_ca), NULL},
    [USE_SERVER] = {"server", EXTENSIONS(of_server), "ssl_server"},
    [USE_CLIENT] = {"client", EXTENSIONS(of_client), "ssl_client"},
};

struct issue {
    const char *base, *name, *issuer_base;
    enum use use;
    enum key_type type;
    uint64_t days;
    struct password password;
};

struct pair {
    X509 *cert;
    EVP_PKEY *key;
};

static void __attribute__((noreturn, format(printf, 2, 3))) end(int status, const char *format, ...)
{
    va_list args;
    fputs("issue: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(status);
}

/* PATH_OF fits: BASE was looked at. */
static void path_of(char out[static 1024], const char *base, const char *ending)
{
    snprintf(out, 1024, "%s.%s", base, ending);
}

static FILE *open_file(const char *base, const char *ending)
{
    char path[1024];
    path_of(path, base, ending);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        end(1, "'%s' cannot be written: %s", path, strerror(errno));
    return file;
}

static void close_file(FILE *file, bool ok, const char *base, const char *ending)
{
    if (fclose(file) != 0 || !ok)
        end(1, "'%s.%s' cannot be written", base, ending);
}

/* --- reading -------------------------------------------------------------------------------- */

static EVP_PKEY *read_key(const struct issue *issue, const char *base, struct error *err)
{
    char path[1024];
    struct key_file file = {0};
    path_of(path, base, "key");
    EVP_PKEY *key = NULL;
    if (key_file_read(&file, path, "the key", true, &issue->password, err)) {
        EVP_PKEY_up_ref(file.key);
        key = file.key;
    }
    key_file_cleanup(&file);
    return key;
}

static X509 *read_cert(const char *base, struct error *err)
{
    char path[1024];
    static const struct password none;
    struct key_file file = {0};
    path_of(path, base, "crt");
    X509 *cert = NULL;
    if (key_file_read(&file, path, "the certificate", false, &none, err)) {
        cert = X509_parse_from_buffer(file.certs[0]);
        if (cert == NULL)
            error_set(err, "the certificate '%s' cannot be parsed", path);
    }
    key_file_cleanup(&file);
    return cert;
}

static bool read_pair(struct pair *pair, const struct issue *issue, const char *base,
                      struct error *err)
{
    pair->cert = read_cert(base, err);
    pair->key = pair->cert != NULL ? read_key(issue, base, err) : NULL;
    return pair->key != NULL;
}

static void free_pair(struct pair *pair)
{
    X509_free(pair->cert);
    EVP_PKEY_free(pair->key);
}

/* --- make ----------------------------------------------------------------------------------- */

static EVP_PKEY *make_key(const struct issue *issue)
{
    EVP_PKEY *key = issuing_key(issue->type);
    if (key == NULL)
        end(1, "no key of type %s can be made%s", key_type_name(issue->type),
            key_type_is_supported(issue->type) ? "" : ": this BoringSSL is too old for ML-DSA");
    FILE *file = open_file(issue->base, "key");
    bool ok = PEM_write_PKCS8PrivateKey(file, key, EVP_aes_256_cbc(), (char *)issue->password.text,
                                        (int)issue->password.len, NULL, NULL);
    close_file(file, ok, issue->base, "key");
    return key;
}

static EVP_PKEY *own_key(const struct issue *issue)
{
    char path[1024];
    struct error err;
    path_of(path, issue->base, "key");
    if (access(path, F_OK) != 0)
        return make_key(issue);
    EVP_PKEY *key = read_key(issue, issue->base, &err);
    if (key == NULL)
        end(1, "%s", err.text);
    return key;
}

static void make(const struct issue *issue)
{
    struct error err;
    struct pair own = {0}, issuer = {0};
    if (issue->use != USE_CA && !read_pair(&issuer, issue, issue->issuer_base, &err))
        end(1, "%s", err.text);
    own.key = own_key(issue);
    const struct certificate_order order = {
        .common_name = issue->name,
        .organization = "pinload",
        .valid_s = (long)issue->days * A_DAY,
        .extensions = uses[issue->use].extensions,
        .num_extensions = uses[issue->use].num_extensions,
    };
    own.cert = issuing_certificate(&order, own.key, issuer.cert,
                                   issue->use == USE_CA ? own.key : issuer.key);
    if (own.cert == NULL)
        end(1, "no certificate of '%s.key' can be made", issue->base);
    FILE *file = open_file(issue->base, "crt");
    close_file(file, PEM_write_X509(file, own.cert), issue->base, "crt");
    free_pair(&own);
    free_pair(&issuer);
}

/* --- check ---------------------------------------------------------------------------------- */

static bool has_type(const EVP_PKEY *key, enum key_type type)
{
    static const char *const kinds[NUM_KEY_TYPES] = {
        [KEY_P256] = "P-256",          [KEY_RSA_2048] = "RSA",        [KEY_ML_DSA_44] = "ML-DSA-44",
        [KEY_ML_DSA_65] = "ML-DSA-65", [KEY_ML_DSA_87] = "ML-DSA-87",
    };
    return strcmp(private_key_kind(key), kinds[type]) == 0;
}

static bool has_subject(X509 *cert, const char *name)
{
    X509_NAME *wanted = X509_NAME_new();
    bool same =
        X509_NAME_add_entry_by_txt(wanted, "O", MBSTRING_UTF8, (const uint8_t *)"pinload", -1, -1,
                                   0) &&
        X509_NAME_add_entry_by_txt(wanted, "CN", MBSTRING_UTF8, (const uint8_t *)name, -1, -1, 0) &&
        X509_NAME_cmp(wanted, X509_get_subject_name(cert)) == 0;
    X509_NAME_free(wanted);
    return same;
}

static bool holds_at(X509 *cert, X509 *issuer, const char *purpose, time_t when)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    bool holds = X509_STORE_add_cert(store, issuer) &&
                 X509_STORE_CTX_init(ctx, store, cert, NULL) &&
                 (purpose == NULL || X509_STORE_CTX_set_default(ctx, purpose));
    if (holds) {
        X509_STORE_CTX_set_time(ctx, 0, when);
        holds = X509_verify_cert(ctx) == 1;
    }
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return holds;
}

static bool check(const struct issue *issue)
{
    struct error err;
    struct pair own = {0};
    time_t now = time(NULL);
    const char *purpose = uses[issue->use].purpose;
    X509 *issuer = issue->use == USE_CA ? NULL : read_cert(issue->issuer_base, &err);
    bool ok = (issue->use == USE_CA || issuer != NULL) &&
              read_pair(&own, issue, issue->base, &err) && has_type(own.key, issue->type) &&
              X509_check_private_key(own.cert, own.key) && has_subject(own.cert, issue->name) &&
              holds_at(own.cert, issuer != NULL ? issuer : own.cert, purpose, now) &&
              holds_at(own.cert, issuer != NULL ? issuer : own.cert, purpose, now + A_DAY) &&
              (issue->use != USE_SERVER ||
               (X509_check_host(own.cert, "localhost", strlen("localhost"), 0, NULL) == 1 &&
                X509_check_ip_asc(own.cert, "127.0.0.1", 0) == 1));
    free_pair(&own);
    X509_free(issuer);
    return ok;
}

/* --- pfx, spki ------------------------------------------------------------------------------ */

static void make_pfx(const struct issue *issue)
{
    struct error err;
    struct pair own = {0};
    const char *slash = strrchr(issue->base, '/');
    if (!read_pair(&own, issue, issue->base, &err))
        end(1, "%s", err.text);
    PKCS12 *pfx = PKCS12_create(issue->password.text, slash != NULL ? slash + 1 : issue->base,
                                own.key, own.cert, NULL, 0, 0, 0, 0, 0);
    if (pfx == NULL)
        end(1, "no PKCS#12 of '%s' can be made", issue->base);
    FILE *file = open_file(issue->base, "pfx");
    close_file(file, i2d_PKCS12_fp(file, pfx), issue->base, "pfx");
    PKCS12_free(pfx);
    free_pair(&own);
}

static void print_spki(const struct issue *issue)
{
    struct error err;
    uint8_t *der = NULL, fingerprint[FINGERPRINT_LEN];
    char text[FINGERPRINT_BASE64_LEN + 1];
    X509 *cert = read_cert(issue->base, &err);
    if (cert == NULL)
        end(1, "%s", err.text);
    int len = i2d_X509(cert, &der);
    if (len <= 0 || !fingerprint_spki(fingerprint, der, (size_t)len))
        end(1, "'%s.crt' has no public key", issue->base);
    fingerprint_base64(text, fingerprint);
    puts(text);
    OPENSSL_free(der);
    X509_free(cert);
}

/* --- the command line ----------------------------------------------------------------------- */

static enum use read_use(const char *text)
{
    for (int use = 0; use < NUM_USES; use++) {
        if (strcmp(uses[use].name, text) == 0)
            return (enum use)use;
    }
    end(2, "--as '%s' is neither ca, server nor client", text);
}

static void take(struct issue *issue, int option)
{
    struct error err;
    switch (option) {
    case 'a':
        issue->use = read_use(optarg);
        break;
    case 'n':
        issue->name = optarg;
        break;
    case 'i':
        issue->issuer_base = optarg;
        break;
    case 'k':
        if (!key_type_parse(optarg, &issue->type))
            end(2, "--key-type '%s' is none of p256, rsa2048, mldsa44, mldsa65 and mldsa87",
                optarg);
        break;
    case 'd':
        if (!text_parse_count(optarg, &issue->days) || issue->days == 0 || issue->days > 40000)
            end(2, "--days '%s' is not a number of days, 1 to 40000", optarg);
        break;
    case 'p':
        if (!password_read(&issue->password, optarg, &err))
            end(2, "%s", err.text);
        break;
    case 'h':
        fputs(help, stdout);
        exit(0);
    default:
        exit(2); /* getopt has said why */
    }
}

static void read_options(struct issue *issue, int argc, char **argv)
{
    static const struct option table[] = {
        {"as", required_argument, NULL, 'a'},     {"name", required_argument, NULL, 'n'},
        {"issuer", required_argument, NULL, 'i'}, {"key-type", required_argument, NULL, 'k'},
        {"days", required_argument, NULL, 'd'},   {"pass", required_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "h", table, NULL)) != -1)
        take(issue, option);
    if (optind != argc - 2)
        end(2, "a command and BASE are expected; --help shows which");
    issue->base = argv[optind + 1];
    if (strlen(issue->base) > 1000)
        end(2, "BASE has more than 1000 characters");
}

static void need_order(const struct issue *issue)
{
    if (issue->name == NULL || !issue->password.given)
        end(2, "%s is missing", issue->name == NULL ? "--name" : "--pass");
    if (issue->use != USE_CA && issue->issuer_base == NULL)
        end(2, "--issuer is missing: a %s does not sign itself", uses[issue->use].name);
}

int main(int argc, char **argv)
{
    struct issue issue = {.days = 365};
    bool ok = true;
    read_options(&issue, argc, argv);
    const char *command = argv[optind];
    umask(077);
    if (strcmp(command, "make") == 0) {
        need_order(&issue);
        make(&issue);
    } else if (strcmp(command, "check") == 0) {
        need_order(&issue);
        ok = check(&issue);
    } else if (strcmp(command, "pfx") == 0) {
        make_pfx(&issue);
    } else if (strcmp(command, "spki") == 0) {
        print_spki(&issue);
    } else {
        end(2, "'%s' is none of make, check, pfx and spki", command);
    }
    password_wipe(&issue.password);
    ERR_clear_error();
    return ok ? 0 : 1;
}
