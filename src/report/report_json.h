/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result as JSON, schema "pinload.result/1": docs/result.md says what each field means, and
 * docs/result.schema.json what its type is. Times are microseconds with decimals; what is not a
 * finite number is null.
 */
#ifndef PINLOAD_REPORT_REPORT_JSON_H
#define PINLOAD_REPORT_REPORT_JSON_H

#include <stdbool.h>
#include <stdio.h>

struct json_t;
struct result;

#define REPORT_JSON_SCHEMA "pinload.result/1"

/* report_json writes RESULT and a line end; false where a write failed. */
bool report_json(FILE *out, const struct result *result);

/* report_json_object returns RESULT as JSON, to be released by json_decref. */
struct json_t *report_json_object(const struct result *result);

/* What a figure of the result counts in. */
enum json_unit { JSON_PLAIN, JSON_MICROSECONDS, JSON_SECONDS };

/* report_json_find looks a number up by its PATH through the result's JSON, names joined by dots:
 * "sessions.per_second"; "latency." may be left out, and an identity stands by its name:
 * "identities.client1.refused". Not a number now (null) gives NAN. False: there is no such number. */
bool report_json_find(const struct result *result, const char *path, double *out_value,
                      enum json_unit *out_unit);

#endif
