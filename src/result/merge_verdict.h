/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verdict on a merged result: a check that one result violates is violated, and failures are
 * stated once for all and once for each generator.
 */
#ifndef PINLOAD_RESULT_MERGE_VERDICT_H
#define PINLOAD_RESULT_MERGE_VERDICT_H

#include <stddef.h>

struct result;

/* merge_verdict fills MERGED's checks, violations and verdict; its counts, seconds and parts must
 * be set already. */
void merge_verdict(struct result *merged, struct result *const *results, size_t num_results);

#endif
