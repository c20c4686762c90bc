/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The figures that two sides are compared in, each worked out from what every result has: latencies
 * that all of them have, rates, shares of sessions, the generator's CPU a session.
 */
#ifndef PINLOAD_DIFF_FIGURES_H
#define PINLOAD_DIFF_FIGURES_H

#include <stdbool.h>

struct diff_result;

/* diff_figures_fill fills DIFF's figures from its results and terms; verdicts hold for all of them
 * together. */
void diff_figures_fill(struct diff_result *diff);

/* diff_figures_has says whether a diff can have a figure called NAME ("latency." may stand before
 * it). */
bool diff_figures_has(const char *name);

#endif
