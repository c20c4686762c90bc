/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dispatches by version, and holds HTTP/1.1's small state: at most one request in flight, and the
 * unsent rest of its body. A server may respond before it has the whole body; the rest is still
 * sent, since the next request follows it.
 *
 *   idle --send--> in flight --complete response--> idle, or over if the connection does not persist
 *   any  --unrequested bytes, garbage, end of stream--> over
 */
#include "http/exchange.h"

#include "base/memory.h"
#include "http/event_queue.h"
#include "http/http2.h"
#include "http/request.h"
#include "http/response.h"

#include <assert.h>
#include <stdlib.h>

struct exchange {
    enum http_version version;
    uint32_t tag;
    bool in_flight;
    bool has_begun; /* a byte of the response in flight has arrived */
    bool over;
    bool is_held;
    const uint8_t *left; /* of the request's bytes, not yet sent */
    size_t left_len;
    struct response *response;
    struct http2 *http2; /* created on first use */
    struct event_queue *events;
};

struct exchange *exchange_new(struct event_queue *events)
{
    struct exchange *exchange = memory_new(1, sizeof *exchange);
    exchange->events = events;
    exchange->response = response_new();
    exchange->over = true;
    return exchange;
}

void exchange_free(struct exchange *exchange)
{
    if (exchange == NULL)
        return;
    response_free(exchange->response);
    http2_free(exchange->http2);
    free(exchange);
}

void exchange_reset(struct exchange *exchange, enum http_version version, struct buffer *out)
{
    exchange_abandon(exchange);
    exchange->version = version;
    exchange->over = exchange->is_held = false;
    if (version != HTTP_2)
        return;
    if (exchange->http2 == NULL)
        exchange->http2 = http2_new(exchange->events);
    http2_begin(exchange->http2, out);
}

bool exchange_can_send(const struct exchange *exchange)
{
    if (exchange->over || exchange->is_held)
        return false;
    return exchange->version == HTTP_2 ? http2_can_send(exchange->http2)
                                       : !exchange->in_flight && exchange->left_len == 0;
}

bool exchange_is_over(const struct exchange *exchange)
{
    return exchange->over || (exchange->version == HTTP_2 && http2_is_over(exchange->http2));
}

/* Appends as much of the rest of the request as there is room for. */
static void send_piece(struct exchange *exchange, struct buffer *out)
{
    size_t room = out->len < EXCHANGE_PIECE ? EXCHANGE_PIECE - out->len : 0;
    size_t len = exchange->left_len < room ? exchange->left_len : room;
    buffer_append(out, exchange->left, len);
    exchange->left += len;
    exchange->left_len -= len;
}

static void send_http1(struct exchange *exchange, const struct request *request, uint32_t tag,
                       struct buffer *out)
{
    exchange->left = request_bytes(request, &exchange->left_len);
    send_piece(exchange, out);
    response_expect(exchange->response, request_is_head(request), request_refusal_text(request));
    exchange->tag = tag;
    exchange->in_flight = true;
    exchange->has_begun = false;
}

void exchange_send(struct exchange *exchange, const struct request *request, uint32_t tag,
                   struct buffer *out)
{
    assert(exchange_can_send(exchange));
    if (exchange->version == HTTP_2)
        http2_send(exchange->http2, request, tag, out);
    else
        send_http1(exchange, request, tag, out);
}

bool exchange_send_on(struct exchange *exchange, struct buffer *out)
{
    size_t before = out->len;
    if (exchange->is_held)
        return false;
    if (exchange->version == HTTP_2)
        http2_send_on(exchange->http2, out);
    else if (exchange->left_len > 0)
        send_piece(exchange, out);
    return out->len > before;
}

void exchange_hold(struct exchange *exchange, bool is_held)
{
    exchange->is_held = is_held;
    if (exchange->http2 != NULL)
        http2_hold(exchange->http2, is_held);
}

static void note_first_byte(struct exchange *exchange)
{
    if (exchange->has_begun)
        return;
    exchange->has_begun = true;
    event_queue_push(exchange->events, &(struct exchange_event){
                                           .kind = EXCHANGE_FIRST_BYTE,
                                           .tag = exchange->tag,
                                       });
}

static void finish_http1(struct exchange *exchange, bool until_end)
{
    struct response_summary summary = response_summary_of(exchange->response);
    exchange->in_flight = false;
    exchange->over = exchange->over || !summary.persists;
    event_queue_push(exchange->events, &(struct exchange_event){
                                           .kind = EXCHANGE_RESPONSE,
                                           .tag = exchange->tag,
                                           .status = summary.status,
                                           .client_cert_refused = summary.client_cert_refused,
                                           .has_refusal_text = summary.has_refusal_text,
                                           .until_end = until_end,
                                           .body_bytes = summary.body_bytes,
                                       });
}

static bool feed_http1(struct exchange *exchange, const uint8_t *bytes, size_t len)
{
    if (!exchange->in_flight)
        return false;
    note_first_byte(exchange);
    size_t used;
    enum response_progress progress = response_feed(exchange->response, bytes, len, &used);
    if (progress == RESPONSE_COMPLETE)
        finish_http1(exchange, false);
    if (progress == RESPONSE_INVALID)
        exchange->in_flight = false;
    return progress != RESPONSE_INVALID && used == len;
}

bool exchange_feed(struct exchange *exchange, const uint8_t *bytes, size_t len, struct buffer *out)
{
    if (len == 0)
        return true;
    bool valid = exchange->version == HTTP_2 ? http2_feed(exchange->http2, bytes, len, out)
                                             : feed_http1(exchange, bytes, len);
    if (!valid)
        exchange->over = true;
    return valid;
}

static bool end_http1(struct exchange *exchange)
{
    if (!exchange->in_flight)
        return true;
    bool complete = response_end(exchange->response) == RESPONSE_COMPLETE;
    if (complete)
        finish_http1(exchange, true);
    exchange->in_flight = false;
    return complete;
}

bool exchange_end(struct exchange *exchange)
{
    exchange->over = true;
    return exchange->version == HTTP_2 ? http2_end(exchange->http2) : end_http1(exchange);
}

bool exchange_next(struct exchange *exchange, struct exchange_event *out_event)
{
    return event_queue_pop(exchange->events, out_event);
}

bool exchange_has_events(const struct exchange *exchange)
{
    return !event_queue_is_empty(exchange->events);
}

void exchange_abandon(struct exchange *exchange)
{
    exchange->over = true;
    exchange->in_flight = false;
    exchange->left_len = 0;
    event_queue_clear(exchange->events);
    if (exchange->http2 != NULL)
        http2_abandon(exchange->http2);
}
