/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stages of several results as those of one.
 */
#ifndef PINLOAD_RESULT_MERGE_STAGES_H
#define PINLOAD_RESULT_MERGE_STAGES_H

#include <stdbool.h>
#include <stddef.h>

struct result;
struct result_stage;
struct result_stages;

/* result_stages_merge adds up those of several results; none if they are not the same stages. */
void result_stages_merge(struct result_stages *out, struct result *const *results,
                         size_t num_results);

/* result_stage_balances says whether its counts add up. */
bool result_stage_balances(const struct result_stage *stage);

#endif
