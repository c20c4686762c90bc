/* SPDX-License-Identifier: Apache-2.0 */
#include "diff/figures.h"

#include "base/memory.h"
#include "base/text.h"
#include "diff/diff_result.h"
#include "diff/estimate.h"
#include "diff/run_rows.h"
#include "measure/latency.h"
#include "result/result.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_VALUES 20 /* of a mean */
#define LEAST_BEYOND 5  /* of a percentile, values beyond it */

static const char *const stat_names[NUM_STATS] = {
    [STAT_MEAN] = "mean", [STAT_P50] = "p50",   [STAT_P90] = "p90",
    [STAT_P99] = "p99",   [STAT_P999] = "p999",
};

/* Figures that are no latencies. */
static const struct ratio_row {
    const char *group, *label;
    enum ratio ratio;
    enum diff_scale scale;
    int better;
} ratio_rows[] = {
    {"sessions", "per_second", RATIO_SESSIONS, DIFF_RATE, 1},
    {"sessions", "failed", RATIO_FAILED, DIFF_SHARE, -1},
    {"sessions", "refused", RATIO_REFUSED, DIFF_SHARE, -1},
    {"requests", "per_second", RATIO_REQUESTS, DIFF_RATE, 1},
    {"handshakes", "per_second", RATIO_HANDSHAKES, DIFF_RATE, 1},
};
#define NUM_RATIOS (sizeof ratio_rows / sizeof *ratio_rows)

#define CPU_GROUP "generator"
#define CPU_LABEL "cpu_per_session_us"

/* The figures while they are filled: what every run says of each. */
struct filling {
    struct diff_result *diff;
    size_t count[NUM_SIDES];
    struct run_estimate *runs[NUM_SIDES]; /* of the figure at hand */
    size_t capacity;
};

static const struct result *run_of(const struct filling *filling, int side, size_t i)
{
    return filling->diff->sides[side].results[i];
}

static struct diff_figure *add_figure(struct filling *filling, const char *group, const char *label)
{
    struct diff_result *diff = filling->diff;
    if (diff->num_figures == filling->capacity) {
        filling->capacity = 2 * filling->capacity + 16;
        diff->figures = memory_resize(diff->figures, filling->capacity * sizeof *diff->figures);
    }
    struct diff_figure *figure = &diff->figures[diff->num_figures++];
    *figure = (struct diff_figure){.group = group, .label = label, .p_value = 1, .p_adjusted = 1};
    snprintf(figure->name, sizeof figure->name, "%s.%s", group, label);
    return figure;
}

/* --- from what runs say to a difference ----------------------------------------------------- */

/* The margin on the figure's working scale, on which times are logarithms. */
static double margin_of(const struct diff_figure *figure, const struct diff_terms *terms)
{
    switch (figure->scale) {
    case DIFF_TIME:
        return log1p(terms->margin);
    case DIFF_RATE:
        return terms->margin;
    case DIFF_SHARE:
        break;
    }
    return 0;
}

/* From the working scale to the figure's: a difference of logarithms to a share. */
static double shown(const struct diff_figure *figure, double difference)
{
    return figure->scale == DIFF_TIME ? expm1(difference) : difference;
}

static double side_value(const struct filling *filling, const struct diff_figure *figure, int side)
{
    double sum = 0;
    for (size_t i = 0; i < filling->count[side]; i++)
        sum += filling->runs[side][i].value;
    double mean = sum / (double)filling->count[side];
    return figure->scale == DIFF_TIME ? exp(mean) : mean;
}

/* Rates become shares of the old one. */
static void scale_rates(struct filling *filling, double by)
{
    for (int side = 0; side < NUM_SIDES; side++) {
        for (size_t i = 0; i < filling->count[side]; i++) {
            filling->runs[side][i].value /= by;
            filling->runs[side][i].spread.variance /= by * by;
        }
    }
}

static void fill_needs(struct diff_figure *figure, const struct difference_of_sides *d,
                       const struct diff_terms *terms, double level)
{
    double margin = margin_of(figure, terms);
    figure->seconds = figure->num_results = NAN;
    if (figure->scale == DIFF_SHARE)
        return;
    /* a rate that falls is worse, a time that rises */
    double detect = figure->scale == DIFF_TIME ? log1p(terms->detect) : terms->detect;
    figure->seconds = estimate_seconds_needed(d, detect, margin, level);
    figure->num_results = estimate_runs_needed(d, detect, margin, level);
}

