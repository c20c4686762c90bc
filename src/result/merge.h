/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One result of several generators that ran one plan at the same time: counts are summed,
 * distributions and identities are merged, seconds are aligned.
 */
#ifndef PINLOAD_RESULT_MERGE_H
#define PINLOAD_RESULT_MERGE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct result;

/* results_merge returns the merger of NUM_RESULTS results, to be freed; NULL if their plans differ,
 * unless FORCE allows it, if a sum is over RESULT_COUNT_MOST, or if there are none. Settings that
 * differ between the shards of one plan (shard, rate, connections, sessions, threads, source, seed,
 * start) may differ. */
struct result *results_merge(struct result *const *results, size_t num_results, bool force,
                             struct error *err);

#endif
