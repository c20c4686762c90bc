/* SPDX-License-Identifier: Apache-2.0 */
#include "result/merge.h"

#include "base/memory.h"
#include "base/number.h"
#include "result/figure_table.h"
#include "result/merge_plan.h"
#include "result/merge_stages.h"
#include "result/merge_verdict.h"
#include "result/result.h"

#include <limits.h>
#include <math.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

static void add_names(struct name_counts *to, const struct name_counts *from)
{
    for (size_t i = 0; i < from->count; i++)
        name_counts_add(to, from->items[i].name, from->items[i].count);
}

static void add_to(uint64_t *to, uint64_t from)
{
    *to = result_count_sum(*to, from);
}

static void add_counters(void *to, const void *from, const struct counter *counters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_to((uint64_t *)((char *)to + counters[i].offset),
               *(const uint64_t *)((const char *)from + counters[i].offset));
}

static void add_outcomes(uint64_t *to, const uint64_t *from)
{
    for (int i = 0; i < NUM_OUTCOMES; i++)
        add_to(&to[i], from[i]);
}

static void add_figure(const struct figure *figure, void *to, const void *from)
{
    switch (figure->kind) {
    case FIGURE_COUNT:
        add_to(to, *(const uint64_t *)from);
        return;
    case FIGURE_NAMES:
    case FIGURE_ALL_NAMES:
        add_names(to, from);
        return;
    case FIGURE_OUTCOMES:
        add_outcomes(to, from);
        return;
    case FIGURE_DISTRIBUTION:
        latency_merge(*(struct latency **)to, *(struct latency *const *)from);
        return;
    case FIGURE_VALUES:
        value_counts_merge(to, from);
        return;
    case FIGURE_NUMBER:
    case FIGURE_SECONDS:
    case FIGURE_SPAN:
        *(double *)to += *(const double *)from;
        return;
    case FIGURE_FLAG:
    case FIGURE_TEXT:
        return; /* these are not summed */
    }
}

static void add_figures(struct result *to, const struct result *from)
{
    for (size_t i = 0; i < figure_table_len; i++) {
        const struct figure *figure = &figure_table[i];
        void *sum = figure_in(to, figure);
        const void *part = figure_of(from, figure);
        if (figure->merge == MERGE_SUM)
            add_figure(figure, sum, part);
        else if (figure->merge == MERGE_LARGEST)
            *(uint64_t *)sum = number_max(*(uint64_t *)sum, *(const uint64_t *)part);
    }
}

/* --- sums out of range
 * -------------------------------------------------------------------------- */

static bool fits(uint64_t sum, const char *table, const char *name, struct error *err)
{
    return sum <= RESULT_COUNT_MOST ||
           error_set(err,
                     "the sum of %s%s%.200s of these results is over 9007199254740992, the "
                     "largest count of a result",
                     table, *table ? "." : "", name);
}

static bool names_fit(const struct name_counts *counts, const char *table, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; i < counts->count && ok; i++)
        ok = fits(counts->items[i].count, table, counts->items[i].name, err);
    return ok;
}

static bool values_fit(const struct value_counts *counts, const char *path, struct error *err)
{
    return fits(value_counts_num(counts), path, "count", err) &&
           fits(counts->rounded, path, "rounded", err);
}

static bool outcomes_fit(const uint64_t *outcomes, struct error *err)
{
    bool ok = true;
    for (int i = 0; i < NUM_OUTCOMES && ok; i++)
        ok = fits(outcomes[i], "outcomes", outcome_name((enum outcome)i), err);
    return ok;
}

static bool figures_fit(const struct result *merged, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; i < figure_table_len && ok; i++) {
        const struct figure *figure = &figure_table[i];
        const void *at = figure_of(merged, figure);
        if (figure->kind == FIGURE_COUNT)
            ok = fits(*(const uint64_t *)at, "", figure->path, err);
        else if (figure->kind == FIGURE_NAMES || figure->kind == FIGURE_ALL_NAMES)
            ok = names_fit(at, figure->path, err);
        else if (figure->kind == FIGURE_VALUES)
            ok = values_fit(at, figure->path, err);
        else if (figure->kind == FIGURE_OUTCOMES)
            ok = outcomes_fit(at, err);
    }
    return ok;
}

static bool plan_fits(const struct result *merged, struct error *err)
{
    return fits(merged->connections, "config", "connections", err) &&
           (merged->threads < UINT_MAX ||
            error_set(err,
                      "the sum of config.threads of these results is over %u, the most threads "
                      "of a result",
                      UINT_MAX - 1));
}

