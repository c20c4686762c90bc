/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result as JSON, schema "pinload.result/1": docs/result.md says what each field means, and
 * docs/result.schema.json its type. Times are microseconds with decimals; numbers that are not
 * finite are null.
 */
#ifndef PINLOAD_REPORT_JSON_REPORT_JSON_H
#define PINLOAD_REPORT_JSON_REPORT_JSON_H

#include <stdbool.h>
#include <stdio.h>

struct json_t;
struct result;
struct result_identity;

#define REPORT_JSON_SCHEMA "pinload.result/1"

/* report_json writes RESULT and a line end; false if a write failed. */
bool report_json(FILE *out, const struct result *result);

/* report_json_object returns RESULT as JSON, to be released by json_decref. */
struct json_t *report_json_object(const struct result *result);

/* report_json_identity returns one of its identities in the same way, with its encoded distribution
 * or with null in place of it. */
struct json_t *report_json_identity(const struct result_identity *identity, bool with_distribution);

#endif
