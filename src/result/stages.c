/* SPDX-License-Identifier: Apache-2.0 */
#include "result/stages.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "measure/latency.h"
#include "measure/tally.h"
#include "plan/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HELD 0.99 /* of the schedule of a stage */

/* --- filling -------------------------------------------------------------------------------- */

/* Sessions that a limit of this machine ended at once have not kept the schedule. */
static uint64_t kept_of(const struct stage_tally *from)
{
    return from->kept - number_min(from->kept, from->outcomes[OUTCOME_LOCAL_LIMIT]);
}

struct latency *result_stage_copy(const struct latency *from, size_t num_stages)
{
    if (from == NULL)
        return NULL;
    struct latency *copy = latency_new(num_stages <= STAGES_OF_THREE_DIGITS ? 3 : 2);
    latency_merge(copy, from);
    return copy;
}

static void fill_stage(struct result_stage *to, const struct stage_tally *from,
                       const struct tally *tally)
{
    to->skipped = from->skipped;
    to->started = from->started;
    to->scheduled = from->started + from->skipped;
    to->kept = kept_of(from);
    to->unexpected = from->unexpected;
    to->handshakes = from->handshakes;
    to->requests = from->responses;
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        to->outcomes[i] = from->outcomes[i];
        to->by_class[outcome_class((enum outcome)i, tally->plan->refusal_by_close)] +=
            from->outcomes[i];
    }
    for (int kind = 0; kind < NUM_LATENCIES; kind++)
        to->latencies[kind] = result_stage_copy(from->latencies[kind], tally->stages.count);
}

/* A shard has its share of the load. */
static void fill_plan(struct result_stage *to, const struct stages *stages, size_t index,
                      const struct plan *plan)
{
    const struct load_stage *stage = &stages->items[index];
    to->start_s = (double)stage->start_ns / NS_PER_S;
    to->length_s = (double)stage->length_ns / NS_PER_S;
    to->from = stage->from / plan->num_shards;
    to->to = stage->to / plan->num_shards;
}

void result_stages_fill(struct result_stages *out, const struct tally *tally)
{
    const struct stages *stages = &tally->plan->stages;
    if (stages->count == 0)
        return;
    out->of_connections = stages->of_connections;
    out->count = stages->count;
    out->items = memory_new(out->count, sizeof *out->items);
    uint64_t start_ns = tally->stages.start_ns;
    double ran_s =
        tally->stopped_ns > start_ns ? (double)(tally->stopped_ns - start_ns) / NS_PER_S : 0;
    for (size_t i = 0; i < out->count; i++) {
        struct result_stage *row = &out->items[i];
        fill_plan(row, stages, i, tally->plan);
        fill_stage(row, &tally->stages.items[i], tally);
        row->run_s = fmin(fmax(ran_s - row->start_s, 0), row->length_s);
    }
}

void result_stages_cleanup(struct result_stages *stages)
{
    for (size_t i = 0; i < stages->count; i++) {
        for (int kind = 0; kind < NUM_LATENCIES; kind++)
            latency_free(stages->items[i].latencies[kind]);
    }
    free(stages->items);
    *stages = (struct result_stages){0};
}

/* --- figures -------------------------------------------------------------------------------- */

double result_stage_attainment(const struct result_stages *stages, size_t index)
{
    const struct result_stage *stage = &stages->items[index];
    if (stages->of_connections || stage->scheduled == 0)
        return NAN;
    return (double)stage->kept / (double)stage->scheduled;
}

double result_stage_per_second(const struct result_stage *stage, uint64_t count)
{
    return stage->run_s > 0 ? (double)count / stage->run_s : NAN;
}

/* --- verdicts ------------------------------------------------------------------------------- */

/* To a microsecond, which is less than any stage. */
static bool is_complete(const struct result_stage *stage)
{
    return stage->run_s > stage->length_s - 1e-6;
}

static bool is_missed(const struct result_stages *stages, size_t index)
{
    return result_stage_attainment(stages, index) < HELD; /* not if it is NAN */
}

bool result_stages_missed(const struct result_stages *stages)
{
    for (size_t i = 0; i < stages->count; i++) {
        if (is_complete(&stages->items[i]) && is_missed(stages, i))
            return true;
    }
    return false;
}

/* --max-failures applies to each stage as to the run. */
static bool has_failed(const struct result_stage *stage, const struct plan *plan)
{
    double allowed = plan->max_failures_is_percent
                         ? (double)stage->started * plan->max_failures / 100
                         : plan->max_failures;
    return stage->unexpected > 0 || (double)stage->by_class[CLASS_FAILED] > allowed;
}

static enum stage_verdict judge(const struct result_stages *stages, size_t index,
                                const struct plan *plan)
{
    const struct result_stage *stage = &stages->items[index];
    if (has_failed(stage, plan))
        return STAGE_FAILED;
    if (stage->run_s <= 0)
        return STAGE_NOT_RUN;
    if (!is_complete(stage))
        return STAGE_INCOMPLETE;
    return is_missed(stages, index) ? STAGE_MISSED : STAGE_PASSED;
}

void result_stages_judge(struct result_stages *stages, const struct plan *plan)
{
    for (size_t i = 0; i < stages->count; i++)
        stages->items[i].verdict = judge(stages, i, plan);
}

static const char *const names[NUM_STAGE_VERDICTS] = {
    [STAGE_PASSED] = "passed",         [STAGE_NOT_RUN] = "not_run", [STAGE_MISSED] = "missed",
    [STAGE_INCOMPLETE] = "incomplete", [STAGE_FAILED] = "failed",
};

const char *stage_verdict_name(enum stage_verdict verdict)
{
    return names[verdict];
}

const char *stage_verdict_words(enum stage_verdict verdict)
{
    return verdict == STAGE_NOT_RUN ? "not run" : names[verdict];
}

bool stage_verdict_from_name(const char *name, enum stage_verdict *out)
{
    for (int i = 0; i < NUM_STAGE_VERDICTS; i++) {
        *out = (enum stage_verdict)i;
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}
