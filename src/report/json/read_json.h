/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inverse of report_json: a result from a file of schema "pinload.result/1". The file is
 * untrusted, so every type, every encoded distribution and the sums of the counts are checked.
 */
#ifndef PINLOAD_REPORT_JSON_READ_JSON_H
#define PINLOAD_REPORT_JSON_READ_JSON_H

#include "base/error.h"

struct result;

/* result_read_json returns the result in the file PATH ("-": standard input), to be freed, or NULL.
 * Unknown properties are ignored; a missing one that docs/result.md requires is an error. */
struct result *result_read_json(const char *path, struct error *err);

#endif
