/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run second by second as CSV (RFC 4180, except for its line ends): a header, then a row for
 * each started second. Times are in microseconds; a field without a value is empty.
 */
#ifndef PINLOAD_REPORT_FORMATS_REPORT_CSV_H
#define PINLOAD_REPORT_FORMATS_REPORT_CSV_H

#include <stdbool.h>
#include <stdio.h>

struct result;

/* report_csv writes RESULT's seconds; false if a write failed. */
bool report_csv(FILE *out, const struct result *result);

#endif
