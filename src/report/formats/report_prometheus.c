/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats/report_prometheus.h"

#include "base/clock.h"
#include "base/text.h"
#include "report/utf8.h"
#include "result/figure_table.h"
#include "result/result.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- lines ---------------------------------------------------------------------------------- */

static void head(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP pinload_%s %s\n# TYPE pinload_%s %s\n", name, help, name, type);
}

/* In a label's value, backslash, quote and line end are escaped; other characters that a terminal
 * would interpret are hidden. */
static void put_label(FILE *out, const char *name, const char *value)
{
    char *clean = text_hide_controls(utf8_clean(value != NULL ? value : ""));
    fprintf(out, "%s=\"", name);
    for (const char *p = clean; *p != '\0'; p++) {
        if (*p == '\n')
            fputs("\\n", out);
        else if (*p == '\\' || *p == '"')
            fprintf(out, "\\%c", *p);
        else
            putc(*p, out);
    }
    putc('"', out);
    free(clean);
}

static void put_number(FILE *out, double value)
{
    if (isnan(value))
        fputs("NaN", out);
    else if (isinf(value))
        fputs(value > 0 ? "+Inf" : "-Inf", out);
    else
        fprintf(out, "%.15g", value);
    putc('\n', out);
}

static void plain(FILE *out, const char *name, const char *type, const char *help, double value)
{
    head(out, name, type, help);
    fprintf(out, "pinload_%s ", name);
    put_number(out, value);
}

static void labelled(FILE *out, const char *name, const char *label, const char *label_value,
                     double value)
{
    fprintf(out, "pinload_%s{", name);
    put_label(out, label, label_value);
    fputs("} ", out);
    put_number(out, value);
}

#define BY_SECOND 1e9 /* nanoseconds to a metric's unit */

/* A summary's samples, with LABEL beside the quantile where it is not NULL. A metric counts in BY of
 * what the summary counts in. */
static void summary(FILE *out, const char *name, const char *label, const char *label_value,
                    const struct latency_summary *s, double by)
{
    const struct {
        const char *quantile;
        double value;
    } rows[] = {{"0.5", s->p50},  {"0.75", s->p75}, {"0.9", s->p90},
                {"0.95", s->p95}, {"0.99", s->p99}, {"0.999", s->p999}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fprintf(out, "pinload_%s{", name);
        if (label != NULL) {
            put_label(out, label, label_value);
            putc(',', out);
        }
        put_label(out, "quantile", rows[i].quantile);
        fputs("} ", out);
        put_number(out, s->count > 0 ? rows[i].value / by : NAN);
    }
    for (int is_count = 0; is_count < 2; is_count++) {
        fprintf(out, "pinload_%s_%s", name, is_count ? "count" : "sum");
        if (label != NULL) {
            putc('{', out);
            put_label(out, label, label_value);
            putc('}', out);
        }
        putc(' ', out);
        put_number(out, is_count ? (double)s->count : s->mean * (double)s->count / by);
    }
}

/* --- metrics -------------------------------------------------------------------------------- */

static void write_run(FILE *out, const struct result *r)
{
    const struct {
        const char *name, *value;
    } labels[] = {
        {"version", r->version}, {"url", r->url}, {"address", r->address}, {"verify", r->verify}};
    head(out, "run_info", "gauge", "What ran; always 1.");
    fputs("pinload_run_info{", out);
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        if (i > 0)
            putc(',', out);
        put_label(out, labels[i].name, labels[i].value);
    }
    fputs("} 1\n", out);
    plain(out, "start_time_seconds", "gauge", "Start of the run, in seconds since the epoch.",
          (double)(r->started_wall_ns / NS_PER_MS) / 1000);
    plain(out, "duration_seconds", "gauge", "Length of the measured window.", r->duration_s);
    plain(out, "passed", "gauge", "1 if the run was as expected.", r->passed);
    plain(out, "violations", "gauge", "Number of expectations and thresholds that were not met.",
          (double)r->num_violations);
    plain(out, "interrupted", "gauge", "1 if a signal ended the run early.",
          r->interrupted_by != 0);
}

/* --- the table of figures --------------------------------------------------------------------- */

static void names(FILE *out, const struct metric *metric, const struct name_counts *counts)
{
    for (size_t i = 0; i < counts->count; i++)
        labelled(out, metric->name, metric->label, counts->items[i].name,
                 (double)counts->items[i].count);
}

static void outcomes(FILE *out, const struct metric *metric, const uint64_t *counts)
{
    for (int i = 0; i < NUM_OUTCOMES; i++)
        labelled(out, metric->name, metric->label, outcome_name((enum outcome)i),
                 (double)counts[i]);
}

