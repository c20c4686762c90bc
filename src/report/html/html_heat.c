/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html/html_heat.h"

#include "base/memory.h"
#include "base/number.h"
#include "measure/intervals.h"
#include "measure/latency.h"
#include "report/html/html_view.h"
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

static void add_values(struct html_counts *column, const char *text)
{
    struct latency *latency = text != NULL ? latency_decode(text, 0) : NULL;
    if (latency == NULL)
        return;
    html_counts_add(column, latency);
    latency_free(latency);
}

/* The index of the last interval of the run that has values, plus one; 0: there is none. */
static size_t intervals_until(const struct result *result, enum latency_kind kind)
{
    size_t until = 0, row;
    for (size_t i = 0; i < result->num_intervals; i++) {
        const struct interval_row *interval = &result->intervals[i];
        if (interval->hdr[kind] != NULL &&
            result_interval_row(interval->t_s, interval->length_s, &row) && row >= until)
            until = row + 1;
    }
    return until;
}

/* Whether the last of UNTIL intervals belongs to a last second that is too short to be drawn alone. */
static bool ends_short(const struct result *result, size_t until)
{
    return until > 1 && result->intervals[0].length_s == 1 && result->num_series == until &&
           result->series[until - 1].length_s < HTML_SHORTEST_S;
}

void html_heat_init(struct html_heat *heat, const struct result *result, enum latency_kind kind)
{
    *heat = (struct html_heat){0};
    size_t until = intervals_until(result, kind), row;
    if (until == 0)
        return;
    size_t last = ends_short(result, until) ? until - 2 : until - 1;
    size_t intervals_per_column = last / HTML_MAX_COLUMNS + 1;
    heat->seconds_per_column = result->intervals[0].length_s * (double)intervals_per_column;
    heat->num_columns = last / intervals_per_column + 1;
    heat->columns = memory_new(heat->num_columns, sizeof *heat->columns);
    for (size_t i = 0; i < result->num_intervals; i++) {
        const struct interval_row *interval = &result->intervals[i];
        if (result_interval_row(interval->t_s, interval->length_s, &row) && row < until)
            add_values(&heat->columns[number_min(row, last) / intervals_per_column],
                       interval->hdr[kind]);
    }
}

void html_heat_cleanup(struct html_heat *heat)
{
    free(heat->columns);
}
