/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP/2 side of an exchange (RFC 9113): one client session per connection, several streams.
 * The functions are those of exchange.h; events go into the exchange's queue. Stream slots are kept
 * from one connection to the next, so that a request allocates nothing of ours.
 */
#ifndef PINLOAD_HTTP_HTTP2_H
#define PINLOAD_HTTP_HTTP2_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_queue;
struct http2;
struct request;

/* http2_new returns a session that is over until http2_begin; EVENTS outlives it. */
struct http2 *http2_new(struct event_queue *events);
void http2_free(struct http2 *http2);

/* http2_begin starts a connection; preface and SETTINGS are appended to OUT. */
void http2_begin(struct http2 *http2, struct buffer *out);

bool http2_can_send(const struct http2 *http2);
bool http2_is_over(const struct http2 *http2);
void http2_send(struct http2 *http2, const struct request *request, uint32_t tag,
                struct buffer *out);
bool http2_feed(struct http2 *http2, const uint8_t *bytes, size_t len, struct buffer *out);

/* http2_send_on appends the next piece of the rest. */
void http2_send_on(struct http2 *http2, struct buffer *out);

/* http2_hold says whether nothing may be appended to any OUT for now. */
void http2_hold(struct http2 *http2, bool is_held);

/* http2_end says that the server has ended the stream; false: responses are missing. */
bool http2_end(struct http2 *http2);

/* http2_abandon closes the session without events. */
void http2_abandon(struct http2 *http2);

#endif
