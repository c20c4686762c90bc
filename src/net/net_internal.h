/* SPDX-License-Identifier: Apache-2.0 */
/* What tcp.c needs to know of a loop. */
#ifndef PINLOAD_NET_NET_INTERNAL_H
#define PINLOAD_NET_NET_INTERNAL_H

#include "base/buffer.h"
#include "net/net_loop.h"

#include <uv.h>

#define READ_BUFFER_LEN 65536

/* A request to libuv that is under way, and what a write has still to send. Few connections have
 * one at any moment, and an idle one has none: so they are pooled in the loop. */
struct net_request {
    union {
        uv_connect_t connect;
        uv_write_t write;
        uv_shutdown_t shutdown;
    } uv;
    struct buffer in_flight; /* owned by the write until its callback */
    struct buffer queued;
    struct net_request *next_free;
};

struct net_loop {
    uv_loop_t uv;
    uv_timer_t timer;
    uv_async_t async;
    uv_prepare_t prepare;
    const struct net_loop_events *events;
    void *owner;
    uint64_t wake_at_ns;
    uint64_t turn_began_ns;  /* when the last turn ended and this one's wait began */
    uint64_t idle_before_ns; /* what libuv had waited by then */
    struct net_request *free_requests;
    char read_buffer[READ_BUFFER_LEN];
};

/* net_loop_take_request returns a request for OWNER; net_loop_return_request takes it back. */
struct net_request *net_loop_take_request(struct net_loop *loop, void *owner);
void net_loop_return_request(struct net_loop *loop, struct net_request *request);

#endif
