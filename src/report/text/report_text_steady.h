/* SPDX-License-Identifier: Apache-2.0 */
/* The summary's line on the steady part of a run, if that is not the whole run. */
#ifndef PINLOAD_REPORT_TEXT_REPORT_TEXT_STEADY_H
#define PINLOAD_REPORT_TEXT_REPORT_TEXT_STEADY_H

#include <stdio.h>

struct result;

/* report_text_steady writes the line, its label padded to INDENT columns; nothing if there was no
 * ramp-up, or the warm-up was as long. */
void report_text_steady(FILE *out, const struct result *result, size_t indent);

#endif
