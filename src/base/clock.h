/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clocks. Every timestamp of a run is CLOCK_MONOTONIC in nanoseconds; the wall clock is read
 * only for the date at which a run began.
 */
#ifndef PINLOAD_BASE_CLOCK_H
#define PINLOAD_BASE_CLOCK_H

#include <stdint.h>

#define NS_PER_US 1000ull
#define NS_PER_MS 1000000ull
#define NS_PER_S 1000000000ull

/* clock_now_ns returns CLOCK_MONOTONIC. */
uint64_t clock_now_ns(void);

/* clock_wall_ns returns CLOCK_REALTIME, nanoseconds since 1970. */
uint64_t clock_wall_ns(void);

/* clock_thread_cpu_ns returns the CPU time that the calling thread has used. */
uint64_t clock_thread_cpu_ns(void);

#endif
