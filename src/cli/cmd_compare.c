/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pinload compare: the arms of a comparison, interleaved, in this process or against a server.
 */
#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/notices.h"
#include "base/process.h"
#include "cli/commands.h"
#include "cli/descriptors.h"
#include "cli/outputs.h"
#include "cli/plan_builder.h"
#include "cli/plan_print.h"
#include "compare/compare_result.h"
#include "compare/compare_run.h"
#include "compare/in_process.h"
#include "net/net_loop.h"
#include "plan/plan.h"
#include "report/html/compare_html.h"
#include "report/json/compare_json.h"
#include "report/report_file.h"
#include "report/text/compare_text.h"
#include "tls/pinset.h"
#include "tls/tls_context.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_DURATION_NS (10 * NS_PER_S)
#define DEFAULT_RESOLVE_DURATION_NS (60 * NS_PER_S)

/* How long it may run. */
static void set_bounds(struct compare_bounds *bounds, const struct options *options)
{
    bounds->sessions_per_arm = options->sessions;
    bounds->resolve_ns = (double)options->resolve_difference_ns;
    bounds->duration_ns = options->duration_ns;
    if (bounds->duration_ns == 0 && bounds->sessions_per_arm == 0)
        bounds->duration_ns =
            bounds->resolve_ns > 0 ? DEFAULT_RESOLVE_DURATION_NS : DEFAULT_DURATION_NS;
}

static bool parse_arms(struct arms *arms, const struct options *options, struct error *err)
{
    bool may_chain = options->in_process || options->cacert != NULL;
    const char *list = options->arms;
    if (list == NULL)
        list = may_chain ? "none,pin,chain,chain+pin" : "none,pin,spki";
    if (!arms_parse(arms, list, options->baseline, options->seed, err))
        return false;
    if (arms_need_chain(arms) && !may_chain)
        return error_set(
            err, "--arms '%s' needs trust anchors; expected --cacert FILE or --cacert system",
            list);
    return true;
}

/* In process there are only the identities and servers created for it. */
static bool check_in_process(const struct options *options, struct error *err)
{
    static const char *const foreign[] = {"identity", "identities", "cert",         "key",
                                          "cacert",   "pin",        "pinnedpubkey", "pin-file"};
    static const char *const lacking[] = {"ech", "cert-compression"};
    if (options->operands.count > 0)
        return error_set(err, "--in-process takes no URL, but '%s' was given",
                         options->operands.items[0]);
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        if (options_given(options, foreign[i]))
            return error_set(
                err,
                "--in-process makes its own keys and certificates, but '--%s' was given; expected "
                "--key-type",
                foreign[i]);
    }
    for (size_t i = 0; i < sizeof lacking / sizeof *lacking; i++) {
        if (options_given(options, lacking[i]))
            return error_set(
                err, "--in-process has a server that knows no '--%s'; expected a URL with it",
                lacking[i]);
    }
    return true;
}

static bool check_modes(const struct options *options, struct error *err)
{
    if (strcmp(options->session_mode, "full") != 0 && strcmp(options->session_mode, "resume") != 0)
        return error_set(err,
                         "--session-mode '%s' mixes two kinds of session; expected full or resume",
                         options->session_mode);
    if (strcmp(options->rotate, "round-robin") != 0)
        return error_set(
            err,
            "--rotate '%s' gives the sessions of a block different identities; expected "
            "round-robin",
            options->rotate);
    if (options->requests == REQUESTS_ENDLESS)
        return error_set(
            err,
            "-r 'inf' never ends a session, and compare measures whole ones; expected a number");
    if (options->in_process && !check_in_process(options, err))
        return false;
    return outputs_check(options, err);
}

static bool write_json(FILE *out, const void *subject)
{
    return compare_json(out, subject);
}

static bool write_html(FILE *out, const void *subject)
{
    return compare_html(out, subject);
}

/* True also if PATH is not given. */
static bool write_to(const char *path, bool (*write)(FILE *, const void *),
                     const struct compare_result *result)
{
    struct error err;
    if (path == NULL || report_file_write_any(path, write, result, &err))
        return true;
    error_print(&err);
    return false;
}

