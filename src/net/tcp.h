/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One TCP connection on a libuv loop, behind few verbs. It turns every failure, also that of a call
 * that then calls no callback, into the same event; it never frees what is above it. A tcp is made
 * once for a slot and connected for each session. All of one loop's connections read into one
 * buffer, which the loop owns (struct net_loop).
 */
#ifndef PINLOAD_NET_TCP_H
#define PINLOAD_NET_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address;
struct net_loop;
struct tcp;

/* Why a connection did not come about, or ended. */
enum tcp_end {
    TCP_OK,
    TCP_EOF,
    TCP_REFUSED,     /* nobody listens */
    TCP_UNREACHABLE, /* no route, or the network says no */
    TCP_TIMED_OUT,   /* by the kernel's own patience */
    TCP_RESET,
    TCP_NO_DESCRIPTORS, /* our own limit */
    TCP_NO_PORTS,       /* our own limit: no free port, or source address not ours */
    TCP_NO_MEMORY,      /* our own limit */
    TCP_OTHER,
};

/* What a tcp tells its owner. Never called from inside one of the owner's own calls, but for
 * tcp_connect's on_connected where the connection fails at once. */
struct tcp_events {
    void (*on_connected)(void *owner, enum tcp_end end);
    void (*on_bytes)(void *owner, const uint8_t *bytes, size_t len); /* borrowed */
    void (*on_end)(void *owner, enum tcp_end end); /* TCP_EOF or a failure; no bytes come after */
    void (*on_closed)(void *owner);                /* all handles are gone; connect may be called */
    void (*on_drained)(void *owner); /* nothing waits any more, see tcp_is_full; or NULL */
};

/* tcp_new makes a connection for OWNER. EVENTS is borrowed. */
struct tcp *tcp_new(struct net_loop *loop, const struct tcp_events *events, void *owner);

/* tcp_free releases a connection that is closed, or was never connected. */
void tcp_free(struct tcp *tcp);

/* tcp_connect connects to ADDRESS, from SOURCE (NULL: the kernel chooses; only the address of it
 * is used, its port is chosen late, so that ports suffice for many addresses). */
void tcp_connect(struct tcp *tcp, const struct address *address, const struct address *source);

/* tcp_write sends LEN bytes at once as far as the kernel takes them, and keeps a copy of the rest.
 * False: the connection can no longer be written to; reading goes on, so that what the server said
 * before it closed is still heard. */
bool tcp_write(struct tcp *tcp, const uint8_t *bytes, size_t len);

/* tcp_is_full says that bytes wait which the kernel has not taken: who has more to send waits for
 * on_drained, or all of it would lie in memory. A connection that can no longer be written to is
 * full for good. */
bool tcp_is_full(const struct tcp *tcp);

/* tcp_shutdown sends FIN after what is queued. */
void tcp_shutdown(struct tcp *tcp);

/* tcp_hold_last lets what is written from now on go out together with the FIN of the close, in one
 * segment. */
void tcp_hold_last(struct tcp *tcp);

/* tcp_close closes; with RESET by RST instead of FIN. on_closed follows, nothing else. */
void tcp_close(struct tcp *tcp, bool reset);

/* tcp_end_name returns a word for a report. */
const char *tcp_end_name(enum tcp_end end);

#endif
