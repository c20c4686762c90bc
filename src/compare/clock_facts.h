/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must be known of a clock before its figures can be trusted: the cost of a reading, and its
 * step, the limit of its resolution.
 */
#ifndef PINLOAD_COMPARE_CLOCK_FACTS_H
#define PINLOAD_COMPARE_CLOCK_FACTS_H

#include <stddef.h>
#include <stdint.h>

/* clock_cost_ns returns the cost of one call of READ: the median of some hundred. */
double clock_cost_ns(uint64_t (*read)(void));

/* clock_step_ns returns the step of READ: a kernel that reports nanoseconds may count in tens of
 * them, or in ticks of milliseconds. */
double clock_step_ns(uint64_t (*read)(void));

/* clock_step_of returns the longest step up to a microsecond of which 99 of 100 of the N DELTAS
 * between readings are multiples, within the nanosecond of rounding; 1 if there is none above
 * that. */
double clock_step_of(const uint64_t *deltas, size_t n);

#endif
