/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processor's count of a thread's user-mode instructions, by perf_event_open(2), if the kernel
 * and the machine allow it: a measure that preemption and clock speed do not affect. A count that
 * is lost on the way, or that the kernel kept for only a part of the time, does not count.
 */
#ifndef PINLOAD_COMPARE_INSTRUCTIONS_H
#define PINLOAD_COMPARE_INSTRUCTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct instructions {
    int fd;            /* -1: not available */
    uint64_t last;     /* the last reading */
    char why_not[128]; /* empty while they are counted */
};

/* instructions_open starts counting for the calling thread. */
void instructions_open(struct instructions *instructions);
void instructions_close(struct instructions *instructions);

/* instructions_are_counted says whether all readings so far are reliable. */
bool instructions_are_counted(const struct instructions *instructions);

/* instructions_read returns the count so far; after a failure, the last valid one. */
uint64_t instructions_read(struct instructions *instructions);

/* instructions_take is instructions_read for the LEN bytes that read(2) returned in FROM. */
uint64_t instructions_take(struct instructions *instructions, const void *from, long len);

/* instructions_why_not returns a text: why perf_event_open(2) failed with ERROR. */
const char *instructions_why_not(int error);

#endif
