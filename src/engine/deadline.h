/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The deadlines of one worker's slots: a heap by time, made for deadlines that are mostly put off.
 * Putting one off only writes the later time down; its place in the heap is mended when it comes
 * up. So a session of a millisecond under deadlines of ten seconds touches the heap hardly ever.
 * Pure: the time is an argument.
 */
#ifndef PINLOAD_ENGINE_DEADLINE_H
#define PINLOAD_ENGINE_DEADLINE_H

#include <stddef.h>
#include <stdint.h>

#define NEVER_NS UINT64_MAX

/* One slot's deadline, embedded in it. */
struct deadline {
    uint64_t due_ns;  /* NEVER_NS: none */
    uint64_t heap_ns; /* where it stands in the heap: never later than due_ns */
    size_t place;     /* in the heap, plus one; 0: not in it */
};

struct deadline_heap {
    struct deadline **items;
    size_t count;
    size_t capacity;
};

void deadline_heap_cleanup(struct deadline_heap *heap);

/* deadline_set makes DEADLINE due at DUE_NS; NEVER_NS takes it back. */
void deadline_set(struct deadline_heap *heap, struct deadline *deadline, uint64_t due_ns);

/* deadline_next returns a moment before which nothing is due, NEVER_NS where nothing is set. */
uint64_t deadline_next(const struct deadline_heap *heap);

/* deadline_pop returns one deadline that is due at NOW_NS and takes it back, or NULL. */
struct deadline *deadline_pop(struct deadline_heap *heap, uint64_t now_ns);

/* deadline_remove takes DEADLINE out of the heap altogether, before its memory goes. */
void deadline_remove(struct deadline_heap *heap, struct deadline *deadline);

#endif
