/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every figure of the whole run in a result: its path in the JSON, where it is stored, how those of
 * two results are merged, its Prometheus metric, and its meaning. Writers, the reader and merging
 * walk this table, so that a new counter is one row here, besides the code that counts. Latencies
 * have a table of their own (measure/latency_kind).
 */
#ifndef PINLOAD_RESULT_FIGURE_TABLE_H
#define PINLOAD_RESULT_FIGURE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct result;

#define FIGURE_PATH_LEN 64 /* longer than the longest path */

/* The type stored for a figure. */
enum figure_kind {
    FIGURE_COUNT,        /* uint64_t */
    FIGURE_NAMES,        /* struct name_counts: only names that occurred */
    FIGURE_ALL_NAMES,    /* struct name_counts: every name, including those that did not occur */
    FIGURE_OUTCOMES,     /* uint64_t of each enum outcome */
    FIGURE_NUMBER,       /* double; NAN: not known */
    FIGURE_SECONDS,      /* double; NAN: not known */
    FIGURE_SPAN,         /* double, seconds of the run; 0: not known */
    FIGURE_FLAG,         /* bool */
    FIGURE_TEXT,         /* char *; NULL: none. Cannot be compared with */
    FIGURE_DISTRIBUTION, /* struct latency *, never NULL */
    FIGURE_VALUES,       /* struct value_counts */
};

/* How the figures of several results are merged. */
enum figure_merge {
    MERGE_OTHER, /* see merge.c */
    MERGE_SUM,
    MERGE_LARGEST,
    MERGE_RATE, /* the sum of the counts in the windows, over the longest window */
};

/* Since when results have it: always; or later, so that it may be missing; or whenever they have
 * the object that contains it. */
enum figure_since { SINCE_FIRST, SINCE_LATER, SINCE_OBJECT };

struct figure {
    const char *path;
    enum figure_kind kind;
    size_t offset; /* in struct result */
    enum figure_merge merge;
    enum figure_since since;
    const char *unit;
    const char *metric; /* a row of metric_table; NULL: it is the sum of others that have one */
    const char *label;  /* the value of the metric's label, if several figures share the metric */
    const char *meaning;
};

/* In the order of the JSON. */
extern const struct figure figure_table[];
extern const size_t figure_table_len;

/* A counter of each identity, of each second, or of each stage, by its name in their JSON. */
struct counter {
    const char *name;
    size_t offset; /* in struct result_identity, series_row or result_stage */
    enum figure_since since;
    const char *meaning;
    bool is_class; /* one of the classes of sessions: succeeded, refused, … */
};
extern const struct counter identity_counters[];
extern const size_t num_identity_counters;
extern const struct counter second_counters[];
extern const size_t num_second_counters;
extern const struct counter stage_counters[];
extern const size_t num_stage_counters;

/* What a distribution comes to, beside its count and those out of range or rounded. */
struct statistic {
    const char *name;
    size_t offset; /* in struct latency_summary */
    const char *meaning;
};
extern const struct statistic statistic_table[];
extern const size_t statistic_table_len;

/* A family of Prometheus' metrics, "pinload_" left out. Those that end in "_total" are counters;
 * those of distributions are summaries; and all else are gauges. */
struct metric {
    const char *name;
    const char *label; /* NULL: none */
    const char *help;
};

/* In the order of the report. */
extern const struct metric metric_table[];
extern const size_t metric_table_len;

/* figure_in returns where RESULT stores it. */
void *figure_in(struct result *result, const struct figure *figure);
const void *figure_of(const struct result *result, const struct figure *figure);

/* figure_kind_name returns "counter", "counters by name", "rate", … */
const char *figure_kind_name(const struct figure *figure);

#endif
