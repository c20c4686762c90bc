/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a command with a result ends, its own or a merged one.
 */
#ifndef PINLOAD_CLI_ENDING_H
#define PINLOAD_CLI_ENDING_H

#include "cli/commands.h"

#include <stdbool.h>

struct result;

/* ending_of says how a command with RESULT ends; WRITTEN: all of its reports were written. The
 * first that applies: interrupted, not as expected, the rate missed, as expected. */
enum ending ending_of(const struct result *result, bool written);

#endif
