/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A search as JSON, schema "pinload.find/1": docs/find.schema.json.
 */
#ifndef PINLOAD_REPORT_JSON_FIND_JSON_H
#define PINLOAD_REPORT_JSON_FIND_JSON_H

#include <stdbool.h>
#include <stdio.h>

struct find_result;
struct json_t;

/* find_json writes RESULT and a line end; false where a write failed. */
bool find_json(FILE *out, const struct find_result *result);

/* find_json_object returns RESULT as JSON, to be released by json_decref. */
struct json_t *find_json_object(const struct find_result *result);

#endif
