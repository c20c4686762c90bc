/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A comparison for a person: each arm's figures, each difference in words, and whether to trust
 * them.
 */
#ifndef PINLOAD_REPORT_TEXT_COMPARE_TEXT_H
#define PINLOAD_REPORT_TEXT_COMPARE_TEXT_H

#include <stdio.h>

struct compare_result;

void compare_text(FILE *out, const struct compare_result *result);

/* compare_text_failure writes only why RESULT is not as it should be: that it was interrupted, and
 * the sessions that failed. */
void compare_text_failure(FILE *out, const struct compare_result *result);

#endif
