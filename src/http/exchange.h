/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP traffic of one connection as a byte machine: requests in, bytes out; bytes in, events
 * out. HTTP/1.1 (one request at a time) and HTTP/2 (several streams) behind the same functions.
 * Uses no socket, no TLS and no clock. An exchange is created once per slot and reset for each
 * session; with HTTP/1.1 it then allocates nothing.
 */
#ifndef PINLOAD_HTTP_EXCHANGE_H
#define PINLOAD_HTTP_EXCHANGE_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_queue; /* http/event_queue.h */
struct exchange;
struct request; /* http/request.h */

enum http_version { HTTP_1_1, HTTP_2 };

enum exchange_event_kind {
    EXCHANGE_FIRST_BYTE, /* the first byte of the response to request TAG, possibly of a 1xx */
    EXCHANGE_RESPONSE,   /* the response to request TAG is complete */
    EXCHANGE_FAILED,     /* request TAG ended without a valid response (a reset stream) */
    EXCHANGE_DECLINED,   /* the server has not processed request TAG; it may be sent again */
};

struct exchange_event {
    enum exchange_event_kind kind;
    uint32_t tag;
    unsigned status;          /* EXCHANGE_RESPONSE: the final status; 1xx responses are skipped */
    bool client_cert_refused; /* 400, 495 or 496 with nginx's text (http/refusal.h) */
    bool until_end; /* EXCHANGE_RESPONSE: it lasted until the end of the stream, which only TLS can
                     * distinguish from truncation (RFC 9112 section 9.8) */
    bool has_refusal_text; /* the body contains the request's own text (request_set_refusal_text) */
    uint64_t body_bytes;
};

/* The most that is appended to an OUT at a time: bodies are sent in pieces from the request itself,
 * so that many connections do not hold many copies. Smaller bodies are sent whole. */
#define EXCHANGE_PIECE 65000

/* exchange_new creates an exchange whose events go into EVENTS, which outlives it. Exchanges may
 * share a queue if all events are popped, or the exchange is abandoned, before another one is fed
 * or sends. */
struct exchange *exchange_new(struct event_queue *events);
void exchange_free(struct exchange *exchange);

/* exchange_reset starts a new connection in VERSION, whatever was left of the last one; bytes that
 * an HTTP/2 client must send first (preface, SETTINGS) are appended to OUT. */
void exchange_reset(struct exchange *exchange, enum http_version version, struct buffer *out);

/* exchange_can_send says whether one more request may be sent now. HTTP/1.1: none is in flight, the
 * last body has been sent and the connection persists. HTTP/2: no GOAWAY, and the server's limit of
 * streams is not reached. Never while it is held. */
bool exchange_can_send(const struct exchange *exchange);

/* exchange_is_over says that the server accepts no further request on this connection (Connection:
 * close, GOAWAY, a protocol error, the end), whatever is in flight. */
bool exchange_is_over(const struct exchange *exchange);

/* exchange_send starts REQUEST under the caller's TAG, and appends its bytes to OUT, up to
 * EXCHANGE_PIECE in all; exchange_send_on appends the rest. REQUEST must outlive its use here. Call
 * it only if exchange_can_send. */
void exchange_send(struct exchange *exchange, const struct request *request, uint32_t tag,
                   struct buffer *out);

/* exchange_send_on appends the next piece of the rest; false: there is none, or the exchange is
 * held. */
bool exchange_send_on(struct exchange *exchange, struct buffer *out);

/* exchange_hold says whether the connection accepts no data for now. Until it does, nothing is
 * appended to any OUT. This exposes a server that asks for replies and does not read them: once a
 * thousand are queued, it has broken the protocol. */
void exchange_hold(struct exchange *exchange, bool is_held);

/* exchange_feed consumes bytes from the server; replies that must be sent (HTTP/2's SETTINGS and
 * WINDOW_UPDATE) are appended to OUT. False: the bytes violate the protocol, and requests in flight
 * get no events any more. Events completed before can still be popped. */
bool exchange_feed(struct exchange *exchange, const uint8_t *bytes, size_t len, struct buffer *out);

/* exchange_end says that the server has ended the stream; an HTTP/1.1 response that lasts until the
 * end is then complete. False: a response was truncated, or one that was due did not begin; it gets
 * no event. */
bool exchange_end(struct exchange *exchange);

/* exchange_next pops the next event; false if there is none. Feeding creates events, and so may
 * sending: a request that cannot be sent has failed. */
bool exchange_next(struct exchange *exchange, struct exchange_event *out_event);

/* exchange_has_events says whether there is a next event. */
bool exchange_has_events(const struct exchange *exchange);

/* exchange_abandon discards everything that the exchange holds, including events, when its
 * connection closes. Only exchange_reset makes it usable again. */
void exchange_abandon(struct exchange *exchange);

#endif
