/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A comparison as JSON, schema "pinload.compare/1".
 */
#ifndef PINLOAD_REPORT_JSON_COMPARE_JSON_H
#define PINLOAD_REPORT_JSON_COMPARE_JSON_H

#include <stdbool.h>
#include <stdio.h>

struct compare_result;
struct json_t;

/* compare_json writes RESULT and a line end; false if a write failed. */
bool compare_json(FILE *out, const struct compare_result *result);

/* compare_json_object returns RESULT as JSON, to be released by json_decref. */
struct json_t *compare_json_object(const struct compare_result *result);

#endif
