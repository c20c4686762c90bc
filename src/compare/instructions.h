/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processor's own count of a thread's user-mode instructions, by perf_event_open(2), where the
 * kernel and the machine allow it: a measure that preemption and clock speed leave alone.
 */
#ifndef PINLOAD_COMPARE_INSTRUCTIONS_H
#define PINLOAD_COMPARE_INSTRUCTIONS_H

#include <stdint.h>

struct instructions {
    int fd; /* -1: not to be had */
    char why_not[128];
};

/* instructions_open counts for the calling thread from here on. */
void instructions_open(struct instructions *instructions);
void instructions_close(struct instructions *instructions);

/* instructions_read returns the count so far, 0 where there is none. */
uint64_t instructions_read(const struct instructions *instructions);

#endif
