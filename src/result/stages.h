/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stages of a run in its result: a row for each, with counts that balance like those of the run,
 * distributions, and a verdict of its own.
 */
#ifndef PINLOAD_RESULT_STAGES_H
#define PINLOAD_RESULT_STAGES_H

#include "measure/latency_kind.h"
#include "measure/outcome.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct latency;
struct plan;
struct tally;

/* The later counts more where several are merged, or apply. */
enum stage_verdict {
    STAGE_PASSED,
    STAGE_NOT_RUN,    /* the run ended before it */
    STAGE_MISSED,     /* its rate was not held */
    STAGE_INCOMPLETE, /* the run ended within it */
    STAGE_FAILED,     /* sessions failed, or were refused or accepted against expectation */
    NUM_STAGE_VERDICTS,
};

struct result_stage {
    double start_s, length_s; /* as planned */
    double run_s;             /* how much of it was run */
    double from, to;          /* sessions per second, or connections */
    uint64_t scheduled, skipped, started;
    uint64_t kept; /* of the started, in time: before its end, and not ended by local limits */
    uint64_t by_class[NUM_CLASSES];
    uint64_t unexpected; /* refused or accepted against expectation */
    uint64_t outcomes[NUM_OUTCOMES];
    uint64_t handshakes, requests;
    struct latency *latencies[NUM_LATENCIES]; /* NULL: no values */
    enum stage_verdict verdict;
};

struct result_stages {
    bool of_connections;
    struct result_stage *items;
    size_t count; /* 0: the load did not change */
};

void result_stages_fill(struct result_stages *out, const struct tally *tally);
void result_stages_cleanup(struct result_stages *stages);

/* result_stage_copy returns a copy with the digits that NUM_STAGES stages have; NULL of NULL. */
struct latency *result_stage_copy(const struct latency *from, size_t num_stages);

/* result_stages_judge sets the verdict of each. */
void result_stages_judge(struct result_stages *stages, const struct plan *plan);

/* result_stages_missed says whether the rate of a stage that was run was not held. */
bool result_stages_missed(const struct result_stages *stages);

/* result_stage_attainment returns the share of the schedule that was kept; NAN: nothing was due, or
 * there is no schedule. */
double result_stage_attainment(const struct result_stages *stages, size_t index);

/* result_stage_per_second returns COUNT by the time the stage was run; NAN: it was not. */
double result_stage_per_second(const struct result_stage *stage, uint64_t count);

/* "passed", "not_run", "missed", "incomplete", "failed". */
const char *stage_verdict_name(enum stage_verdict verdict);
/* The same for people: "not run". */
const char *stage_verdict_words(enum stage_verdict verdict);
bool stage_verdict_from_name(const char *name, enum stage_verdict *out);

#endif
