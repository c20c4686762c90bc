/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A diff as JSON, schema "pinload.diff/1": docs/diff.schema.json.
 */
#ifndef PINLOAD_REPORT_JSON_DIFF_JSON_H
#define PINLOAD_REPORT_JSON_DIFF_JSON_H

#include <stdbool.h>
#include <stdio.h>

struct diff_result;
struct json_t;

/* diff_json writes DIFF and a line end; false where a write failed. */
bool diff_json(FILE *out, const struct diff_result *diff);

/* diff_json_object returns DIFF as JSON, to be released by json_decref. */
struct json_t *diff_json_object(const struct diff_result *diff);

#endif
