/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A search as JUnit XML: a case for whether there is an answer, and one for whether the server was the
 * limit; what every stage came to is the output.
 */
#ifndef PINLOAD_REPORT_FORMATS_FIND_JUNIT_H
#define PINLOAD_REPORT_FORMATS_FIND_JUNIT_H

#include <stdbool.h>
#include <stdio.h>

struct find_result;

/* find_junit writes RESULT; false where a write failed. */
bool find_junit(FILE *out, const struct find_result *result);

#endif
