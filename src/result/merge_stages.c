/* SPDX-License-Identifier: Apache-2.0 */
#include "result/merge_stages.h"

#include "base/memory.h"
#include "measure/latency.h"
#include "result/figure_table.h"
#include "result/result.h"

#include <math.h>

bool result_stage_balances(const struct result_stage *stage)
{
    uint64_t ended = 0;
    for (int class = 0; class < NUM_CLASSES; class ++)
        ended = result_count_sum(ended, stage->by_class[class]);
    return stage->scheduled == result_count_sum(stage->started, stage->skipped) &&
           stage->started == ended && ended < UINT64_MAX && stage->kept <= stage->started;
}

static bool are_same(const struct result_stages *a, const struct result_stages *b)
{
    if (a->count != b->count || a->of_connections != b->of_connections)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (a->items[i].start_s != b->items[i].start_s ||
            a->items[i].length_s != b->items[i].length_s)
            return false;
    }
    return true;
}

static void merge_stage(struct result_stage *to, const struct result_stage *from, size_t num_stages)
{
    to->from += from->from;
    to->to += from->to;
    to->run_s = fmax(to->run_s, from->run_s);
    to->verdict = from->verdict > to->verdict ? from->verdict : to->verdict;
    for (size_t i = 0; i < num_stage_counters; i++) {
        size_t offset = stage_counters[i].offset;
        uint64_t *sum = (uint64_t *)((char *)to + offset);
        *sum = result_count_sum(*sum, *(const uint64_t *)((const char *)from + offset));
    }
    for (int i = 0; i < NUM_OUTCOMES; i++)
        to->outcomes[i] = result_count_sum(to->outcomes[i], from->outcomes[i]);
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        if (to->latencies[kind] == NULL)
            to->latencies[kind] = result_stage_copy(from->latencies[kind], num_stages);
        else
            latency_merge(to->latencies[kind], from->latencies[kind]);
    }
}

void result_stages_merge(struct result_stages *out, struct result *const *results,
                         size_t num_results)
{
    const struct result_stages *first = &results[0]->stages;
    bool is_same = first->count > 0;
    for (size_t i = 1; is_same && i < num_results; i++)
        is_same = are_same(first, &results[i]->stages);
    if (!is_same)
        return;
    *out = (struct result_stages){.of_connections = first->of_connections, .count = first->count};
    out->items = memory_new(out->count, sizeof *out->items);
    for (size_t k = 0; k < out->count; k++) {
        out->items[k].start_s = first->items[k].start_s;
        out->items[k].length_s = first->items[k].length_s;
        for (size_t i = 0; i < num_results; i++)
            merge_stage(&out->items[k], &results[i]->stages.items[k], out->count);
    }
}
