/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run second by second: what ended in each. A second's handshake latencies are kept as a digest
 * of a few hundred bytes, so that the seconds of several threads can be merged and a day of them
 * still fits.
 */
#ifndef PINLOAD_LOAD_SECONDS_H
#define PINLOAD_LOAD_SECONDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct latency;

struct digest_bucket {
    float value_ns;
    uint32_t count;
};

struct second {
    uint64_t sessions, handshakes, failed;
    struct digest_bucket *buckets; /* rising; of a second that is closed */
    size_t num_buckets;
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

/* These book something that ended at NOW_NS, which never goes back by a second. */
void seconds_add_session(struct seconds *seconds, uint64_t now_ns, bool failed);
void seconds_add_handshake(struct seconds *seconds, uint64_t now_ns, uint64_t elapsed_ns);

/* seconds_last returns the last second that is closed, or NULL. */
const struct second *seconds_last(const struct seconds *seconds);

/* second_percentile returns a closed second's handshake latency in nanoseconds, or NAN. */
double second_percentile(const struct second *second, double percent);

/* seconds_merge adds FROM's seconds to TO's and closes the last of both. */
void seconds_merge(struct seconds *to, struct seconds *from);

#endif
