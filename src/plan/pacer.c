/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/pacer.h"

#include "base/clock.h"

#include <math.h>

const char *arrival_name(enum arrival arrival)
{
    return arrival == ARRIVAL_POISSON ? "poisson" : "constant";
}

void pacer_init(struct pacer *pacer, enum arrival arrival, double rate, uint64_t ramp_ns,
                uint64_t start_ns, unsigned share, unsigned num_shares, uint64_t seed)
{
    *pacer = (struct pacer){.arrival = arrival,
                            .rate = rate,
                            .ramp_s = (double)ramp_ns / NS_PER_S,
                            .start_ns = start_ns,
                            .step = num_shares,
                            .next = share};
    random_init(&pacer->random, seed * 0x9e3779b97f4a7c15ull + ((uint64_t)share << 32));
    if (arrival == ARRIVAL_POISSON) {
        pacer->rate = rate / num_shares;
        pacer->passed = random_exponential(&pacer->random);
    }
}

void pacer_init_stages(struct pacer *pacer, enum arrival arrival, const struct stages *stages,
                       uint64_t start_ns, unsigned share, unsigned num_shares, uint64_t seed)
{
    pacer_init(pacer, arrival, stages_most(stages), 0, start_ns, share, num_shares, seed);
    pacer->stages = stages;
}

/* The time, in seconds after the start, by which COUNT arrivals are expected. */
static double inverse_of_expected(const struct pacer *pacer, double count)
{
    double in_ramp = pacer->rate * pacer->ramp_s / 2;
    if (count < in_ramp)
        return sqrt(2 * count * pacer->ramp_s / pacer->rate);
    return pacer->ramp_s + (count - in_ramp) / pacer->rate;
}

/* Its inverse: how many arrivals are expected by SECONDS after the start. */
static double expected_by(const struct pacer *pacer, double seconds)
{
    if (seconds < pacer->ramp_s)
        return pacer->rate * seconds * seconds / (2 * pacer->ramp_s);
    return pacer->rate * (seconds - pacer->ramp_s / 2);
}

/* A share of a Poisson process of STEP shares has every STEP-th of the expected arrivals. */
static uint64_t next_in_stages(const struct pacer *pacer)
{
    double count = pacer->arrival == ARRIVAL_POISSON ? pacer->passed * (double)pacer->step
                                                     : (double)pacer->next;
    uint64_t after_ns = stages_arrival(pacer->stages, count);
    return after_ns < UINT64_MAX ? pacer->start_ns + after_ns : UINT64_MAX;
}

uint64_t pacer_next(const struct pacer *pacer)
{
    if (pacer->stages != NULL)
        return next_in_stages(pacer);
    double count = pacer->arrival == ARRIVAL_POISSON ? pacer->passed : (double)pacer->next;
    double after_ns = inverse_of_expected(pacer, count) * NS_PER_S;
    return after_ns < 9e18 ? pacer->start_ns + (uint64_t)after_ns : UINT64_MAX;
}

void pacer_advance(struct pacer *pacer)
{
    pacer->next += pacer->step;
    if (pacer->arrival == ARRIVAL_POISSON)
        pacer->passed += random_exponential(&pacer->random);
}

/* Jumps to within two arrivals of UNTIL_NS, so that rounding cannot overshoot. */
static uint64_t jump(struct pacer *pacer, uint64_t until_ns, uint64_t most)
{
    if (pacer->arrival == ARRIVAL_POISSON || until_ns <= pacer->start_ns)
        return 0;
    uint64_t after_ns = until_ns - pacer->start_ns;
    double by_then = pacer->stages != NULL ? stages_expected(pacer->stages, after_ns)
                                           : expected_by(pacer, (double)after_ns / NS_PER_S);
    double steps = (by_then - (double)pacer->next) / (double)pacer->step - 2;
    if (steps < 1)
        return 0;
    uint64_t count = steps < (double)most ? (uint64_t)steps : most;
    pacer->next += count * pacer->step;
    return count;
}

uint64_t pacer_skip(struct pacer *pacer, uint64_t until_ns, uint64_t most)
{
    uint64_t count = jump(pacer, until_ns, most);
    for (; count < most && pacer_next(pacer) < until_ns; count++)
        pacer_advance(pacer);
    return count;
}
