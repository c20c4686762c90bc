/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A search as CSV: a row for each stage.
 */
#ifndef PINLOAD_REPORT_FORMATS_FIND_CSV_H
#define PINLOAD_REPORT_FORMATS_FIND_CSV_H

#include <stdbool.h>
#include <stdio.h>

struct find_result;

/* find_csv writes RESULT; false where a write failed. */
bool find_csv(FILE *out, const struct find_result *result);

#endif
