/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stage of the search: a short run at one load, what it measured, whether the load held, and if not,
 * why not. A pure function of the run's result; knows nothing of the search.
 */
#ifndef PINLOAD_FIND_STAGE_H
#define PINLOAD_FIND_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct result;

/* What kept a stage from holding. */
enum stage_cause {
    STAGE_HELD,
    STAGE_SLO,         /* a figure was beyond its limit */
    STAGE_FAILURES,    /* sessions failed, or identities were refused or accepted unexpectedly */
    STAGE_SERVER_RATE, /* the server served less than was asked: sessions piled up */
    STAGE_GENERATOR,   /* this machine could not keep the schedule */
    STAGE_CONNECTIONS, /* -c allows too few sessions at once for this rate */
    STAGE_PORTS,
    STAGE_DESCRIPTORS,
    NUM_STAGE_CAUSES,
};

struct find_stage {
    double load;    /* sessions a second, or connections */
    double seconds; /* how long it was to be */
    double began_s; /* after the start of the search */
    bool confirms;

    /* from the result */
    uint64_t scheduled, started, succeeded, refused, failed;
    double kept;           /* the share of the schedule that was started; NAN: a closed loop */
    double per_second;     /* sessions that ended, over its last two thirds */
    double growth;         /* of the sessions in flight, a second, over the same time */
    double p50_ns, p99_ns; /* of the latency that is shown; NAN: none */
    double *slo_values;    /* one for each condition; times in nanoseconds; NAN: none */
    enum stage_cause cause;
    char *why; /* a phrase; NULL: it held */
};

/* What a stage is judged by beside its result. */
struct stage_rules {
    bool is_open;        /* an open loop */
    double connections;  /* -c */
    double alone_s;      /* how long a session takes by itself */
    double max_failures; /* a count, or of the sessions started */
    bool max_is_percent;
    bool refusal_by_close;
    const char *slo_broken; /* the first condition that does not hold, as a phrase; NULL: all do */
};

/* stage_judge fills STAGE, whose load and seconds are set, from RESULT. */
void stage_judge(struct find_stage *stage, const struct result *result,
                 const struct stage_rules *rules);

/* stage_served returns the server's own rate, where that was the stage's limit; else 0. */
double stage_served(const struct find_stage *stage);

/* stage_is_generators says whether CAUSE is this machine's or this plan's limit, not the server's. */
bool stage_is_generators(enum stage_cause cause);

/* stage_cause_name returns "held", "slo", "failures", "server_rate", "generator", "connections",
 * "ports" or "descriptors". */
const char *stage_cause_name(enum stage_cause cause);

void stage_cleanup(struct find_stage *stage);

#endif
