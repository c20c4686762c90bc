/* SPDX-License-Identifier: Apache-2.0 */
#include "diff/diff_result.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "result/result.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void free_texts(char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

void diff_result_cleanup(struct diff_result *diff)
{
    for (int side = 0; side < NUM_SIDES; side++) {
        struct diff_side *one = &diff->sides[side];
        for (size_t i = 0; i < one->count && one->results != NULL; i++)
            result_free(one->results[i]);
        free(one->results);
        free_texts(one->paths, one->count);
    }
    free_texts(diff->plan_differences, diff->num_plan_differences);
    free_texts(diff->remarks, diff->num_remarks);
    for (size_t i = 0; i < diff->num_checks; i++)
        free(diff->checks[i].violation);
    free(diff->checks);
    free(diff->figures);
    *diff = (struct diff_result){0};
}

enum diff_verdict diff_result_verdict(const struct diff_result *diff)
{
    static const enum diff_verdict order[] = {DIFF_WORSE, DIFF_CHANGED, DIFF_BETTER,
                                              DIFF_NONE_SEEN};
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        for (size_t i = 0; i < diff->num_figures; i++) {
            if (diff->figures[i].verdict == order[k])
                return order[k];
        }
    }
    return DIFF_UNKNOWN;
}

const char *diff_verdict_name(enum diff_verdict verdict)
{
    static const char *const names[] = {
        [DIFF_UNKNOWN] = "not_known", [DIFF_NONE_SEEN] = "no_difference_seen",
        [DIFF_WORSE] = "worse",       [DIFF_BETTER] = "better",
        [DIFF_CHANGED] = "changed",
    };
    return names[verdict];
}

const struct diff_figure *diff_result_find(const struct diff_result *diff, const char *name)
{
    if (text_starts_with(name, "latency."))
        name += strlen("latency.");
    for (size_t i = 0; i < diff->num_figures; i++) {
        if (strcmp(diff->figures[i].name, name) == 0)
            return &diff->figures[i];
    }
    return NULL;
}

void diff_result_remark(struct diff_result *diff, const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    diff->remarks = memory_resize(diff->remarks, (diff->num_remarks + 1) * sizeof *diff->remarks);
    diff->remarks[diff->num_remarks++] = memory_text(text);
}
