/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pinload run: a plan from the options, a run of it, a verdict, reports.
 */
#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/notices.h"
#include "base/process.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/descriptors.h"
#include "cli/ending.h"
#include "cli/outputs.h"
#include "cli/plan_builder.h"
#include "cli/plan_print.h"
#include "cli/plan_reload.h"
#include "cli/plan_settings.h"
#include "cli/thresholds.h"
#include "engine/run.h"
#include "report/text/progress.h"
#include "result/verdict.h"
#include "tls/password.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum ending refuse(const struct error *err)
{
    error_print(err);
    return ENDING_USAGE;
}

/* Most warnings are about identities, and there may be ten thousand of those. */
#define MOST_NOTICES 10

static void tell_story(const char *title, const char *story)
{
    if (story != NULL)
        fprintf(stderr, "%s: %s\n", title, story);
}

static void tell_stories(const struct stories *stories)
{
    tell_story("first session", stories->first);
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        const char *story = stories->by_outcome[i];
        bool is_told = story != NULL && strcmp(story, stories->first) == 0;
        tell_story("first of its kind", is_told ? NULL : story);
    }
}

/* The trace that the summary shows: that of the first failed outcome in the order of the list. */
static void keep_first_failure(struct result *result, const struct stories *stories,
                               bool refusal_by_close)
{
    for (int i = 0; i < NUM_OUTCOMES && result->first_failure == NULL; i++) {
        bool failed = outcome_class((enum outcome)i, refusal_by_close) == CLASS_FAILED;
        if (failed && stories->by_outcome[i] != NULL)
            result->first_failure = memory_text(stories->by_outcome[i]);
    }
}

static void copy_command(struct result *result, char **redacted)
{
    size_t len = 0;
    while (redacted[len] != NULL)
        len++;
    result->command = memory_new(len, sizeof *result->command);
    for (size_t i = 0; i < len; i++)
        result->command[i] = memory_text(redacted[i]);
    result->command_len = len;
}

/* A warm-up longer than the window of -n leaves nothing to measure, which is not known before the
 * run. */
static void warn_of_warm_up(const struct result *result)
{
    if (result->warm_up_s > 0 && result->duration_s <= result->warm_up_s)
        fprintf(stderr,
                "pinload: warning: the run ended within its --warm-up of %g s; no latency and no "
                "rate was measured\n",
                result->warm_up_s);
}

static enum ending report(const struct invocation *invocation, const struct plan *plan,
                          struct result *result, const struct stories *stories)
{
    const struct options *options = invocation->options;
    result->version = memory_text(PINLOAD_VERSION);
    copy_command(result, invocation->redacted);
    result->plan = plan_print_text(options, COMMAND_RUN, false);
    plan_settings(result, plan, options);
    keep_first_failure(result, stories, plan->refusal_by_close);
    verdict_reach(result, plan);
    thresholds_judge(options, result);
    if (options->verbose)
        tell_stories(stories);
    warn_of_warm_up(result);
    bool written = outputs_write(options, result);
    return ending_of(result, outputs_end_keylog(options, plan->tls.keylog) && written);
}

static void tell_progress(void *arg, const struct progress_moment *moment, bool is_last)
{
    progress_tell(arg, moment, is_last);
}

static enum ending run(const struct invocation *invocation, const struct plan *plan)
{
    struct error err;
    struct stories stories = {0};
    bool on_terminal = isatty(STDERR_FILENO) == 1;
    struct progress progress = {.out = stderr,
                                .redraws = on_terminal,
                                .colour = output_has_colour(stderr),
                                .duration_s = (double)plan->duration_ns / NS_PER_S,
                                .total_sessions = plan_sessions(plan)};
    struct plan_reload again = {invocation->options, plan};
    struct run_hooks hooks = {
        .on_progress = tell_progress, .arg = &progress, .reload = {plan_reload_read, &again}};
    if (!output_wants_progress(invocation->options))
        hooks.on_progress = NULL;
    process_spare_once(); /* during the run, it handles its signals itself: this is for what follows
                           * it */
    struct result *result = run_plan(plan, &hooks, &stories, &err);
    enum ending ending = result == NULL ? refuse(&err) : report(invocation, plan, result, &stories);
    result_free(result);
    stories_cleanup(&stories);
    return ending;
}

static bool check_thresholds(const struct options *options, const struct plan *plan,
                             struct error *err)
{
    struct result *empty = plan_settings_empty(plan, options);
    bool ok = thresholds_check(options, empty, err);
    result_free(empty);
    return ok;
}

enum ending cmd_run(const struct invocation *invocation)
{
    struct plan plan;
    struct error err;
    struct notices notices = {0};
    enum ending ending;
    plan = (struct plan){0};
    bool built = outputs_check(invocation->options, &err) &&
                 plan_build(&plan, invocation->options, &notices, &err) &&
                 check_thresholds(invocation->options, &plan, &err) &&
                 descriptors_suffice(&plan, &err);
    notices_print(&notices, MOST_NOTICES);
    ending = built ? run(invocation, &plan) : refuse(&err);
    notices_cleanup(&notices);
    plan_cleanup(&plan);
    password_wipe_source(invocation->options->pass); /* reloads needed it until now */
    return ending;
}
