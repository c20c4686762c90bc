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
#include "cli/compare_arms.h"
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
#include "report/text/compare_text.h"
#include "report/text/progress.h"
#include "tls/password.h"
#include "tls/pinset.h"
#include "tls/tls_context.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
    if (list == NULL || strcmp(list, "verify") == 0)
        list = may_chain ? "none,pin,chain,chain+pin" : "none,pin,spki";
    if (options->verify != NULL)
        return error_set(err,
                         "--verify '%s' is for arms that do not choose themselves how to verify; "
                         "expected --arm, or another preset of --arms, with it",
                         options->verify);
    if (!arms_parse(arms, list, options->baseline, options->seed, err))
        return false;
    arms->sessions[0] = strcmp(options->session_mode, "resume") == 0 ? ARM_RESUMED : ARM_FULL;
    if (arms_need_chain(arms) && !may_chain)
        return error_set(
            err, "--arms '%s' needs trust anchors; expected --cacert FILE or --cacert system",
            list);
    return true;
}

/* In process there are only the identities and servers created for it. */
static bool check_in_process(const struct options *options, struct error *err)
{
    static const char *const foreign[] = {"identity", "identities",   "identity-list",
                                          "cert",     "key",          "cacert",
                                          "pin",      "pinnedpubkey", "pin-file"};
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
    if (!compare_arms_chosen(options) && strcmp(options->session_mode, "full") != 0 &&
        strcmp(options->session_mode, "resume") != 0)
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

static enum ending report(const struct compare_result *result, const struct options *options)
{
    process_spare_once();
    bool to_stdout = output_is_stdout(options->json) || output_is_stdout(options->html);
    if (!options->quiet)
        compare_text(to_stdout ? stderr : stdout, result);
    else
        compare_text_failure(stderr, result);
    bool written = output_write(options->json, write_json, result) && !result->keylog_is_lost;
    written = output_write(options->html, write_html, result) && written;
    if (result->interrupted_by != 0)
        return result->interrupted_by == SIGINT ? ENDING_INTERRUPTED : ENDING_TERMINATED;
    return written && result->failed == 0 ? ENDING_AS_EXPECTED : ENDING_UNEXPECTED;
}

static enum compare_end in_process(struct compare_result *result, struct arms *arms,
                                   struct compare_arms *chosen, const struct compare_bounds *bounds,
                                   const struct options *options, struct error *err)
{
    struct in_process_config configs[MAX_ARMS] = {compare_arms_config(options)};
    result->where = "in process";
    if (arms->is_apart && !compare_arms_configure(chosen, arms, configs, err))
        return COMPARE_REFUSED;
    return compare_in_process(result, arms, bounds, configs, err);
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
           compare_arms_check_keys(plan, err) && plan_build_tls(plan, options, notices, err) &&
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

/* By the plans of arms that are apart. */
static enum compare_end by_arms(struct compare_result *result, struct arms *arms,
                                struct compare_arms *chosen, const struct compare_bounds *bounds,
                                const struct options *options, struct error *err)
{
    struct notices notices = {0};
    enum compare_end end = COMPARE_REFUSED;
    bool planned = compare_arms_plan(chosen, arms, &notices, err) &&
                   descriptors_suffice(&chosen->items[0].plan, err);
    password_wipe_source(options->pass);
    notices_print(&notices, SIZE_MAX);
    notices_cleanup(&notices);
    if (planned) {
        result->where = chosen->items[arms->baseline].all.operands.items[0];
        end = compare_over_network(result, arms, bounds, &chosen->items[0].plan, NULL, err);
    }
    for (unsigned i = 0; i < chosen->count; i++)
        result->keylog_is_lost |= !outputs_end_keylog(options, chosen->items[i].plan.tls.keylog);
    return end;
}

static enum compare_end over_network(struct compare_result *result, struct arms *arms,
                                     struct compare_arms *chosen,
                                     const struct compare_bounds *bounds,
                                     const struct options *options, struct error *err)
{
    if (arms->is_apart)
        return by_arms(result, arms, chosen, bounds, options, err);
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

static void tell_progress(void *arg, const struct progress_moment *moment, bool is_last)
{
    progress_tell(arg, moment, is_last);
}

static void prepare_progress(struct progress *progress, struct compare_bounds *bounds,
                             const struct options *options, const struct arms *arms)
{
    *progress = (struct progress){.out = stderr,
                                  .redraws = isatty(STDERR_FILENO) == 1,
                                  .colour = output_has_colour(stderr),
                                  .duration_s = (double)bounds->duration_ns / NS_PER_S,
                                  .total_sessions = bounds->sessions_per_arm * arms->count};
    if (output_wants_progress(options))
        bounds->on_progress = tell_progress;
    bounds->arg = progress;
}

enum ending cmd_compare(const struct invocation *invocation)
{
    const struct options *options = invocation->options;
    struct arms arms = {0};
    struct compare_arms chosen = {.count = 0};
    struct compare_bounds bounds = {0};
    struct progress progress;
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
    if (check_modes(options, &err) &&
        (compare_arms_chosen(options) ? compare_arms_parse(&chosen, &arms, options, &err)
                                      : parse_arms(&arms, options, &err))) {
        prepare_progress(&progress, &bounds, options, &arms);
        end = (options->in_process ? in_process : over_network)(&result, &arms, &chosen, &bounds,
                                                                options, &err);
    }
    if (end != COMPARE_DONE)
        error_print(&err);
    if (arms.is_apart)
        result.session_mode = arm_sessions_name(arms.sessions[arms.baseline]);
    enum ending ending = end == COMPARE_DONE     ? report(&result, options)
                         : end == COMPARE_FAILED ? ENDING_UNEXPECTED
                                                 : ENDING_USAGE;
    comparison_cleanup(&result.comparison);
    arms_cleanup(&arms);
    compare_arms_cleanup(&chosen);
    free(plan);
    return ending;
}
