/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The requests of one session that are in flight: when each was sent, under a tag that is free
 * again once its response has arrived. A fixed number of entries, allocated once per slot.
 */
#ifndef PINLOAD_ENGINE_FLIGHTS_H
#define PINLOAD_ENGINE_FLIGHTS_H

#include <stdint.h>

struct flight {
    uint64_t sent_ns;
    uint32_t next_free;
};

struct flights {
    struct flight *items;
    uint32_t capacity;
    uint32_t count;      /* in flight */
    uint32_t num_used;   /* entries that have been used; the unused ones follow */
    uint32_t first_free; /* of those landed, linked */
    uint64_t *total;     /* in flight here and in other sessions */
};

/* flights_init allocates CAPACITY entries; *TOTAL, which others may share, changes along with
 * count. */
void flights_init(struct flights *flights, uint32_t capacity, uint64_t *total);
void flights_cleanup(struct flights *flights);

/* flights_clear forgets all that are in flight. */
void flights_clear(struct flights *flights);

/* flights_take returns the tag of a request sent at NOW_NS; only while count is below capacity. */
uint32_t flights_take(struct flights *flights, uint64_t now_ns);

/* flights_sent returns when the request under TAG was sent. */
uint64_t flights_sent(const struct flights *flights, uint32_t tag);

/* flights_oldest returns when the oldest in flight was sent; UINT64_MAX: none is. It scans all. */
uint64_t flights_oldest(const struct flights *flights);

/* flights_land frees TAG. */
void flights_land(struct flights *flights, uint32_t tag);

#endif
