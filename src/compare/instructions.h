/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processor's own count of a thread's user-mode instructions, by perf_event_open(2), where the
 * kernel and the machine allow it: a measure that preemption and clock speed leave alone. A count
 * that is lost on the way, or that the kernel could keep up for a part of the time only, is none.
 */
#ifndef PINLOAD_COMPARE_INSTRUCTIONS_H
#define PINLOAD_COMPARE_INSTRUCTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct instructions {
    int fd;            /* -1: not to be had */
    uint64_t last;     /* what was read last */
    char why_not[128]; /* empty while they are counted */
};

/* instructions_open counts for the calling thread from here on. */
void instructions_open(struct instructions *instructions);
void instructions_close(struct instructions *instructions);

/* instructions_are_counted says whether all readings so far can be relied upon. */
bool instructions_are_counted(const struct instructions *instructions);

/* instructions_read returns the count so far; once there is none, the last that there was. */
uint64_t instructions_read(struct instructions *instructions);

/* instructions_take is instructions_read for the LEN bytes that read(2) gave at FROM. */
uint64_t instructions_take(struct instructions *instructions, const void *from, long len);

/* instructions_why_not returns in words why perf_event_open(2) failed with ERROR. */
const char *instructions_why_not(int error);

#endif
