/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of a plan for the server: target, TLS settings, verification.
 */
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli/plan_builder.h"
#include "http/visible.h"
#include "tls/ech.h"
#include "tls/pinset.h"
#include "tls/trust.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Longer than a server that is not overloaded takes to read what has come. */
#define HELLO_PAUSE_NS (10 * NS_PER_MS)

#define URL_FORM "expected https://HOST[:PORT]/PATH"

bool plan_build_target(struct plan *plan, const struct options *options, struct error *err)
{
    if (options->operands.count == 0)
        return error_set(err, "no URL was given; " URL_FORM);
    if (options->operands.count > 1)
        return error_set(err, "'%s' is one operand too many after '%s'; expected one URL",
                         options->operands.items[1], options->operands.items[0]);
    return target_parse(&plan->target, options->operands.items[0], err);
}

static bool set_hello_pause(struct plan *plan, const struct options *options, struct error *err)
{
    if (!options->split_hello)
        return true;
    plan->hello_pause_ns = HELLO_PAUSE_NS;
    return plan->timeout_ns > HELLO_PAUSE_NS ||
           error_set(err,
                     "a --timeout of %g ms leaves no time for the second half of the ClientHello, "
                     "which --split-hello sends after 10 ms; expected a longer one",
                     (double)plan->timeout_ns / NS_PER_MS);
}

bool plan_build_network(struct plan *plan, const struct options *options, struct notices *notices,
                        struct error *err)
{
    plan->timeout_ns = options->timeout_ns;
    plan->connect_timeout_ns =
        options->connect_timeout_ns ? options->connect_timeout_ns : options->timeout_ns;
    plan->allow_missing_close_notify = options->allow_missing_close_notify;
    plan->close_by_reset = options->close != NULL && strcmp(options->close, "rst") == 0;
    return set_hello_pause(plan, options, err) && plan_build_addresses(plan, options, notices, err);
}

uint16_t plan_tls_version(const char *text)
{
    return strcmp(text, "1.2") == 0 ? TLS_VERSION_1_2 : TLS_VERSION_1_3;
}

/* Whoever writes secrets gets a warning. */
static bool open_keylog(struct plan *plan, const struct options *options, struct notices *notices,
                        struct error *err)
{
    const char *path = options->keylog != NULL ? options->keylog : getenv("SSLKEYLOGFILE");
    if (path == NULL || path[0] == '\0')
        return true;
    mode_t old_mask = umask(077);
    plan->tls.keylog = fopen(path, "a");
    umask(old_mask);
    if (plan->tls.keylog == NULL)
        return error_set(err, "the key log '%.300s' cannot be opened: %s; expected a writable file",
                         path, strerror(errno));
    notices_add(notices, "the TLS secrets of this run are written to '%s'", path);
    return true;
}

