/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options in force as a plan file in TOML (--print-plan, and "Run it again" of the HTML page),
 * which --plan reads again. Options that were not given are comments, with their defaults.
 */
#ifndef PINLOAD_CLI_PLAN_PRINT_H
#define PINLOAD_CLI_PLAN_PRINT_H

#include "cli/options.h"

/* plan_print_text returns the plan file of OPTIONS of COMMAND, "***" in place of what
 * options_redact hides, WITH_DEFAULTS or without these comments. To be freed. */
char *plan_print_text(const struct options *options, enum command command, bool with_defaults);

#endif
