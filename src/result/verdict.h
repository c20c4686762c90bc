/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a run was as expected: the expectations of a plan held against what came of it.
 */
#ifndef PINLOAD_RESULT_VERDICT_H
#define PINLOAD_RESULT_VERDICT_H

#include <stdbool.h>

struct plan;
struct result;

/* verdict_reach fills RESULT's checks and violations, whether each identity is as expected, and
 * whether the run passed. */
void verdict_reach(struct result *result, const struct plan *plan);

/* verdict_check_merged holds a merged RESULT to what its parts alone cannot tell: that something was
 * measured, unless ALLOW_EMPTY, as they may be shares of which each began nothing; and that no
 * identity was redirected where one of another part was served. */
void verdict_check_merged(struct result *result, bool allow_empty);

#endif
