/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A search for a person: the stages while they run, a table of them, a picture, the answer.
 */
#ifndef PINLOAD_REPORT_TEXT_FIND_TEXT_H
#define PINLOAD_REPORT_TEXT_FIND_TEXT_H

#include <stdio.h>

struct find_result;
struct find_stage;
struct search_step;

void find_text(FILE *out, const struct find_result *result);

/* find_text_failure writes only why there is no answer, or why it is "at least". */
void find_text_failure(FILE *out, const struct find_result *result);

/* find_text_begins writes, while the search runs, that STEP begins; find_text_stage what it came to. */
void find_text_begins(FILE *out, const struct find_result *result, const struct search_step *step);
void find_text_stage(FILE *out, const struct find_stage *stage);

#endif
