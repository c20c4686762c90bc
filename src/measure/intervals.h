/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All latencies of a run, interval by interval, for those who plot them. An interval is a second,
 * until there are INTERVALS_MOST of them; then each two become one, and those that follow are as
 * long. So the longest run takes no more memory, and fills no more of a file, than one of ten
 * minutes. Two significant digits, from 1 ns.
 */
#ifndef PINLOAD_MEASURE_INTERVALS_H
#define PINLOAD_MEASURE_INTERVALS_H

#include "measure/latency_kind.h"

#include <stddef.h>
#include <stdint.h>

#define INTERVALS_MOST 600 /* even */

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

/* What was complete in an interval of the run, which is as long as the others: each distribution
 * that has values, as latency_encode writes it; NULL: none. The texts are the row's own. */
struct interval_row {
    double t_s, length_s; /* t_s is less than INTERVALS_MOST times length_s */
    char *hdr[NUM_LATENCIES];
};

/* intervals_rows makes a row of each interval that has values, of those that others were merged
 * into, and returns how many; *out_rows is the caller's. tls_handshake is full and resumed
 * together. */
size_t intervals_rows(const struct intervals *intervals, struct interval_row **out_rows);

#endif
