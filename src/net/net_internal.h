/* SPDX-License-Identifier: Apache-2.0 */
/* What tcp.c needs to know of a loop. */
#ifndef PINLOAD_NET_NET_INTERNAL_H
#define PINLOAD_NET_NET_INTERNAL_H

#include "net/net_loop.h"

#include <uv.h>

#define READ_BUFFER_LEN 65536

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
    char read_buffer[READ_BUFFER_LEN];
};

#endif
