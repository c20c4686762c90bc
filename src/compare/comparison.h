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
#include "measure/value_counts.h"
#include "tls/wire.h"

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
    struct value_counts wire[NUM_WIRE];
    uint64_t sessions, failed;
};

/* A difference from the baseline, in nanoseconds, or in instructions. */
struct difference {
    unsigned arm;
    enum measure measure;
    bool is_known; /* false: too few pairs */
    struct difference_estimate estimate;
    bool distinguishable;
    double percent; /* of the baseline: of its handshake CPU for the callback's times; or NAN */
};

struct comparison {
    const struct arms *arms;
    bool has_instructions;
    double steps[NUM_MEASURES]; /* of the clocks, in ns, for whoever measures to set; 0: exact */
    double trust_level;         /* of each measure's interval that trust goes by */
    size_t num_blocks, capacity;
    struct arm_samples samples[MAX_ARMS];
    struct difference differences[MAX_ARMS * NUM_MEASURES];
    size_t num_differences;
    struct difference control[NUM_MEASURES];
    bool trusted; /* the control is zero in all measures, which are judged together at 99% */
};

void comparison_init(struct comparison *comparison, const struct arms *arms, bool has_instructions);
void comparison_cleanup(struct comparison *comparison);

/* comparison_add books one session of ARM in BLOCK: its value for each measure, NAN where there is
 * none. */
void comparison_add(struct comparison *comparison, size_t block, unsigned arm,
                    const double values[static NUM_MEASURES]);

/* comparison_add_wire books what a handshake of ARM was on the wire. */
void comparison_add_wire(struct comparison *comparison, unsigned arm,
                         const uint32_t wire[static NUM_WIRE]);

/* comparison_add_failure books a session that failed or was refused, at whatever stage. */
void comparison_add_failure(struct comparison *comparison, unsigned arm);

/* comparison_judge works the differences out anew. */
void comparison_judge(struct comparison *comparison);

/* comparison_margin returns the difference of MEASURE, in nanoseconds or instructions, below which
 * there is said to be none: half a step of its clock, and never less in the callback than identical
 * arms differ by. */
double comparison_margin(const struct comparison *comparison, enum measure measure);

/* comparison_is_off says whether the control's difference in MEASURE is known and not zero, at the
 * level of trust. */
bool comparison_is_off(const struct comparison *comparison, enum measure measure);

/* comparison_num_measures returns how many measures there are, those that have instructions last. */
int comparison_num_measures(const struct comparison *comparison);

/* comparison_instructions returns how many instructions a handshake of ARM takes, the usual one;
 * NAN where they are not counted. */
double comparison_instructions(const struct comparison *comparison, unsigned arm);

/* comparison_least_seen returns the smallest difference of MEASURE that would be told from zero in
 * four runs of five, in nanoseconds, in whichever arm it is worst, and the pairs that would bring
 * it down to DIFFERENCE_NS; INFINITY where an arm's is not known. */
double comparison_least_seen(const struct comparison *comparison, enum measure measure,
                             double difference_ns, double *out_pairs_needed);

/* measure_name returns "verify_callback", "handshake_cpu", "tls_handshake" or "instructions". */
const char *measure_name(enum measure measure);

#endif
