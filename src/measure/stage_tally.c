/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/stage_tally.h"

#include "base/memory.h"
#include "measure/latency.h"
#include "measure/sample.h"
#include "plan/plan.h"

#include <stdlib.h>

bool stage_keeps(enum latency_kind kind)
{
    return kind == LATENCY_TLS_HANDSHAKE || kind == LATENCY_HANDSHAKE_FROM_SCHEDULE ||
           kind == LATENCY_REQUEST || kind == LATENCY_FROM_SCHEDULE;
}

void stage_tallies_init(struct stage_tallies *stages, const struct plan *plan)
{
    stages->plan = plan;
    stages->count = plan->stages.count;
    if (stages->count > 0)
        stages->items = memory_new(stages->count, sizeof *stages->items);
}

void stage_tallies_cleanup(struct stage_tallies *stages)
{
    for (size_t i = 0; i < stages->count; i++) {
        for (int kind = 0; kind < NUM_LATENCIES; kind++)
            latency_free(stages->items[i].latencies[kind]);
    }
    free(stages->items);
    *stages = (struct stage_tallies){0};
}

void stage_tallies_begin(struct stage_tallies *stages, uint64_t start_ns)
{
    stages->start_ns = start_ns;
}

/* NULL: there are no stages. */
static struct stage_tally *stage_at(struct stage_tallies *stages, uint64_t at_ns)
{
    if (stages->count == 0)
        return NULL;
    uint64_t after_ns = at_ns > stages->start_ns ? at_ns - stages->start_ns : 0;
    return &stages->items[stages_at(&stages->plan->stages, after_ns)];
}

void stage_tallies_started(struct stage_tallies *stages, uint64_t intended_ns, uint64_t now_ns)
{
    struct stage_tally *stage = stage_at(stages, intended_ns);
    if (stage == NULL)
        return;
    uint64_t end_ns = stages_end(&stages->plan->stages, (size_t)(stage - stages->items));
    stage->started++;
    stage->kept += now_ns < stages->start_ns + end_ns + STAGE_TOLERANCE_NS;
}

void stage_tallies_skipped(struct stage_tallies *stages, uint64_t intended_ns, uint64_t count)
{
    struct stage_tally *stage = stage_at(stages, intended_ns);
    if (stage != NULL)
        stage->skipped += count;
}

void stage_tallies_handshake(struct stage_tallies *stages, uint64_t intended_ns)
{
    struct stage_tally *stage = stage_at(stages, intended_ns);
    if (stage != NULL)
        stage->handshakes++;
}

/* A session that was served until the run's end was accepted, too. */
static bool is_unexpected(const struct plan *plan, const struct sample *sample)
{
    enum outcome_class class = outcome_class(sample->outcome, plan->refusal_by_close);
    bool is_served = class == CLASS_CUT_OFF && sample->requests_succeeded > 0;
    if (plan_expects_refusal(plan, sample->identity))
        return class == CLASS_SUCCEEDED || class == CLASS_UNCONFIRMED || is_served;
    return class == CLASS_REFUSED;
}

void stage_tallies_session(struct stage_tallies *stages, const struct sample *sample)
{
    struct stage_tally *stage = stage_at(stages, sample->at.intended);
    if (stage == NULL)
        return;
    stage->outcomes[sample->outcome]++;
    stage->unexpected += is_unexpected(stages->plan, sample);
}

void stage_tallies_response(struct stage_tallies *stages, uint64_t sent_ns)
{
    struct stage_tally *stage = stage_at(stages, sent_ns);
    if (stage != NULL)
        stage->responses++;
}

static struct latency *latency_at(const struct stage_tallies *stages, struct stage_tally *stage,
                                  enum latency_kind kind)
{
    if (stage->latencies[kind] == NULL)
        stage->latencies[kind] = latency_new(stages->count <= STAGES_OF_THREE_DIGITS ? 3 : 2);
    return stage->latencies[kind];
}

void stage_tallies_record(struct stage_tallies *stages, enum latency_kind kind, uint64_t began_ns,
                          uint64_t value_ns)
{
    struct stage_tally *stage = stage_at(stages, began_ns);
    if (stage != NULL && stage_keeps(kind))
        latency_record(latency_at(stages, stage, kind), value_ns);
}

static void merge_stage(const struct stage_tallies *stages, struct stage_tally *to,
                        const struct stage_tally *from)
{
    to->skipped += from->skipped;
    to->started += from->started;
    to->kept += from->kept;
    to->unexpected += from->unexpected;
    to->handshakes += from->handshakes;
    to->responses += from->responses;
    for (int i = 0; i < NUM_OUTCOMES; i++)
        to->outcomes[i] += from->outcomes[i];
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        if (from->latencies[kind] != NULL)
            latency_merge(latency_at(stages, to, (enum latency_kind)kind), from->latencies[kind]);
    }
}

void stage_tallies_merge(struct stage_tallies *to, const struct stage_tallies *from)
{
    for (size_t i = 0; i < to->count && i < from->count; i++)
        merge_stage(to, &to->items[i], &from->items[i]);
}
