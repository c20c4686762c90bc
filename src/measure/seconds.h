/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run second by second: what completed in each, including handshakes and requests of sessions
 * that continue. A second's handshake latencies are kept as a digest of at most half a kilobyte, so
 * that the seconds of several threads can be merged and a day of them takes less than 50 MB.
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
    struct digest *tls_handshake; /* of a closed second */
};

struct seconds {
    uint64_t start_ns;
    uint64_t ended_ns; /* 0: not known, every second counts as a whole one */
    struct second *items;
    size_t count;
    size_t capacity;
    struct latency *open; /* the open second's latencies */
};

void seconds_init(struct seconds *seconds);
void seconds_cleanup(struct seconds *seconds);

/* seconds_begin sets the start of the first second. */
void seconds_begin(struct seconds *seconds, uint64_t start_ns);

/* seconds_add_start counts a session that started at NOW_NS. */
void seconds_add_start(struct seconds *seconds, uint64_t now_ns);

/* These count what completed at NOW_NS. The times of handshakes never go back by a second. */
void seconds_add_session(struct seconds *seconds, uint64_t now_ns, enum outcome_class class);
void seconds_add_handshake(struct seconds *seconds, uint64_t now_ns, uint64_t elapsed_ns);
void seconds_add_request(struct seconds *seconds, uint64_t now_ns);

/* seconds_merge moves FROM's seconds into TO's, and closes the last of both. */
void seconds_merge(struct seconds *to, struct seconds *from);

/* seconds_end says when the run stopped starting sessions, up to which time there are seconds even
 * if nothing completed, and when the last session ended. */
void seconds_end(struct seconds *seconds, uint64_t stopped_ns, uint64_t ended_ns);

/* seconds_length returns the length of second INDEX: the last one ends with the run. */
double seconds_length(const struct seconds *seconds, size_t index);

#endif
