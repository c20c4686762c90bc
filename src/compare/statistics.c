/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/statistics.h"

#include "base/memory.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BATCHES 200
#define MIN_BATCH_LEN 5
#define NUM_RESAMPLES 10000
#define TRIM 0.2 /* off either end */

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

/* Writes the differences of the whole pairs, in their order, and returns how many there are. */
static size_t take_differences(double *out, const float *left, const float *right, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(left[i]) && isfinite(right[i]))
            out[count++] = (double)left[i] - (double)right[i];
    }
    return count;
}

/* Replaces the differences by one trimmed mean for each batch of neighbours. */
static size_t make_batches(double *differences, size_t n, double *out_batches)
{
    size_t num_batches = n / MIN_BATCH_LEN < MAX_BATCHES ? n / MIN_BATCH_LEN : MAX_BATCHES;
    for (size_t i = 0; i < num_batches; i++) {
        size_t begin = n * i / num_batches, end = n * (i + 1) / num_batches;
        out_batches[i] = trimmed_mean(differences + begin, end - begin);
    }
    return num_batches;
}

static double mean(const double *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return sum / (double)n;
}

static struct interval percentile_interval(const double *sorted, size_t n, double level)
{
    double tail = (1 - level) / 2;
    size_t low = (size_t)floor(tail * (double)(n - 1));
    size_t high = (size_t)ceil((1 - tail) * (double)(n - 1));
    return (struct interval){sorted[low], sorted[high]};
}

/* Percentile bootstrap of the mean (Efron and Tibshirani 1993, chapter 13), widened by the factor
 * sqrt(n / (n - 1)) that resampling n values loses. */
static void bootstrap(const double *batches, size_t n, double wide_level, uint64_t seed,
                      struct difference_estimate *out)
{
    double *means = memory_new(NUM_RESAMPLES, sizeof *means);
    double widen = sqrt((double)n / (double)(n - 1));
    struct random random;
    random_init(&random, seed);
    for (size_t i = 0; i < NUM_RESAMPLES; i++) {
        double sum = 0;
        for (size_t j = 0; j < n; j++)
            sum += batches[(random_next(&random) >> 32) * n >> 32];
        means[i] = out->estimate + (sum / (double)n - out->estimate) * widen;
    }
    qsort(means, NUM_RESAMPLES, sizeof *means, compare_doubles);
    out->ci95 = percentile_interval(means, NUM_RESAMPLES, 0.95);
    out->wide = percentile_interval(means, NUM_RESAMPLES, wide_level);
    free(means);
}

bool statistics_difference(const float *left, const float *right, size_t n, double wide_level,
                           uint64_t seed, struct difference_estimate *out)
{
    double batches[MAX_BATCHES];
    double *differences = memory_new(n, sizeof *differences);
    *out = (struct difference_estimate){.num_pairs = take_differences(differences, left, right, n)};
    bool enough = out->num_pairs >= STATISTICS_MIN_PAIRS;
    if (enough) {
        out->num_batches = make_batches(differences, out->num_pairs, batches);
        out->estimate = mean(batches, out->num_batches);
        out->p_value = statistics_signed_rank(batches, out->num_batches);
        bootstrap(batches, out->num_batches, wide_level, seed, out);
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

double statistics_pairs_needed(const struct difference_estimate *estimate, double width)
{
    double half = (estimate->ci95.high - estimate->ci95.low) / 2;
    return (double)estimate->num_pairs * (half / width) * (half / width);
}
