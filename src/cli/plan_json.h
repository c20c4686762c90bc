/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plan files in JSON, by jansson, which knows the lines of mistakes in the form, and of nothing
 * else.
 */
#ifndef PINLOAD_CLI_PLAN_JSON_H
#define PINLOAD_CLI_PLAN_JSON_H

#include "cli/plan_values.h"

/* plan_json_read appends what TEXT says to OUT, in the order of the file. If it is not a JSON
 * object, it returns false, the line or 0, and the library's reason in WHY, which has room for
 * WHY_LEN bytes. */
bool plan_json_read(struct plan_values *out, const char *text, size_t len, unsigned *out_line,
                    char *why, size_t why_len);

#endif
