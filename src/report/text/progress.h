/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run's progress on stderr, one line per second: a line that redraws itself on a terminal, plain
 * lines otherwise. On a terminal it never exceeds the width, since a wrapped line could not be
 * erased; 80 columns have room for all but a second kind of failure.
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
    unsigned columns;        /* the maximum length of a line; 0: unlimited */
    double duration_s;       /* 0: unlimited */
    uint64_t total_sessions; /* 0: unlimited */
    uint64_t last_ended, last_responses;
    double last_elapsed_s;
    bool is_drawn; /* a line is shown that must be erased or ended */
};

/* progress_line writes the line for MOMENT into OUT: elapsed, left, rate since the last line, in
 * flight, handshake p50 and p99, failures by name; as much of it as there is room for. */
void progress_line(const struct progress *progress, const struct progress_moment *moment, char *out,
                   size_t out_len);

/* progress_tell prints it; the last call of a run erases a line that redraws. */
void progress_tell(struct progress *progress, const struct progress_moment *moment, bool is_last);

#endif
