/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A snapshot of a running run, for the progress display.
 */
#ifndef PINLOAD_MEASURE_PROGRESS_MOMENT_H
#define PINLOAD_MEASURE_PROGRESS_MOMENT_H

#include "measure/outcome.h"

#include <stdint.h>

struct progress_moment {
    double elapsed_s; /* negative before the run starts */
    uint64_t ended, in_flight;
    uint64_t responses;              /* completed ones, including those of open sessions */
    uint64_t refused;                /* sessions */
    uint64_t failures[NUM_OUTCOMES]; /* sessions that failed, by outcome */
    double p50_ns, p99_ns;           /* of the last whole second's handshakes; NAN: none */
};

#endif
