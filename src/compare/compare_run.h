/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rounds of a comparison, until it has lasted long enough or the requested difference is
 * resolved.
 */
#ifndef PINLOAD_COMPARE_COMPARE_RUN_H
#define PINLOAD_COMPARE_COMPARE_RUN_H

#include "base/error.h"
#include "compare/arms.h"
#include "compare/compare_result.h"

#include <stdbool.h>
#include <stdint.h>

struct in_process_config;
struct pinset;
struct plan;
struct progress_moment;

struct compare_bounds {
    uint64_t sessions_per_arm; /* 0: unlimited */
    uint64_t duration_ns;      /* 0: unlimited */
    double resolve_ns;         /* 0: not requested */
    /* Called once a second while it runs, and a last time; NULL: nobody is told. */
    void (*on_progress)(void *arg, const struct progress_moment *moment, bool is_last);
    void *arg;
};

enum compare_end {
    COMPARE_DONE,    /* there is a result */
    COMPARE_REFUSED, /* cannot be carried out as requested; nothing was sent */
    COMPARE_FAILED,  /* the server could not be measured */
};

/* These fill RESULT, or set ERR. In this process, CONFIGS are as in compare/in_process.h. */
enum compare_end compare_in_process(struct compare_result *result, struct arms *arms,
                                    const struct compare_bounds *bounds,
                                    const struct in_process_config *configs, struct error *err);

/* Over the network, by PLAN, whose window it sets. Arms that are apart have plans of their own, with
 * the same load. The others decide how the server is verified, and it must match one of the pins
 * GIVEN, if there are any. */
enum compare_end compare_over_network(struct compare_result *result, struct arms *arms,
                                      const struct compare_bounds *bounds, struct plan *plan,
                                      const struct pinset *given, struct error *err);

#endif
