/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/slots.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"

#include <assert.h>
#include <stdlib.h>

#define FIRST_BACKOFF_NS (10 * NS_PER_MS)
#define LAST_BACKOFF_NS (500 * NS_PER_MS)

void slots_init(struct slots *slots, size_t count)
{
    *slots = (struct slots){.count = count};
    slots->items = memory_new(count, sizeof *slots->items);
    slots->ring = memory_new(count, sizeof *slots->ring);
}

void slots_cleanup(struct slots *slots)
{
    free(slots->ring);
    free(slots->items);
    *slots = (struct slots){0};
}

struct slot *slots_of(struct deadline *deadline)
{
    return (struct slot *)deadline;
}

size_t slots_index(const struct slots *slots, const struct slot *slot)
{
    return (size_t)(slot - slots->items);
}

void slots_put(struct slots *slots, struct slot *slot)
{
    size_t place = (slots->first_ready + slots->num_ready++) % slots->count;
    slots->ring[place] = slots_index(slots, slot);
}

struct slot *slots_take(struct slots *slots)
{
    assert(slots->num_ready > 0);
    struct slot *slot = &slots->items[slots->ring[slots->first_ready]];
    slots->first_ready = (slots->first_ready + 1) % slots->count;
    slots->num_ready--;
    slots->num_busy++;
    slot->is_busy = true;
    return slot;
}

bool slots_have_place(const struct slots *slots, size_t most)
{
    return slots->num_ready > 0 && slots->count - slots->num_ready < most;
}

void slots_leave(struct slots *slots, struct slot *slot)
{
    slot->is_busy = false;
    slots->num_busy--;
}

uint64_t slots_fail(struct slot *slot, uint64_t now_ns)
{
    if (slot->backoff_ns == 0)
        slot->backoff_ns = FIRST_BACKOFF_NS;
    else
        slot->backoff_ns =
            slot->backoff_ns * 2 < LAST_BACKOFF_NS ? slot->backoff_ns * 2 : LAST_BACKOFF_NS;
    slot->paused_from_ns = now_ns;
    slot->paused_to_ns = now_ns + slot->backoff_ns;
    return slot->paused_to_ns;
}

void slots_count_pause(struct slots *slots, struct slot *slot, uint64_t now_ns)
{
    uint64_t to_ns = number_min(now_ns, slot->paused_to_ns);
    if (to_ns > slot->paused_from_ns)
        slots->paused_ns += to_ns - slot->paused_from_ns;
    slot->paused_from_ns = slot->paused_to_ns = 0;
}

void slots_count_pauses(struct slots *slots, uint64_t now_ns)
{
    for (size_t i = 0; i < slots->count; i++)
        slots_count_pause(slots, &slots->items[i], now_ns);
}
