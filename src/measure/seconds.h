/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run second by second: what was complete in each, of sessions that go on too. A second's
 * handshake latencies are kept as a digest of half a kilobyte at most, so that the seconds of
 * several threads can be merged and a day of them takes less than 50 MB.
 */
#ifndef PINLOAD_MEASURE_SECONDS_H
#define PINLOAD_MEASURE_SECONDS_H

#include "measure/outcome.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct digest;
struct latency;

struct second {
    uint64_t started, sessions, handshakes, requests, refused, failed;
    struct digest *tls_handshake; /* of a second that is closed */
};

struct seconds {
    uint64_t start_ns;
    uint64_t ended_ns; /* 0: it is not known, and every second counts as a whole one */
    struct second *items;
    size_t count;
    size_t capacity;
    struct latency *open; /* the last second's latencies, while it lasts */
};

void seconds_init(struct seconds *seconds);
void seconds_cleanup(struct seconds *seconds);

/* seconds_begin says when the first second begins. */
void seconds_begin(struct seconds *seconds, uint64_t start_ns);

/* seconds_add_start books a session that began at NOW_NS. */
void seconds_add_start(struct seconds *seconds, uint64_t now_ns);

/* These book something that was complete at NOW_NS. Handshakes never go back by a second. */
void seconds_add_session(struct seconds *seconds, uint64_t now_ns, enum outcome_class class);
void seconds_add_handshake(struct seconds *seconds, uint64_t now_ns, uint64_t elapsed_ns);
void seconds_add_request(struct seconds *seconds, uint64_t now_ns);

/* seconds_merge moves FROM's seconds into TO's, and closes the last of both. */
void seconds_merge(struct seconds *to, struct seconds *from);

/* seconds_end says when the run stopped beginning sessions, until when there is a second also where
 * nothing was complete, and when the last session had ended. */
void seconds_end(struct seconds *seconds, uint64_t stopped_ns, uint64_t ended_ns);

/* seconds_length returns how long second INDEX was: the last one ends with the run. */
double seconds_length(const struct seconds *seconds, size_t index);

#endif
