/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many sessions are established at this moment over all threads of a run, and the maximum so
 * far. The count is exact: the sum of the threads' own peaks would combine different moments. Two
 * atomic operations per session are negligible beside its handshake.
 */
#ifndef PINLOAD_ENGINE_HEADCOUNT_H
#define PINLOAD_ENGINE_HEADCOUNT_H

#include <stdatomic.h>
#include <stdint.h>

/* On a cache line of its own, since its neighbours belong to others. */
struct headcount {
    _Alignas(64) _Atomic uint64_t now;
    _Atomic uint64_t most;
};

/* headcount_enter and headcount_leave count one session; from any thread. */
void headcount_enter(struct headcount *headcount);
void headcount_leave(struct headcount *headcount);

/* headcount_most returns the maximum; exact once all threads have been joined. */
uint64_t headcount_most(const struct headcount *headcount);

#endif
