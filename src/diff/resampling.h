/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much a figure of one run would differ if the run's seconds had come out otherwise: the
 * circular block bootstrap (Politis and Romano 1992). Rows are drawn in blocks of neighbours, a
 * twelfth of the run each, so that what neighbours have in common is in it. What a block is too
 * short for, and what so few of them miss, is put right by the rows' own correlation. The rows of a
 * run say nothing of how runs differ. docs/diff.md explains it and names the sources.
 */
#ifndef PINLOAD_DIFF_RESAMPLING_H
#define PINLOAD_DIFF_RESAMPLING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct row_ratio;
struct row_values;

/* The fewest rows that anything is said of. */
#define RESAMPLING_MIN_ROWS 5

enum diff_stat { STAT_MEAN, STAT_P50, STAT_P90, STAT_P99, STAT_P999, NUM_STATS };

/* stat_percent returns the percentile that STAT is, 0 of the mean. */
double stat_percent(enum diff_stat stat);

/* The variance of an estimate, and how well that is known: the degrees of freedom. */
struct spread {
    double variance, df;
};

/* resample_values gives the spread of the logarithm of each statistic; false: too few rows. */
bool resample_values(const struct row_values *values, uint64_t seed,
                     struct spread out[static NUM_STATS]);

/* resample_ratio gives the spread of the sum of the parts over that of the wholes. */
bool resample_ratio(const struct row_ratio *ratio, uint64_t seed, struct spread *out);

#endif
