/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A moment of a run, for whoever shows its progress.
 */
#ifndef PINLOAD_MEASURE_PROGRESS_MOMENT_H
#define PINLOAD_MEASURE_PROGRESS_MOMENT_H

#include "measure/outcome.h"

#include <stdint.h>

struct progress_moment {
    double elapsed_s; /* negative before the run begins */
    uint64_t ended, in_flight;
    uint64_t responses;              /* complete ones, of sessions that go on too */
    uint64_t refused;                /* sessions */
    uint64_t failures[NUM_OUTCOMES]; /* sessions that failed, by outcome */
    double p50_ns, p99_ns;           /* of the last whole second's handshakes; NAN: none */
};

#endif
