/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys and trust anchors that a worker's sessions begin with, and how they are replaced while it
 * runs: the reloader's thread lays the next revision on each worker's desk and then raises one
 * number, which all workers see at once; each takes its own before its next session. What sessions
 * in flight began with is kept until the last of them has ended, and goes back to be freed where
 * that delays nobody.
 */
#ifndef PINLOAD_ENGINE_REVISION_H
#define PINLOAD_ENGINE_REVISION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct identity_set;
struct trust;

struct revision {
    unsigned number; /* 0: what the run began with */
    struct identity_set *identities;
    struct trust *trust;   /* NULL: no chain is verified */
    uint32_t *generations; /* of each identity: how often it has changed; NULL: never */
    bool *changed; /* of each identity, since the one that the worker took before; NULL: none */
    uint64_t num_sessions;  /* begun with it and not yet ended */
    struct revision *older; /* in a list */
};

/* Between the reloader and one worker. */
struct revision_desk {
    const _Atomic unsigned *number;   /* of the revision that is in force */
    _Atomic(struct revision *) fresh; /* for the worker to take */
    _Atomic(struct revision *) spent; /* no longer used by it */
};

/* revision_new creates one that owns IDENTITIES and TRUST. */
struct revision *revision_new(unsigned number, struct identity_set *identities,
                              struct trust *trust);

/* revision_free frees it and those that are older in its list. */
void revision_free(struct revision *revision);

/* revision_put lays FRESH on the desk, in the place of one that was never taken, whose changes are
 * FRESH's, too. */
void revision_put(struct revision_desk *desk, struct revision *fresh);

/* revision_take returns what is on the desk, or NULL. */
struct revision *revision_take(struct revision_desk *desk);

/* revision_return gives back what the worker no longer needs; revision_collect frees that. */
void revision_return(struct revision_desk *desk, struct revision *spent);
void revision_collect(struct revision_desk *desk);

#endif