static void distribution(FILE *out, const struct metric *metric, const struct latency *latency)
{
    struct latency_summary row;
    latency_summarize(latency, &row);
    summary(out, metric->name, NULL, NULL, &row, BY_SECOND);
}

static void values(FILE *out, const struct metric *metric, const char *label_value,
                   const struct value_counts *counts)
{
    struct latency_summary row;
    value_counts_summarize(counts, &row);
    summary(out, metric->name, metric->label, label_value, &row, 1);
}

static void value(FILE *out, const struct metric *metric, const char *label_value, double value)
{
    if (metric->label != NULL) {
        labelled(out, metric->name, metric->label, label_value, value);
        return;
    }
    fprintf(out, "pinload_%s ", metric->name);
    put_number(out, value);
}

static void samples(FILE *out, const struct metric *metric, const struct figure *figure,
                    const void *at)
{
    double scale = strcmp(figure->unit, "us") == 0 ? 1e6 : 1;
    switch (figure->kind) {
    case FIGURE_COUNT:
        value(out, metric, figure->label, (double)*(const uint64_t *)at);
        return;
    case FIGURE_NAMES:
    case FIGURE_ALL_NAMES:
        names(out, metric, at);
        return;
    case FIGURE_OUTCOMES:
        outcomes(out, metric, at);
        return;
    case FIGURE_NUMBER:
    case FIGURE_SECONDS:
    case FIGURE_SPAN:
        value(out, metric, figure->label, *(const double *)at / scale);
        return;
    case FIGURE_FLAG:
        value(out, metric, figure->label, *(const bool *)at);
        return;
    case FIGURE_DISTRIBUTION:
        distribution(out, metric, *(struct latency *const *)at);
        return;
    case FIGURE_VALUES:
        values(out, metric, figure->label, at);
        return;
    case FIGURE_TEXT:
        value(out, metric, *(char *const *)at, 1);
    }
}

/* A metric without any value is omitted. A rate that is not known has one: NaN. */
static bool has_samples(const struct figure *figure, const void *at)
{
    switch (figure->kind) {
    case FIGURE_NAMES:
    case FIGURE_ALL_NAMES:
        return ((const struct name_counts *)at)->count > 0;
    case FIGURE_VALUES:
        return ((const struct value_counts *)at)->num > 0;
    case FIGURE_SECONDS:
        return isfinite(*(const double *)at);
    case FIGURE_TEXT:
        return *(char *const *)at != NULL;
    default:
        return true;
    }
}

static const char *type_of(const struct metric *metric, const struct figure *figure)
{
    if (figure->kind == FIGURE_DISTRIBUTION || figure->kind == FIGURE_VALUES)
        return "summary";
    return strstr(metric->name, "_total") != NULL ? "counter" : "gauge";
}

static void write_metric(FILE *out, const struct metric *metric, const struct result *r)
{
    bool has_head = false;
    for (size_t i = 0; i < figure_table_len; i++) {
        const struct figure *figure = &figure_table[i];
        const void *at = figure_of(r, figure);
        if (figure->metric == NULL || strcmp(figure->metric, metric->name) != 0 ||
            !has_samples(figure, at))
            continue;
        if (!has_head)
            head(out, metric->name, type_of(metric, figure), metric->help);
        has_head = true;
        samples(out, metric, figure, at);
    }
}

static void write_metrics(FILE *out, const struct result *r, bool of_generator)
{
    for (size_t i = 0; i < metric_table_len; i++) {
        if (text_starts_with(metric_table[i].name, "generator_") == of_generator)
            write_metric(out, &metric_table[i], r);
    }
}

/* --- metrics outside the table
 * ------------------------------------------------------------------ */

static void write_latencies(FILE *out, const struct result *r)
{
    struct latency_summary summaries[NUM_LATENCIES];
    head(out, "latency_seconds", "summary", "Latencies by phase, without the warm-up.");
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        latency_summarize(r->latencies[kind], &summaries[kind]);
        summary(out, "latency_seconds", "span", latency_kind_name(kind), &summaries[kind],
                BY_SECOND);
    }
    head(out, "latency_max_seconds", "gauge", "Maximum latency of each phase.");
    for (int kind = 0; kind < NUM_LATENCIES; kind++)
        labelled(out, "latency_max_seconds", "span", latency_kind_name(kind),
                 summaries[kind].count > 0 ? summaries[kind].max / BY_SECOND : NAN);
}

static void identity_sessions(FILE *out, const struct result_identity *identity,
                              const struct counter *counter)
{
    fputs("pinload_identity_sessions_total{", out);
    put_label(out, "identity", identity->name);
    putc(',', out);
    put_label(out, "class", counter->name);
    fputs("} ", out);
    put_number(out, (double)*(const uint64_t *)((const char *)identity + counter->offset));
}

