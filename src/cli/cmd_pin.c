/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pinload pin: the pins of a certificate or public key in a file, or of a server's, even of one that
 * then refuses the client.
 */
#include "base/error.h"
#include "base/notices.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/pin_formats.h"
#include "cli/plan_builder.h"
#include "engine/probe.h"
#include "tls/certificate.h"
#include "tls/fingerprint.h"
#include "tls/key_file.h"
#include "tls/pinset.h"
#include "tls/public_key.h"

#include <signal.h>
#include <string.h>

static void print_forms(const char *kind, const uint8_t fingerprint[static FINGERPRINT_LEN])
{
    char base64[FINGERPRINT_BASE64_LEN + 1], hex[2 * FINGERPRINT_LEN + 1];
    fingerprint_base64(base64, fingerprint);
    text_hex_encode(hex, fingerprint, FINGERPRINT_LEN);
    printf("%s:%s\n%s:%s\n", kind, base64, kind, hex);
}

static void print_spki(const uint8_t fingerprint[static FINGERPRINT_LEN])
{
    char base64[FINGERPRINT_BASE64_LEN + 1];
    print_forms(pin_kind_name(PIN_SPKI), fingerprint);
    fingerprint_base64(base64, fingerprint);
    printf("# --pinnedpubkey 'sha256//%s'\n", base64);
}

/* How a token is bound to a client's certificate (RFC 8705, 3.1): base64url without padding. */
static void print_thumbprint(const uint8_t fingerprint[static FINGERPRINT_LEN])
{
    char base64[FINGERPRINT_BASE64_LEN + 1];
    fingerprint_base64(base64, fingerprint);
    for (char *at = base64; *at != '\0'; at++)
        *at = *at == '+' ? '-' : *at == '/' ? '_' : *at == '=' ? '\0' : *at;
    printf("# x5t#S256 %s\n", base64);
}

/* Lines that --pin-file accepts as they are: everything but the pins is a comment. */
static void print_certificate(size_t index, const uint8_t *der, size_t len)
{
    char about[768];
    uint8_t fingerprint[FINGERPRINT_LEN];
    certificate_describe(about, sizeof about, der, len);
    printf("# %s\n", about);
    fingerprint_of(fingerprint, der, len);
    if (index == 0)
        print_forms(pin_kind_name(PIN_CERT), fingerprint);
    if (index == 0)
        print_thumbprint(fingerprint);
    if (index > 0 || certificate_is_ca(der, len))
        print_forms(pin_kind_name(PIN_CA), fingerprint);
    if (index == 0 && fingerprint_spki(fingerprint, der, len))
        print_spki(fingerprint);
}

static void print_key(const uint8_t *der, size_t len)
{
    char kind[PUBLIC_KEY_KIND_LEN];
    uint8_t fingerprint[FINGERPRINT_LEN];
    if (public_key_kind(kind, der, len))
        printf("# public key without a certificate, %s\n", kind);
    fingerprint_of(fingerprint, der, len);
    print_spki(fingerprint);
}

static void print_all(const struct probe *probe)
{
    for (size_t i = 0; i < probe->num_certs; i++)
        print_certificate(i, probe->certs[i], probe->lens[i]);
    if (probe->key != NULL)
        print_key(probe->key, probe->key_len);
}

/* Takes the public key of a file that has no certificate. */
static bool take_public_key(struct probe *probe, const struct key_file *file, const char *path,
                            struct error *err)
{
    char kind[PUBLIC_KEY_KIND_LEN];
    if (file->num_public_keys == 0)
        return error_set(err,
                         "the file '%s' has no certificate and no public key; expected PEM, DER or "
                         "PKCS#12, or a URL https://HOST[:PORT]",
                         path);
    if (file->num_public_keys > 1)
        return error_set(err, "the file '%s' has %zu public keys; expected one, or a certificate",
                         path, file->num_public_keys);
    if (!public_key_kind(kind, file->public_key, file->public_key_len))
        return error_set(err,
                         "the file '%s' has a public key that cannot be parsed; expected 'BEGIN "
                         "PUBLIC KEY', as openssl pkey -pubout writes it",
                         path);
    probe_set_key(probe, file->public_key, file->public_key_len);
    return true;
}

static bool read_file(struct probe *probe, const char *path, const struct options *options,
                      struct error *err)
{
    struct password password = {0};
    struct key_file file = {0};
    bool read = (options->pass == NULL || password_read(&password, options->pass, err)) &&
                key_file_read(&file, path, "the certificate file", false, &password, err);
    password_wipe(&password);
    password_wipe_source(options->pass);
    if (!read)
        return false;
    for (size_t i = 0; i < file.num_certs; i++) {
        size_t len;
        const uint8_t *der = key_file_cert(&file, i, &len);
        probe_add(probe, der, len);
    }
    bool ok = file.num_certs > 0 || take_public_key(probe, &file, path, err);
    key_file_cleanup(&file);
    return ok;
}

/* The parts of a plan that a handshake needs. */
static bool build_plan(struct plan *plan, const struct options *options, struct notices *notices,
                       struct error *err)
{
    return plan_build_target(plan, options, err) &&
           plan_build_identities(plan, options, notices, err) &&
           plan_build_tls(plan, options, notices, err) &&
           plan_build_network(plan, options, notices, err);
}

static enum ending pin_server(struct probe *probe, const struct options *options, struct error *err)
{
    struct plan plan = {0};
    struct notices notices = {0};
    enum ending ending = ENDING_USAGE;
    signal(SIGPIPE, SIG_IGN);
    bool built = build_plan(&plan, options, &notices, err);
    notices_print(&notices, SIZE_MAX);
    if (built)
        ending = probe_server(probe, &plan, err) ? ENDING_AS_EXPECTED : ENDING_UNEXPECTED;
    notices_cleanup(&notices);
    plan_cleanup(&plan);
    return ending;
}

enum ending cmd_pin(const struct invocation *invocation)
{
    const struct options *options = invocation->options;
    struct probe probe = {0};
    struct error err;
    enum ending ending = ENDING_USAGE;
    if (options->operands.count != 1)
        error_set(&err, "expected one operand: a file of a certificate or a public key, or a URL "
                        "https://HOST[:PORT]");
    else if (strstr(options->operands.items[0], "://") != NULL)
        ending = pin_server(&probe, options, &err);
    else if (read_file(&probe, options->operands.items[0], options, &err))
        ending = ENDING_AS_EXPECTED;
    if (ending == ENDING_AS_EXPECTED && strcmp(options->format, "all") != 0)
        pin_formats_write(stdout, options->format, &probe);
    else if (ending == ENDING_AS_EXPECTED)
        print_all(&probe);
    else
        error_print(&err);
    probe_cleanup(&probe);
    return ending;
}
