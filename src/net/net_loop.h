/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread's libuv loop: the loop itself, a timer that wakes it, a way to wake it from outside,
 * and the buffer that all its connections read into. The timer only wakes; what is due is decided
 * by the clock.
 */
#ifndef PINLOAD_NET_NET_LOOP_H
#define PINLOAD_NET_NET_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct net_loop;

struct net_loop_events {
    void (*on_wake)(void *owner); /* the timer fired, or another thread called net_loop_notify */
    /* before each wait; what the last turn's work took. True: something is put off until on_quiet. */
    bool (*on_turn)(void *owner, uint64_t busy_ns);
    /* since then no event has come for a moment, or the last one was long in coming */
    void (*on_quiet)(void *owner);
};

/* net_loop_new makes a loop for OWNER; EVENTS is borrowed. */
struct net_loop *net_loop_new(const struct net_loop_events *events, void *owner);

/* net_loop_run runs until net_loop_finish and all connections are closed. */
void net_loop_run(struct net_loop *loop);

/* net_loop_wake_at asks for on_wake not before WHEN_NS (CLOCK_MONOTONIC), once; UINT64_MAX: never.
 * What was asked for before is forgotten. */
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
