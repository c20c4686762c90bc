/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When sessions are intended to start, in an open loop. A plain struct; the time is an argument and
 * no clock is read. The arrivals are the images of 0, 1, 2, … (constant), or of the points of a
 * Poisson process of rate 1, under the inverse of the expected count
 *
 *     L(t) = rate * t^2 / (2 * ramp)        for t <= ramp,
 *     L(t) = rate * (t - ramp / 2)          after it,
 *
 * so that a constant schedule is computed from n and nothing is ever accumulated. Where the rate
 * changes in stages, L is theirs (plan/stages).
 */
#ifndef PINLOAD_PLAN_PACER_H
#define PINLOAD_PLAN_PACER_H

#include "base/random.h"
#include "plan/stages.h"

#include <stdbool.h>
#include <stdint.h>

enum arrival { ARRIVAL_CONSTANT, ARRIVAL_POISSON, NUM_ARRIVALS };

struct pacer {
    enum arrival arrival;
    double rate; /* sessions per second */
    double ramp_s;
    const struct stages *stages; /* NULL: none */
    uint64_t start_ns;
    uint64_t step; /* of a schedule shared by threads: this one takes every STEP-th arrival … */
    uint64_t next; /* … and this is the number of its next one */
    double passed; /* Poisson: the last point of the unit process */
    struct random random;
};

/* pacer_init starts a schedule at START_NS. If a constant schedule is shared by NUM_SHARES threads,
 * SHARE gets every NUM_SHARES-th arrival; a Poisson schedule is split into independent ones. */
void pacer_init(struct pacer *pacer, enum arrival arrival, double rate, uint64_t ramp_ns,
                uint64_t start_ns, unsigned share, unsigned num_shares, uint64_t seed);

/* pacer_init_stages starts one that follows STAGES, which are borrowed. */
void pacer_init_stages(struct pacer *pacer, enum arrival arrival, const struct stages *stages,
                       uint64_t start_ns, unsigned share, unsigned num_shares, uint64_t seed);

/* pacer_next returns when the next arrival is intended. */
uint64_t pacer_next(const struct pacer *pacer);

/* pacer_advance moves on to the arrival after it. */
void pacer_advance(struct pacer *pacer);

/* pacer_skip moves past the arrivals before UNTIL_NS, at most MOST of them, and returns their
 * number. In a constant schedule the cost does not depend on the number. */
uint64_t pacer_skip(struct pacer *pacer, uint64_t until_ns, uint64_t most);

const char *arrival_name(enum arrival arrival);

#endif
