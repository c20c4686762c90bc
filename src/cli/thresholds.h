/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The --fail-if conditions of a command: checked before a run, judged after it.
 */
#ifndef PINLOAD_CLI_THRESHOLDS_H
#define PINLOAD_CLI_THRESHOLDS_H

#include "base/error.h"
#include "cli/options.h"

#include <stdbool.h>

struct result;

/* thresholds_check parses all of them against RESULT's figures, which may all be zero; false sets
 * ERR. */
bool thresholds_check(const struct options *options, const struct result *result,
                      struct error *err);

/* thresholds_judge adds all of them to RESULT's checks; if one is crossed, with a violation, and
 * RESULT has not passed. */
void thresholds_judge(const struct options *options, struct result *result);

#endif
