/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stages of a run: one follows the other, and in each the load is constant or changes in a
 * straight line. The load is a rate of sessions or a number of connections. Plain data and pure
 * functions; times are nanoseconds after the start of the run.
 *
 * Arrival n (from 0) of a schedule of rates is in the first stage by whose end more than n arrivals
 * are expected, so the number of arrivals of each stage does not depend on how they are shared out.
 */
#ifndef PINLOAD_PLAN_STAGES_H
#define PINLOAD_PLAN_STAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAGES_MOST 100

struct load_stage {
    uint64_t start_ns, length_ns;
    double from, to; /* sessions per second, or connections */
    double before;   /* the arrivals expected before it */
};

struct stages {
    bool of_connections;
    size_t count; /* 0: the load does not change */
    struct load_stage items[STAGES_MOST];
};

/* stages_add appends a stage that is LENGTH_NS long, over 0. False: there are STAGES_MOST. */
bool stages_add(struct stages *stages, uint64_t length_ns, double from, double to);

/* stages_length returns the length of all together. */
uint64_t stages_length(const struct stages *stages);

/* stages_end returns the end of stage INDEX. */
uint64_t stages_end(const struct stages *stages, size_t index);

/* stages_most returns the highest load, stages_falls whether it ever becomes lower. */
double stages_most(const struct stages *stages);
bool stages_falls(const struct stages *stages);

/* stages_at returns the stage that AFTER_NS is in; the last one if it is later. */
size_t stages_at(const struct stages *stages, uint64_t after_ns);

/* stages_arrival returns when arrival NUMBER is due (a Poisson process has fractions of one);
 * UINT64_MAX: after all stages. */
uint64_t stages_arrival(const struct stages *stages, double number);

/* stages_expected returns how many arrivals are expected by AFTER_NS. */
double stages_expected(const struct stages *stages, uint64_t after_ns);

/* stages_connections returns how many connections there may be at AFTER_NS. */
uint64_t stages_connections(const struct stages *stages, uint64_t after_ns);

/* stages_next_change returns a time after AFTER_NS, by which that number has not changed; UINT64_MAX:
 * it does not change any more. */
uint64_t stages_next_change(const struct stages *stages, uint64_t after_ns);

#endif
