/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All latencies of a run, interval by interval, for those who plot them. An interval is a second,
 * until there are INTERVALS_MOST of them; then each two become one, and those that follow are as
 * long. So the longest run takes no more memory, and fills no more of a file, than one of ten
 * minutes. Two significant digits, from 1 ns.
 */
#ifndef PINLOAD_LOAD_INTERVALS_H
#define PINLOAD_LOAD_INTERVALS_H

#include "load/result.h"

#include <stddef.h>
#include <stdint.h>

struct digest;

struct run_interval {
    struct digest *latencies[NUM_LATENCIES]; /* of an interval that is closed; NULL: none */
};

struct intervals {
    uint64_t start_ns, length_ns;
    uint64_t open_until_ns; /* when the last interval ends */
    struct run_interval *items;
    size_t count;
    struct latency *open[NUM_LATENCIES]; /* the last interval's, while it lasts; NULL: none yet */
};

void intervals_begin(struct intervals *intervals, uint64_t start_ns);
void intervals_cleanup(struct intervals *intervals);

/* intervals_record books a latency of KIND that was complete at NOW_NS. What comes late for its
 * interval goes into the one that is open. */
void intervals_record(struct intervals *intervals, enum latency_kind kind, uint64_t now_ns,
                      uint64_t value_ns);

/* intervals_merge moves FROM's intervals into TO's, and closes the last of both. */
void intervals_merge(struct intervals *to, struct intervals *from);

/* intervals_fill writes those of TO that others were merged into, and that have values, into
 * RESULT; tls_handshake is full and resumed together. */
void intervals_fill(const struct intervals *intervals, struct result *result);

#endif
