/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/find_runs.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "engine/run.h"
#include "plan/plan.h"
#include "report/json/json_figures.h"
#include "report/json/threshold.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define SESSIONS_ALONE 10
#define LONGEST_ALONE_NS (3 * NS_PER_S)
#define RECOVERED 2      /* times as long as in the beginning */
#define RECOVERED_NS 2e6 /* and that */
#define RECOVERY_NS (10 * NS_PER_S)
#define PAUSE_NS (200 * NS_PER_MS)

double find_runs_spent(const struct find_runs *runs)
{
    return (double)(clock_now_ns() - runs->began_ns) / NS_PER_S;
}

static struct result *run(struct find_runs *runs, const struct plan *plan,
                          const struct run_hooks *hooks, struct error *err)
{
    struct stories stories = {0};
    struct result *result = run_plan(plan, hooks, &stories, err);
    stories_cleanup(&stories);
    if (result != NULL && result->interrupted_by != 0)
        runs->result->interrupted_by = result->interrupted_by;
    return result;
}

/* --- sessions by themselves ----------------------------------------------------------------- */

/* One after the other, without pauses in them. The copy borrows everything from PLAN. */
static struct plan alone(const struct plan *plan)
{
    struct plan copy = *plan;
    copy.connections = copy.threads = 1;
    copy.rate = 0;
    copy.sessions = SESSIONS_ALONE;
    copy.duration_ns = LONGEST_ALONE_NS;
    copy.requests = number_min(plan->requests, 1);
    copy.think_ns = copy.hold_ns = copy.ramp_ns = copy.warm_up_ns = 0;
    return copy;
}

static double median_ns(const struct result *result, enum latency_kind kind)
{
    const struct latency *latency = result->latencies[kind];
    return latency_count(latency) > 0 ? latency_percentile(latency, 50) : 0;
}

static double until_handshaken_ns(const struct result *result)
{
    return median_ns(result, LATENCY_CONNECT) + median_ns(result, LATENCY_TLS_HANDSHAKE);
}

/* A session of the plan has more requests than one by itself, and pauses. */
static double session_s(const struct plan *plan, const struct result *result)
{
    double requests = plan->requests == REQUESTS_ENDLESS ? 1 : fmax((double)plan->requests, 1);
    double ns = until_handshaken_ns(result) + requests * median_ns(result, LATENCY_REQUEST) +
                (requests - 1) * (double)plan->think_ns + (double)plan->hold_ns;
    return ns / NS_PER_S;
}

static struct stage_rules rules_of(const struct find_runs *runs, const struct plan *plan)
{
    return (struct stage_rules){.is_open = plan->rate > 0,
                                .connections = (double)plan->connections,
                                .alone_s = runs->alone_s,
                                .max_failures = plan->max_failures,
                                .max_is_percent = plan->max_failures_is_percent,
                                .refusal_by_close = plan->refusal_by_close};
}

bool find_runs_alone(struct find_runs *runs, struct error *err)
{
    struct plan plan = alone(runs->plan);
    const struct run_hooks quiet = {0};
    struct result *result = run(runs, &plan, &quiet, err);
    if (result == NULL)
        return false;
    struct find_stage stage = {.load = 1, .seconds = (double)LONGEST_ALONE_NS / NS_PER_S};
    struct stage_rules rules = rules_of(runs, &plan);
    stage_judge(&stage, result, &rules);
    runs->result->alone_ns = until_handshaken_ns(result);
    runs->alone_s = session_s(runs->plan, result);
    bool ok = stage.cause == STAGE_HELD && runs->result->interrupted_by == 0;
    if (!ok)
        error_set(err, "a session by itself does not hold: %s",
                  stage.why != NULL ? stage.why : "interrupted");
    stage_cleanup(&stage);
    result_free(result);
    return ok;
}

static bool is_recovered(struct find_runs *runs)
{
    struct plan plan = alone(runs->plan);
    const struct run_hooks quiet = {0};
    struct error ignored;
    struct result *result = run(runs, &plan, &quiet, &ignored);
    double ns = result != NULL ? until_handshaken_ns(result) : 0;
    result_free(result);
    return ns > 0 && ns <= RECOVERED * runs->result->alone_ns + RECOVERED_NS;
}

void find_runs_recover(struct find_runs *runs)
{
    uint64_t until_ns = clock_now_ns() + RECOVERY_NS;
    const struct timespec pause = {.tv_nsec = (long)PAUSE_NS};
    while (!is_recovered(runs) && runs->result->interrupted_by == 0 && clock_now_ns() < until_ns)
        nanosleep(&pause, NULL);
}

/* --- a stage -------------------------------------------------------------------------------- */

static struct plan plan_at(const struct find_runs *runs, const struct search_step *step)
{
    struct plan copy = *runs->plan;
    copy.duration_ns = (uint64_t)(step->seconds * NS_PER_S);
    if (!runs->result->by_connections) {
        copy.rate = step->rate;
        return copy;
    }
    copy.connections = (uint64_t)step->rate;
    copy.threads = (unsigned)number_min(copy.threads, copy.connections);
    return copy;
}

/* Writes the value of each condition, and appends what is wrong with the first that does not hold. */
static void judge_slos(const struct find_runs *runs, const struct result *from,
                       struct find_stage *stage, struct buffer *broken)
{
    if (runs->result->num_slos == 0)
        return;
    struct json_figures *figures = json_figures_new(from);
    stage->slo_values = memory_new(runs->result->num_slos, sizeof *stage->slo_values);
    for (size_t i = 0; i < runs->result->num_slos; i++) {
        const struct threshold *slo = &runs->slos[i];
        char shown[FIGURE_LEN] = "without values";
        if (threshold_is_true(slo, figures, &stage->slo_values[i]) || broken->len > 0)
            continue;
        if (isfinite(stage->slo_values[i]))
            threshold_show(shown, slo, stage->slo_values[i]);
        buffer_format(broken, "%s is %s", slo->path, shown);
    }
    json_figures_free(figures);
}

static void set_latency(struct find_stage *stage, const struct result *from, const char *name)
{
    stage->p50_ns = stage->p99_ns = NAN;
    for (int i = 0; i < NUM_LATENCIES; i++) {
        const struct latency *latency = from->latencies[i];
        if (strcmp(name, latency_kind_name((enum latency_kind)i)) != 0 ||
            latency_count(latency) == 0)
            continue;
        stage->p50_ns = latency_percentile(latency, 50);
        stage->p99_ns = latency_percentile(latency, 99);
    }
}

static void add_stage(struct find_runs *runs, struct find_stage *stage, const struct plan *plan,
                      const struct result *from)
{
    struct buffer broken = {0};
    struct stage_rules rules = rules_of(runs, plan);
    judge_slos(runs, from, stage, &broken);
    rules.slo_broken = broken.len > 0 ? buffer_text(&broken) : NULL;
    stage_judge(stage, from, &rules);
    set_latency(stage, from, runs->result->latency);
    find_result_add(runs->result, stage);
    buffer_cleanup(&broken);
}

bool find_runs_stage(struct find_runs *runs, const struct search_step *step, struct error *err)
{
    struct plan plan = plan_at(runs, step);
    struct find_stage stage = {.load = step->rate,
                               .seconds = step->seconds,
                               .began_s = find_runs_spent(runs),
                               .confirms = step->phase == SEARCH_CONFIRM};
    struct result *from = run(runs, &plan, runs->hooks, err);
    if (from == NULL)
        return false;
    if (runs->result->interrupted_by == 0)
        add_stage(runs, &stage, &plan, from);
    result_free(from);
    return true;
}
