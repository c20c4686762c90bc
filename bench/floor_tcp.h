/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor's TCP part: the kernel's cost to a client for a connection on loopback with one small
 * request and its response, without TLS.
 */
#ifndef PINLOAD_BENCH_FLOOR_TCP_H
#define PINLOAD_BENCH_FLOOR_TCP_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* The data exchanged: a number of round trips, each of so many bytes in either direction. */
struct tcp_dialogue {
    const char *name;
    unsigned num_turns;
    struct {
        unsigned there, back;
    } turns[2];
};

struct tcp_cost {
    double cpu_us; /* the client's user and system time per connection */
    double system_us;
    double per_second;
};

/* floor_tcp measures DIALOGUE for FOR_NS with IN_FLIGHT connections, the client (this process) on
 * CLIENT_CPU, the server (a child) on SERVER_CPU; false sets ERR. */
bool floor_tcp(struct tcp_cost *cost, const struct tcp_dialogue *dialogue, unsigned in_flight,
               uint64_t for_ns, int client_cpu, int server_cpu, struct error *err);

#endif
