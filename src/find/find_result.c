/* SPDX-License-Identifier: Apache-2.0 */
#include "find/find_result.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

#define NEAR 1.15 /* a stage at so many times the edge is still near it */

void find_result_add(struct find_result *result, const struct find_stage *stage)
{
    result->stages = memory_resize(result->stages, (result->num_stages + 1) * sizeof *stage);
    result->stages[result->num_stages++] = *stage;
}

/* Above which load a stage that broke says nothing of the limit: the edge's neighbourhood, or the
 * lowest of all that broke. */
static double highest_near(const struct find_result *result)
{
    double lowest = INFINITY, most = result->answer.edge * NEAR;
    for (size_t i = 0; i < result->num_stages; i++) {
        const struct find_stage *stage = &result->stages[i];
        if (stage->cause != STAGE_HELD && stage->load > result->answer.rate)
            lowest = fmin(lowest, stage->load);
    }
    return fmax(most, lowest);
}

enum stage_cause find_result_cause(const struct find_result *result)
{
    size_t counts[NUM_STAGE_CAUSES] = {0};
    double most = highest_near(result);
    enum stage_cause cause = STAGE_HELD;
    for (size_t i = 0; i < result->num_stages; i++) {
        const struct find_stage *stage = &result->stages[i];
        bool is_near = stage->load * NEAR >= result->answer.edge && stage->load <= most;
        if (stage->cause != STAGE_HELD && is_near && ++counts[stage->cause] > counts[cause])
            cause = stage->cause;
    }
    return cause;
}

const struct find_stage *find_result_limit(const struct find_result *result)
{
    enum stage_cause cause = find_result_cause(result);
    const struct find_stage *limit = NULL;
    for (size_t i = 0; i < result->num_stages; i++) {
        const struct find_stage *stage = &result->stages[i];
        if (cause == STAGE_HELD || stage->cause != cause)
            continue;
        bool is_above = stage->load >= result->answer.rate;
        bool was_above = limit != NULL && limit->load >= result->answer.rate;
        if (limit == NULL || (is_above && !was_above) ||
            (is_above == was_above && stage->load < limit->load))
            limit = stage;
    }
    return limit;
}

bool find_result_is_at_least(const struct find_result *result)
{
    return result->answer.end == SEARCH_AT_LEAST ||
           (result->answer.rate > 0 && stage_is_generators(find_result_cause(result)));
}

bool find_result_is_answered(const struct find_result *result)
{
    return result->answer.end == SEARCH_FOUND || result->answer.end == SEARCH_AT_LEAST;
}

const char *find_end_name(enum search_end end)
{
    static const char *const names[] = {
        [SEARCH_NOTHING] = "nothing",         [SEARCH_NONE_HOLDS] = "none_holds",
        [SEARCH_AT_LEAST] = "at_least",       [SEARCH_FOUND] = "found",
        [SEARCH_UNCONFIRMED] = "unconfirmed", [SEARCH_UNFINISHED] = "unfinished",
    };
    return names[end];
}

void find_result_cleanup(struct find_result *result)
{
    for (size_t i = 0; i < result->num_stages; i++)
        stage_cleanup(&result->stages[i]);
    free(result->stages);
    free(result->slos);
    *result = (struct find_result){0};
}
