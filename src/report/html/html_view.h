/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of a result that its HTML page shows: everything, but of long lists only what to look at
 * first, and of a long run only so many points. So the page stays small however long the run was
 * and however many identities it had.
 */
#ifndef PINLOAD_REPORT_HTML_HTML_VIEW_H
#define PINLOAD_REPORT_HTML_HTML_VIEW_H

#include "result/result.h"

#include <stddef.h>

#define HTML_MAX_POINTS 600
#define HTML_SHORTEST_S 0.5             /* a shorter last second is drawn with the one before it */
#define HTML_MAX_IDENTITIES_LEN 1300000 /* of all that is told of them, in the page */
#define HTML_MAX_PINS 200
#define HTML_MAX_VIOLATIONS 100
#define HTML_MAX_COMMAND_LEN 65536
#define HTML_MAX_PLAN_LEN 65536
#define HTML_MAX_PARTS_LEN 65536 /* of the commands of all merged results */

/* A point of the charts over time: the rows of the seconds from T_S on, merged. Counts are per
 * second of the length of the rows. */
struct html_point {
    double t_s;
    double sessions, requests;            /* average */
    double sessions_least, sessions_most; /* minimum of one second */
    double refused, failed;               /* maximum of one second */
    double open;                          /* sessions, maximum at the start of a second */
    double p50_ns;                        /* average, weighted by handshakes; NAN without any */
    double p99_ns;                        /* the highest of one second */
};

/* The handshakes of an interval of the run. */
struct html_latency {
    double t_s;
    double p50_ns, p99_ns; /* NAN without any */
};

struct html_view {
    const struct result *full;
    struct result
        result; /* FULL's, with shorter lists and no seconds; it owns none of its memory */
    const struct result_identity **identities; /* FULL's; where some are left out, the others are
                                                  those not as expected and then the slowest */
    size_t num_identities;
    struct html_point *points;
    size_t num_points;
    size_t seconds_per_point;
    /* For merged results whose seconds have no percentiles: those of their intervals. */
    struct html_latency *latencies;
    size_t num_latencies;
    double seconds_per_latency;
    /* how many are omitted from each list */
    size_t more_identities, more_unexpected, more_pins, more_violations, more_words, more_parts;
};

/* html_view_init creates the view of RESULT, which must outlive it. */
void html_view_init(struct html_view *view, const struct result *result);
void html_view_cleanup(struct html_view *view);

#endif