/* NAME is the name for any counter that is out of range; NULL: each has its own. */
static bool counters_fit(const void *row, const struct counter *counters, size_t count,
                         const char *table, const char *name, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; i < count && ok; i++)
        ok = fits(*(const uint64_t *)((const char *)row + counters[i].offset), table,
                  name != NULL ? name : counters[i].name, err);
    return ok;
}

static bool identities_fit(const struct result *merged, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; i < merged->num_identities && ok; i++) {
        const struct result_identity *row = &merged->identities[i];
        ok = counters_fit(row, identity_counters, num_identity_counters, "identities", row->name,
                          err);
        for (int class = 0; class < NUM_STATUS_CLASSES && ok; class ++)
            ok = fits(row->responses[class], "identities", row->name, err);
        ok = ok && names_fit(&row->sigalgs, "identities.sigalgs", err);
    }
    return ok;
}

static bool stages_fit(const struct result *merged, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; i < merged->stages.count && ok; i++)
        ok = counters_fit(&merged->stages.items[i], stage_counters, num_stage_counters, "stages",
                          NULL, err) &&
             outcomes_fit(merged->stages.items[i].outcomes, err);
    return ok;
}

static bool series_fits(const struct result *merged, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; i < merged->num_series && ok; i++)
        ok = counters_fit(&merged->series[i], second_counters, num_second_counters, "series", NULL,
                          err);
    return ok;
}

/* --- rates ------------------------------------------------------------------------------------ */

/* Rates are of what was counted in the window, which is the run without its warm-up. */
static double window_of(const struct result *r)
{
    double window_s = r->duration_s - r->warm_up_s;
    return window_s > 0 && isfinite(window_s) ? window_s : 0;
}

static double counted(double rate, double window_s)
{
    return isfinite(rate) ? rate * window_s : 0;
}

static double per_second(double count, double window_s)
{
    return window_s > 0 ? count / window_s : NAN;
}

static void merge_rate(struct result *merged, const struct figure *figure,
                       struct result *const *results, size_t num_results)
{
    double longest_s = 0, count = 0;
    for (size_t i = 0; i < num_results; i++) {
        double window_s = window_of(results[i]);
        longest_s = fmax(longest_s, window_s);
        count += counted(*(const double *)figure_of(results[i], figure), window_s);
    }
    *(double *)figure_in(merged, figure) = per_second(count, longest_s);
}

static void merge_rates(struct result *merged, struct result *const *results, size_t num_results)
{
    for (size_t i = 0; i < figure_table_len; i++) {
        if (figure_table[i].merge == MERGE_RATE)
            merge_rate(merged, &figure_table[i], results, num_results);
    }
}

/* Like rates, for results that each have a steady part. */
static void merge_steady(struct result *merged, struct result *const *results, size_t num_results)
{
    struct result_steady *sum = &merged->steady;
    for (size_t i = 0; i < num_results; i++) {
        const struct result_steady *part = &results[i]->steady;
        sum->from_s = fmax(sum->from_s, part->from_s);
        sum->duration_s = fmax(sum->duration_s, part->duration_s);
        sum->sessions_per_second += part->sessions_per_second * part->duration_s;
        sum->requests_per_second += part->requests_per_second * part->duration_s;
    }
    sum->sessions_per_second = per_second(sum->sessions_per_second, sum->duration_s);
    sum->requests_per_second = per_second(sum->requests_per_second, sum->duration_s);
}

/* --- identities ----------------------------------------------------------------------------- */

/* A name and the index of its identity; a node of the search tree. */
struct place {
    const char *name;
    size_t index;
};

static int compare_places(const void *a, const void *b)
{
    return strcmp(((const struct place *)a)->name, ((const struct place *)b)->name);
}

/* A copy has the digits of its original, which only the encoded form shows. */
static struct latency *copy_latency(const struct latency *latency)
{
    char *text = latency_encode(latency);
    struct latency *copy = latency_decode(text, 0);
    free(text);
    if (copy == NULL)
        return NULL;
    latency_reset(copy);
    latency_merge(copy, latency);
    return copy;
}

static void add_identity(struct result_identity *to, const struct result_identity *from)
{
    to->as_expected = to->as_expected && from->as_expected;
    add_counters(to, from, identity_counters, num_identity_counters);
    for (int class = 0; class < NUM_STATUS_CLASSES; class ++)
        add_to(&to->responses[class], from->responses[class]);
    add_names(&to->sigalgs, &from->sigalgs);
    if (to->tls_handshake_hdr == NULL && from->tls_handshake_hdr != NULL)
        to->tls_handshake_hdr = copy_latency(from->tls_handshake_hdr);
    else if (to->tls_handshake_hdr != NULL)
        latency_merge(to->tls_handshake_hdr, from->tls_handshake_hdr);
}

