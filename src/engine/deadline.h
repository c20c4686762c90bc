/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The deadlines of one worker's slots: a heap by time, made for deadlines that are mostly
 * postponed. Postponing only stores the later time; the place in the heap is corrected when the old
 * time comes up. So a session of a millisecond with deadlines of ten seconds hardly ever touches
 * the heap. Pure: the time is an argument.
 */
#ifndef PINLOAD_ENGINE_DEADLINE_H
#define PINLOAD_ENGINE_DEADLINE_H

#include <stddef.h>
#include <stdint.h>

#define NEVER_NS UINT64_MAX

/* One slot's deadline, embedded in it. */
struct deadline {
    uint64_t due_ns;  /* NEVER_NS: none */
    uint64_t heap_ns; /* its place in the heap: never later than due_ns */
    size_t place;     /* index in the heap plus one; 0: not in it */
};

struct deadline_heap {
    struct deadline **items;
    size_t count;
    size_t capacity;
};

void deadline_heap_cleanup(struct deadline_heap *heap);

/* deadline_set sets DEADLINE to DUE_NS; NEVER_NS cancels it. */
void deadline_set(struct deadline_heap *heap, struct deadline *deadline, uint64_t due_ns);

/* deadline_next returns a time before which nothing is due, NEVER_NS if nothing is set. */
uint64_t deadline_next(const struct deadline_heap *heap);

/* deadline_pop returns one deadline that is due at NOW_NS and cancels it, or NULL. */
struct deadline *deadline_pop(struct deadline_heap *heap, uint64_t now_ns);

/* deadline_remove removes DEADLINE from the heap altogether, before its memory is freed. */
void deadline_remove(struct deadline_heap *heap, struct deadline *deadline);

#endif
