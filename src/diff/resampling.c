/* SPDX-License-Identifier: Apache-2.0 */
#include "diff/resampling.h"

#include "base/memory.h"
#include "base/random.h"
#include "diff/run_rows.h"

#include <math.h>
#include <stdlib.h>

#define NUM_RESAMPLES 1000
#define NUM_BLOCKS 12
#define MOST_CORRELATION 0.95

double stat_percent(enum diff_stat stat)
{
    static const double percents[NUM_STATS] = {0, 50, 90, 99, 99.9};
    return percents[stat];
}

/* --- blocks and their flaws ----------------------------------------------------------------- */

static size_t block_length(size_t num_rows)
{
    size_t length = (num_rows + NUM_BLOCKS / 2) / NUM_BLOCKS;
    return length > 0 ? length : 1;
}

/* The correlation of neighbouring RESIDUALS, which are zero on average; an estimate of few is too
 * low by (1 + 3r) / n (Kendall 1954). One below zero is not used. */
static double correlation(const double *residuals, size_t n)
{
    double products = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        squares += residuals[i] * residuals[i];
        products += i > 0 ? residuals[i] * residuals[i - 1] : 0;
    }
    if (!(squares > 0))
        return 0;
    double r = products / squares;
    r += (1 + 3 * r) / (double)n;
    return fmin(fmax(r, 0), MOST_CORRELATION);
}

/* By what the variance of a mean of WINDOW rows is more than that of as many without correlation R:
 * 1 + 2 sum (1 - k/WINDOW) R^k. */
static double growth(double r, size_t window)
{
    double sum = 1, power = 1;
    for (size_t k = 1; k < window; k++) {
        power *= r;
        sum += 2 * (1 - (double)k / (double)window) * power;
    }
    return sum;
}

/* Puts right the variance that resampled blocks have: they see the correlation within a block alone,
 * and, drawn from N rows, lose what the mean of those takes. Their variance is one by Bartlett's
 * window, whose degrees of freedom are N / (1 + 2 sum (1 - k/L)^2). */
static struct spread put_right(double variance, const double *residuals, size_t n)
{
    size_t length = block_length(n);
    double r = correlation(residuals, n);
    double within = growth(r, length), whole = growth(r, n);
    double squares = 1;
    for (size_t k = 1; k < length; k++) {
        double weight = 1 - (double)k / (double)length;
        squares += 2 * weight * weight;
    }
    double df = (double)n / squares * sqrt(within / whole) - 1;
    return (struct spread){variance * whole / (within - whole * (double)length / (double)n),
                           fmax(df, 1)};
}

/* --- draws ---------------------------------------------------------------------------------- */

/* Draws so many blocks that they have about as many rows as the run; a block at the end goes on at
 * the begin. ADD is called for each run of rows, from FIRST to before END. */
static size_t draw(struct random *random, size_t num_rows,
                   void (*add)(void *arg, size_t first, size_t end), void *arg)
{
    size_t length = block_length(num_rows), count = (num_rows + length / 2) / length;
    for (size_t i = 0; i < count; i++) {
        size_t first = random_below(random, num_rows), end = first + length;
        add(arg, first, end < num_rows ? end : num_rows);
        if (end > num_rows)
            add(arg, 0, end - num_rows);
    }
    return count * length;
}

/* The sum and the squares of what resamples gave. */
struct moments {
    double count, sum, squares;
};

static void add_moment(struct moments *moments, double value)
{
    if (!isfinite(value))
        return;
    moments->count++;
    moments->sum += value;
    moments->squares += value * value;
}

/* The variance of them; of samples as large as the run's NUM_ROWS where DRAWN were. */
static double variance_of(const struct moments *moments, size_t num_rows, size_t drawn)
{
    if (moments->count < 2)
        return 0;
    double mean = moments->sum / moments->count;
    double variance = (moments->squares - moments->count * mean * mean) / (moments->count - 1);
    return fmax(variance, 0) * (double)drawn / (double)num_rows;
}

/* --- latencies ------------------------------------------------------------------------------ */

/* A sample of the rows: their counts by bucket. */
struct sample_counts {
    const struct row_values *values;
    double *counts;
};

static void add_rows(void *arg, size_t first, size_t end)
{
    struct sample_counts *sample = arg;
    size_t width = sample->values->num_buckets;
    const double *from = &sample->values->sums[first * width];
    const double *to = &sample->values->sums[end * width];
    for (size_t i = 0; i < width; i++)
        sample->counts[i] += to[i] - from[i];
}

static double middle(const struct row_values *values, size_t bucket)
{
    return (values->lows[bucket] + values->highs[bucket]) / 2;
}

static double total_of(const double *counts, size_t num)
{
    double total = 0;
    for (size_t i = 0; i < num; i++)
        total += counts[i];
    return total;
}

