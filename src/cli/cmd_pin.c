/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pinload pin: the pins of a certificate or public key in a file, or of a server's, even of one that
 * then refuses the client; or, with --check, whether given pins still fit it.
 */
#include "base/error.h"
#include "base/notices.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/pin_formats.h"
#include "cli/pin_gate.h"
#include "cli/pin_subject.h"
#include "cli/plan_builder.h"
#include "engine/probe.h"
#include "tls/certificate.h"
#include "tls/fingerprint.h"
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

static bool is_url(const char *operand)
{
    return strstr(operand, "://") != NULL;
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

/* Fills PROBE with what the operand presents. */
static enum ending look(struct probe *probe, const struct options *options, struct error *err)
{
    const char *operand = options->operands.items[0];
    if (is_url(operand))
        return pin_server(probe, options, err);
    return pin_subject_read(probe, operand, options->pass, err) ? ENDING_AS_EXPECTED : ENDING_USAGE;
}

static enum ending print(const struct options *options, struct probe *probe, struct error *err)
{
    enum ending ending = look(probe, options, err);
    if (ending == ENDING_AS_EXPECTED && strcmp(options->format, "all") != 0)
        pin_formats_write(stdout, options->format, probe);
    else if (ending == ENDING_AS_EXPECTED)
        print_all(probe);
    else
        error_print(err);
    return ending;
}

static enum ending check(const struct options *options, struct probe *probe, struct error *err)
{
    struct pin_gate gate = {0};
    enum ending ending = ENDING_USAGE;
    if (pin_gate_read(&gate, options, err))
        ending = look(probe, options, err);
    if (ending == ENDING_AS_EXPECTED)
        ending = pin_gate_judge(&gate, options, probe, !is_url(options->operands.items[0]))
                     ? ENDING_AS_EXPECTED
                     : ENDING_UNEXPECTED;
    else
        error_print(err);
    pin_gate_cleanup(&gate);
    return ending;
}

enum ending cmd_pin(const struct invocation *invocation)
{
    const struct options *options = invocation->options;
    struct probe probe = {0};
    struct error err;
    enum ending ending = ENDING_USAGE;
    bool ok = pin_gate_options_fit(options, &err);
    if (ok && options->operands.count != 1)
        ok = error_set(&err, "expected one operand: a file of a certificate or a public key, or a "
                             "URL https://HOST[:PORT]");
    if (!ok)
        error_print(&err);
    else if (options->check_pins)
        ending = check(options, &probe, &err);
    else
        ending = print(options, &probe, &err);
    probe_cleanup(&probe);
    return ending;
}
