/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a comparison is carried out: in rounds, until it has lasted long enough or is resolved.
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
    uint64_t sessions_per_arm; /* 0: no bound */
    uint64_t duration_ns;      /* 0: no bound */
    double resolve_ns;         /* 0: not asked for */
};

enum compare_end {
    COMPARE_DONE,    /* there is a result */
    COMPARE_REFUSED, /* what was asked for cannot be carried out; nothing was sent */
    COMPARE_FAILED,  /* the server could not be measured */
};

/* These fill RESULT, or say in ERR why not. */
enum compare_end compare_in_process(struct compare_result *result, struct arms *arms,
                                    const struct compare_bounds *bounds,
                                    const struct in_process_config *config, struct error *err);

/* Over the network, by PLAN, whose window it sets; how the server is verified is the arms' affair.
 * GIVEN are the pins of which the server must have one; without any, it need not. */
enum compare_end compare_over_network(struct compare_result *result, struct arms *arms,
                                      const struct compare_bounds *bounds, struct plan *plan,
                                      const struct pinset *given, struct error *err);

#endif
