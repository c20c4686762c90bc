/* SPDX-License-Identifier: Apache-2.0 */
/* A server's HTTP/2 bytes, with three requests in flight: each ends at most once. */
#include "http/event_queue.h"
#include "http/exchange.h"
#include "http/request.h"
#include "http/target.h"

#include <stdlib.h>

#define NUM_REQUESTS 3

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_events(struct exchange *exchange)
{
    unsigned num_begun[NUM_REQUESTS] = {0}, num_ended[NUM_REQUESTS] = {0};
    struct exchange_event event;
    while (exchange_next(exchange, &event)) {
        if (event.tag >= NUM_REQUESTS || num_ended[event.tag] > 0)
            abort();
        if (event.kind == EXCHANGE_FIRST_BYTE && num_begun[event.tag]++ > 0)
            abort();
        if (event.kind == EXCHANGE_RESPONSE && (num_begun[event.tag] != 1 || event.status < 200))
            abort();
        num_ended[event.tag] += event.kind != EXCHANGE_FIRST_BYTE;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct target target;
    struct error err;
    struct buffer out = {0};
    if (!target_parse(&target, "https://h/", &err))
        abort();
    struct request *get = request_new(&target, NULL, NULL, 0, NULL, 0, &err);
    struct request *post = request_new(&target, NULL, NULL, 0, (const uint8_t *)"body", 4, &err);
    struct event_queue events = {0};
    struct exchange *exchange = exchange_new(&events);
    exchange_reset(exchange, HTTP_2, &out);
    for (uint32_t tag = 0; tag < NUM_REQUESTS; tag++)
        exchange_send(exchange, tag == 1 ? post : get, tag, &out);
    size_t half = len / 2;
    if (exchange_feed(exchange, bytes, half, &out))
        exchange_feed(exchange, bytes + half, len - half, &out);
    exchange_end(exchange);
    check_events(exchange);
    exchange_free(exchange);
    event_queue_cleanup(&events);
    request_free(get);
    request_free(post);
    buffer_cleanup(&out);
    target_cleanup(&target);
    return 0;
}
