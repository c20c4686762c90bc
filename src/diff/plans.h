/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether results can be compared: they come from one plan, and have measured something. What a
 * figure cannot depend on (the seed, when it began, how long it took, which version it was) does not
 * count.
 */
#ifndef PINLOAD_DIFF_PLANS_H
#define PINLOAD_DIFF_PLANS_H

#include "base/error.h"

#include <stdbool.h>

struct diff_result;

/* diff_plans_check compares each result with the first old one. False sets ERR, unless FORCE, which
 * writes what differs into DIFF instead. */
bool diff_plans_check(struct diff_result *diff, bool force, struct error *err);

#endif
