/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/deadline.h"

#include "base/memory.h"

#include <stdlib.h>

void deadline_heap_cleanup(struct deadline_heap *heap)
{
    free(heap->items);
    *heap = (struct deadline_heap){0};
}

static void put(struct deadline_heap *heap, size_t index, struct deadline *deadline)
{
    heap->items[index] = deadline;
    deadline->place = index + 1;
}

static void sift_up(struct deadline_heap *heap, size_t index)
{
    struct deadline *deadline = heap->items[index];
    while (index > 0) {
        size_t parent = (index - 1) / 2;
        if (heap->items[parent]->heap_ns <= deadline->heap_ns)
            break;
        put(heap, index, heap->items[parent]);
        index = parent;
    }
    put(heap, index, deadline);
}

static void sift_down(struct deadline_heap *heap, size_t index)
{
    struct deadline *deadline = heap->items[index];
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count &&
            heap->items[child + 1]->heap_ns < heap->items[child]->heap_ns)
            child++;
        if (deadline->heap_ns <= heap->items[child]->heap_ns)
            break;
        put(heap, index, heap->items[child]);
        index = child;
    }
    put(heap, index, deadline);
}

static void insert(struct deadline_heap *heap, struct deadline *deadline)
{
    if (heap->count == heap->capacity) {
        heap->capacity = heap->capacity ? heap->capacity * 2 : 64;
        heap->items = memory_resize(heap->items, heap->capacity * sizeof *heap->items);
    }
    put(heap, heap->count++, deadline);
    sift_up(heap, heap->count - 1);
}

void deadline_set(struct deadline_heap *heap, struct deadline *deadline, uint64_t due_ns)
{
    deadline->due_ns = due_ns;
    if (deadline->place == 0) {
        if (due_ns == NEVER_NS)
            return;
        deadline->heap_ns = due_ns;
        insert(heap, deadline);
    } else if (due_ns < deadline->heap_ns) {
        deadline->heap_ns = due_ns;
        sift_up(heap, deadline->place - 1);
    }
}

void deadline_remove(struct deadline_heap *heap, struct deadline *deadline)
{
    if (deadline->place == 0)
        return;
    size_t index = deadline->place - 1;
    struct deadline *last = heap->items[--heap->count];
    deadline->place = 0;
    deadline->due_ns = NEVER_NS;
    if (last == deadline)
        return;
    put(heap, index, last);
    sift_up(heap, index);
    sift_down(heap, last->place - 1);
}

uint64_t deadline_next(const struct deadline_heap *heap)
{
    return heap->count > 0 ? heap->items[0]->heap_ns : NEVER_NS;
}

struct deadline *deadline_pop(struct deadline_heap *heap, uint64_t now_ns)
{
    while (heap->count > 0 && heap->items[0]->heap_ns <= now_ns) {
        struct deadline *first = heap->items[0];
        if (first->due_ns <= now_ns) {
            deadline_remove(heap, first);
            return first;
        }
        if (first->due_ns == NEVER_NS) {
            deadline_remove(heap, first);
        } else {
            first->heap_ns = first->due_ns;
            sift_down(heap, 0);
        }
    }
    return NULL;
}
