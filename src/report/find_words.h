/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the figures of a search and its answer are written, for all reports.
 */
#ifndef PINLOAD_REPORT_FIND_WORDS_H
#define PINLOAD_REPORT_FIND_WORDS_H

#include "find/find_result.h"
#include "report/figures.h"

struct buffer;

/* find_words_load writes "512/s" or "512" connections. */
void find_words_load(char out[static FIGURE_LEN], const struct find_result *result, double load);

/* find_words_fate returns "held", or by what a stage broke: "SLO", "failures", "server", … */
const char *find_words_fate(enum stage_cause cause);

/* find_words_answer writes the answer as a phrase: "holds 495/s", "holds at least 1,000/s", "holds no
 * rate from 1/s on". */
void find_words_answer(struct buffer *out, const struct find_result *result);

/* find_words_limit writes what the limit was: "the SLO: session.p99 is 23.1 ms at 512/s". */
void find_words_limit(struct buffer *out, const struct find_result *result);

/* find_words_doubt writes why the answer is none, or only "at least"; nothing where it stands. */
void find_words_doubt(struct buffer *out, const struct find_result *result);

#endif
