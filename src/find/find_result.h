/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a search came to: the stages in their order, and the answer. Every report of it is written from
 * this and from nothing else.
 */
#ifndef PINLOAD_FIND_FIND_RESULT_H
#define PINLOAD_FIND_FIND_RESULT_H

#include "find/search.h"
#include "find/stage.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A condition that a stage must fulfil. */
struct find_slo {
    const char *text;   /* as given */
    const char *figure; /* its path in a run's JSON */
    bool is_time;
    double limit; /* in nanoseconds if it is a time */
};

struct find_result {
    const char *version, *boringssl, *libuv;
    char *const *command; /* passwords redacted; NULL at its end */
    const char *plan;     /* the options in force as a plan file, redacted */
    const char *url;
    uint64_t started_wall_ns;
    double spent_s;

    bool by_connections;
    struct search_terms terms;
    struct find_slo *slos;
    size_t num_slos;
    const char *latency;     /* whose p50 and p99 the stages have */
    double latency_limit_ns; /* a condition's on that p99 or p50; NAN: there is none */
    double alone_ns;         /* connecting and the handshake of a session by itself, its median */

    struct find_stage *stages;
    size_t num_stages;
    struct search_answer answer;
    int interrupted_by; /* 0, or the signal */
};

/* find_result_add appends STAGE, whose memory it takes over. */
void find_result_add(struct find_result *result, const struct find_stage *stage);

/* find_result_cause returns what the limit was: of the stages that broke near the edge, what most of
 * them broke by. STAGE_HELD: none broke. */
enum stage_cause find_result_cause(const struct find_result *result);

/* find_result_limit returns the lowest stage above the answer that broke by that cause; NULL: none. */
const struct find_stage *find_result_limit(const struct find_result *result);

/* find_result_is_at_least says whether the server may hold more: the generator or --max-rate was the
 * limit. */
bool find_result_is_at_least(const struct find_result *result);

/* find_result_is_answered says whether the question has an answer, found and confirmed as asked. */
bool find_result_is_answered(const struct find_result *result);

/* find_end_name returns "found", "at_least", "unconfirmed", "none_holds", "unfinished" or "nothing". */
const char *find_end_name(enum search_end end);

void find_result_cleanup(struct find_result *result);

#endif
