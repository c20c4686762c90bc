/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run's progress, a line a second on stderr: one line that redraws itself on a terminal, plain
 * lines elsewhere. 80 columns suffice.
 */
#ifndef PINLOAD_REPORT_PROGRESS_H
#define PINLOAD_REPORT_PROGRESS_H

#include "load/progress_moment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
    FILE *out;
    bool redraws;
    bool colour;
    double duration_s;       /* 0: no bound */
    uint64_t total_sessions; /* 0: no bound */
    uint64_t last_ended;
    double last_elapsed_s;
    bool is_drawn; /* a line stands that must be wiped or ended */
};

/* progress_line writes the line for MOMENT into OUT: elapsed, left, rate since the last line, in
 * flight, handshake p50 and p99, failures by name. */
void progress_line(const struct progress *progress, const struct progress_moment *moment, char *out,
                   size_t out_len);

/* progress_tell prints it; the last call of a run wipes a line that redraws. */
void progress_tell(struct progress *progress, const struct progress_moment *moment, bool is_last);

#endif
