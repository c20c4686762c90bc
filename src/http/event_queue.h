/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The events of an exchange, first in, first out. A zeroed struct is an empty queue; its memory,
 * once grown, is kept until cleanup.
 */
#ifndef PINLOAD_HTTP_EVENT_QUEUE_H
#define PINLOAD_HTTP_EVENT_QUEUE_H

#include "http/exchange.h"

struct event_queue {
    struct exchange_event *events;
    size_t head; /* next to pop */
    size_t len;  /* one past the last */
    size_t capacity;
};

void event_queue_push(struct event_queue *queue, const struct exchange_event *event);

/* event_queue_pop removes the oldest event; false if there is none. */
bool event_queue_pop(struct event_queue *queue, struct exchange_event *out_event);

bool event_queue_is_empty(const struct event_queue *queue);
void event_queue_clear(struct event_queue *queue);
void event_queue_cleanup(struct event_queue *queue);

#endif
