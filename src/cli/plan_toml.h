/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plan files in TOML 1.0, by toml++. A bridge from C++: no exception leaves it, and if memory runs
 * out, the program ends as base/memory.h says.
 */
#ifndef PINLOAD_CLI_PLAN_TOML_H
#define PINLOAD_CLI_PLAN_TOML_H

#include "cli/plan_values.h"

/* plan_toml_read appends what TEXT says to OUT, in the order of the file. If it is not TOML, it
 * returns false, the line, and the library's reason in WHY, which has room for WHY_LEN bytes. */
bool plan_toml_read(struct plan_values *out, const char *text, size_t len, unsigned *out_line,
                    char *why, size_t why_len);

#endif