static enum ending report(const struct compare_result *result, const struct options *options)
{
    process_spare_once();
    bool to_stdout = output_is_stdout(options->json) || output_is_stdout(options->html);
    if (!options->quiet)
        compare_text(to_stdout ? stderr : stdout, result);
    else
        compare_text_failure(stderr, result);
    bool written = write_to(options->json, write_json, result) && !result->keylog_is_lost;
    written = write_to(options->html, write_html, result) && written;
    if (result->interrupted_by != 0)
        return result->interrupted_by == SIGINT ? ENDING_INTERRUPTED : ENDING_TERMINATED;
    return written && result->failed == 0 ? ENDING_AS_EXPECTED : ENDING_UNEXPECTED;
}

static enum compare_end in_process(struct compare_result *result, struct arms *arms,
                                   const struct compare_bounds *bounds,
                                   const struct options *options, struct error *err)
{
    struct in_process_config config = {.resume = strcmp(options->session_mode, "resume") == 0,
                                       .limits = {.version_min = plan_tls_version(options->tls_min),
                                                  .version_max = plan_tls_version(options->tls_max),
                                                  .ciphers = options->ciphers,
                                                  .groups = options->groups,
                                                  .sigalgs = options->sigalgs}};
    key_type_parse(options->key_type, &config.key_type);
    result->where = "in process";
    return compare_in_process(result, arms, bounds, &config, err);
}

/* The parts of a plan that a comparison uses; the arms decide how servers are verified. */
static bool build_plan(struct plan *plan, const struct options *options, struct notices *notices,
                       struct error *err)
{
    if (!plan_check_stdin(options, err) || !plan_build_target(plan, options, err) ||
        !plan_build_load(plan, options, err) || !plan_build_request(plan, options, err))
        return false;
    plan->pins = pinset_new();
    if (options->cacert != NULL && !plan_read_cacert(plan, options->cacert, err))
        return false;
    return plan_build_identities(plan, options, notices, err) &&
           plan_build_tls(plan, options, notices, err) &&
           plan_build_network(plan, options, notices, err) && descriptors_suffice(plan, err);
}

/* The pins that the user gave, if any. */
static bool build_pins(struct plan *pins_only, const struct options *options, struct error *err)
{
    bool given =
        options->pins.count > 0 || options->pin_files.count > 0 || options->pinnedpubkey != NULL;
    pins_only->pins = pinset_new();
    return !given || plan_build_pins(pins_only, options, err);
}

static enum compare_end over_network(struct compare_result *result, struct arms *arms,
                                     const struct compare_bounds *bounds,
                                     const struct options *options, struct error *err)
{
    struct plan plan = {0}, pins_only = {0};
    struct notices notices = {0};
    enum compare_end end = COMPARE_REFUSED;
    bool built = build_plan(&plan, options, &notices, err) && build_pins(&pins_only, options, err);
    notices_print(&notices, SIZE_MAX);
    if (built) {
        result->where = options->operands.items[0];
        end = compare_over_network(result, arms, bounds, &plan, pins_only.pins, err);
    }
    result->keylog_is_lost = !outputs_end_keylog(options, plan.tls.keylog);
    notices_cleanup(&notices);
    pinset_free(pins_only.pins);
    plan_cleanup(&plan);
    return end;
}

enum ending cmd_compare(const struct invocation *invocation)
{
    const struct options *options = invocation->options;
    struct arms arms = {0};
    struct compare_bounds bounds = {0};
    char *plan = plan_print_text(options, COMMAND_COMPARE, false);
    struct compare_result result = {.boringssl = tls_library_version(),
                                    .libuv = net_library_version(),
                                    .in_process = options->in_process,
                                    .command = invocation->redacted,
                                    .plan = plan,
                                    .session_mode = options->session_mode,
                                    .connections = options->in_process ? 1 : options->connections,
                                    .resolve_ns = (double)options->resolve_difference_ns};
    struct error err;
    enum compare_end end = COMPARE_REFUSED;
    set_bounds(&bounds, options);
    if (check_modes(options, &err) && parse_arms(&arms, options, &err))
        end = (options->in_process ? in_process : over_network)(&result, &arms, &bounds, options,
                                                                &err);
    if (end != COMPARE_DONE)
        error_print(&err);
    enum ending ending = end == COMPARE_DONE     ? report(&result, options)
                         : end == COMPARE_FAILED ? ENDING_UNEXPECTED
                                                 : ENDING_USAGE;
    comparison_cleanup(&result.comparison);
    arms_cleanup(&arms);
    free(plan);
    return ending;
}
