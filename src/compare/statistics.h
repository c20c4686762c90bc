/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statistics of a comparison: an estimate of a paired difference with a bootstrap interval, and
 * a paired test. docs/measuring.md explains them and names their sources.
 *
 * Pairs are in order of time. They are divided into batches; each batch gives one trimmed mean of
 * its differences (a fifth is cut off at either end, so that a preempted handshake does not
 * matter); the estimate is the mean of the batches', and the interval comes from resampling whole
 * batches, so that the correlation of successive values does not make it too narrow. For the same
 * reason the batches are twenty, few and long: the method of batch means (Schmeiser 1982).
 */
#ifndef PINLOAD_COMPARE_STATISTICS_H
#define PINLOAD_COMPARE_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct interval {
    double low, high;
};

struct difference_estimate {
    size_t num_pairs, num_batches;
    double estimate;
    double margin;        /* in each interval, on either side */
    struct interval ci95; /* expanded percentile bootstrap */
    struct interval wide; /* the same at the requested level */
    double p_value; /* of the Wilcoxon signed-rank test, two-sided, of the batches' estimates */
};

/* The fewest pairs for an estimate. */
#define STATISTICS_MIN_PAIRS 100

/* How a difference is estimated. */
struct difference_terms {
    double wide_level; /* of the wide interval, such as 0.99 */
    double margin;     /* smaller differences do not count; added on either side of an interval */
    uint64_t seed;     /* makes the result reproducible */
};

/* statistics_difference estimates the difference of N pairs, LEFT[i] - RIGHT[i]; pairs with a NAN
 * are left out. False: too few pairs. */
bool statistics_difference(const float *left, const float *right, size_t n,
                           const struct difference_terms *terms, struct difference_estimate *out);

/* statistics_location returns the same trimmed mean of N single values, NAN without any. */
double statistics_location(const float *values, size_t n);

/* statistics_signed_rank returns the two-sided p value of Wilcoxon's signed-rank test on N
 * differences: normal approximation, ties and zeros corrected for. */
double statistics_signed_rank(const double *differences, size_t n);

/* statistics_least_seen returns the smallest true difference that as many pairs as in ESTIMATE
 * would distinguish from zero in four runs of five, for the same variance. */
double statistics_least_seen(const struct difference_estimate *estimate);

/* statistics_pairs_needed returns how many pairs would lower that to DIFFERENCE: it falls with the
 * square root of their number, but never below the margin; INFINITY if no number is enough. */
double statistics_pairs_needed(const struct difference_estimate *estimate, double difference);

#endif
