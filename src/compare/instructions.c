/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/instructions.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The result of read(2), by read_format. */
struct reading {
    uint64_t count, enabled_ns, running_ns;
};

const char *instructions_why_not(int error)
{
    switch (error) {
    case ENOENT:
    case EOPNOTSUPP:
        return "this processor, or virtual machine, does not count them";
    case EACCES:
        return "the kernel forbids it (kernel.perf_event_paranoid)";
    case EPERM:
        return "the kernel does not permit perf_event_open here, as in most containers";
    default:
        return strerror(error);
    }
}

static void note_why_not(struct instructions *instructions, const char *why)
{
    if (instructions->why_not[0] == '\0')
        snprintf(instructions->why_not, sizeof instructions->why_not, "%s", why);
}

void instructions_open(struct instructions *instructions)
{
    struct perf_event_attr attr = {.size = sizeof attr,
                                   .type = PERF_TYPE_HARDWARE,
                                   .config = PERF_COUNT_HW_INSTRUCTIONS,
                                   .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED |
                                                  PERF_FORMAT_TOTAL_TIME_RUNNING,
                                   .exclude_kernel = 1,
                                   .exclude_hv = 1};
    *instructions = (struct instructions){
        .fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC)};
    if (instructions->fd < 0)
        note_why_not(instructions, instructions_why_not(errno));
}

void instructions_close(struct instructions *instructions)
{
    if (instructions->fd >= 0)
        close(instructions->fd);
    instructions->fd = -1;
}

bool instructions_are_counted(const struct instructions *instructions)
{
    return instructions->fd >= 0 && instructions->why_not[0] == '\0';
}

uint64_t instructions_take(struct instructions *instructions, const void *from, long len)
{
    struct reading reading;
    if (len != (long)sizeof reading) {
        note_why_not(instructions, "the count could not be read");
        return instructions->last;
    }
    memcpy(&reading, from, sizeof reading);
    if (reading.running_ns < reading.enabled_ns)
        note_why_not(instructions, "others use the processor's counters too, so that they were "
                                   "counted for a part of the time only");
    else if (reading.count >= instructions->last)
        instructions->last = reading.count;
    return instructions->last;
}

uint64_t instructions_read(struct instructions *instructions)
{
    struct reading reading;
    if (!instructions_are_counted(instructions))
        return instructions->last;
    return instructions_take(instructions, &reading,
                             read(instructions->fd, &reading, sizeof reading));
}
