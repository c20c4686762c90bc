/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The output of a report, compared with the expected file: tests/report/golden/NAME. With
 * PINLOAD_UPDATE_GOLDEN=1 in the environment the file is rewritten, to be reviewed in the diff.
 */
#ifndef PINLOAD_TESTS_REPORT_GOLDEN_H
#define PINLOAD_TESTS_REPORT_GOLDEN_H

#include "result/result.h"

#include <stdio.h>

/* golden_capture returns the output of WRITE for RESULT, to be freed. */
char *golden_capture(bool (*write)(FILE *, const struct result *), const struct result *result);

/* golden_check fails the test if WRITE does not write the file NAME; RESULT is freed. */
void golden_check(const char *name, bool (*write)(FILE *, const struct result *),
                  struct result *result);

#endif
