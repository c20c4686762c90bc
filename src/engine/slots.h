/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The slots of one worker, each for one session at a time. A slot is busy (it has a session), it
 * pauses (after a failure, or before its turn in a ramp-up) until its deadline, or it is ready and
 * waits in a ring, first in, first out. Knows nothing about sessions, and has no clock.
 */
#ifndef PINLOAD_ENGINE_SLOTS_H
#define PINLOAD_ENGINE_SLOTS_H

#include "engine/deadline.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

struct slot {
    struct deadline deadline;              /* first, so that a deadline can be converted to its
                                            * slot */
    struct session *session;               /* the last one; owned by the worker */
    uint64_t backoff_ns;                   /* length of the last pause after a failure, or 0 */
    uint64_t paused_from_ns, paused_to_ns; /* the pause after a failure that has not been counted
                                            * yet */
    bool is_busy;
    bool is_resting;
};

struct slots {
    struct slot *items;
    size_t count;
    size_t num_ready, num_busy;
    size_t *ring; /* of the ready ones */
    size_t first_ready;
    uint64_t paused_ns; /* how long failures kept slots from starting sessions, summed */
};

/* slots_init creates COUNT slots that are neither ready nor busy. */
void slots_init(struct slots *slots, size_t count);
void slots_cleanup(struct slots *slots);

/* slots_of returns the slot of DEADLINE. */
struct slot *slots_of(struct deadline *deadline);

/* slots_index returns the index of SLOT. */
size_t slots_index(const struct slots *slots, const struct slot *slot);

/* slots_put makes a slot ready: the last in the ring. */
void slots_put(struct slots *slots, struct slot *slot);

/* slots_take returns the first ready slot, which is then busy; there must be one. */
struct slot *slots_take(struct slots *slots);

/* slots_have_place says whether a slot is ready and fewer than MOST are busy or pause. */
bool slots_have_place(const struct slots *slots, size_t most);

/* slots_leave says that the session of a busy slot is done; the slot then has to be put or to
 * pause. */
void slots_leave(struct slots *slots, struct slot *slot);

/* slots_fail returns until when SLOT has to pause after a failure at NOW_NS: 10 ms, doubling with
 * each successive failure, at most 500 ms. */
uint64_t slots_fail(struct slot *slot, uint64_t now_ns);

/* slots_count_pause counts the part of a pause after a failure up to NOW_NS; the rest of it is not
 * counted later. Slots that pause for another reason, or do not pause, count nothing. */
void slots_count_pause(struct slots *slots, struct slot *slot, uint64_t now_ns);

/* slots_count_pauses does so for all slots: from now on none would start a session anyway. */
void slots_count_pauses(struct slots *slots, uint64_t now_ns);

#endif