static void merge_identities(struct result *merged, struct result *const *results,
                             size_t num_results)
{
    size_t most = 0;
    for (size_t i = 0; i < num_results; i++)
        most += results[i]->num_identities;
    merged->identities = memory_new(most, sizeof *merged->identities);
    struct place *places = memory_new(most, sizeof *places);
    void *tree = NULL;
    for (size_t i = 0; i < num_results; i++) {
        for (size_t k = 0; k < results[i]->num_identities; k++) {
            const struct result_identity *from = &results[i]->identities[k];
            struct place *own = &places[merged->num_identities];
            *own = (struct place){from->name, merged->num_identities};
            struct place *const *found = tsearch(own, &tree, compare_places);
            struct result_identity *to = &merged->identities[(*found)->index];
            if (*found == own) {
                merged->num_identities++;
                to->name = memory_text(from->name);
                to->expect_refused = from->expect_refused;
                to->weight = from->weight;
                to->as_expected = true;
                to->expected_status =
                    from->expected_status != NULL ? memory_text(from->expected_status) : NULL;
            }
            add_identity(to, from);
        }
    }
    for (size_t i = 0; i < merged->num_identities; i++) {
        tdelete(&places[i], &tree, compare_places);
        if (merged->identities[i].tls_handshake_hdr != NULL)
            latency_summarize(merged->identities[i].tls_handshake_hdr,
                              &merged->identities[i].tls_handshake);
    }
    free(places);
}

/* --- seconds -------------------------------------------------------------------------------- */

static bool has_handshakes(const struct series_row *row)
{
    return row->handshakes > 0;
}

/* Percentiles cannot be added: if two have some, the result has none, unless the intervals provide
 * them. */
static void add_second(struct series_row *to, const struct series_row *from)
{
    to->length_s = fmax(to->length_s, from->length_s); /* they ran side by side */
    if (has_handshakes(from)) {
        bool is_only_one = !has_handshakes(to);
        to->tls_handshake_p50_ns = is_only_one ? from->tls_handshake_p50_ns : NAN;
        to->tls_handshake_p99_ns = is_only_one ? from->tls_handshake_p99_ns : NAN;
    }
    to->open += from->open;
    add_counters(to, from, second_counters, num_second_counters);
}

static void merge_series(struct result *merged, struct result *const *results, size_t num_results)
{
    for (size_t i = 0; i < num_results; i++) {
        if (results[i]->num_series > merged->num_series)
            merged->num_series = results[i]->num_series;
    }
    merged->series = memory_new(merged->num_series, sizeof *merged->series);
    for (size_t second = 0; second < merged->num_series; second++) {
        struct series_row *row = &merged->series[second];
        row->tls_handshake_p50_ns = row->tls_handshake_p99_ns = NAN;
        bool is_first = true;
        for (size_t i = 0; i < num_results; i++) {
            if (second >= results[i]->num_series)
                continue;
            if (is_first)
                row->t_s = results[i]->series[second].t_s;
            is_first = false;
            add_second(row, &results[i]->series[second]);
        }
    }
}

/* --- intervals ------------------------------------------------------------------------------ */

static bool has_values(const struct result *r)
{
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        if (latency_count(r->latencies[kind]) > 0)
            return true;
    }
    return false;
}

/* The longest interval of all, into which the others are merged; 0 if a result has no intervals, so
 * that the merged one has none. */
static double longest_interval(struct result *const *results, size_t num_results)
{
    double longest_s = 0;
    for (size_t i = 0; i < num_results; i++) {
        if (results[i]->num_intervals == 0 && has_values(results[i]))
            return 0;
        for (size_t k = 0; k < results[i]->num_intervals; k++)
            longest_s = fmax(longest_s, results[i]->intervals[k].length_s);
    }
    return longest_s;
}

static void add_encoded(char **to, const char *from)
{
    if (*to == NULL) {
        *to = memory_text(from);
        return;
    }
    struct latency *sum = latency_decode(*to, 0), *other = latency_decode(from, 0);
    if (sum != NULL)
        latency_merge(sum, other);
    free(*to);
    *to = sum != NULL ? latency_encode(sum) : NULL;
    latency_free(sum);
    latency_free(other);
}

static bool add_interval(struct interval_row *to, const struct interval_row *from)
{
    bool has_any = false;
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        if (from->hdr[kind] != NULL)
            add_encoded(&to->hdr[kind], from->hdr[kind]);
        has_any = has_any || to->hdr[kind] != NULL;
    }
    return has_any;
}

