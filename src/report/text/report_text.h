/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The summary that a person reads in five seconds: what ran, what came of it, how long it took,
 * whether the generator can be believed, and the verdict in the last line.
 */
#ifndef PINLOAD_REPORT_TEXT_REPORT_TEXT_H
#define PINLOAD_REPORT_TEXT_REPORT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

struct result;

/* report_text writes RESULT to OUT in 80 columns, with the terminal's colours where COLOUR. Where a
 * write fails, ferror(OUT) says so. */
void report_text(FILE *out, const struct result *result, bool colour);

/* report_text_failure writes only why RESULT is not as it should be: a rate that was missed, the
 * violations, FAIL or INTERRUPTED; nothing where all is well. */
void report_text_failure(FILE *out, const struct result *result, bool colour);

#endif
