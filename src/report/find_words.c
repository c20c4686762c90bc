/* SPDX-License-Identifier: Apache-2.0 */
#include "report/find_words.h"

#include "base/buffer.h"

#include <math.h>
#include <stdio.h>

void find_words_load(char out[static FIGURE_LEN], const struct find_result *result, double load)
{
    if (result->by_connections)
        figure_count(out, (uint64_t)llround(load));
    else
        figure_rate(out, load);
}

const char *find_words_fate(enum stage_cause cause)
{
    static const char *const words[NUM_STAGE_CAUSES] = {
        [STAGE_HELD] = "held",           [STAGE_SLO] = "SLO",
        [STAGE_FAILURES] = "failures",   [STAGE_SERVER_RATE] = "server's rate",
        [STAGE_GENERATOR] = "generator", [STAGE_CONNECTIONS] = "connections",
        [STAGE_PORTS] = "ports",         [STAGE_DESCRIPTORS] = "descriptors",
    };
    return words[cause];
}

void find_words_answer(struct buffer *out, const struct find_result *result)
{
    char load[FIGURE_LEN];
    const struct search_answer *answer = &result->answer;
    const char *what = result->by_connections ? " connections" : "";
    if (answer->end == SEARCH_NOTHING) {
        buffer_append_text(out, "no stage has ended");
    } else if (answer->rate == 0) {
        double lowest = INFINITY;
        for (size_t i = 0; i < result->num_stages; i++)
            lowest = fmin(lowest, result->stages[i].load);
        find_words_load(load, result, lowest);
        buffer_format(out, "not even %s%s held", load, what);
    } else {
        find_words_load(load, result, answer->rate);
        buffer_format(out, "holds %s%s%s", find_result_is_at_least(result) ? "at least " : "", load,
                      what);
    }
}

static const char *subject_of(enum stage_cause cause)
{
    static const char *const subjects[NUM_STAGE_CAUSES] = {
        [STAGE_HELD] = "",
        [STAGE_SLO] = "the SLO",
        [STAGE_FAILURES] = "failures",
        [STAGE_SERVER_RATE] = "the server's rate",
        [STAGE_GENERATOR] = "the generator",
        [STAGE_CONNECTIONS] = "the generator's connections",
        [STAGE_PORTS] = "local ports",
        [STAGE_DESCRIPTORS] = "file descriptors",
    };
    return subjects[cause];
}

void find_words_limit(struct buffer *out, const struct find_result *result)
{
    enum stage_cause cause = find_result_cause(result);
    char load[FIGURE_LEN];
    if (cause == STAGE_HELD) {
        find_words_load(load, result, result->terms.most);
        if (result->answer.end == SEARCH_AT_LEAST)
            buffer_format(out, "%s: no higher %s than %s was to be tried",
                          result->by_connections ? "-c" : "--max-rate",
                          result->by_connections ? "number" : "rate", load);
        return;
    }
    const struct find_stage *stage = find_result_limit(result);
    find_words_load(load, result, stage->load);
    buffer_format(out, "%s: at %s %s", subject_of(cause), load, stage->why);
}

void find_words_doubt(struct buffer *out, const struct find_result *result)
{
    const struct search_answer *answer = &result->answer;
    if (result->interrupted_by != 0)
        buffer_append_text(out, "the search was interrupted; this is what it knew by then");
    else if (answer->end == SEARCH_UNCONFIRMED)
        buffer_format(out, "stages of %g s hold it, but none of %g s did", result->terms.stage_s,
                      result->terms.confirm_s);
    else if (answer->end == SEARCH_UNFINISHED)
        buffer_format(out, "the search is not finished: --budget %g s was too short",
                      result->terms.budget_s);
    else if (stage_is_generators(find_result_cause(result)))
        buffer_append_text(out, "pinload was the limit, not the server, which may hold more");
}
