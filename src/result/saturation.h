/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the generator held the requested rate, and what limited it if not: a pure function of a
 * run's figures. Whether the server fails or refuses sessions does not matter here.
 */
#ifndef PINLOAD_RESULT_SATURATION_H
#define PINLOAD_RESULT_SATURATION_H

#include <stdbool.h>
#include <stdint.h>

struct load_figures {
    double rate; /* requested sessions per second; 0: a closed loop, without a rate to hold */
    uint64_t scheduled, started;
    uint64_t local_limits;                /* of the started, those ended by this machine's limits */
    uint64_t no_descriptors, no_ports;    /* of those */
    bool was_full;                        /* an arrival was due when all slots were busy */
    double busiest;                       /* of the loops: 0 to 1 */
    double window_s;                      /* of the run */
    double slip_p50_s;                    /* from the intended to the actual start */
    bool missed_stage;                    /* the rate of a stage was not held */
    bool is_counted;                      /* the run was to a number of sessions */
    double last_intended_s, last_began_s; /* of the last session that was started */
};

/* saturation_judge says whether the rate was not held, and writes what limited it: "cpu", "slots",
 * "descriptors" or "ports", NULL if none of them. The rate was not held if
 *  - less than 99% of what was due was started, not counting what this machine's limits ended at once;
 *  - the last session of a number was started so late that the rate was less than 99%;
 *  - a loop was busy for over 90% of the time and half of the sessions started late by more than 1% of
 *    the window: with enough slots nothing is skipped, and everything comes too late;
 *  - less than 99% of what was due in a stage was started before its end.
 * In each case delays of up to 20 ms do not count. */
bool saturation_judge(const struct load_figures *figures, const char **out_limit);

#endif