/* What does not depend on how many figures there are; D is kept for what does. */
static void fill_estimate(struct filling *filling, struct diff_figure *figure,
                          struct difference_of_sides *d)
{
    struct diff_result *diff = filling->diff;
    for (int side = 0; side < NUM_SIDES; side++)
        figure->values[side] = side_value(filling, figure, side);
    if (figure->scale == DIFF_RATE)
        scale_rates(filling, figure->values[SIDE_OLD]);
    struct runs old = {filling->runs[SIDE_OLD], filling->count[SIDE_OLD]};
    struct runs new = {filling->runs[SIDE_NEW], filling->count[SIDE_NEW]};
    if (!estimate_difference(old, new, d)) {
        figure->why_unknown = strcmp(figure->group, CPU_GROUP) == 0
                                  ? "one number a run; it takes several results a side"
                                  : "too few seconds";
        return;
    }
    double margin = margin_of(figure, &diff->terms), reach = estimate_reach(d, 0.95) + margin;
    figure->difference = shown(figure, d->difference);
    figure->ci95 = (struct interval){shown(figure, d->difference - reach),
                                     shown(figure, d->difference + reach)};
    figure->p_value = fmin(estimate_p_value(d, margin), 1);
}

/* --- the figures ---------------------------------------------------------------------------- */

static bool has_too_few(const struct result *result, enum latency_kind kind, enum diff_stat stat)
{
    double count = (double)latency_count(result->latencies[kind]);
    double beyond = count * (1 - stat_percent(stat) / 100);
    return count < LEAST_VALUES || (stat != STAT_MEAN && beyond < LEAST_BEYOND);
}

static double stat_of(const struct result *result, enum latency_kind kind, enum diff_stat stat)
{
    struct latency_summary summary;
    latency_summarize(result->latencies[kind], &summary);
    const double values[NUM_STATS] = {
        [STAT_MEAN] = summary.mean, [STAT_P50] = summary.p50,   [STAT_P90] = summary.p90,
        [STAT_P99] = summary.p99,   [STAT_P999] = summary.p999,
    };
    return values[stat];
}

/* Whether every run has values of KIND, and they are not tls_handshake's all over again. */
static bool has_kind(const struct filling *filling, enum latency_kind kind)
{
    bool has_full = false, has_resumed = false;
    for (int side = 0; side < NUM_SIDES; side++) {
        for (size_t i = 0; i < filling->count[side]; i++) {
            const struct result *r = run_of(filling, side, i);
            if (latency_count(r->latencies[kind]) == 0)
                return false;
            has_full = has_full || latency_count(r->latencies[LATENCY_TLS_HANDSHAKE_FULL]) > 0;
            has_resumed =
                has_resumed || latency_count(r->latencies[LATENCY_TLS_HANDSHAKE_RESUMED]) > 0;
        }
    }
    bool is_part = kind == LATENCY_TLS_HANDSHAKE_FULL || kind == LATENCY_TLS_HANDSHAKE_RESUMED;
    return !is_part || (has_full && has_resumed);
}

static double seconds_of(const struct result *result)
{
    double warm_up_s = isfinite(result->warm_up_s) ? result->warm_up_s : 0;
    return fmax(result->duration_s - warm_up_s, 0);
}

/* The spreads of a kind of latency in each run, which all of its statistics are taken from. */
struct kind_spreads {
    struct spread stats[NUM_STATS];
    bool is_known;
};

static struct kind_spreads *spreads_of(const struct filling *filling, int side,
                                       enum latency_kind kind)
{
    struct kind_spreads *spreads = memory_new(filling->count[side], sizeof *spreads);
    for (size_t i = 0; i < filling->count[side]; i++) {
        struct row_values values;
        row_values_of(&values, run_of(filling, side, i), kind);
        spreads[i].is_known =
            resample_values(&values, 1 + 2 * i + (unsigned)side, spreads[i].stats);
        row_values_cleanup(&values);
    }
    return spreads;
}

