/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A distribution of whole numbers that take few values, as the sizes of handshakes do: each value
 * and how often it came up, so that all that is said of it is exact. Of more than VALUES_MOST
 * different ones, those that come later count as the nearest of them, and are counted as rounded.
 * One thread writes it; they are merged after the join. A zeroed one is empty.
 */
#ifndef PINLOAD_MEASURE_VALUE_COUNTS_H
#define PINLOAD_MEASURE_VALUE_COUNTS_H

#include <stddef.h>
#include <stdint.h>

struct latency_summary;

#define VALUES_MOST 1024

struct value_count {
    uint64_t value, count;
};

struct value_counts {
    struct value_count *items; /* rising */
    size_t num, capacity;
    uint64_t rounded;
};

/* value_counts_add adds COUNT of VALUE. Memory is taken for a value that is new, and for no other. */
void value_counts_add(struct value_counts *counts, uint64_t value, uint64_t count);

/* value_counts_merge adds FROM to TO. */
void value_counts_merge(struct value_counts *to, const struct value_counts *from);

void value_counts_cleanup(struct value_counts *counts);

/* value_counts_sum returns the sum of all values, value_counts_num how many there are. */
double value_counts_sum(const struct value_counts *counts);
uint64_t value_counts_num(const struct value_counts *counts);

/* value_counts_percentile returns the least value that PERCENT (over 0, to 100) are at or below; 0
 * where it is empty. */
uint64_t value_counts_percentile(const struct value_counts *counts, double percent);

/* value_counts_summarize writes the statistics, in the values' own unit. */
void value_counts_summarize(const struct value_counts *counts, struct latency_summary *out_summary);

#endif
