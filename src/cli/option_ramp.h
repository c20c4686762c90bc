/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads that change in a straight line, as options have them: A:B.
 */
#ifndef PINLOAD_CLI_OPTION_RAMP_H
#define PINLOAD_CLI_OPTION_RAMP_H

#include "cli/option_table.h"

#define OPTION_MOST_RATE 1e9

/* option_ramp returns where OPTIONS have the ramp of ROW; NULL: it has none. */
struct ramp *option_ramp(struct options *options, const struct option_row *row);

/* option_ramp_read reads VALUE, which contains a colon and is borrowed; not both numbers may be 0. */
bool option_ramp_read(const struct option_row *row, const char *value, struct ramp *out);

#endif
