/* SPDX-License-Identifier: Apache-2.0 */
/* A server's HTTP/1.1 bytes: fed whole or one by one, the result must be the same. */
#include "http/event_queue.h"
#include "http/exchange.h"
#include "http/request.h"
#include "http/target.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

struct observed {
    bool valid;
    bool over;
    bool end_valid;
    unsigned num_events;
    struct exchange_event last;
};

static struct observed observe(const struct request *request, const uint8_t *bytes, size_t len,
                               size_t piece_len)
{
    struct observed observed = {.valid = true};
    struct event_queue events = {0};
    struct exchange *exchange = exchange_new(&events);
    struct buffer out = {0};
    exchange_reset(exchange, HTTP_1_1, &out);
    exchange_send(exchange, request, 1, &out);
    for (size_t start = 0; start < len && observed.valid; start += piece_len) {
        size_t piece = len - start < piece_len ? len - start : piece_len;
        observed.valid = exchange_feed(exchange, bytes + start, piece, &out);
    }
    observed.over = exchange_is_over(exchange);
    observed.end_valid = exchange_end(exchange);
    while (exchange_next(exchange, &observed.last))
        observed.num_events++;
    exchange_free(exchange);
    event_queue_cleanup(&events);
    buffer_cleanup(&out);
    return observed;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct target target;
    struct error err;
    if (!target_parse(&target, "https://h/", &err))
        abort();
    struct request *request = request_new(&target, NULL, NULL, 0, NULL, 0, &err);
    struct observed whole = observe(request, bytes, len, len > 0 ? len : 1);
    struct observed single = observe(request, bytes, len, 1);
    if (whole.valid != single.valid || whole.over != single.over ||
        whole.end_valid != single.end_valid || whole.num_events != single.num_events ||
        whole.last.status != single.last.status ||
        whole.last.body_bytes != single.last.body_bytes ||
        whole.last.client_cert_refused != single.last.client_cert_refused)
        abort();
    request_free(request);
    target_cleanup(&target);
    return 0;
}
