/* SPDX-License-Identifier: Apache-2.0 */
#include "http/event_queue.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define INITIAL_CAPACITY 2 /* the most that one HTTP/1.1 response produces */

static void make_room(struct event_queue *queue)
{
    if (queue->head > 0) {
        queue->len -= queue->head;
        memmove(queue->events, queue->events + queue->head, queue->len * sizeof *queue->events);
        queue->head = 0;
        return;
    }
    queue->capacity = queue->capacity > 0 ? queue->capacity * 2 : INITIAL_CAPACITY;
    queue->events = memory_resize(queue->events, queue->capacity * sizeof *queue->events);
}

void event_queue_push(struct event_queue *queue, const struct exchange_event *event)
{
    if (queue->len == queue->capacity)
        make_room(queue);
    queue->events[queue->len++] = *event;
}

bool event_queue_pop(struct event_queue *queue, struct exchange_event *out_event)
{
    if (queue->head == queue->len)
        return false;
    *out_event = queue->events[queue->head++];
    if (queue->head == queue->len)
        event_queue_clear(queue);
    return true;
}

bool event_queue_is_empty(const struct event_queue *queue)
{
    return queue->head == queue->len;
}

void event_queue_clear(struct event_queue *queue)
{
    queue->head = 0;
    queue->len = 0;
}

void event_queue_cleanup(struct event_queue *queue)
{
    free(queue->events);
    *queue = (struct event_queue){0};
}
