/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The course of the run as CSV (RFC 4180, but for its line ends): a head, then a row for each begun
 * second. Times are in microseconds; a field without a value is empty.
 */
#ifndef PINLOAD_REPORT_FORMATS_REPORT_CSV_H
#define PINLOAD_REPORT_FORMATS_REPORT_CSV_H

#include <stdbool.h>
#include <stdio.h>

struct result;

/* report_csv writes RESULT's seconds; false where a write failed. */
bool report_csv(FILE *out, const struct result *result);

#endif
