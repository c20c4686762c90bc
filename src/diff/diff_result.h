/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a diff came to, for its reports: the results of either side, and for each figure that both
 * have how much it changed, how sure that is, and what follows. Plain data; it owns the results.
 */
#ifndef PINLOAD_DIFF_DIFF_RESULT_H
#define PINLOAD_DIFF_DIFF_RESULT_H

#include "compare/statistics.h"

#include <stdbool.h>
#include <stddef.h>

struct result;

enum side_name { SIDE_OLD, SIDE_NEW, NUM_SIDES };

struct diff_side {
    char **paths;
    struct result **results;
    size_t count;
};

enum diff_scale {
    DIFF_TIME,  /* in ns; differences are shares of the old value */
    DIFF_RATE,  /* per second; the same */
    DIFF_SHARE, /* of sessions, 0 to 1; differences are differences of shares */
};

enum diff_verdict { DIFF_UNKNOWN, DIFF_NONE_SEEN, DIFF_WORSE, DIFF_BETTER, DIFF_CHANGED };

struct diff_figure {
    char name[64];     /* "tls_handshake.p99", as in the result's JSON */
    const char *group; /* "tls_handshake", "sessions" */
    const char *label; /* "p99", "per_second" */
    enum diff_scale scale;
    int better;                  /* the sign of a change for the better; 0: neither is */
    double values[NUM_SIDES];    /* of several results the mean, of times the geometric one */
    const char *why_unknown;     /* NULL: all that follows is known */
    double difference;           /* 0.1: a tenth more than the old value */
    struct interval ci95;        /* of this figure for itself, the margin in it */
    double p_value, p_adjusted;  /* two-sided; adjusted for all figures (Holm) */
    double least_seen;           /* for the worse: would be seen in four of five */
    double seconds, num_results; /* what a side needs for DETECT to be seen in 19 of 20: runs as
                                    long, or so many of them; NAN: not known, or the other */
    enum diff_verdict verdict;
};

/* A condition of --fail-if-worse, judged. */
struct diff_check {
    const char *text; /* borrowed */
    char *violation;  /* NULL: it held */
};

/* How it is judged. */
struct diff_terms {
    double margin; /* 0.02: a change by less is none; of times and rates */
    double detect; /* 0.1: the change for which a side's need is told */
};

struct diff_result {
    char *const *command; /* borrowed; NULL at its end */
    struct diff_side sides[NUM_SIDES];
    struct diff_terms terms;
    char **plan_differences; /* where --force let them pass */
    size_t num_plan_differences;
    char **remarks; /* what else tells the runs apart, a sentence each */
    size_t num_remarks;
    struct diff_figure *figures;
    size_t num_figures;
    struct diff_check *checks;
    size_t num_checks;
    bool passed; /* all checks held */
};

/* diff_level: what the verdicts of all figures together are wrong by, where nothing changed. */
#define DIFF_LEVEL 0.05

void diff_result_cleanup(struct diff_result *diff);

/* diff_result_word returns the verdict on all figures: the worst of theirs. */
enum diff_verdict diff_result_verdict(const struct diff_result *diff);

/* diff_verdict_name returns "worse", "better", "changed", "no_difference_seen" or "not_known". */
const char *diff_verdict_name(enum diff_verdict verdict);

/* diff_result_find returns the figure called NAME ("latency." may stand before it), or NULL. */
const struct diff_figure *diff_result_find(const struct diff_result *diff, const char *name);

/* diff_result_remark adds a remark. */
void diff_result_remark(struct diff_result *diff, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
