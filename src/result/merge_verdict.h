/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verdict on several results together: what one does not hold, all do not hold, and how sessions
 * failed is said once for all and once for each generator.
 */
#ifndef PINLOAD_RESULT_MERGE_VERDICT_H
#define PINLOAD_RESULT_MERGE_VERDICT_H

#include <stddef.h>

struct result;

/* merge_verdict fills MERGED's checks, violations and verdict; its counts, seconds and parts are
 * there already. */
void merge_verdict(struct result *merged, struct result *const *results, size_t num_results);

#endif
