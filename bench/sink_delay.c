/* SPDX-License-Identifier: Apache-2.0 */
#include "sink_delay.h"

#include "base/clock.h"
#include "base/memory.h"
#include "sink_options.h"

#include <stdlib.h>

struct waiting {
    uint64_t due_ns;
    int fd;
};

/* Those that wait equally long are due in the order in which they came. */
struct queue {
    uint64_t for_ns;
    struct waiting *items; /* a ring of CAPACITY */
    size_t first, count;
};

enum { ORDINARY, SLOW, NUM_QUEUES };

struct sink_delay {
    size_t capacity;
    uint64_t slow_every, added; /* 0: none is slow */
    uint64_t gap_ns, next_ns;   /* between two that come back; 0: no limit */
    struct queue queues[NUM_QUEUES];
};

struct sink_delay *sink_delay_new(const struct sink_options *options, size_t most)
{
    if (options->delay_ns == 0 && options->slow_every == 0 && options->sessions_per_second == 0)
        return NULL;
    struct sink_delay *delay = memory_new(1, sizeof *delay);
    delay->capacity = most;
    delay->slow_every = options->slow_every;
    if (options->sessions_per_second > 0)
        delay->gap_ns = (uint64_t)((double)NS_PER_S / options->sessions_per_second);
    delay->queues[ORDINARY].for_ns = options->delay_ns;
    delay->queues[SLOW].for_ns = options->slow_ns;
    for (int i = 0; i < NUM_QUEUES; i++)
        delay->queues[i].items = memory_new(most, sizeof *delay->queues[i].items);
    return delay;
}

void sink_delay_free(struct sink_delay *delay)
{
    if (delay == NULL)
        return;
    for (int i = 0; i < NUM_QUEUES; i++)
        free(delay->queues[i].items);
    free(delay);
}

void sink_delay_add(struct sink_delay *delay, int fd, uint64_t now_ns)
{
    bool is_slow = delay->slow_every > 0 && ++delay->added % delay->slow_every == 0;
    struct queue *queue = &delay->queues[is_slow ? SLOW : ORDINARY];
    /* Each has its turn a gap after the one before it, as if served by a single clerk. */
    uint64_t turn_ns = now_ns > delay->next_ns ? now_ns : delay->next_ns;
    delay->next_ns = turn_ns + delay->gap_ns;
    queue->items[(queue->first + queue->count++) % delay->capacity] =
        (struct waiting){turn_ns + queue->for_ns, fd};
}

static const struct waiting *head_of(const struct queue *queue)
{
    return queue->count > 0 ? &queue->items[queue->first] : NULL;
}

bool sink_delay_next(struct sink_delay *delay, uint64_t now_ns, int *out_fd)
{
    for (int i = 0; i < NUM_QUEUES; i++) {
        struct queue *queue = &delay->queues[i];
        const struct waiting *head = head_of(queue);
        if (head == NULL || head->due_ns > now_ns)
            continue;
        *out_fd = head->fd;
        queue->first = (queue->first + 1) % delay->capacity;
        queue->count--;
        return true;
    }
    return false;
}

uint64_t sink_delay_until(const struct sink_delay *delay, uint64_t now_ns, uint64_t most_ns)
{
    for (int i = 0; i < NUM_QUEUES; i++) {
        const struct waiting *head = head_of(&delay->queues[i]);
        if (head == NULL)
            continue;
        uint64_t until = head->due_ns > now_ns ? head->due_ns - now_ns : 0;
        most_ns = until < most_ns ? until : most_ns;
    }
    return most_ns;
}
