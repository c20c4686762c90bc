/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verdict as JUnit XML, which CI systems show: a test case for each identity's expectation, for
 * each of the result's checks (including thresholds), for the rate, and for the completion of the
 * run. All pass exactly if the run's exit status is 0, except for a report that cannot be written.
 * Names stay the same from run to run, so that CI systems keep a history.
 */
#ifndef PINLOAD_REPORT_FORMATS_REPORT_JUNIT_H
#define PINLOAD_REPORT_FORMATS_REPORT_JUNIT_H

#include <stdbool.h>
#include <stdio.h>

struct result;

/* report_junit writes RESULT as test cases; false if a write failed. */
bool report_junit(FILE *out, const struct result *result);

#endif
