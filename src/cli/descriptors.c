/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/descriptors.h"

#include "plan/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>

/* A loop has an epoll, an event and a few of libuv's own descriptors; the process has files. The
 * slot of a closed connection may open the next one before the loop has released the last. */
#define PER_THREAD 8
#define OF_THE_PROCESS 32

/* The limit of descriptors of this process, raised if needed. */
static uint64_t raise_limit(uint64_t needed)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return UINT64_MAX;
    if (limit.rlim_cur < needed && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur;
}

bool descriptors_suffice(const struct plan *plan, struct error *err)
{
    uint64_t reserved = (uint64_t)plan->threads * PER_THREAD + OF_THE_PROCESS;
    uint64_t needed = plan_connections(plan) + reserved;
    uint64_t limit = raise_limit(needed);
    if (limit >= needed)
        return true;
    uint64_t most = limit > reserved ? (limit - reserved) * plan->num_shards : 0;
    if (most == 0)
        return error_set(err,
                         "this process may have %" PRIu64 " file descriptors (ulimit -Hn), and "
                         "pinload needs at least %" PRIu64 "; raise the limit",
                         limit, reserved + 1);
    char shard[64] = "";
    if (plan->num_shards > 1)
        snprintf(shard, sizeof shard, " with --shard %u/%u", plan->shard, plan->num_shards);
    return error_set(err,
                     "-c %" PRIu64 "%s needs %" PRIu64 " file descriptors, and this process may "
                     "have %" PRIu64 " (ulimit -Hn); expected up to -c %" PRIu64
                     ", or %s with --shard",
                     plan->connections, shard, needed, limit, most,
                     plan->num_shards > 1 ? "more generators" : "several generators");
}
