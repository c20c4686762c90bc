/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A suite of test cases as JUnit XML. A report walks its cases twice: without OUT they are counted,
 * with it they are written.
 */
#ifndef PINLOAD_REPORT_FORMATS_JUNIT_SUITE_H
#define PINLOAD_REPORT_FORMATS_JUNIT_SUITE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum junit_fate { FATE_PASSED, FATE_FAILED, FATE_ERROR, FATE_SKIPPED };

struct junit_suite {
    FILE *out;
    size_t tests, fates[4];
};

/* junit_text writes any bytes as XML text. */
void junit_text(FILE *out, const char *text);

/* junit_case adds a case of GROUP; MESSAGE is told unless it has passed. */
void junit_case(struct junit_suite *suite, const char *group, const char *name,
                enum junit_fate fate, const char *message);

/* junit_begin writes the head of a suite called NAME, of what COUNTED says of it; junit_end its end,
 * after its cases and remarks. */
void junit_begin(FILE *out, const struct junit_suite *counted, const char *name, double duration_s,
                 uint64_t started_wall_ns);
void junit_end(FILE *out);

#endif
