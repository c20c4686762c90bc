/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pinload find: the highest rate, or number of connections, that an endpoint holds.
 */
#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/notices.h"
#include "base/process.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/descriptors.h"
#include "cli/find_runs.h"
#include "cli/find_terms.h"
#include "cli/outputs.h"
#include "cli/plan_builder.h"
#include "cli/plan_print.h"
#include "engine/run.h"
#include "find/find_result.h"
#include "find/search.h"
#include "net/net_loop.h"
#include "plan/plan.h"
#include "report/formats/find_csv.h"
#include "report/formats/find_junit.h"
#include "report/html/find_html.h"
#include "report/json/find_json.h"
#include "report/json/threshold.h"
#include "report/text/find_text.h"
#include "report/text/progress.h"
#include "tls/tls_context.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_NOTICES 10

/* --- the search ----------------------------------------------------------------------------- */

static void tell_progress(void *arg, const struct progress_moment *moment, bool is_last)
{
    progress_tell(arg, moment, is_last);
}

static void tell_begins(struct progress *progress, const struct find_result *result,
                        const struct search_step *step)
{
    *progress = (struct progress){.out = stderr,
                                  .redraws = progress->redraws,
                                  .colour = progress->colour,
                                  .duration_s = step->seconds};
    find_text_begins(stderr, result, step);
}

/* Stages until there is an answer, or a stage cannot be run, or there is an interruption. */
static bool search_on(struct search *search, struct find_runs *runs, struct progress *progress,
                      struct error *err)
{
    struct find_result *result = runs->result;
    struct search_step step;
    while (result->interrupted_by == 0 && (step = search_next(search)).phase != SEARCH_DONE) {
        if (progress != NULL)
            tell_begins(progress, result, &step);
        if (!find_runs_stage(runs, &step, err))
            return false;
        if (result->interrupted_by != 0)
            break;
        const struct find_stage *stage = &result->stages[result->num_stages - 1];
        struct search_fact fact = {.held = stage->cause == STAGE_HELD,
                                   .served = stage_served(stage)};
        if (progress != NULL)
            find_text_stage(stderr, stage);
        if (step.phase != SEARCH_CONFIRM || !fact.held)
            find_runs_recover(runs);
        search_learn(search, &fact, find_runs_spent(runs));
    }
    return true;
}

static bool seek(struct find_runs *runs, const struct options *options, struct error *err)
{
    struct progress progress = {.redraws = isatty(STDERR_FILENO) == 1,
                                .colour = output_has_colour(stderr)};
    bool is_told = output_wants_progress(options);
    const struct run_hooks hooks = {.on_progress = is_told ? tell_progress : NULL,
                                    .arg = &progress};
    runs->began_ns = clock_now_ns();
    runs->hooks = &hooks;
    runs->result->started_wall_ns = clock_wall_ns();
    bool ok = find_runs_alone(runs, err);
    if (ok) {
        find_terms_start(runs->result, options, runs->plan, runs->alone_s);
        struct search *search = search_new(&runs->result->terms);
        ok = search_on(search, runs, is_told ? &progress : NULL, err);
        runs->result->answer = search_answer(search);
        search_free(search);
    }
    runs->result->spent_s = find_runs_spent(runs);
    return ok || runs->result->interrupted_by != 0;
}

/* Signals are for the runs, which read them from a descriptor, also those that come between two. */
static bool seek_undisturbed(struct find_runs *runs, const struct options *options,
                             struct error *err)
{
    sigset_t mask, old_mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &mask, &old_mask);
    bool ok = seek(runs, options, err);
    process_spare_once();
    pthread_sigmask(SIG_SETMASK, &old_mask, NULL);
    return ok;
}

/* --- reports -------------------------------------------------------------------------------- */

static bool write_json(FILE *out, const void *subject)
{
    return find_json(out, subject);
}

static bool write_csv(FILE *out, const void *subject)
{
    return find_csv(out, subject);
}

static bool write_html(FILE *out, const void *subject)
{
    return find_html(out, subject);
}

static bool write_junit(FILE *out, const void *subject)
{
    return find_junit(out, subject);
}

static bool report(const struct find_result *result, const struct options *options)
{
    bool to_stdout = output_is_stdout(options->json) || output_is_stdout(options->csv) ||
                     output_is_stdout(options->html) || output_is_stdout(options->junit);
    if (options->quiet)
        find_text_failure(stderr, result);
    else
        find_text(to_stdout ? stderr : stdout, result);
    bool written = output_write(options->json, write_json, result);
    written = output_write(options->csv, write_csv, result) && written;
    written = output_write(options->html, write_html, result) && written;
    return output_write(options->junit, write_junit, result) && written;
}

static enum ending ending_of_search(const struct find_result *result, bool written)
{
    if (result->interrupted_by != 0)
        return result->interrupted_by == SIGINT ? ENDING_INTERRUPTED : ENDING_TERMINATED;
    if (!written || !find_result_is_answered(result))
        return ENDING_UNEXPECTED;
    return stage_is_generators(find_result_cause(result)) ? ENDING_RATE_MISSED : ENDING_AS_EXPECTED;
}

/* --- the command ---------------------------------------------------------------------------- */

/* As many connections as this process may have, if the user did not say how many. */
static bool fit_connections(struct plan *plan, const struct options *options, struct error *err)
{
    bool is_given = options_given(options, "connections");
    while (!descriptors_suffice(plan, err)) {
        if (is_given || plan->connections <= plan->threads || plan->connections < 2)
            return false;
        plan->connections -= plan->connections / 4 + 1;
    }
    return true;
}

static enum ending find(struct find_result *result, const struct plan *plan,
                        const struct threshold *slos, const struct options *options)
{
    struct error err;
    struct find_runs runs = {.plan = plan, .slos = slos, .result = result};
    bool ok = seek_undisturbed(&runs, options, &err);
    if (!ok) {
        error_print(&err);
        if (result->num_stages == 0)
            return ENDING_UNEXPECTED;
    }
    bool written = report(result, options);
    written = outputs_end_keylog(options, plan->tls.keylog) && written && ok;
    return ending_of_search(result, written);
}

enum ending cmd_find(const struct invocation *invocation)
{
    const struct options *options = invocation->options;
    struct options run = find_terms_plan(options);
    struct plan plan = {0};
    struct error err;
    struct notices notices = {0};
    struct threshold *slos = NULL;
    char *plan_text = plan_print_text(options, COMMAND_FIND, false);
    struct find_result result = {.version = PINLOAD_VERSION,
                                 .boringssl = tls_library_version(),
                                 .libuv = net_library_version(),
                                 .command = invocation->redacted,
                                 .plan = plan_text};
    enum ending ending = ENDING_USAGE;
    bool built = outputs_check(options, &err) && plan_build(&plan, &run, &notices, &err) &&
                 find_terms_read(&result, options, &plan, &err) &&
                 (slos = find_terms_slos(&result, &run, &plan, &err)) != NULL &&
                 fit_connections(&plan, options, &err);
    notices_print(&notices, MOST_NOTICES);
    if (built) {
        if (result.by_connections)
            plan.rate = 0;
        result.url = plan.target.url;
        ending = find(&result, &plan, slos, options);
    } else {
        error_print(&err);
    }
    free(slos);
    free(plan_text);
    find_result_cleanup(&result);
    notices_cleanup(&notices);
    plan_cleanup(&plan);
    return ending;
}
