/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection's HTTP conversation as a byte machine: requests in, bytes out; bytes in, events
 * out. HTTP/1.1 (one request at a time) and HTTP/2 (several streams) behind the same verbs. Knows
 * no socket, no TLS and no clock. An exchange is made once for a slot and reset for each session;
 * with HTTP/1.1 it then allocates nothing.
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
    EXCHANGE_FIRST_BYTE, /* the first byte in answer to request TAG has come, be it of a 1xx */
    EXCHANGE_RESPONSE,   /* the response to request TAG is complete */
    EXCHANGE_FAILED,     /* request TAG ended without a valid response (a reset stream) */
    EXCHANGE_DECLINED,   /* the server has not looked at request TAG; it may be sent again */
};

struct exchange_event {
    enum exchange_event_kind kind;
    uint32_t tag;
    unsigned status;          /* EXCHANGE_RESPONSE: the final status; 1xx responses are skipped */
    bool client_cert_refused; /* 400, 495 or 496 with nginx's words for it (http/refusal.h) */
    bool until_end; /* EXCHANGE_RESPONSE: it lasted until the end of the stream, which only TLS can
                     * tell from a cut (RFC 9112 section 9.8) */
    bool has_refusal_text; /* that of the request (request_set_refusal_text) is in the body */
    uint64_t body_bytes;
};

/* What is appended to an OUT at a time: a request's body goes by pieces from the request itself, so
 * that many connections do not take many copies of it. Bodies below it go out whole. */
#define EXCHANGE_PIECE 65000

/* exchange_new makes a conversation whose events go into EVENTS, which outlives it. Exchanges may
 * share one queue if all events are fetched, or the exchange abandoned, before another is fed or
 * sends. */
struct exchange *exchange_new(struct event_queue *events);
void exchange_free(struct exchange *exchange);

/* exchange_reset begins a new connection's conversation in VERSION, whatever was left of the last
 * one; bytes that an HTTP/2 client must send first (preface, SETTINGS) are appended to OUT. */
void exchange_reset(struct exchange *exchange, enum http_version version, struct buffer *out);

/* exchange_can_send says whether one more request may be sent now: HTTP/1.1, none is in flight, the
 * last one's body is sent and the connection persists; HTTP/2, no GOAWAY, and the server's limit of
 * streams is not reached. Not while it is held. */
bool exchange_can_send(const struct exchange *exchange);

/* exchange_is_over says that the server takes no further request on this connection
 * (Connection: close, GOAWAY, a broken protocol, the end), whatever is in flight. */
bool exchange_is_over(const struct exchange *exchange);

/* exchange_send starts REQUEST under the caller's TAG, and appends its bytes to OUT, up to
 * EXCHANGE_PIECE in all; exchange_send_on appends the rest. REQUEST must outlive the exchange's use
 * of it. Only when exchange_can_send. */
void exchange_send(struct exchange *exchange, const struct request *request, uint32_t tag,
                   struct buffer *out);

/* exchange_send_on appends the next piece of what was kept back; false: nothing was, or it is held. */
bool exchange_send_on(struct exchange *exchange, struct buffer *out);

/* exchange_hold says whether the connection takes nothing for now. Until it does, nothing is
 * appended to any OUT. A server that asks for answers and does not read them is then found out: it
 * breaks the protocol when a thousand of them wait. */
void exchange_hold(struct exchange *exchange, bool is_held);

/* exchange_feed takes bytes from the server; what must be sent in answer (HTTP/2's SETTINGS and
 * WINDOW_UPDATE) is appended to OUT. False: the bytes break the protocol, and what is in flight
 * gets no event of its own any more. Events that were complete before can still be fetched. */
bool exchange_feed(struct exchange *exchange, const uint8_t *bytes, size_t len, struct buffer *out);

/* exchange_end says that the server has ended the stream; an HTTP/1.1 response that lasts until
 * the end is then complete. False: a response was cut short, or one that was due did not begin;
 * it gets no event of its own. */
bool exchange_end(struct exchange *exchange);

/* exchange_next fetches the next event; false when there is none. Feeding gives events, and so may
 * sending: a request that cannot be sent has failed. */
bool exchange_next(struct exchange *exchange, struct exchange_event *out_event);

/* exchange_has_events says whether there is one. */
bool exchange_has_events(const struct exchange *exchange);

/* exchange_abandon forgets everything that the conversation holds, events too, when its connection
 * closes. Only exchange_reset makes it useful again. */
void exchange_abandon(struct exchange *exchange);

#endif
