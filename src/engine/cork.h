/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sessions of one worker that could send more requests while others of theirs are in flight,
 * and wait a moment for further responses first: requests sent together cost both sides one record,
 * one packet and one system call, and a server with more work at once sleeps less. The wait is a
 * matter of microseconds: until nothing more arrives, and never so long that the server runs out of
 * work. Pure: the time is an argument. Knows nothing about sessions.
 */
#ifndef PINLOAD_ENGINE_CORK_H
#define PINLOAD_ENGINE_CORK_H

#include <stdbool.h>
#include <stdint.h>

/* One session's entry, embedded in it. Zeroed: it is not waiting. */
struct corked {
    struct corked *next;
    struct corked **link; /* what points to this one; NULL: it is not waiting */
};

struct cork {
    struct corked *first;
    uint64_t since_ns;      /* when the first one began to wait */
    uint64_t num_in_flight; /* requests of all sessions, if that one had not waited */
};

/* cork_add adds a session that waits from NOW_NS on; without it, NUM_IN_FLIGHT requests of all
 * sessions would be in flight. A session that is already waiting stays. */
void cork_add(struct cork *cork, struct corked *corked, uint64_t now_ns, uint64_t num_in_flight);

/* cork_leave removes it, if it is waiting. */
void cork_leave(struct corked *corked);

/* cork_is_empty says that none is waiting. */
bool cork_is_empty(const struct cork *cork);

/* cork_is_due says that none may wait longer: 50 us have passed, or only half of the requests are
 * left in flight. */
bool cork_is_due(const struct cork *cork, uint64_t now_ns, uint64_t num_in_flight);

/* cork_take removes one and returns it; NULL: none is waiting. */
struct corked *cork_take(struct cork *cork);

#endif
