/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A diff as a person reads it.
 */
#ifndef PINLOAD_REPORT_TEXT_DIFF_TEXT_H
#define PINLOAD_REPORT_TEXT_DIFF_TEXT_H

#include <stdio.h>

struct diff_result;

/* diff_text writes the table of figures, and what follows from it. */
void diff_text(FILE *out, const struct diff_result *diff);

/* diff_text_failure writes only what failed, if anything did. */
void diff_text_failure(FILE *out, const struct diff_result *diff);

#endif
