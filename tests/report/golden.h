/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a report writes, against the file that it is expected to be: tests/report/golden/NAME. With
 * PINLOAD_UPDATE_GOLDEN=1 in the environment the file is written anew, to be looked at in the diff.
 */
#ifndef PINLOAD_TESTS_REPORT_GOLDEN_H
#define PINLOAD_TESTS_REPORT_GOLDEN_H

#include "result/result.h"

#include <stdio.h>

/* golden_capture returns what WRITE writes of RESULT, to be freed. */
char *golden_capture(bool (*write)(FILE *, const struct result *), const struct result *result);

/* golden_check fails the test where WRITE does not write the file NAME; RESULT is freed. */
void golden_check(const char *name, bool (*write)(FILE *, const struct result *),
                  struct result *result);

#endif
