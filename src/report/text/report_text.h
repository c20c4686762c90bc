/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The summary that a person reads in five seconds: the settings, the counts, the latencies, whether
 * the generator kept up, and the verdict in the last line.
 */
#ifndef PINLOAD_REPORT_TEXT_REPORT_TEXT_H
#define PINLOAD_REPORT_TEXT_REPORT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

struct result;

/* report_text writes RESULT to OUT in 80 columns, with terminal colours if COLOUR. If a write
 * fails, ferror(OUT) is set. */
void report_text(FILE *out, const struct result *result, bool colour);

/* report_text_failure writes only why RESULT is not as it should be: a missed rate, the violations,
 * FAIL or INTERRUPTED; nothing if all is well. */
void report_text_failure(FILE *out, const struct result *result, bool colour);

#endif
