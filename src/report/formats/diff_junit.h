/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A diff as JUnit XML: a case for each condition of --fail-if-worse, and one for its having been
 * made, whose output is what every figure came to. No case fails exactly when the exit status is 0.
 */
#ifndef PINLOAD_REPORT_FORMATS_DIFF_JUNIT_H
#define PINLOAD_REPORT_FORMATS_DIFF_JUNIT_H

#include <stdbool.h>
#include <stdio.h>

struct diff_result;

/* diff_junit writes DIFF; false where a write failed. */
bool diff_junit(FILE *out, const struct diff_result *diff);

#endif
