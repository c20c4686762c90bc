/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One worker's counts and distributions of each stage. A session belongs to the stage of its intended
 * start, however late it starts or ends; a request to that in which it was sent.
 *
 * Memory: a distribution is created at its first value. With up to STAGES_OF_THREE_DIGITS stages it has
 * three digits, 270 KB each, with more two, 36 KB: at most 18 MB for a worker.
 */
#ifndef PINLOAD_MEASURE_STAGE_TALLY_H
#define PINLOAD_MEASURE_STAGE_TALLY_H

#include "measure/latency_kind.h"
#include "measure/outcome.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAGES_OF_THREE_DIGITS 16

/* A session that starts so long after the end of its stage still has kept the schedule. */
#define STAGE_TOLERANCE_NS 20000000ull

struct latency;
struct plan;
struct sample;

struct stage_tally {
    uint64_t skipped, started;
    uint64_t kept; /* of those started, before the end of the stage */
    uint64_t
        unexpected; /* sessions of an identity that was refused or accepted against expectation */
    uint64_t outcomes[NUM_OUTCOMES];
    uint64_t handshakes, responses;
    struct latency *latencies[NUM_LATENCIES]; /* NULL: no values, or not kept (stage_keeps) */
};

/* stage_keeps says whether stages have a distribution of KIND. */
bool stage_keeps(enum latency_kind kind);

struct stage_tallies {
    const struct plan *plan;
    uint64_t start_ns;
    struct stage_tally *items; /* one for each stage of the plan */
    size_t count;
};

void stage_tallies_init(struct stage_tallies *stages, const struct plan *plan);
void stage_tallies_cleanup(struct stage_tallies *stages);

/* Without stages these do nothing. Times are those of the clock. */
void stage_tallies_begin(struct stage_tallies *stages, uint64_t start_ns);
void stage_tallies_started(struct stage_tallies *stages, uint64_t intended_ns, uint64_t now_ns);
void stage_tallies_skipped(struct stage_tallies *stages, uint64_t intended_ns, uint64_t count);
void stage_tallies_handshake(struct stage_tallies *stages, uint64_t intended_ns);
void stage_tallies_session(struct stage_tallies *stages, const struct sample *sample);
void stage_tallies_response(struct stage_tallies *stages, uint64_t sent_ns);

/* stage_tallies_record records a latency of the stage that BEGAN_NS is in. */
void stage_tallies_record(struct stage_tallies *stages, enum latency_kind kind, uint64_t began_ns,
                          uint64_t value_ns);

void stage_tallies_merge(struct stage_tallies *to, const struct stage_tallies *from);

#endif
