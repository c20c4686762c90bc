/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread's libuv loop: the loop itself, its timer, the wake-up from other threads, and the
 * buffer that all its connections read into. The timer only wakes the loop; the clock decides what
 * is due.
 */
#ifndef PINLOAD_NET_NET_LOOP_H
#define PINLOAD_NET_NET_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct net_loop;

struct net_loop_events {
    void (*on_wake)(void *owner); /* the timer fired, or another thread called net_loop_notify */
    /* before each wait; how long the last turn's work took. True: something is postponed until
     * on_quiet. */
    bool (*on_turn)(void *owner, uint64_t busy_ns);
    /* no event has arrived for a moment since, or the last one took long to arrive */
    void (*on_quiet)(void *owner);
};

/* net_loop_new makes a loop for OWNER; EVENTS is borrowed. */
struct net_loop *net_loop_new(const struct net_loop_events *events, void *owner);

/* net_loop_run runs until net_loop_finish and all connections are closed. */
void net_loop_run(struct net_loop *loop);

/* net_loop_wake_at requests on_wake, once, not before WHEN_NS (CLOCK_MONOTONIC); UINT64_MAX: never.
 * It replaces the previous request. */
void net_loop_wake_at(struct net_loop *loop, uint64_t when_ns);

/* net_loop_notify wakes the loop from any thread. */
void net_loop_notify(struct net_loop *loop);

/* net_loop_finish closes the loop's own handles, so that net_loop_run can return. */
void net_loop_finish(struct net_loop *loop);

/* net_loop_free closes the loop; true if nothing was left open in it (uv_loop_close() == 0). */
bool net_loop_free(struct net_loop *loop);

/* net_library_version returns libuv's version. */
const char *net_library_version(void);

#endif