static void write_identities(FILE *out, const struct result *r)
{
    if (r->num_identities == 0)
        return;
    head(out, "identity_as_expected", "gauge", "1 if the server treated the identity as expected.");
    for (size_t i = 0; i < r->num_identities; i++)
        labelled(out, "identity_as_expected", "identity", r->identities[i].name,
                 r->identities[i].as_expected);
    head(out, "identity_sessions_total", "counter", "Sessions of an identity, by class.");
    for (size_t i = 0; i < r->num_identities; i++) {
        for (size_t k = 0; k < num_identity_counters; k++) {
            if (identity_counters[k].is_class)
                identity_sessions(out, &r->identities[i], &identity_counters[k]);
        }
    }
    head(out, "identity_tls_handshake_seconds", "summary", "TLS handshakes of an identity.");
    for (size_t i = 0; i < r->num_identities; i++)
        summary(out, "identity_tls_handshake_seconds", "identity", r->identities[i].name,
                &r->identities[i].tls_handshake, BY_SECOND);
}

/* The labels of stage INDEX: its number, from 1, and another one. */
static void stage_labels(FILE *out, const char *name, size_t index, const char *label,
                         const char *value)
{
    char number[24];
    snprintf(number, sizeof number, "%zu", index + 1);
    fprintf(out, "pinload_%s{", name);
    put_label(out, "stage", number);
    if (label != NULL) {
        putc(',', out);
        put_label(out, label, value);
    }
}

static void stage_sample(FILE *out, const char *name, size_t index, const char *label,
                         const char *label_value, double value)
{
    stage_labels(out, name, index, label, label_value);
    fputs("} ", out);
    put_number(out, value);
}

static void stage_quantiles(FILE *out, size_t index, enum latency_kind kind,
                            const struct latency *latency)
{
    static const struct {
        const char *name;
        double percent;
    } quantiles[] = {{"0.5", 50}, {"0.9", 90}, {"0.99", 99}, {"0.999", 99.9}};
    for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++) {
        stage_labels(out, "stage_latency_seconds", index, "span", latency_kind_name(kind));
        putc(',', out);
        put_label(out, "quantile", quantiles[i].name);
        fputs("} ", out);
        put_number(out, latency_percentile(latency, quantiles[i].percent) / BY_SECOND);
    }
}

static void write_stage_counts(FILE *out, const struct result_stages *stages)
{
    head(out, "stage_sessions_total", "counter", "Sessions of a stage, by class.");
    for (size_t i = 0; i < stages->count; i++) {
        for (size_t k = 0; k < num_stage_counters; k++) {
            const struct counter *counter = &stage_counters[k];
            const char *at = (const char *)&stages->items[i] + counter->offset;
            if (counter->is_class)
                stage_sample(out, "stage_sessions_total", i, "class", counter->name,
                             (double)*(const uint64_t *)at);
        }
    }
}

static void write_stages(FILE *out, const struct result_stages *stages)
{
    if (stages->count == 0)
        return;
    head(out, "stage_load", "gauge", "Sessions per second, or connections, by a stage's end.");
    for (size_t i = 0; i < stages->count; i++)
        stage_sample(out, "stage_load", i, NULL, NULL, stages->items[i].to);
    head(out, "stage_passed", "gauge", "1 if the stage was as expected and its rate was held.");
    for (size_t i = 0; i < stages->count; i++)
        stage_sample(out, "stage_passed", i, NULL, NULL, stages->items[i].verdict == STAGE_PASSED);
    head(out, "stage_attainment", "gauge", "The share of a stage's schedule that was kept.");
    for (size_t i = 0; i < stages->count; i++)
        stage_sample(out, "stage_attainment", i, NULL, NULL, result_stage_attainment(stages, i));
    write_stage_counts(out, stages);
    head(out, "stage_latency_seconds", "summary", "Latencies of a stage.");
    for (size_t i = 0; i < stages->count; i++) {
        for (int kind = 0; kind < NUM_LATENCIES; kind++) {
            const struct latency *latency = stages->items[i].latencies[kind];
            if (latency != NULL && latency_count(latency) > 0)
                stage_quantiles(out, i, (enum latency_kind)kind, latency);
        }
    }
}

bool report_prometheus(FILE *out, const struct result *result)
{
    write_run(out, result);
    write_metrics(out, result, false);
    write_latencies(out, result);
    write_identities(out, result);
    write_stages(out, &result->stages);
    write_metrics(out, result, true);
    return !ferror(out);
}