static void add_latency(struct filling *filling, enum latency_kind kind, enum diff_stat stat,
                        struct kind_spreads *const spreads[NUM_SIDES],
                        struct difference_of_sides *d)
{
    struct diff_figure *figure = add_figure(filling, latency_kind_name(kind), stat_names[stat]);
    figure->scale = DIFF_TIME;
    figure->better = -1;
    for (int side = 0; side < NUM_SIDES; side++) {
        for (size_t i = 0; i < filling->count[side]; i++) {
            const struct result *r = run_of(filling, side, i);
            filling->runs[side][i] = (struct run_estimate){.value = log(stat_of(r, kind, stat)),
                                                           .has_spread = spreads[side][i].is_known,
                                                           .spread = spreads[side][i].stats[stat],
                                                           .seconds = seconds_of(r)};
            if (has_too_few(r, kind, stat))
                figure->why_unknown = "too few values";
        }
    }
    if (figure->why_unknown == NULL)
        fill_estimate(filling, figure, d);
    else
        for (int side = 0; side < NUM_SIDES; side++)
            figure->values[side] = side_value(filling, figure, side);
}

/* A share is known no better than a count of single sessions: q (1 - q) / n, where q has one session
 * more of either kind, so that none of a few is not none for certain. */
static void widen_share(struct run_estimate *run, double cases, double of)
{
    double q = (cases + 1) / (of + 2);
    run->spread.variance = fmax(run->spread.variance, q * (1 - q) / of);
}

static void set_ratio(struct run_estimate *run, const struct result *r, const struct ratio_row *row,
                      uint64_t seed)
{
    struct row_ratio ratio;
    double parts = 0, wholes = 0;
    row_ratio_of(&ratio, r, row->ratio);
    for (size_t i = 0; i < ratio.num_rows; i++) {
        parts += ratio.parts[i];
        wholes += ratio.wholes[i];
    }
    *run = (struct run_estimate){.value = parts / wholes, .seconds = seconds_of(r)};
    run->has_spread = resample_ratio(&ratio, seed, &run->spread);
    if (row->scale == DIFF_SHARE && wholes > 0)
        widen_share(run, parts, wholes);
    row_ratio_cleanup(&ratio);
}

/* What the result itself says, of the whole run. */
static double own_value(const struct result *r, enum ratio ratio)
{
    switch (ratio) {
    case RATIO_SESSIONS:
        return r->sessions_per_second;
    case RATIO_REQUESTS:
        return r->requests_per_second;
    case RATIO_HANDSHAKES:
        return r->handshakes_per_second;
    case RATIO_FAILED:
        return (double)r->by_class[CLASS_FAILED] / (double)r->started;
    case RATIO_REFUSED:
        break;
    }
    return (double)r->by_class[CLASS_REFUSED] / (double)r->started;
}

/* Where refusals are wanted, more of them is neither better nor worse. */
static bool expects_refusals(const struct filling *filling)
{
    for (int side = 0; side < NUM_SIDES; side++) {
        const struct result *r = run_of(filling, side, 0);
        for (size_t i = 0; i < r->num_identities; i++) {
            if (r->identities[i].expect_refused)
                return true;
        }
    }
    return false;
}

static void add_ratio_figure(struct filling *filling, const struct ratio_row *row,
                             struct difference_of_sides *d)
{
    bool is_there = false;
    for (int side = 0; side < NUM_SIDES; side++) {
        for (size_t i = 0; i < filling->count[side]; i++) {
            const struct result *r = run_of(filling, side, i);
            struct run_estimate *run = &filling->runs[side][i];
            set_ratio(run, r, row, 1 + 2 * i + (unsigned)side);
            run->value = own_value(r, row->ratio);
            is_there = is_there || run->value > 0;
        }
    }
    if (!is_there && row->scale == DIFF_RATE)
        return;
    struct diff_figure *figure = add_figure(filling, row->group, row->label);
    figure->scale = row->scale;
    figure->better = row->ratio == RATIO_REFUSED && expects_refusals(filling) ? 0 : row->better;
    if (row->scale == DIFF_RATE && !(side_value(filling, figure, SIDE_OLD) > 0)) {
        figure->values[SIDE_NEW] = side_value(filling, figure, SIDE_NEW);
        figure->why_unknown = "the old one has none";
        return;
    }
    fill_estimate(filling, figure, d);
}

static void add_cpu(struct filling *filling, struct difference_of_sides *d)
{
    for (int side = 0; side < NUM_SIDES; side++) {
        for (size_t i = 0; i < filling->count[side]; i++) {
            const struct result *r = run_of(filling, side, i);
            if (!(r->cpu_per_session_us > 0))
                return;
            filling->runs[side][i] = (struct run_estimate){
                .value = log(r->cpu_per_session_us * 1000), .seconds = seconds_of(r)};
        }
    }
    struct diff_figure *figure = add_figure(filling, CPU_GROUP, CPU_LABEL);
    figure->scale = DIFF_TIME;
    figure->better = -1;
    fill_estimate(filling, figure, d);
}

