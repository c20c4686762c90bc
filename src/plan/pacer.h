/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When sessions are intended to begin, in an open loop. A plain struct; the time is an argument and
 * no clock is read. The arrivals are the images of 0, 1, 2, … (constant), or of the points of a
 * Poisson process of rate 1, under the inverse of the expected count
 *
 *     L(t) = rate * t^2 / (2 * ramp)        for t <= ramp,
 *     L(t) = rate * (t - ramp / 2)          after it,
 *
 * so that a constant schedule is computed from n and nothing is ever accumulated.
 */
#ifndef PINLOAD_PLAN_PACER_H
#define PINLOAD_PLAN_PACER_H

#include "base/random.h"

#include <stdbool.h>
#include <stdint.h>

enum arrival { ARRIVAL_CONSTANT, ARRIVAL_POISSON, NUM_ARRIVALS };

struct pacer {
    enum arrival arrival;
    double rate; /* sessions a second */
    double ramp_s;
    uint64_t start_ns;
    uint64_t step; /* of a schedule dealt out to threads: this one takes every STEP-th arrival … */
    uint64_t next; /* … and this is its next one's number */
    double passed; /* Poisson: the unit process's last point */
    struct random random;
};

/* pacer_init begins a schedule at START_NS. Of a constant schedule dealt out to NUM_SHARES takers,
 * SHARE gets every NUM_SHARES-th arrival; a Poisson schedule is split into independent ones. */
void pacer_init(struct pacer *pacer, enum arrival arrival, double rate, uint64_t ramp_ns,
                uint64_t start_ns, unsigned share, unsigned num_shares, uint64_t seed);

/* pacer_next returns when the next arrival is intended. */
uint64_t pacer_next(const struct pacer *pacer);

/* pacer_advance goes on to the arrival after it. */
void pacer_advance(struct pacer *pacer);

/* pacer_skip goes on over the arrivals before UNTIL_NS, MOST of them at most, and returns their
 * number. In a constant schedule it costs the same for any number. */
uint64_t pacer_skip(struct pacer *pacer, uint64_t until_ns, uint64_t most);

const char *arrival_name(enum arrival arrival);

#endif
