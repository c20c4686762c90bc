/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The slots of one worker, each a place for one session at a time. A slot is busy (it has a
 * session), it rests (after a failure, or before its turn in a ramp-up) until its deadline, or it
 * is ready and stands in a ring, first come first served. Knows nothing of what a session is, and
 * no clock.
 */
#ifndef PINLOAD_ENGINE_SLOTS_H
#define PINLOAD_ENGINE_SLOTS_H

#include "engine/deadline.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

struct slot {
    struct deadline deadline;              /* first, so that a deadline leads back to its slot */
    struct session *session;               /* made when it is first needed; the worker's to free */
    uint64_t backoff_ns;                   /* the last rest after a failure, or 0 */
    uint64_t paused_from_ns, paused_to_ns; /* the rest after a failure that is not yet counted */
    bool is_busy;
    bool is_resting;
};

struct slots {
    struct slot *items;
    size_t count;
    size_t num_ready, num_busy;
    size_t *ring; /* of the ready ones */
    size_t first_ready;
    uint64_t paused_ns; /* what failures kept slots from beginning sessions, added up */
};

/* slots_init makes COUNT slots that are neither ready nor busy. */
void slots_init(struct slots *slots, size_t count);
void slots_cleanup(struct slots *slots);

/* slots_of returns the slot that DEADLINE belongs to. */
struct slot *slots_of(struct deadline *deadline);

/* slots_index returns which of SLOTS SLOT is. */
size_t slots_index(const struct slots *slots, const struct slot *slot);

/* slots_put makes a slot ready: the last in the ring. */
void slots_put(struct slots *slots, struct slot *slot);

/* slots_take returns the first ready slot, busy from now on; there must be one. */
struct slot *slots_take(struct slots *slots);

/* slots_leave says that the session of a busy slot is done; it then has to be put or to rest. */
void slots_leave(struct slots *slots, struct slot *slot);

/* slots_fail returns until when SLOT has to rest after a failure at NOW_NS: for 10 ms, doubling
 * with each one in succession, at most 500 ms. */
uint64_t slots_fail(struct slot *slot, uint64_t now_ns);

/* slots_count_pause counts what has passed by NOW_NS of a rest after a failure; no more of this
 * rest is counted later. A slot that rests for another reason, or not, has nothing to count. */
void slots_count_pause(struct slots *slots, struct slot *slot, uint64_t now_ns);

/* slots_count_pauses does so for all slots: from now on none would begin a session anyway. */
void slots_count_pauses(struct slots *slots, uint64_t now_ns);

#endif
