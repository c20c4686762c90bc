/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many sessions are established at this moment over all threads of a run, and how many there
 * were at most. It is counted exactly: the threads' own peaks, added up, would be those of
 * different moments. Two atomic steps a session, beside its handshake, are not seen.
 */
#ifndef PINLOAD_ENGINE_HEADCOUNT_H
#define PINLOAD_ENGINE_HEADCOUNT_H

#include <stdatomic.h>
#include <stdint.h>

/* A cache line of its own: what lies beside it belongs to others. */
struct headcount {
    _Alignas(64) _Atomic uint64_t now;
    _Atomic uint64_t most;
};

/* headcount_enter and headcount_leave count one; from any thread. */
void headcount_enter(struct headcount *headcount);
void headcount_leave(struct headcount *headcount);

/* headcount_most returns the most there were at once; exact where all threads have been joined. */
uint64_t headcount_most(const struct headcount *headcount);

#endif
