/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a command ends that has a result, its own or one put together of others.
 */
#ifndef PINLOAD_CLI_ENDING_H
#define PINLOAD_CLI_ENDING_H

#include "cli/commands.h"

#include <stdbool.h>

struct result;

/* ending_of says how a command with RESULT ends; WRITTEN: all of its reports were. The first that
 * fits counts: interrupted, against expectation, the rate missed, all as expected. */
enum ending ending_of(const struct result *result, bool written);

#endif
