/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a diff's figures are written, in every report of it.
 */
#ifndef PINLOAD_REPORT_DIFF_WORDS_H
#define PINLOAD_REPORT_DIFF_WORDS_H

#include "report/figures.h"

struct diff_figure;

/* diff_words_value writes the value of a side: "1.20 ms", "1,841/s", "0.25%"; "-": there is none. */
void diff_words_value(char out[static FIGURE_LEN], const struct diff_figure *figure, int side);

/* diff_words_change writes a change with its sign: "+9.8%"; of shares too, where it means so many of
 * a hundred sessions. */
void diff_words_change(char out[static FIGURE_LEN], double change);

/* diff_words_interval writes "[-1.2%, +2.9%]". */
void diff_words_interval(char out[static 2 * FIGURE_LEN], const struct diff_figure *figure);

/* diff_words_verdict returns "worse", "none seen", … */
const char *diff_words_verdict(const struct diff_figure *figure);

#endif
