/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One result of several generators that ran one plan at the same time: counts add, distributions
 * and identities merge, seconds stand side by side.
 */
#ifndef PINLOAD_RESULT_MERGE_H
#define PINLOAD_RESULT_MERGE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct result;

/* results_merge returns the sum of NUM_RESULTS results, to be freed; NULL where their plans differ,
 * which FORCE allows, where a sum is over RESULT_COUNT_MOST, or where there are none. What differs between the shards of one plan (shard,
 * rate, connections, sessions, threads, source, seed, start) is no difference. */
struct result *results_merge(struct result *const *results, size_t num_results, bool force,
                             struct error *err);

#endif
