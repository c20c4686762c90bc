/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/flights.h"

#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>

#define NO_TAG UINT32_MAX
#define NOT_IN_FLIGHT UINT64_MAX

void flights_init(struct flights *flights, uint32_t capacity, uint64_t *total)
{
    flights->items = memory_new(capacity, sizeof *flights->items);
    flights->capacity = capacity;
    flights->total = total;
    flights->count = 0;
    flights_clear(flights);
}

void flights_cleanup(struct flights *flights)
{
    free(flights->items);
    flights->items = NULL;
}

void flights_clear(struct flights *flights)
{
    *flights->total -= flights->count;
    flights->count = flights->num_used = 0;
    flights->first_free = NO_TAG;
}

uint32_t flights_take(struct flights *flights, uint64_t now_ns)
{
    assert(flights->count < flights->capacity);
    uint32_t tag = flights->first_free;
    if (tag != NO_TAG)
        flights->first_free = flights->items[tag].next_free;
    else
        tag = flights->num_used++;
    flights->items[tag].sent_ns = now_ns;
    flights->count++;
    ++*flights->total;
    return tag;
}

uint64_t flights_sent(const struct flights *flights, uint32_t tag)
{
    return flights->items[tag].sent_ns;
}

uint64_t flights_oldest(const struct flights *flights)
{
    uint64_t oldest_ns = NOT_IN_FLIGHT;
    for (uint32_t tag = 0; tag < flights->num_used; tag++) {
        if (flights->items[tag].sent_ns < oldest_ns)
            oldest_ns = flights->items[tag].sent_ns;
    }
    return oldest_ns;
}

void flights_land(struct flights *flights, uint32_t tag)
{
    flights->items[tag].sent_ns = NOT_IN_FLIGHT;
    flights->items[tag].next_free = flights->first_free;
    flights->first_free = tag;
    flights->count--;
    --*flights->total;
}
