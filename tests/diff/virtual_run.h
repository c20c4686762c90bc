/* SPDX-License-Identifier: Apache-2.0 */
/* Results of runs that never were, with a noise that is known. Each is the caller's to free. */
#ifndef PINLOAD_TESTS_DIFF_VIRTUAL_RUN_H
#define PINLOAD_TESTS_DIFF_VIRTUAL_RUN_H

#include "base/random.h"
#include "result/result.h"

struct virtual_noise {
    const char *name;
    unsigned seconds, per_second;
    double correlation; /* of what a second has in common with the one before it */
    double common;      /* how much that is: of all values of a second, as a share */
    double stalls;      /* of the seconds, so many have a tail three times as long */
    double between;     /* what all of a run has in common, as a share */
};

/* virtual_run makes a run: values over the 95th percentile are TAIL times as long, and all WHOLE
 * times. */
struct result *virtual_run(struct random *random, const struct virtual_noise *noise, double whole,
                           double tail);

#endif