static bool is_address(const char *text)
{
    uint8_t address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

/* A server name is never an address (RFC 6066, section 3), and an invalid one is not sent. */
static bool check_sni(const char *name, struct error *err)
{
    struct error why;
    if (is_address(name))
        return error_set(
            err,
            "--sni '%s' is an IP address, and a server name cannot be one (RFC 6066); expected a "
            "host name",
            name);
    return target_check_name(name, &why) ||
           error_set(err,
                     "--sni '%s' cannot be sent: %s; expected a host name, such as example.com",
                     visible_text(name).text, why.text);
}

/* Only TLS 1.3 has Encrypted Client Hello. */
static bool set_ech(struct plan *plan, const struct options *options, struct error *err)
{
    if (options->ech == NULL)
        return true;
    if (plan->tls.version_max < TLS_VERSION_1_3)
        return error_set(err, "--ech needs TLS 1.3, and --tls-max is %s; expected --tls-max 1.3",
                         options->tls_max);
    plan->tls.ech_grease = strcmp(options->ech, "grease") == 0;
    if (plan->tls.ech_grease)
        return ech_is_supported(err);
    if (!ech_read(&plan->ech, options->ech, err))
        return false;
    plan->tls.ech = plan->ech.data;
    plan->tls.ech_len = plan->ech.len;
    return true;
}

bool plan_build_tls(struct plan *plan, const struct options *options, struct notices *notices,
                    struct error *err)
{
    static const enum tls_alpn alpn[] = {
        [CHOOSE_HTTP_1_1] = TLS_ALPN_HTTP_1_1,
        [CHOOSE_HTTP_2] = TLS_ALPN_H2,
        [CHOOSE_HTTP_AUTO] = TLS_ALPN_BOTH,
    };
    if (options->sni != NULL && !check_sni(options->sni, err))
        return false;
    const char *host = options->sni != NULL ? options->sni : plan->target.host;
    /* The dot of the root is neither in a server name (RFC 6066, section 3) nor in a
     * certificate. */
    plan->verify_host = target_name_without_root(host);
    plan->verify_host_is_ip = options->sni == NULL && plan->target.is_ip;
    if (!plan->verify_host_is_ip)
        plan->sni = target_name_without_root(host);
    plan->tls = (struct tls_config){.version_min = plan_tls_version(options->tls_min),
                                    .version_max = plan_tls_version(options->tls_max),
                                    .ciphers = options->ciphers,
                                    .groups = options->groups,
                                    .sigalgs = options->sigalgs,
                                    .cert_compression = options->cert_compression,
                                    .alpn = alpn[plan->http],
                                    .sni = plan->sni,
                                    .keep_tickets = plan->session_mode != SESSION_FULL,
                                    .early_data = plan->session_mode == SESSION_EARLY,
                                    .raw_keys = options->raw_public_key};
    if (plan->tls.version_min > plan->tls.version_max)
        return error_set(err, "--tls-min %s is above --tls-max %s; expected the opposite",
                         options->tls_min, options->tls_max);
    if (!set_ech(plan, options, err) || !tls_context_check(&plan->tls, err))
        return false;
    if (plan->tls.cert_compression != NULL && plan->tls.version_max < TLS_VERSION_1_3)
        notices_add(notices, "--cert-compression '%s' has no effect: TLS 1.2 (--tls-max) has none",
                    plan->tls.cert_compression);
    plan_note_keys(plan, notices);
    return open_keylog(plan, options, notices, err);
}

bool plan_build_pins(struct plan *plan, const struct options *options, struct error *err)
{
    for (size_t i = 0; i < options->pins.count; i++) {
        if (!pinset_add(plan->pins, options->pins.items[i], err))
            return false;
    }
    for (size_t i = 0; i < options->pin_files.count; i++) {
        if (!pinset_add_file(plan->pins, options->pin_files.items[i], err))
            return false;
    }
    return options->pinnedpubkey == NULL || pinset_add_curl(plan->pins, options->pinnedpubkey, err);
}

/* The pins that must not be seen, and what to do if none of the others is. */
static bool build_pin_rules(struct plan *plan, const struct options *options, struct error *err)
{
    plan->report_pins = options->pins_action != NULL && strcmp(options->pins_action, "report") == 0;
    if (plan->report_pins && !verify_mode_has_pins(plan->verify))
        return error_set(err, "--pins report needs pins that are checked; expected --pin, "
                              "--pin-file or --pinnedpubkey, and a mode with pins");
    if (options->rejected_pins.count == 0)
        return true;
    if (plan->verify == VERIFY_NONE)
        return error_set(err, "--reject-pin and --verify none do not go together; expected "
                              "--cacert FILE or --pin PIN as well");
    plan->rejected = pinset_new();
    for (size_t i = 0; i < options->rejected_pins.count; i++) {
        if (!pinset_add(plan->rejected, options->rejected_pins.items[i], err))
            return error_prefix(err, "--reject-pin");
    }
    return true;
}

/* An explicit --verify decides; otherwise everything is checked for which there is an option. */
static bool choose_mode(struct plan *plan, const struct options *options, struct error *err)
{
    bool has_pins = pinset_count(plan->pins) > 0, has_chain = options->cacert != NULL;
    if (options->verify != NULL)
        verify_mode_parse(options->verify, &plan->verify);
    else if (has_pins && has_chain)
        plan->verify = VERIFY_CHAIN_PIN;
    else if (has_pins || has_chain)
        plan->verify = has_pins ? VERIFY_PIN : VERIFY_CHAIN;
    else
        return error_set(
            err,
            "choose how to verify the server: --cacert FILE, --pin PIN, or --verify none (checks "
            "nothing)");
    if (verify_mode_has_chain(plan->verify) && !has_chain)
        return error_set(
            err, "--verify %s needs trust anchors; expected --cacert FILE or --cacert system",
            options->verify);
    if (verify_mode_has_pins(plan->verify) && !has_pins)
        return error_set(err,
                         "--verify %s needs a pin; expected --pin, --pin-file or --pinnedpubkey",
                         options->verify);
    return true;
}

bool plan_read_cacert(struct plan *plan, const char *path, struct error *err)
{
    plan->cacert = memory_text(path);
    return trust_read(&plan->anchors, path, err);
}

bool plan_build_verification(struct plan *plan, const struct options *options,
                             struct notices *notices, struct error *err)
{
    plan->pins = pinset_new();
    if (!plan_build_pins(plan, options, err) || !choose_mode(plan, options, err) ||
        !build_pin_rules(plan, options, err))
        return false;
    if (pinset_needs_chain(plan->pins) && plan->verify == VERIFY_PIN)
        return error_set(
            err,
            "a ca-sha256: pin (also ca-spki-, TLSA usage 2) needs a chain mode (--cacert), since anybody can append a CA's "
            "certificate to an unverified chain; without one, expected cert-sha256: or "
            "spki-sha256:");
    if (pinset_count(plan->pins) > 0 && !verify_mode_has_pins(plan->verify))
        notices_add(notices, "pins are given but not checked, because of --verify %s",
                    options->verify);
    if (options->cacert != NULL && !verify_mode_has_chain(plan->verify))
        notices_add(notices, "--cacert is given and, with --verify %s, no chain is checked",
                    options->verify);
    return (!options->raw_public_key || plan_check_raw_keys(plan, err)) &&
           (!verify_mode_has_chain(plan->verify) || plan_read_cacert(plan, options->cacert, err));
}
