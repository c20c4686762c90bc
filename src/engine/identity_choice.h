/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which identity a worker's next session has: that of its plan's rotation, by turns where weights
 * differ. It belongs to a worker, and shares the count of turns with the others.
 */
#ifndef PINLOAD_ENGINE_IDENTITY_CHOICE_H
#define PINLOAD_ENGINE_IDENTITY_CHOICE_H

#include "base/random.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct plan;

struct identity_choice {
    unsigned taker, num_takers;  /* of the schedule */
    uint64_t first_turn;         /* of this generator, in a plan with weights */
    _Atomic uint64_t *num_turns; /* taken by all workers; NULL: each takes its own */
    unsigned sessions_each;      /* successive sessions that share an identity */
    struct random *random;
};

/* identity_choice_init sets the part of TAKER among NUM_TAKERS of PLAN's schedule; the rest of CHOICE
 * is its worker's. */
void identity_choice_init(struct identity_choice *choice, const struct plan *plan, unsigned taker,
                          unsigned num_takers);

/* identity_choice_make returns an index below COUNT, the identities of PLAN, or TLS_NO_IDENTITY if
 * that is 0; for the worker's session SERIAL in SLOT. */
size_t identity_choice_make(const struct identity_choice *choice, const struct plan *plan,
                            size_t count, uint64_t serial, size_t slot);

#endif
