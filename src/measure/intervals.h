/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All latencies of a run, interval by interval, for plots. An interval is a second, until there are
 * INTERVALS_MOST of them; then each two are merged into one, and the following ones are as long. So
 * the longest run takes no more memory, and no more of a file, than one of ten minutes. Two
 * significant digits, from 1 ns.
 */
#ifndef PINLOAD_MEASURE_INTERVALS_H
#define PINLOAD_MEASURE_INTERVALS_H

#include "measure/latency_kind.h"

#include <stddef.h>
#include <stdint.h>

#define INTERVALS_MOST 600 /* even */

struct digest;

struct run_interval {
    struct digest *latencies[NUM_LATENCIES]; /* of a closed interval; NULL: none */
};

struct intervals {
    uint64_t start_ns, length_ns;
    uint64_t open_until_ns; /* end of the last interval */
    struct run_interval *items;
    size_t count;
    struct latency *open[NUM_LATENCIES]; /* those of the open interval; NULL: none yet */
};

void intervals_begin(struct intervals *intervals, uint64_t start_ns);
void intervals_cleanup(struct intervals *intervals);

/* intervals_record records a latency of KIND that completed at NOW_NS. One that is too late for its
 * interval goes into the open one. */
void intervals_record(struct intervals *intervals, enum latency_kind kind, uint64_t now_ns,
                      uint64_t value_ns);

/* intervals_merge moves FROM's intervals into TO's, and closes the last of both. */
void intervals_merge(struct intervals *to, struct intervals *from);

/* What completed in an interval of the run; all intervals are of equal length. Each distribution
 * that has values, as written by latency_encode; NULL: none. The row owns the strings. */
struct interval_row {
    double t_s, length_s; /* t_s is less than INTERVALS_MOST times length_s */
    char *hdr[NUM_LATENCIES];
};

/* intervals_rows makes a row of each interval that has values, of an object that others were merged
 * into, and returns their number; *out_rows is the caller's. tls_handshake is full and resumed
 * together. */
size_t intervals_rows(const struct intervals *intervals, struct interval_row **out_rows);

#endif
