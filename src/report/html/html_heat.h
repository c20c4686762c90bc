/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distributions as a few counts: how many values are in each step of a logarithmic scale with a
 * fixed number of steps per decade. A page draws a histogram from one, and a heatmap from one per
 * interval.
 */
#ifndef PINLOAD_REPORT_HTML_HTML_HEAT_H
#define PINLOAD_REPORT_HTML_HTML_HEAT_H

#include "measure/latency_kind.h"

#include <stddef.h>
#include <stdint.h>

#define HTML_STEPS_PER_DECADE 12
#define HTML_NUM_STEPS (13 * HTML_STEPS_PER_DECADE) /* from 1 ns to over an hour */
#define HTML_MAX_COLUMNS 200

struct latency;
struct result;

/* COUNTS[i] values are from 10^(i/12) ns to less than 10^((i+1)/12) ns. */
struct html_counts {
    uint64_t counts[HTML_NUM_STEPS];
};

/* html_counts_add adds the values of LATENCY. */
void html_counts_add(struct html_counts *counts, const struct latency *latency);

/* html_counts_range returns how many steps there are from the first with values, *OUT_FIRST, to the
 * last; 0: there are no values. */
size_t html_counts_range(const struct html_counts *counts, size_t *out_first);

/* The latencies of one kind over time: a column for one or more of the run's intervals. */
struct html_heat {
    double seconds_per_column;
    struct html_counts *columns; /* from the start of the run on, including those without values */
    size_t num_columns;          /* 0: the result has no time series */
};

void html_heat_init(struct html_heat *heat, const struct result *result, enum latency_kind kind);
void html_heat_cleanup(struct html_heat *heat);

#endif