static double mean_of(const struct sample_counts *sample, double total)
{
    double sum = 0;
    for (size_t i = 0; i < sample->values->num_buckets; i++)
        sum += sample->counts[i] * middle(sample->values, i);
    return sum / total;
}

/* The value that a share of the sample is below; within a bucket as if its values lay evenly, so
 * that steps of buckets are none of the figure. */
static double percentile_of(const struct sample_counts *sample, double total, double percent)
{
    double wanted = total * percent / 100, seen = 0;
    for (size_t i = 0; i < sample->values->num_buckets; i++) {
        double count = sample->counts[i];
        if (count > 0 && seen + count >= wanted) {
            double low = sample->values->lows[i], high = sample->values->highs[i];
            return low + (high - low) * (wanted - seen) / count;
        }
        seen += count;
    }
    return NAN;
}

static void stats_of(const struct sample_counts *sample, double out[static NUM_STATS])
{
    double total = total_of(sample->counts, sample->values->num_buckets);
    for (int stat = 0; stat < NUM_STATS; stat++)
        out[stat] = stat == STAT_MEAN ? mean_of(sample, total)
                                      : percentile_of(sample, total, stat_percent(stat));
}

/* What of bucket I is above VALUE, 0 to 1. */
static double share_above(const struct row_values *values, size_t i, double value)
{
    double share = (values->highs[i] - value) / (values->highs[i] - values->lows[i]);
    return fmin(fmax(share, 0), 1);
}

/* What each row has too much of: of the mean its sum, of a percentile its values above. */
static void fill_residuals(double *out, const struct row_values *values, enum diff_stat stat,
                           double estimate)
{
    double expected = 1 - stat_percent(stat) / 100;
    size_t width = values->num_buckets;
    for (size_t row = 0; row < values->num_rows; row++) {
        const double *from = &values->sums[row * width], *to = from + width;
        out[row] = 0;
        for (size_t i = 0; i < width; i++) {
            double each = stat == STAT_MEAN ? middle(values, i) - estimate
                                            : share_above(values, i, estimate) - expected;
            out[row] += (to[i] - from[i]) * each;
        }
    }
}

static void empty(struct sample_counts *sample)
{
    for (size_t i = 0; i < sample->values->num_buckets; i++)
        sample->counts[i] = 0;
}

bool resample_values(const struct row_values *values, uint64_t seed,
                     struct spread out[static NUM_STATS])
{
    if (values->num_rows < RESAMPLING_MIN_ROWS)
        return false;
    struct sample_counts sample = {values, memory_new(values->num_buckets, sizeof(double))};
    struct moments moments[NUM_STATS] = {{0}};
    double *residuals = memory_new(values->num_rows, sizeof *residuals), stats[NUM_STATS];
    struct random random;
    size_t drawn = 0;
    random_init(&random, seed);
    for (int i = 0; i < NUM_RESAMPLES; i++) {
        empty(&sample);
        drawn = draw(&random, values->num_rows, add_rows, &sample);
        stats_of(&sample, stats);
        for (int stat = 0; stat < NUM_STATS; stat++)
            add_moment(&moments[stat], log(stats[stat]));
    }
    empty(&sample);
    add_rows(&sample, 0, values->num_rows);
    stats_of(&sample, stats);
    for (int stat = 0; stat < NUM_STATS; stat++) {
        fill_residuals(residuals, values, stat, stats[stat]);
        double variance = variance_of(&moments[stat], values->num_rows, drawn);
        out[stat] = put_right(variance, residuals, values->num_rows);
    }
    free(residuals);
    free(sample.counts);
    return true;
}

/* --- rates and shares ----------------------------------------------------------------------- */

struct sample_ratio {
    const struct row_ratio *ratio;
    double part, whole;
};

static void add_ratio(void *arg, size_t first, size_t end)
{
    struct sample_ratio *sample = arg;
    for (size_t i = first; i < end; i++) {
        sample->part += sample->ratio->parts[i];
        sample->whole += sample->ratio->wholes[i];
    }
}

bool resample_ratio(const struct row_ratio *ratio, uint64_t seed, struct spread *out)
{
    size_t n = ratio->num_rows, drawn = 0;
    if (n < RESAMPLING_MIN_ROWS)
        return false;
    struct moments moments = {0};
    struct random random;
    random_init(&random, seed);
    for (int i = 0; i < NUM_RESAMPLES; i++) {
        struct sample_ratio sample = {.ratio = ratio};
        drawn = draw(&random, n, add_ratio, &sample);
        add_moment(&moments, sample.part / sample.whole);
    }
    struct sample_ratio all = {.ratio = ratio};
    add_ratio(&all, 0, n);
    double *residuals = memory_new(n, sizeof *residuals);
    for (size_t i = 0; i < n; i++)
        residuals[i] = ratio->parts[i] - all.part / all.whole * ratio->wholes[i];
    *out = put_right(variance_of(&moments, n, drawn), residuals, n);
    free(residuals);
    return isfinite(all.part / all.whole);
}
