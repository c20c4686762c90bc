/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/turns.h"

#include "base/memory.h"
#include "base/number.h"

#include <stdbool.h>
#include <stdlib.h>

struct turns {
    size_t count;
    uint32_t items[];
};

/*
 * Turn k of an identity with weight w, in a cycle of n turns, must be no earlier than k n / w, and
 * end before (k + 1) n / w, rounded outwards. The earliest deadline first meets all of them, since
 * together they fill the cycle exactly (S. Baruah, N. Cohen, C. Plaxton, D. Varvel: Proportionate
 * progress, Algorithmica 15, 1996). So no share is off by one or more, at any time.
 */
struct runner {
    uint64_t weight;
    uint64_t taken;
    uint64_t deadline; /* of its next turn */
    uint32_t next;     /* of those with a turn from the same time on, plus one; 0: none */
};

struct schedule {
    struct runner *runners;
    uint64_t len;
    uint32_t *released; /* by time: the first whose turn may be from then on, plus one */
    uint32_t *heap;     /* those whose turn may be now, the earliest deadline first */
    size_t heap_len;
};

static bool comes_before(const struct schedule *s, uint32_t a, uint32_t b)
{
    uint64_t first = s->runners[a].deadline, second = s->runners[b].deadline;
    return first != second ? first < second : a < b;
}

static void swap(uint32_t *a, uint32_t *b)
{
    uint32_t kept = *a;
    *a = *b;
    *b = kept;
}

static void push(struct schedule *s, uint32_t index)
{
    size_t i = s->heap_len++;
    s->heap[i] = index;
    for (; i > 0 && comes_before(s, s->heap[i], s->heap[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&s->heap[i], &s->heap[(i - 1) / 2]);
}

static uint32_t pop(struct schedule *s)
{
    uint32_t top = s->heap[0];
    s->heap[0] = s->heap[--s->heap_len];
    for (size_t i = 0, child; (child = 2 * i + 1) < s->heap_len; i = child) {
        if (child + 1 < s->heap_len && comes_before(s, s->heap[child + 1], s->heap[child]))
            child++;
        if (!comes_before(s, s->heap[child], s->heap[i]))
            break;
        swap(&s->heap[child], &s->heap[i]);
    }
    return top;
}

/* Its next turn may be from when it is due on, but not before NOW. */
static void release(struct schedule *s, uint32_t index, uint64_t now)
{
    struct runner *runner = &s->runners[index];
    if (runner->taken == runner->weight)
        return;
    uint64_t due = number_max(runner->taken * s->len / runner->weight, now);
    runner->deadline = ((runner->taken + 1) * s->len + runner->weight - 1) / runner->weight;
    runner->next = s->released[due];
    s->released[due] = index + 1;
}

static void take_turns(struct schedule *s, uint32_t *turns)
{
    for (uint64_t now = 0; now < s->len; now++) {
        for (uint32_t i = s->released[now]; i != 0; i = s->runners[i - 1].next)
            push(s, i - 1);
        turns[now] = pop(s);
        s->runners[turns[now]].taken++;
        release(s, turns[now], now + 1);
    }
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

struct turns *turns_new(const uint32_t *weights, size_t count)
{
    uint64_t divisor = 0, sum = 0;
    for (size_t i = 0; i < count; i++) {
        divisor = common_divisor(divisor, weights[i]);
        sum += weights[i];
    }
    if (count == 0 || sum / divisor > TURNS_MOST)
        return NULL;
    struct schedule s = {.len = sum / divisor};
    struct turns *turns = memory_new(1, sizeof *turns + s.len * sizeof *turns->items);
    turns->count = s.len;
    s.runners = memory_new(count, sizeof *s.runners);
    s.released = memory_new(s.len + 1, sizeof *s.released);
    s.heap = memory_new(count, sizeof *s.heap);
    for (size_t i = 0; i < count; i++) {
        s.runners[i].weight = weights[i] / divisor;
        release(&s, (uint32_t)i, 0);
    }
    take_turns(&s, turns->items);
    free(s.runners);
    free(s.released);
    free(s.heap);
    return turns;
}

void turns_free(struct turns *turns)
{
    free(turns);
}

size_t turns_count(const struct turns *turns)
{
    return turns->count;
}

size_t turns_at(const struct turns *turns, size_t index)
{
    return turns->items[index];
}
