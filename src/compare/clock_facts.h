/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is to be known of a clock before figures that it gave are believed: what a reading costs,
 * and the step that it advances by, which no figure can be finer than.
 */
#ifndef PINLOAD_COMPARE_CLOCK_FACTS_H
#define PINLOAD_COMPARE_CLOCK_FACTS_H

#include <stddef.h>
#include <stdint.h>

/* clock_cost_ns returns what one call of READ costs: the median of some hundred. */
double clock_cost_ns(uint64_t (*read)(void));

/* clock_step_ns returns the step of READ: a kernel that says nanoseconds may count in tens, or in
 * ticks of milliseconds. */
double clock_step_ns(uint64_t (*read)(void));

/* clock_step_of returns the longest step up to a microsecond that 99 of 100 of the N DELTAS between
 * readings are whole multiples of, give or take the nanosecond of rounding; 1 where there is none
 * above that. */
double clock_step_of(const uint64_t *deltas, size_t n);

#endif
