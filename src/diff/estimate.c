/* SPDX-License-Identifier: Apache-2.0 */
#include "diff/estimate.h"

#include "compare/student.h"

#include <math.h>

#define FOUR_OF_FIVE 0.2
#define NINETEEN_OF_TWENTY 0.05
#define MOST_RUNS 1000

static double mean_of(struct runs runs)
{
    double sum = 0;
    for (size_t i = 0; i < runs.count; i++)
        sum += runs.items[i].value;
    return sum / (double)runs.count;
}

static double squares_of(struct runs runs)
{
    double mean = mean_of(runs), sum = 0;
    for (size_t i = 0; i < runs.count; i++)
        sum += (runs.items[i].value - mean) * (runs.items[i].value - mean);
    return sum;
}

/* What the seconds of a side's runs say, on average of one of them; false where one says nothing. */
static bool within_of(struct runs runs, struct spread *out)
{
    *out = (struct spread){0};
    for (size_t i = 0; i < runs.count; i++) {
        if (!runs.items[i].has_spread)
            return false;
        out->variance += runs.items[i].spread.variance / (double)runs.count;
        out->df += runs.items[i].spread.df;
    }
    return true;
}

/* Degrees of freedom of a sum of two variances (Welch 1947). */
static double welch(double a, double df_a, double b, double df_b)
{
    double sum = a + b;
    return sum > 0 ? sum * sum / (a * a / df_a + b * b / df_b) : df_a + df_b;
}

static double mean_seconds(struct runs runs)
{
    double sum = 0;
    for (size_t i = 0; i < runs.count; i++)
        sum += runs.items[i].seconds;
    return sum / (double)runs.count;
}

static void from_seconds(struct difference_of_sides *out, struct runs old, struct runs new,
                         const struct spread *a, const struct spread *b)
{
    out->error = sqrt(a->variance + b->variance);
    out->df = welch(a->variance, a->df, b->variance, b->df);
    out->seconds = (mean_seconds(old) + mean_seconds(new)) / 2;
    out->second_variance = a->variance * mean_seconds(old) + b->variance * mean_seconds(new);
}

/* With several runs: what they differ by, of both sides together, but never less than their seconds
 * say, of which A and B are those of a side; NULL: they say nothing. */
static void from_runs(struct difference_of_sides *out, struct runs old, struct runs new,
                      const struct spread *a, const struct spread *b)
{
    double runs_df = (double)(old.count + new.count - 2);
    double seen = (squares_of(old) + squares_of(new)) / runs_df;
    double within = a != NULL ? (a->variance + b->variance) / 2 : 0;
    double between = fmax(seen - within, 0);
    double shares = 1 / (double)old.count + 1 / (double)new.count;
    out->from_runs = true;
    out->run_variance = within + between;
    out->error = sqrt(out->run_variance * shares);
    out->df = a != NULL ? welch(between, runs_df, within, a->df + b->df) : runs_df;
}

bool estimate_difference(struct runs old, struct runs new, struct difference_of_sides *out)
{
    struct spread a, b;
    bool has_within = within_of(old, &a), has_both = within_of(new, &b) && has_within;
    *out = (struct difference_of_sides){.difference = mean_of(new) - mean_of(old)};
    if (old.count + new.count > 2)
        from_runs(out, old, new, has_both ? &a : NULL, &b);
    else if (has_both)
        from_seconds(out, old, new, &a, &b);
    else
        return false;
    return isfinite(out->difference) && isfinite(out->error);
}

double estimate_p_value(const struct difference_of_sides *d, double margin)
{
    double beyond = fabs(d->difference) - margin;
    if (beyond <= 0)
        return 1;
    return 2 * student_tail(beyond / d->error, d->df);
}

double estimate_reach(const struct difference_of_sides *d, double level)
{
    return d->error * student_quantile((1 - level) / 2, d->df);
}

/* In how many standard errors beyond the margin a difference must lie to be seen so often. */
static double errors_needed(double df, double level, double missed)
{
    return student_quantile((1 - level) / 2, df) + student_quantile(missed, df);
}

double estimate_least_seen(const struct difference_of_sides *d, double margin, double level)
{
    return margin + d->error * errors_needed(d->df, level, FOUR_OF_FIVE);
}

/* The spread that a few values have may come out too small, and with it what is said to be needed:
 * it is taken as so much more that in four of five it is enough. Of a variance with DF degrees of
 * freedom, by Wilson and Hilferty (1931). */
static double safe_variance(double variance, double df)
{
    double a = 2 / (9 * df), root = 1 - a - 0.8416 * sqrt(a);
    return variance / fmax(root * root * root, 0.1);
}

/* Longer runs are cut into as many blocks, so they are known no better than to so many degrees. */
#define MOST_DF 32

double estimate_seconds_needed(const struct difference_of_sides *d, double difference,
                               double margin, double level)
{
    double room = difference - margin, seconds = d->seconds;
    double each = safe_variance(d->second_variance, d->df);
    if (d->from_runs || !(room > 0) || !(seconds > 0))
        return NAN;
    for (int i = 0; i < 50; i++) {
        double df = d->df * seconds / d->seconds;
        df = fmax(fmin(df, fmax(MOST_DF, d->df)), 2);
        double errors = errors_needed(df, level, NINETEEN_OF_TWENTY);
        double next = each * errors * errors / (room * room);
        next = fmax(next, RESAMPLING_MIN_ROWS);
        if (fabs(next - seconds) < 0.01 * seconds)
            return next;
        seconds = (seconds + next) / 2;
    }
    return seconds;
}

double estimate_runs_needed(const struct difference_of_sides *d, double difference, double margin,
                            double level)
{
    double room = difference - margin;
    if (!d->from_runs || !(room > 0))
        return NAN;
    double variance = safe_variance(d->run_variance, d->df);
    for (double count = 2; count <= MOST_RUNS; count++) {
        double errors = errors_needed(fmax(2 * count - 2, d->df), level, NINETEEN_OF_TWENTY);
        if (errors * sqrt(2 * variance / count) <= room)
            return count;
    }
    return NAN;
}
