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

struct compare_bounds {
    uint64_t sessions_per_arm; /* 0: unlimited */
    uint64_t duration_ns;      /* 0: unlimited */
    double resolve_ns;         /* 0: not requested */
};

enum compare_end {
    COMPARE_DONE,    /* there is a result */
    COMPARE_REFUSED, /* cannot be carried out as requested; nothing was sent */
    COMPARE_FAILED,  /* the server could not be measured */
};

/* These fill RESULT, or set ERR. */
enum compare_end compare_in_process(struct compare_result *result, struct arms *arms,
                                    const struct compare_bounds *bounds,
                                    const struct in_process_config *config, struct error *err);

/* Over the network, by PLAN, whose window it sets; the arms decide how the server is verified. The
 * server must match one of the pins GIVEN, if there are any. */
enum compare_end compare_over_network(struct compare_result *result, struct arms *arms,
                                      const struct compare_bounds *bounds, struct plan *plan,
                                      const struct pinset *given, struct error *err);

#endif
