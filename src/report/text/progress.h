/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run's progress, a line a second on stderr: one line that redraws itself on a terminal, plain
 * lines elsewhere. On a terminal a line is never longer than a row of it, since one that wraps
 * could not be wiped; 80 columns have room for all but a second kind of failure.
 */
#ifndef PINLOAD_REPORT_TEXT_PROGRESS_H
#define PINLOAD_REPORT_TEXT_PROGRESS_H

#include "measure/progress_moment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
    FILE *out;
    bool redraws;
    bool colour;
    unsigned columns;        /* how long a line may be; 0: of any length */
    double duration_s;       /* 0: no bound */
    uint64_t total_sessions; /* 0: no bound */
    uint64_t last_ended, last_responses;
    double last_elapsed_s;
    bool is_drawn; /* a line stands that must be wiped or ended */
};

/* progress_line writes the line for MOMENT into OUT: elapsed, left, rate since the last line, in
 * flight, handshake p50 and p99, failures by name; of these what there is room for. */
void progress_line(const struct progress *progress, const struct progress_moment *moment, char *out,
                   size_t out_len);

/* progress_tell prints it; the last call of a run wipes a line that redraws. */
void progress_tell(struct progress *progress, const struct progress_moment *moment, bool is_last);

#endif
