/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the generator held the rate that was asked of it, and what limited it where it did not: a
 * pure function of a run's figures. That a server fails or refuses sessions is no matter here.
 */
#ifndef PINLOAD_RESULT_SATURATION_H
#define PINLOAD_RESULT_SATURATION_H

#include <stdbool.h>
#include <stdint.h>

struct load_figures {
    double rate; /* asked, sessions a second; 0: a closed loop, which has none to hold */
    uint64_t scheduled, started;
    uint64_t local_limits;             /* of the started, those that this machine's limits ended */
    uint64_t no_descriptors, no_ports; /* of those */
    bool was_full;                     /* some arrival was due when all slots were taken */
    double busiest;                    /* of the loops: 0 to 1 */
    double window_s;                   /* of the run */
    double slip_p50_s;                 /* from the intended to the real start */
    bool is_counted;                   /* the run was to a count of sessions */
    double last_intended_s, last_began_s; /* of the last session that was started */
};

/* saturation_judge says whether the rate was not held, and writes what limited it: "cpu", "slots",
 * "descriptors" or "ports", NULL where it is none of them. It was not held where
 * - under 99% of what was due was started, not counting what this machine's limits ended at once;
 * - the last session of a count was started so late that under 99% of the rate came out;
 * - a loop was busy for over 90% of its time and half of the sessions began later than by 1% of the
 *   window: with slots for everybody nothing is skipped, and it all comes too late.
 * 20 ms of delay are no matter in either case. */
bool saturation_judge(const struct load_figures *figures, const char **out_limit);

#endif
