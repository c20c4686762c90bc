/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The results that a diff is of: the first operand is the old side, all others are the new one, and a
 * directory stands for the results in it.
 */
#ifndef PINLOAD_CLI_RESULT_FILES_H
#define PINLOAD_CLI_RESULT_FILES_H

#include "base/error.h"
#include "cli/options.h"

#include <stdbool.h>

struct diff_result;

/* result_files_read sets the sides of DIFF from OPERANDS. False sets ERR. */
bool result_files_read(struct diff_result *diff, const struct text_list *operands,
                       struct error *err);

#endif
