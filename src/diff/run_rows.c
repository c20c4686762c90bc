/* SPDX-License-Identifier: Apache-2.0 */
#include "diff/run_rows.h"

#include "base/memory.h"
#include "measure/latency.h"
#include "result/result.h"

#include <math.h>
#include <stdlib.h>

#define DIGITS 2 /* of the intervals of a result */

/* --- latencies ------------------------------------------------------------------------------ */

static void count_bucket(void *arg, double low_ns, double high_ns, double count)
{
    (void)low_ns, (void)high_ns, (void)count;
    ++((struct row_values *)arg)->num_buckets;
}

static void add_bucket(void *arg, double low_ns, double high_ns, double count)
{
    (void)count;
    struct row_values *values = arg;
    values->lows[values->num_buckets] = low_ns;
    values->highs[values->num_buckets++] = high_ns;
}

/* The buckets that any of the rows has. */
static void make_buckets(struct row_values *values, const struct latency *const *rows)
{
    struct latency *all = latency_new(DIGITS);
    for (size_t i = 0; i < values->num_rows; i++)
        latency_merge(all, rows[i]);
    latency_each_span(all, count_bucket, values);
    values->lows = memory_new(values->num_buckets, sizeof *values->lows);
    values->highs = memory_new(values->num_buckets, sizeof *values->highs);
    values->num_buckets = 0;
    latency_each_span(all, add_bucket, values);
    latency_free(all);
}

/* A row while its counts are added to the sums; the buckets of both rise. */
struct filling {
    const struct row_values *values;
    double *sums;
    size_t bucket;
};

static void add_count(void *arg, double low_ns, double high_ns, double count)
{
    (void)high_ns;
    struct filling *filling = arg;
    while (filling->values->lows[filling->bucket] < low_ns)
        filling->bucket++;
    filling->sums[filling->bucket] += count;
}

static void fill_row(struct row_values *values, size_t row, const struct latency *latency)
{
    size_t width = values->num_buckets;
    struct filling filling = {values, &values->sums[(row + 1) * width], 0};
    for (size_t i = 0; i < width; i++)
        filling.sums[i] = values->sums[row * width + i];
    if (latency == NULL)
        return;
    struct latency *same = latency_new(DIGITS);
    latency_merge(same, latency);
    latency_each_span(same, add_count, &filling);
    latency_free(same);
}

void row_values_make(struct row_values *values, const struct latency *const *rows, size_t num_rows)
{
    *values = (struct row_values){.num_rows = num_rows};
    make_buckets(values, rows);
    values->sums = memory_new((num_rows + 1) * values->num_buckets, sizeof *values->sums);
    for (size_t i = 0; i < num_rows; i++)
        fill_row(values, i, rows[i]);
}

void row_values_cleanup(struct row_values *values)
{
    free(values->lows);
    free(values->highs);
    free(values->sums);
    *values = (struct row_values){0};
}

/* Which row INTERVAL is of; false: it has nothing of KIND. */
static bool find_row(const struct result *result, const struct interval_row *interval,
                     enum latency_kind kind, size_t *out_row)
{
    double length_s = interval->length_s;
    if (interval->hdr[kind] == NULL || !result_interval_row(interval->t_s, length_s, out_row))
        return false;
    while (*out_row > 0 && ((double)*out_row + 0.5) * length_s > result->duration_s)
        --*out_row;
    return true;
}

static void merge_interval(struct latency **row, const char *text)
{
    struct latency *latency = latency_decode(text, 0);
    if (*row == NULL) {
        *row = latency;
        return;
    }
    latency_merge(*row, latency);
    latency_free(latency);
}

void row_values_of(struct row_values *values, const struct result *result, enum latency_kind kind)
{
    struct latency *rows[INTERVALS_MOST] = {NULL};
    size_t first = INTERVALS_MOST, end = 0, row;
    for (size_t i = 0; i < result->num_intervals; i++) {
        if (!find_row(result, &result->intervals[i], kind, &row))
            continue;
        merge_interval(&rows[row], result->intervals[i].hdr[kind]);
        first = row < first ? row : first;
        end = row + 1 > end ? row + 1 : end;
    }
    first = first < end ? first : end;
    row_values_make(values, (const struct latency *const *)&rows[first], end - first);
    for (size_t i = 0; i < INTERVALS_MOST; i++)
        latency_free(rows[i]);
}

/* --- rates and shares ----------------------------------------------------------------------- */

/* A clock's steps are no reason to leave a second out. */
#define NEARLY 1e-6

static bool is_within(const struct series_row *row, const struct result *result)
{
    double from_s = isfinite(result->warm_up_s) ? result->warm_up_s : 0;
    return row->length_s > 1 - NEARLY && row->t_s >= from_s - NEARLY &&
           row->t_s + row->length_s <= result->duration_s + NEARLY;
}

static double part_of(const struct series_row *row, enum ratio which)
{
    switch (which) {
    case RATIO_SESSIONS:
        return (double)row->sessions;
    case RATIO_REQUESTS:
        return (double)row->requests;
    case RATIO_HANDSHAKES:
        return (double)row->handshakes;
    case RATIO_FAILED:
        return (double)row->failed;
    case RATIO_REFUSED:
        break;
    }
    return (double)row->refused;
}

void row_ratio_of(struct row_ratio *ratio, const struct result *result, enum ratio which)
{
    bool is_share = which == RATIO_FAILED || which == RATIO_REFUSED;
    *ratio = (struct row_ratio){.parts = memory_new(result->num_series, sizeof *ratio->parts),
                                .wholes = memory_new(result->num_series, sizeof *ratio->wholes)};
    for (size_t i = 0; i < result->num_series; i++) {
        const struct series_row *row = &result->series[i];
        if (!is_within(row, result))
            continue;
        ratio->parts[ratio->num_rows] = part_of(row, which);
        ratio->wholes[ratio->num_rows++] = is_share ? (double)row->sessions : row->length_s;
    }
}

void row_ratio_cleanup(struct row_ratio *ratio)
{
    free(ratio->parts);
    free(ratio->wholes);
    *ratio = (struct row_ratio){0};
}
