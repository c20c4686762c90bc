/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plan files (--plan): the options and operands of a command, as TOML or JSON. A key is the long
 * name of an option, or that of an operand; the table of options says which a command takes. Values
 * are given to the parser of the command line as if they had been typed, with relative file names
 * made relative to the directory of the file.
 */
#ifndef PINLOAD_CLI_PLAN_FILE_H
#define PINLOAD_CLI_PLAN_FILE_H

#include "base/error.h"
#include "cli/option_table.h"
#include "cli/plan_values.h"

/* plan_file_read reads the plan for COMMAND in PATH, "-" being standard input, into OUT: only keys
 * that the command takes, with values of the right kind. False sets ERR. */
bool plan_file_read(struct plan_values *out, enum command command, const char *path,
                    struct error *err);

/* plan_file_row returns the option of KEY; NULL: it stands for operands, or it is "command". */
const struct option_row *plan_file_row(enum command command, const char *key);

/* plan_file_operand_key returns the key for the operand TEXT of COMMAND. */
const char *plan_file_operand_key(enum command command, const char *text);

/* plan_file_is_operand says whether KEY stands for operands of COMMAND. */
bool plan_file_is_operand(enum command command, const char *key);

/* plan_file_is_kept says whether a plan file may hold the option: not those that are about the
 * command line itself. */
bool plan_file_is_kept(const struct option_row *row);

/* plan_file_prefix puts "PATH:LINE: " in front of ERR, without the line if it is 0. Returns
 * false. */
bool plan_file_prefix(struct error *err, const char *path, unsigned line);

#endif
