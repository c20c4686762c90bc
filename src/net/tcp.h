/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One TCP connection on a libuv loop, behind a few functions. It reports every failure, also that
 * of a call that then calls no callback, as the same event; it never frees its owner. A tcp is
 * created once per slot and connected for each session. All connections of a loop read into one
 * buffer that belongs to the loop (struct net_loop).
 */
#ifndef PINLOAD_NET_TCP_H
#define PINLOAD_NET_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address;
struct net_loop;
struct tcp;

/* Why a connection was not established, or ended. */
enum tcp_end {
    TCP_OK,
    TCP_EOF,
    TCP_REFUSED,     /* nothing listens on the port */
    TCP_UNREACHABLE, /* no route, or the network rejects it */
    TCP_TIMED_OUT,   /* the kernel's timeout */
    TCP_RESET,
    TCP_NO_DESCRIPTORS, /* local limit */
    TCP_NO_PORTS,       /* local limit: no free port, or source address not ours */
    TCP_NO_MEMORY,      /* local limit */
    TCP_OTHER,
};

/* The events of a tcp. Never called from within a call of the owner's, except tcp_connect's
 * on_connected if the connection fails at once. */
struct tcp_events {
    void (*on_connected)(void *owner, enum tcp_end end);
    void (*on_bytes)(void *owner, const uint8_t *bytes, size_t len); /* borrowed */
    void (*on_end)(void *owner, enum tcp_end end); /* TCP_EOF or a failure; no bytes come after */
    void (*on_closed)(void *owner);                /* all handles are gone; connect may be called */
    void (*on_drained)(void *owner); /* the queue is empty, see tcp_is_full; or NULL */
};

/* tcp_new makes a connection for OWNER. EVENTS is borrowed. */
struct tcp *tcp_new(struct net_loop *loop, const struct tcp_events *events, void *owner);

/* tcp_free releases a connection that is closed, or was never connected. */
void tcp_free(struct tcp *tcp);

/* tcp_connect connects to ADDRESS, from SOURCE (NULL: the kernel chooses; only its address is used,
 * the port is chosen late, so that ports suffice for many targets). */
void tcp_connect(struct tcp *tcp, const struct address *address, const struct address *source);

/* tcp_write sends as much of LEN bytes as the kernel accepts at once, and keeps a copy of the rest.
 * False: the connection can no longer be written to; reading continues, so that what the server
 * sent before it closed is still received. */
bool tcp_write(struct tcp *tcp, const uint8_t *bytes, size_t len);

/* tcp_is_full says that data is queued which the kernel has not accepted: a sender with more to
 * send waits for on_drained, or all of it would be held in memory. A connection that can no longer
 * be written to stays full. */
bool tcp_is_full(const struct tcp *tcp);

/* tcp_shutdown sends FIN after what is queued. */
void tcp_shutdown(struct tcp *tcp);

/* tcp_hold_last lets the next writes go out together with the FIN of the close, in one segment. */
void tcp_hold_last(struct tcp *tcp);

/* tcp_close closes the connection, with RESET by RST instead of FIN. Only on_closed follows. */
void tcp_close(struct tcp *tcp, bool reset);

/* tcp_end_name returns a short name for reports. */
const char *tcp_end_name(enum tcp_end end);

#endif
