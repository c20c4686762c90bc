/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values of which all JSON reports are made, and how they are written.
 */
#ifndef PINLOAD_REPORT_JSON_JSON_VALUE_H
#define PINLOAD_REPORT_JSON_JSON_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct json_t;

/* json_number returns VALUE, or null if it is not finite. */
struct json_t *json_number(double value);

/* json_text returns BYTES as valid UTF-8, or null if they are NULL. */
struct json_t *json_text(const char *bytes);

/* json_texts returns an array of COUNT such texts; json_command, of those up to a NULL. */
struct json_t *json_texts(char *const *items, size_t count);
struct json_t *json_command(char *const *command);

/* json_write writes ROOT (NULL: it could not be made), which it frees, with DIGITS of each real
 * number. False: it was not written in full. */
bool json_write(FILE *out, struct json_t *root, int digits);

/* The digits of reports of what is estimated. */
#define JSON_ESTIMATE_DIGITS 9

#endif
