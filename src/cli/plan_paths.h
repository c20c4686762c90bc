/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file names in the values of options: those of a plan file are relative to its directory. Which
 * part of a value is a file name follows from how the table writes the option's argument.
 */
#ifndef PINLOAD_CLI_PLAN_PATHS_H
#define PINLOAD_CLI_PLAN_PATHS_H

#include "cli/option_table.h"

/* plan_paths_directory returns the directory of the plan file PATH with a slash at its end; "" for
 * the current one, standard input, and what is not a regular file. To be freed. */
char *plan_paths_directory(const char *path);

/* plan_paths_place returns the value TEXT of the option, or of a file as an operand if ROW is NULL,
 * with DIRECTORY before each relative file name. To be freed. */
char *plan_paths_place(const struct option_row *row, const char *text, const char *directory);

#endif
