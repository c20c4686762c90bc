/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html/html_heat.h"

#include "base/memory.h"
#include "measure/intervals.h"
#include "measure/latency.h"
#include "result/result.h"

#include <math.h>
#include <stdlib.h>

static void count_values(void *arg, double value_ns, uint64_t count)
{
    struct html_counts *counts = arg;
    double step = value_ns > 1 ? floor(log10(value_ns) * HTML_STEPS_PER_DECADE) : 0;
    size_t index = step < HTML_NUM_STEPS ? (size_t)step : HTML_NUM_STEPS - 1;
    counts->counts[index] = result_count_sum(counts->counts[index], count);
}

void html_counts_add(struct html_counts *counts, const struct latency *latency)
{
    latency_each(latency, count_values, counts);
}

size_t html_counts_range(const struct html_counts *counts, size_t *out_first)
{
    size_t first = 0, end = HTML_NUM_STEPS;
    while (first < end && counts->counts[first] == 0)
        first++;
    while (end > first && counts->counts[end - 1] == 0)
        end--;
    *out_first = first;
    return end - first;
}

static void add_interval(struct html_counts *column, const struct interval_row *interval)
{
    const char *text = interval->hdr[LATENCY_TLS_HANDSHAKE];
    struct latency *latency = text != NULL ? latency_decode(text, 0) : NULL;
    if (latency == NULL)
        return;
    html_counts_add(column, latency);
    latency_free(latency);
}

/* The index of the last interval of the run that has values, plus one; 0: there is none. */
static size_t intervals_until(const struct result *result)
{
    size_t until = 0, row;
    for (size_t i = 0; i < result->num_intervals; i++) {
        const struct interval_row *interval = &result->intervals[i];
        if (interval->hdr[LATENCY_TLS_HANDSHAKE] != NULL &&
            result_interval_row(interval->t_s, interval->length_s, &row) && row >= until)
            until = row + 1;
    }
    return until;
}

void html_heat_init(struct html_heat *heat, const struct result *result)
{
    *heat = (struct html_heat){0};
    size_t until = intervals_until(result), row;
    if (until == 0)
        return;
    size_t intervals_per_column = (until + HTML_MAX_COLUMNS - 1) / HTML_MAX_COLUMNS;
    heat->seconds_per_column = result->intervals[0].length_s * (double)intervals_per_column;
    heat->num_columns = (until + intervals_per_column - 1) / intervals_per_column;
    heat->columns = memory_new(heat->num_columns, sizeof *heat->columns);
    for (size_t i = 0; i < result->num_intervals; i++) {
        const struct interval_row *interval = &result->intervals[i];
        if (result_interval_row(interval->t_s, interval->length_s, &row) && row < until)
            add_interval(&heat->columns[row / intervals_per_column], interval);
    }
}

void html_heat_cleanup(struct html_heat *heat)
{
    free(heat->columns);
}