static void merge_intervals(struct result *merged, struct result *const *results,
                            size_t num_results)
{
    double length_s = longest_interval(results, num_results);
    struct interval_row *rows = memory_new(INTERVALS_MOST, sizeof *rows);
    bool used[INTERVALS_MOST] = {false};
    for (size_t i = 0; i < num_results && length_s > 0; i++) {
        for (size_t k = 0; k < results[i]->num_intervals; k++) {
            const struct interval_row *from = &results[i]->intervals[k];
            size_t row;
            if (result_interval_row(from->t_s, length_s, &row))
                used[row] = add_interval(&rows[row], from) || used[row];
        }
    }
    for (size_t row = 0; row < INTERVALS_MOST; row++) {
        if (!used[row])
            continue;
        rows[row].t_s = (double)row * length_s;
        rows[row].length_s = length_s;
        rows[merged->num_intervals++] = rows[row];
    }
    merged->intervals = rows;
}

/* The percentiles of a second in which several results have handshakes are those of its
 * interval. */
static void fill_seconds_from_intervals(struct result *merged)
{
    for (size_t i = 0; i < merged->num_intervals; i++) {
        const struct interval_row *interval = &merged->intervals[i];
        if (interval->length_s != 1 || interval->t_s >= (double)merged->num_series)
            continue;
        struct series_row *row = &merged->series[(size_t)interval->t_s];
        const char *text = interval->hdr[LATENCY_TLS_HANDSHAKE];
        struct latency *latency =
            text != NULL && isnan(row->tls_handshake_p50_ns) ? latency_decode(text, 0) : NULL;
        if (latency == NULL)
            continue;
        row->tls_handshake_p50_ns = latency_percentile(latency, 50);
        row->tls_handshake_p99_ns = latency_percentile(latency, 99);
        latency_free(latency);
    }
}

/* --- generator ------------------------------------------------------------------------------ */

static void add_threads(struct result *to, const struct result *from)
{
    size_t count = to->num_thread_uses + from->num_thread_uses;
    if (from->num_thread_uses == 0)
        return;
    to->thread_uses = memory_resize(to->thread_uses, count * sizeof *to->thread_uses);
    memcpy(to->thread_uses + to->num_thread_uses, from->thread_uses,
           from->num_thread_uses * sizeof *from->thread_uses);
    to->num_thread_uses = count;
}

/* Descriptors and ports are those of the generator with the most descriptors. */
static void add_generator(struct result *to, const struct result *from)
{
    to->saturated = to->saturated || from->saturated;
    if (to->limit == NULL && from->limit != NULL)
        to->limit = memory_text(from->limit);
    if (from->descriptors_used >= to->descriptors_used) {
        to->descriptors_used = from->descriptors_used;
        to->descriptors_limit = from->descriptors_limit;
        to->ports_used = from->ports_used;
        to->ports_limit = from->ports_limit;
    }
    add_threads(to, from);
}

/* The mean over all sessions, of those results that have one. */
static void merge_cpu_per_session(struct result *merged, struct result *const *results,
                                  size_t num_results)
{
    double cpu_us = 0, sessions = 0;
    for (size_t i = 0; i < num_results; i++) {
        if (!isfinite(results[i]->cpu_per_session_us))
            continue;
        cpu_us += results[i]->cpu_per_session_us * (double)results[i]->started;
        sessions += (double)results[i]->started;
    }
    merged->cpu_per_session_us = sessions > 0 ? cpu_us / sessions : NAN;
}

struct result *results_merge(struct result *const *results, size_t num_results, bool force,
                             struct error *err)
{
    if (num_results == 0) {
        error_set(err, "there is no result to merge; expected one or more");
        return NULL;
    }
    for (size_t i = 1; i < num_results && !force; i++) {
        if (!merge_plan_check(results[0], results[i], i + 1, err))
            return NULL;
    }
    struct result *merged = result_new();
    merge_plan(merged, results, num_results);
    for (size_t i = 0; i < num_results; i++) {
        add_figures(merged, results[i]);
        for (int kind = 0; kind < NUM_LATENCIES; kind++)
            latency_merge(merged->latencies[kind], results[i]->latencies[kind]);
        add_generator(merged, results[i]);
    }
    merge_rates(merged, results, num_results);
    merge_steady(merged, results, num_results);
    merge_cpu_per_session(merged, results, num_results);
    merge_identities(merged, results, num_results);
    result_stages_merge(&merged->stages, results, num_results);
    merge_series(merged, results, num_results);
    merge_verdict(merged, results, num_results);
    merge_intervals(merged, results, num_results);
    fill_seconds_from_intervals(merged);
    if (plan_fits(merged, err) && figures_fit(merged, err) && identities_fit(merged, err) &&
        stages_fit(merged, err) && series_fits(merged, err))
        return merged;
    result_free(merged);
    return NULL;
}
