/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/descriptors.h"

#include <inttypes.h>
#include <sys/resource.h>

/* A loop has an epoll, an event and a few of libuv's own descriptors; the process has files. A
 * closed connection's slot may open the next before the loop has let go of the last. */
#define PER_THREAD 8
#define OF_THE_PROCESS 32

bool descriptors_suffice(uint64_t connections, unsigned threads, struct error *err)
{
    struct rlimit limit;
    uint64_t needed = connections + (uint64_t)threads * PER_THREAD + OF_THE_PROCESS;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return true;
    if (limit.rlim_cur < needed && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= needed)
        return true;
    uint64_t reserved = (uint64_t)threads * PER_THREAD + OF_THE_PROCESS;
    uint64_t most = limit.rlim_cur > reserved ? limit.rlim_cur - reserved : 0;
    return error_set(err,
                     "-c %" PRIu64 " needs %" PRIu64 " file descriptors, and this process may have "
                     "%" PRIu64 " (ulimit -Hn); up to -c %" PRIu64 " is accepted, or several "
                     "generators with --shard",
                     connections, needed, (uint64_t)limit.rlim_cur, most);
}
