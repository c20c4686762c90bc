/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verdict as JUnit XML, which CI systems show: a test case for each identity's expectation, one
 * for each violation, and one for the verdict as a whole.
 */
#ifndef PINLOAD_REPORT_REPORT_JUNIT_H
#define PINLOAD_REPORT_REPORT_JUNIT_H

#include <stdbool.h>
#include <stdio.h>

struct result;

/* report_junit writes RESULT as test cases; false where a write failed. */
bool report_junit(FILE *out, const struct result *result);

#endif
