/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats/find_junit.h"

#include "base/buffer.h"
#include "find/find_result.h"
#include "report/find_words.h"
#include "report/formats/junit_suite.h"

static void add_all(struct junit_suite *suite, const struct find_result *result)
{
    struct buffer doubt = {0};
    bool is_answered = find_result_is_answered(result) && result->interrupted_by == 0;
    bool is_pinloads = stage_is_generators(find_result_cause(result));
    find_words_doubt(&doubt, result);
    if (doubt.len == 0)
        find_words_answer(&doubt, result);
    junit_case(suite, "find", "there is an answer", is_answered ? FATE_PASSED : FATE_FAILED,
               is_answered ? NULL : buffer_text(&doubt));
    junit_case(suite, "find", "the limit was not pinload's",
               is_pinloads ? FATE_FAILED : FATE_PASSED, is_pinloads ? buffer_text(&doubt) : NULL);
    buffer_cleanup(&doubt);
}

/* The answer, and a line for each stage: "512/s 5 s p50 1.2 ms p99 23.1 ms SLO". */
static void put_stages(FILE *out, const struct find_result *result)
{
    struct buffer text = {0};
    find_words_answer(&text, result);
    buffer_append_text(&text, "\n");
    for (size_t i = 0; i < result->num_stages; i++) {
        const struct find_stage *stage = &result->stages[i];
        char load[FIGURE_LEN], p50[FIGURE_LEN], p99[FIGURE_LEN];
        find_words_load(load, result, stage->load);
        figure_time(p50, stage->p50_ns);
        figure_time(p99, stage->p99_ns);
        buffer_format(&text, "%s %g s p50 %s p99 %s %s\n", load, stage->seconds, p50, p99,
                      find_words_fate(stage->cause));
    }
    fputs("    <system-out>", out);
    junit_text(out, buffer_text(&text));
    fputs("</system-out>\n", out);
    buffer_cleanup(&text);
}

bool find_junit(FILE *out, const struct find_result *result)
{
    struct junit_suite counted = {0}, written = {.out = out};
    add_all(&counted, result);
    junit_begin(out, &counted, result->url, result->spent_s, result->started_wall_ns);
    add_all(&written, result);
    put_stages(out, result);
    junit_end(out);
    return !ferror(out);
}
