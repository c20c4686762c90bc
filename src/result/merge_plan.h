/* SPDX-License-Identifier: Apache-2.0 */
/* Whether two results come from one plan, and the plan of a merged result. */
#ifndef PINLOAD_RESULT_MERGE_PLAN_H
#define PINLOAD_RESULT_MERGE_PLAN_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct result;

/* merge_plan_check sets ERR to how OTHER, the result numbered NUMBER (from 1), ran another plan
 * than FIRST. */
bool merge_plan_check(const struct result *first, const struct result *other, size_t number,
                      struct error *err);

/* merge_plan sets tool, target and config of MERGED from the results. */
void merge_plan(struct result *merged, struct result *const *results, size_t num_results);

#endif
