/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runs of a search: a stage at one load, and sessions by themselves, before the first stage and
 * between stages, which show whether the server has recovered from the last one.
 */
#ifndef PINLOAD_CLI_FIND_RUNS_H
#define PINLOAD_CLI_FIND_RUNS_H

#include "base/error.h"
#include "find/find_result.h"

#include <stdbool.h>

struct plan;
struct run_hooks;
struct threshold;

struct find_runs {
    const struct plan *plan; /* of a stage, but for its load */
    const struct run_hooks *hooks;
    const struct threshold *slos; /* those of RESULT */
    struct find_result *result;   /* gets the stages, and the signal that interrupts one */
    uint64_t began_ns;            /* by the clock */
    double alone_s;               /* how long a session takes by itself */
};

/* find_runs_alone makes a few sessions one by one, and keeps how long they take. False sets ERR: they
 * failed, or there was an interruption, and then RESULT has its signal. */
bool find_runs_alone(struct find_runs *runs, struct error *err);

/* find_runs_recover waits until sessions by themselves take about as long as in the beginning, for
 * ten seconds at most, or until an interruption. */
void find_runs_recover(struct find_runs *runs);

/* find_runs_stage runs STEP, and appends its stage to RESULT, unless it was interrupted, which the
 * result then says. False sets ERR: it could not be run. */
bool find_runs_stage(struct find_runs *runs, const struct search_step *step, struct error *err);

/* find_runs_spent returns the seconds since the search began. */
double find_runs_spent(const struct find_runs *runs);

#endif
