/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The measurements of a comparison, session by session, and the results: for each arm and measure
 * the difference from the baseline, and whether the control arm, which is the baseline again, does
 * not differ from it.
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
    double p_adjusted; /* for all differences together (Holm); NAN if not known */
    bool distinguishable;
    double percent; /* of the baseline: for the callback's times of its handshake CPU; or NAN */
};

struct comparison {
    const struct arms *arms;
    bool has_instructions;
    double steps[NUM_MEASURES]; /* of the clocks, in ns, set by the caller; 0: exact */
    double trust_level;         /* of the interval of each measure that decides trust */
    size_t num_blocks, capacity;
    struct arm_samples samples[MAX_ARMS];
    struct difference differences[MAX_ARMS * NUM_MEASURES];
    size_t num_differences;
    struct difference control[NUM_MEASURES];
    bool trusted; /* the control does not differ from zero in any measure; all measures together at
                   * 99% */
};

void comparison_init(struct comparison *comparison, const struct arms *arms, bool has_instructions);
void comparison_cleanup(struct comparison *comparison);

/* comparison_add adds one session of ARM in BLOCK: its value for each measure, NAN if there is
 * none. */
void comparison_add(struct comparison *comparison, size_t block, unsigned arm,
                    const double values[static NUM_MEASURES]);

/* comparison_add_wire books what a handshake of ARM was on the wire. */
void comparison_add_wire(struct comparison *comparison, unsigned arm,
                         const uint32_t wire[static NUM_WIRE]);

/* comparison_add_failure adds a session that failed or was refused, at any stage. */
void comparison_add_failure(struct comparison *comparison, unsigned arm);

/* comparison_judge recomputes the differences. */
void comparison_judge(struct comparison *comparison);

/* comparison_margin returns the difference of MEASURE, in nanoseconds or instructions, below which
 * none is reported: half a step of its clock, and in the callback at least what identical arms
 * differ by. */
double comparison_margin(const struct comparison *comparison, enum measure measure);

/* comparison_is_off says whether the control's difference in MEASURE is known and not zero, at the
 * level that decides trust. */
bool comparison_is_off(const struct comparison *comparison, enum measure measure);

/* comparison_num_measures returns the number of measures; instructions come last, if counted. */
int comparison_num_measures(const struct comparison *comparison);

/* comparison_instructions returns the typical number of instructions of a handshake of ARM; NAN if
 * they are not counted. */
double comparison_instructions(const struct comparison *comparison, unsigned arm);

/* comparison_least_seen returns the smallest difference of MEASURE that would be distinguished from
 * zero in four runs of five, in nanoseconds, in the worst arm, and the pairs that would lower it to
 * DIFFERENCE_NS; INFINITY if an arm's is not known. */
double comparison_least_seen(const struct comparison *comparison, enum measure measure,
                             double difference_ns, double *out_pairs_needed);

/* measure_name returns "verify_callback", "handshake_cpu", "tls_handshake" or "instructions". */
const char *measure_name(enum measure measure);

#endif