/* --- all of them together ------------------------------------------------------------------- */

static int compare_p_values(const void *a, const void *b)
{
    double left = (*(struct diff_figure *const *)a)->p_value;
    double right = (*(struct diff_figure *const *)b)->p_value;
    return (left > right) - (left < right);
}

/* Holm (1979): the least of M p values counts M times, the next M - 1 times, and none less than one
 * before it. */
static void adjust(struct diff_figure **known, size_t count)
{
    double least = 0;
    qsort(known, count, sizeof *known, compare_p_values);
    for (size_t i = 0; i < count; i++) {
        least = fmax(least, fmin(known[i]->p_value * (double)(count - i), 1));
        known[i]->p_adjusted = least;
    }
}

static enum diff_verdict verdict_of(const struct diff_figure *figure)
{
    if (figure->p_adjusted >= DIFF_LEVEL)
        return DIFF_NONE_SEEN;
    if (figure->better == 0)
        return DIFF_CHANGED;
    return figure->difference * figure->better > 0 ? DIFF_BETTER : DIFF_WORSE;
}

/* Judges the figures with what each difference is known by. */
static void judge(struct diff_result *diff, const struct difference_of_sides *differences)
{
    struct diff_figure **known = memory_new(diff->num_figures, sizeof *known);
    size_t count = 0;
    for (size_t i = 0; i < diff->num_figures; i++) {
        if (diff->figures[i].why_unknown == NULL)
            known[count++] = &diff->figures[i];
    }
    double level = 1 - DIFF_LEVEL / (double)(count > 0 ? count : 1);
    adjust(known, count);
    for (size_t i = 0; i < count; i++) {
        const struct difference_of_sides *d = &differences[known[i] - diff->figures];
        double least = estimate_least_seen(d, margin_of(known[i], &diff->terms), level);
        known[i]->least_seen = shown(known[i], least);
        fill_needs(known[i], d, &diff->terms, level);
        known[i]->verdict = verdict_of(known[i]);
    }
    free(known);
}

#define MOST_FIGURES (NUM_LATENCIES * NUM_STATS + NUM_RATIOS + 1)

void diff_figures_fill(struct diff_result *diff)
{
    struct filling filling = {.diff = diff};
    struct difference_of_sides differences[MOST_FIGURES];
    for (int side = 0; side < NUM_SIDES; side++) {
        filling.count[side] = diff->sides[side].count;
        filling.runs[side] = memory_new(filling.count[side], sizeof *filling.runs[side]);
    }
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        if (!has_kind(&filling, kind))
            continue;
        struct kind_spreads *spreads[NUM_SIDES];
        for (int side = 0; side < NUM_SIDES; side++)
            spreads[side] = spreads_of(&filling, side, kind);
        for (int stat = 0; stat < NUM_STATS; stat++)
            add_latency(&filling, kind, stat, spreads, &differences[diff->num_figures]);
        for (int side = 0; side < NUM_SIDES; side++)
            free(spreads[side]);
    }
    for (size_t i = 0; i < NUM_RATIOS; i++)
        add_ratio_figure(&filling, &ratio_rows[i], &differences[diff->num_figures]);
    add_cpu(&filling, &differences[diff->num_figures]);
    judge(diff, differences);
    for (int side = 0; side < NUM_SIDES; side++)
        free(filling.runs[side]);
}

bool diff_figures_has(const char *name)
{
    char known[64];
    if (text_starts_with(name, "latency."))
        name += strlen("latency.");
    for (int i = 0; i < NUM_LATENCIES * NUM_STATS; i++) {
        snprintf(known, sizeof known, "%s.%s", latency_kind_name(i / NUM_STATS),
                 stat_names[i % NUM_STATS]);
        if (strcmp(name, known) == 0)
            return true;
    }
    for (size_t i = 0; i < NUM_RATIOS; i++) {
        snprintf(known, sizeof known, "%s.%s", ratio_rows[i].group, ratio_rows[i].label);
        if (strcmp(name, known) == 0)
            return true;
    }
    return strcmp(name, CPU_GROUP "." CPU_LABEL) == 0;
}
