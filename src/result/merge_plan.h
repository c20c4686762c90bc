/* SPDX-License-Identifier: Apache-2.0 */
/* Whether two results come from one plan, and the plan that stands for several. */
#ifndef PINLOAD_RESULT_MERGE_PLAN_H
#define PINLOAD_RESULT_MERGE_PLAN_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct result;

/* merge_plan_check says in what OTHER, the result numbered NUMBER (from 1), ran another plan than
 * FIRST. */
bool merge_plan_check(const struct result *first, const struct result *other, size_t number,
                      struct error *err);

/* merge_plan sets what ran (tool, target, config) in MERGED from the results. */
void merge_plan(struct result *merged, struct result *const *results, size_t num_results);

#endif
