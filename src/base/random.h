/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Seeded random numbers for schedules and rotations, never for keys: the same seed gives the same
 * run. xoshiro256** by Blackman and Vigna, seeded by splitmix64 (prng.di.unimi.it).
 */
#ifndef PINLOAD_BASE_RANDOM_H
#define PINLOAD_BASE_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state[4];
};

void random_init(struct random *random, uint64_t seed);

uint64_t random_next(struct random *random);

/* random_below returns a uniform number in [0, BOUND), without modulo bias; BOUND is not 0. */
uint64_t random_below(struct random *random, uint64_t bound);

/* random_unit returns a uniform double in (0, 1]. */
double random_unit(struct random *random);

/* random_exponential returns an exponential variate of mean 1: the gap of a Poisson process. */
double random_exponential(struct random *random);

#endif
