/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/instructions.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void instructions_open(struct instructions *instructions)
{
    struct perf_event_attr attr = {.size = sizeof attr,
                                   .type = PERF_TYPE_HARDWARE,
                                   .config = PERF_COUNT_HW_INSTRUCTIONS,
                                   .exclude_kernel = 1,
                                   .exclude_hv = 1};
    instructions->fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
    instructions->why_not[0] = '\0';
    if (instructions->fd >= 0)
        return;
    const char *why = errno == ENOENT || errno == EOPNOTSUPP
                          ? "this processor, or virtual machine, does not count them"
                      : errno == EACCES || errno == EPERM
                          ? "the kernel forbids it (kernel.perf_event_paranoid)"
                          : strerror(errno);
    snprintf(instructions->why_not, sizeof instructions->why_not, "%s", why);
}

void instructions_close(struct instructions *instructions)
{
    if (instructions->fd >= 0)
        close(instructions->fd);
    instructions->fd = -1;
}

uint64_t instructions_read(const struct instructions *instructions)
{
    uint64_t count = 0;
    if (instructions->fd < 0 || read(instructions->fd, &count, sizeof count) != sizeof count)
        return 0;
    return count;
}
