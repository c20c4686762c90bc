/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/headcount.h"

void headcount_enter(struct headcount *headcount)
{
    uint64_t now = atomic_fetch_add_explicit(&headcount->now, 1, memory_order_relaxed) + 1;
    uint64_t most = atomic_load_explicit(&headcount->most, memory_order_relaxed);
    while (now > most &&
           !atomic_compare_exchange_weak_explicit(&headcount->most, &most, now,
                                                  memory_order_relaxed, memory_order_relaxed))
        ;
}

void headcount_leave(struct headcount *headcount)
{
    atomic_fetch_sub_explicit(&headcount->now, 1, memory_order_relaxed);
}

uint64_t headcount_most(const struct headcount *headcount)
{
    return atomic_load_explicit(&headcount->most, memory_order_relaxed);
}
