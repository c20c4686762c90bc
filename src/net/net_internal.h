/* SPDX-License-Identifier: Apache-2.0 */
/* What tcp.c needs to know of a loop. */
#ifndef PINLOAD_NET_NET_INTERNAL_H
#define PINLOAD_NET_NET_INTERNAL_H

#include "base/buffer.h"
#include "base/clock.h"
#include "net/net_loop.h"

#include <uv.h>

#define READ_BUFFER_LEN 65536
#define KEPT_REQUESTS 256
#define KEPT_BYTES 131072 /* of each of a free request's buffers */

/* A write or shutdown in progress, and its unsent data. */
struct net_request {
    union {
        uv_write_t write;
        uv_shutdown_t shutdown;
    } uv;
    struct buffer in_flight; /* owned by the write until its callback */
    struct buffer queued;
};

/* Free requests, linked through their first bytes. Few connections have a request at any moment,
 * and an idle one has none, so requests are pooled per loop. A pool that many simultaneous connects
 * have filled frees what is beyond KEPT_REQUESTS, and buffers beyond KEPT_BYTES. */
struct net_pool {
    struct net_free *first;
    size_t count;
};

struct net_loop {
    uv_loop_t uv;
    uv_poll_t timer; /* over timer_fd */
    uv_async_t async;
    uv_prepare_t prepare;
    const struct net_loop_events *events;
    void *owner;
    int timer_fd;
    uint64_t wake_at_ns;
    uint64_t woken_ns; /* when this turn's first event was handled; 0: still waiting */
    uint64_t owner_ns; /* how long the owner worked before the wait */
    uint64_t wait_began_ns;
    uint64_t wait_ns;         /* duration of the last wait */
    struct net_pool connects; /* uv_connect_t; separate, since they outnumber all others */
    struct net_pool requests; /* struct net_request */
    char read_buffer[READ_BUFFER_LEN];
};

/* net_loop_woken notes that the wait is over. Every libuv callback calls it first, so that the
 * first one of a turn marks the time at which work began. */
static inline void net_loop_woken(struct net_loop *loop)
{
    if (loop->woken_ns == 0)
        loop->woken_ns = clock_now_ns();
}

/* net_loop_take_connect returns a request for OWNER; net_loop_return_connect takes it back. */
uv_connect_t *net_loop_take_connect(struct net_loop *loop, void *owner);
void net_loop_return_connect(struct net_loop *loop, uv_connect_t *connect);

/* net_loop_take_request returns a request for OWNER, its buffers empty; net_loop_return_request
 * takes it back. */
struct net_request *net_loop_take_request(struct net_loop *loop, void *owner);
void net_loop_return_request(struct net_loop *loop, struct net_request *request);

#endif
