/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result of a comparison, for its reports: the comparison itself and how it was made.
 */
#ifndef PINLOAD_COMPARE_COMPARE_RESULT_H
#define PINLOAD_COMPARE_COMPARE_RESULT_H

#include "compare/comparison.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_FAILURE_KINDS 32

/* The number of sessions that failed in one way. */
struct failure_count {
    const char *outcome; /* borrowed */
    uint64_t count;
};

/* What a handshake of an arm negotiated, by name; empty: none was completed. */
struct negotiated {
    char version[16], cipher[64], group[64];
    char server_key[64]; /* of the server's signature */
};

struct compare_result {
    struct comparison comparison;
    const char *boringssl, *libuv; /* their versions; borrowed */
    bool in_process;
    const char *where;    /* the URL, or "in process"; borrowed */
    char *const *command; /* redacted, NULL at its end; borrowed */
    const char *plan;     /* the options in force as a plan file, redacted; borrowed */
    struct negotiated negotiated[MAX_ARMS];
    const char *session_mode; /* of the baseline: "full", "resume" or "early"; borrowed */
    uint64_t connections;
    uint64_t started_wall_ns;
    double duration_s;
    double cpu_clock_cost_ns;  /* of one reading of the thread's CPU clock */
    double now_clock_cost_ns;  /* of the clock that the callback reads */
    char no_instructions[128]; /* why they are not counted; empty: they are */
    double resolve_ns;         /* as requested; 0: not requested */
    bool resolved;
    double least_seen_ns;   /* of handshake CPU, in four runs of five; INFINITY: not known */
    double sessions_needed; /* of each arm, for resolve_ns; INFINITY: not known, or no number is
                          * enough */
    char why_not_resolved[256];
    uint64_t failed;
    struct failure_count failures[MAX_FAILURE_KINDS]; /* over the network */
    size_t num_failure_kinds;
    int interrupted_by;
    bool keylog_is_lost; /* not all of it could be written */
};

#endif
