/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a comparison is carried out: in rounds, until it has lasted long enough or is resolved.
 */
#ifndef PINLOAD_CLI_COMPARE_ENGINE_H
#define PINLOAD_CLI_COMPARE_ENGINE_H

#include "base/error.h"
#include "cli/commands.h"
#include "compare/arms.h"
#include "compare/compare_result.h"

#include <stdint.h>

struct compare_bounds {
    uint64_t sessions_per_arm; /* 0: no bound */
    uint64_t duration_ns;      /* 0: no bound */
    double resolve_ns;         /* 0: not asked for */
};

/* These fill RESULT, or say in ERR why not, and how the command then ends. */
enum ending compare_in_process(struct compare_result *result, struct arms *arms,
                               const struct compare_bounds *bounds, const struct options *options,
                               struct error *err);
enum ending compare_over_network(struct compare_result *result, struct arms *arms,
                                 const struct compare_bounds *bounds, const struct options *options,
                                 struct error *err);

#endif
