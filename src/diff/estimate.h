/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The difference between two sides of one or more runs each, from what is known of each run. Pure
 * functions: they know neither results nor figures, and no scale; a difference is one of plain
 * numbers, which the caller may have taken the logarithm of.
 *
 * What runs differ by is seen where there are three or more, and is then part of the spread. Of one
 * run a side only its own seconds tell.
 */
#ifndef PINLOAD_DIFF_ESTIMATE_H
#define PINLOAD_DIFF_ESTIMATE_H

#include "diff/resampling.h"

#include <stdbool.h>
#include <stddef.h>

/* One run's figure. */
struct run_estimate {
    double value;
    bool has_spread; /* false: its own seconds say nothing of it */
    struct spread spread;
    double seconds; /* how long it was */
};

struct runs {
    const struct run_estimate *items;
    size_t count;
};

struct difference_of_sides {
    double difference;      /* new less old */
    double error;           /* the standard error */
    double df;              /* degrees of freedom that it is known by */
    bool from_runs;         /* several runs a side: what they differ by is in it */
    double run_variance;    /* from_runs: of one run */
    double second_variance; /* otherwise: of both sides together, of runs of one second */
    double seconds;         /* otherwise: how long the runs were, on average */
};

/* estimate_difference returns false where neither seconds nor runs tell. */
bool estimate_difference(struct runs old, struct runs new, struct difference_of_sides *out);

/* estimate_p_value returns the two-sided probability of as large a difference where the true one is
 * not above MARGIN. */
double estimate_p_value(const struct difference_of_sides *d, double margin);

/* estimate_reach returns how far to either side the interval at LEVEL reaches, without margin. */
double estimate_reach(const struct difference_of_sides *d, double level);

/* estimate_least_seen returns the smallest true difference that would be told from MARGIN at LEVEL in
 * four of five. */
double estimate_least_seen(const struct difference_of_sides *d, double margin, double level);

/* These return what each side needs for a true DIFFERENCE to be told from MARGIN at LEVEL in 19 of
 * 20: how long a run, or how many of them. NAN where it cannot be. */
double estimate_seconds_needed(const struct difference_of_sides *d, double difference,
                               double margin, double level);
double estimate_runs_needed(const struct difference_of_sides *d, double difference, double margin,
                            double level);

#endif
