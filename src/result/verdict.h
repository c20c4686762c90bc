/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a run was as expected: a plan's expectations compared with the result.
 */
#ifndef PINLOAD_RESULT_VERDICT_H
#define PINLOAD_RESULT_VERDICT_H

#include <stdbool.h>

struct plan;
struct result;

/* verdict_reach fills RESULT's checks and violations, whether each identity is as expected, and
 * whether the run passed. */
void verdict_reach(struct result *result, const struct plan *plan);

/* verdict_check_merged checks in a merged RESULT what its parts alone cannot show: that something
 * was measured, unless ALLOW_EMPTY, since each part may have started nothing; and that no identity
 * was redirected if one of another part was served. */
void verdict_check_merged(struct result *result, bool allow_empty);

#endif
