/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pinload merge: one result from the results of several generators.
 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/commands.h"
#include "cli/ending.h"
#include "cli/outputs.h"
#include "cli/thresholds.h"
#include "report/json/read_json.h"
#include "result/merge.h"
#include "result/result.h"
#include "result/verdict.h"

#include <stdlib.h>

static bool read_all(struct result **results, const struct text_list *paths, struct error *err)
{
    if (paths->count == 0)
        return error_set(err, "no result was given; expected the JSON results of one or more runs");
    for (size_t i = 0; i < paths->count; i++) {
        results[i] = result_read_json(paths->items[i], err);
        if (results[i] == NULL)
            return false;
    }
    return true;
}

static struct result *merge(const struct options *options, struct result **results,
                            struct error *err)
{
    if (!read_all(results, &options->operands, err) || !outputs_check(options, err))
        return NULL;
    struct result *merged = results_merge(results, options->operands.count, options->force, err);
    if (merged != NULL && !thresholds_check(options, merged, err)) {
        result_free(merged);
        return NULL;
    }
    return merged;
}

enum ending cmd_merge(const struct invocation *invocation)
{
    const struct options *options = invocation->options;
    struct error err;
    size_t count = options->operands.count;
    struct result **results = memory_new(count, sizeof *results);
    struct result *merged = merge(options, results, &err);
    enum ending ending = ENDING_USAGE;
    if (merged == NULL) {
        error_print(&err);
    } else {
        verdict_check_merged(merged, options->allow_empty);
        thresholds_judge(options, merged);
        ending = ending_of(merged, outputs_write(options, merged));
    }
    for (size_t i = 0; i < count; i++)
        result_free(results[i]);
    free(results);
    result_free(merged);
    return ending;
}
