/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run second by second: what was complete in each, of sessions that go on too. A second's handshake latencies are kept as a digest
 * of half a kilobyte at most, so that the seconds of several threads can be merged and a day of
 * them takes less than 50 MB.
 */
#ifndef PINLOAD_LOAD_SECONDS_H
#define PINLOAD_LOAD_SECONDS_H

#include "load/outcome.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct digest;
struct latency;

struct second {
    uint64_t sessions, handshakes, requests, refused, failed;
    struct digest *tls_handshake; /* of a second that is closed */
};

struct seconds {
    uint64_t start_ns;
    struct second *items;
    size_t count;
    size_t capacity;
    struct latency *open; /* the last second's latencies, while it lasts */
};

void seconds_init(struct seconds *seconds);
void seconds_cleanup(struct seconds *seconds);

/* seconds_begin says when the first second begins. */
void seconds_begin(struct seconds *seconds, uint64_t start_ns);

/* These book something that was complete at NOW_NS. Handshakes never go back by a second. */
void seconds_add_session(struct seconds *seconds, uint64_t now_ns, enum outcome_class class);
void seconds_add_handshake(struct seconds *seconds, uint64_t now_ns, uint64_t elapsed_ns);
void seconds_add_request(struct seconds *seconds, uint64_t now_ns);

/* seconds_merge moves FROM's seconds into TO's, and closes the last of both. */
void seconds_merge(struct seconds *to, struct seconds *from);

#endif
