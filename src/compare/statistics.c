/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/statistics.h"

#include "base/memory.h"
#include "base/random.h"
#include "compare/student.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUM_BATCHES 20
#define NUM_RESAMPLES 10000
#define TRIM 0.2 /* at either end */

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Sorts VALUES and returns their trimmed mean. */
static double trimmed_mean(double *values, size_t n)
{
    size_t cut = (size_t)((double)n * TRIM);
    double sum = 0;
    qsort(values, n, sizeof *values, compare_doubles);
    for (size_t i = cut; i < n - cut; i++)
        sum += values[i];
    return sum / (double)(n - 2 * cut);
}

double statistics_location(const float *values, size_t n)
{
    double *copy = memory_new(n, sizeof *copy);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(values[i]))
            copy[count++] = values[i];
    }
    double location = count > 0 ? trimmed_mean(copy, count) : NAN;
    free(copy);
    return location;
}

/* Writes the differences of the complete pairs, in order, and returns their number. */
static size_t take_differences(double *out, const float *left, const float *right, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(left[i]) && isfinite(right[i]))
            out[count++] = (double)left[i] - (double)right[i];
    }
    return count;
}

/* Writes one trimmed mean for each batch of successive values. */
static void make_batches(double *differences, size_t n, double out_batches[static NUM_BATCHES])
{
    for (size_t i = 0; i < NUM_BATCHES; i++) {
        size_t begin = n * i / NUM_BATCHES, end = n * (i + 1) / NUM_BATCHES;
        out_batches[i] = trimmed_mean(differences + begin, end - begin);
    }
}

static double mean(const double *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return sum / (double)n;
}

/* The quantile P, 0.5 to 1, of the standard normal distribution: Newton's method, which approaches
 * it from below without overshooting. */
static double normal_quantile(double p)
{
    double z = 0;
    for (int i = 0; i < 60; i++) {
        double miss = p - erfc(-z / sqrt(2)) / 2;
        z += miss * sqrt(2 * M_PI) * exp(z * z / 2);
    }
    return z;
}

/* By how much a percentile interval of the mean of the batches at LEVEL is too narrow: resampling n
 * values loses the factor sqrt((n - 1) / n), and its tails are normal instead of Student's
 * (Hesterberg 2015). */
static double expansion(double level)
{
    const double n = NUM_BATCHES, df = n - 1;
    double z = normal_quantile((1 + level) / 2), t = student_quantile((1 - level) / 2, df);
    return t / z * sqrt(n / df);
}

/* The interval between percentiles of the resampled MEANS, expanded, with the margin added on
 * either side. */
static struct interval expanded_interval(const double *means, const struct difference_estimate *of,
                                         double level)
{
    double tail = (1 - level) / 2, by = expansion(level);
    double low = means[(size_t)floor(tail * (NUM_RESAMPLES - 1))];
    double high = means[(size_t)ceil((1 - tail) * (NUM_RESAMPLES - 1))];
    return (struct interval){of->estimate + (low - of->estimate) * by - of->margin,
                             of->estimate + (high - of->estimate) * by + of->margin};
}

/* Percentile bootstrap of the mean (Efron and Tibshirani 1993, chapter 13). */
static void bootstrap(const double *batches, const struct difference_terms *terms,
                      struct difference_estimate *out)
{
    double *means = memory_new(NUM_RESAMPLES, sizeof *means);
    struct random random;
    random_init(&random, terms->seed);
    for (size_t i = 0; i < NUM_RESAMPLES; i++) {
        double sum = 0;
        for (size_t j = 0; j < NUM_BATCHES; j++)
            sum += batches[(random_next(&random) >> 32) * NUM_BATCHES >> 32];
        means[i] = sum / NUM_BATCHES;
    }
    qsort(means, NUM_RESAMPLES, sizeof *means, compare_doubles);
    out->ci95 = expanded_interval(means, out, 0.95);
    out->wide = expanded_interval(means, out, terms->wide_level);
    free(means);
}

bool statistics_difference(const float *left, const float *right, size_t n,
                           const struct difference_terms *terms, struct difference_estimate *out)
{
    double batches[NUM_BATCHES];
    double *differences = memory_new(n, sizeof *differences);
    *out = (struct difference_estimate){.num_pairs = take_differences(differences, left, right, n),
                                        .margin = terms->margin};
    bool enough = out->num_pairs >= STATISTICS_MIN_PAIRS;
    if (enough) {
        make_batches(differences, out->num_pairs, batches);
        out->num_batches = NUM_BATCHES;
        out->estimate = mean(batches, NUM_BATCHES);
        out->p_value = statistics_signed_rank(batches, NUM_BATCHES);
        bootstrap(batches, terms, out);
    }
    free(differences);
    return enough;
}

struct ranked {
    double size;
    bool positive;
};

static int compare_sizes(const void *a, const void *b)
{
    double left = ((const struct ranked *)a)->size, right = ((const struct ranked *)b)->size;
    return (left > right) - (left < right);
}

/* Ranks are those of the sizes, ties sharing their mean rank; zeros are dropped (Wilcoxon 1945). */
double statistics_signed_rank(const double *differences, size_t n)
{
    struct ranked *items = memory_new(n, sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (differences[i] != 0)
            items[count++] = (struct ranked){fabs(differences[i]), differences[i] > 0};
    }
    qsort(items, count, sizeof *items, compare_sizes);
    double positive = 0, ties = 0;
    for (size_t i = 0; i < count;) {
        size_t end = i;
        while (end < count && items[end].size == items[i].size)
            end++;
        double rank = (double)(i + 1 + end) / 2, len = (double)(end - i);
        ties += len * len * len - len;
        for (; i < end; i++)
            positive += items[i].positive ? rank : 0;
    }
    free(items);
    double m = (double)count;
    double variance = m * (m + 1) * (2 * m + 1) / 24 - ties / 48;
    if (variance <= 0)
        return 1;
    double z = fabs(positive - m * (m + 1) / 4) / sqrt(variance);
    return erfc(z / sqrt(2));
}

/* The half-width of the interval without its margin. */
static double half_width(const struct difference_estimate *estimate)
{
    return (estimate->ci95.high - estimate->ci95.low) / 2 - estimate->margin;
}

/* A difference equal to the half-width is beyond the interval's end in only one run of two. Besides
 * Student's 2.09 standard errors in the half-width, another 0.85 make it four of five: 2.94 / 2.09,
 * which is 1 / 0.71. */
#define POWER_SHARE 0.7

double statistics_least_seen(const struct difference_estimate *estimate)
{
    return estimate->margin + half_width(estimate) / POWER_SHARE;
}

double statistics_pairs_needed(const struct difference_estimate *estimate, double difference)
{
    double room = difference - estimate->margin;
    double least = half_width(estimate) / POWER_SHARE;
    if (room <= 0)
        return INFINITY;
    return (double)estimate->num_pairs * (least / room) * (least / room);
}
