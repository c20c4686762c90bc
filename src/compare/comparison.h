/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a comparison measured, session by session, and what follows from it: for each arm and
 * measure the difference from the baseline, and whether the control arm, which is the baseline
 * again, came out as zero.
 */
#ifndef PINLOAD_COMPARE_COMPARISON_H
#define PINLOAD_COMPARE_COMPARISON_H

#include "compare/arms.h"
#include "compare/statistics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct latency;

enum measure {
    MEASURE_VERIFY_CALLBACK, /* ns inside the callback */
    MEASURE_HANDSHAKE_CPU,   /* ns of the thread's CPU in the handshake's calls */
    MEASURE_TLS_HANDSHAKE,   /* ns of wall clock, connected to handshaken */
    MEASURE_INSTRUCTIONS,    /* user-mode instructions in the handshake's calls */
    NUM_MEASURES,
};

/* One arm's sessions. */
struct arm_samples {
    float *values[NUM_MEASURES];             /* by block; NAN: that session does not count */
    struct latency *latencies[NUM_MEASURES]; /* of times; instructions have none */
    uint64_t sessions, failed;
};

/* A difference from the baseline, in nanoseconds, or in instructions. */
struct difference {
    unsigned arm;
    enum measure measure;
    bool is_known; /* false: too few pairs */
    struct difference_estimate estimate;
    bool distinguishable;
    double percent; /* of the baseline: of its handshake CPU for the callback's times */
};

struct comparison {
    const struct arms *arms;
    bool has_instructions;
    double steps[NUM_MEASURES]; /* of the clocks, in ns, for whoever measures to set; 0: exact */
    size_t num_blocks, capacity;
    struct arm_samples samples[MAX_ARMS];
    struct difference differences[MAX_ARMS * NUM_MEASURES];
    size_t num_differences;
    struct difference control[NUM_MEASURES];
    bool trusted; /* the control's intervals cover zero, for all measures together at 99% */
};

void comparison_init(struct comparison *comparison, const struct arms *arms, bool has_instructions);
void comparison_cleanup(struct comparison *comparison);

/* comparison_add books one session of ARM in BLOCK: its value for each measure, NAN where there is
 * none. */
void comparison_add(struct comparison *comparison, size_t block, unsigned arm,
                    const double values[static NUM_MEASURES]);

/* comparison_add_failure books a session that did not complete its handshake. */
void comparison_add_failure(struct comparison *comparison, unsigned arm);

/* comparison_judge works the differences out anew. */
void comparison_judge(struct comparison *comparison);

/* comparison_widest returns the half-width in nanoseconds of the widest 95% interval of MEASURE
 * among the arms and the pairs that would bring it down to WIDTH_NS; INFINITY where one is not
 * known. */
double comparison_widest(const struct comparison *comparison, enum measure measure, double width_ns,
                         double *out_pairs_needed);

/* measure_name returns "verify_callback", "handshake_cpu", "tls_handshake" or "instructions". */
const char *measure_name(enum measure measure);

#endif
