/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/identity_choice.h"

#include "plan/plan.h"
#include "plan/turns.h"
#include "tls/tls_conn.h"

/* With a number of sessions, those of all shards together are the first turns of the cycle. */
static uint64_t first_turn(const struct plan *plan)
{
    uint64_t turn = 0;
    if (plan->turns == NULL)
        return 0;
    if (plan->sessions == 0)
        return (uint64_t)turns_count(plan->turns) * plan->shard / plan->num_shards;
    for (unsigned i = 0; i < plan->shard; i++)
        turn += plan_share(plan->sessions, plan->num_shards, i);
    return turn;
}

void identity_choice_init(struct identity_choice *choice, const struct plan *plan, unsigned taker,
                          unsigned num_takers)
{
    *choice = (struct identity_choice){.taker = taker,
                                       .num_takers = num_takers,
                                       .first_turn = first_turn(plan),
                                       .sessions_each = 1};
}

static size_t pick(const struct identity_choice *choice, const struct plan *plan, size_t count,
                   uint64_t serial, size_t slot)
{
    size_t offset = (size_t)((uint64_t)choice->taker * count / choice->num_takers);
    return rotation_pick(plan->rotation, count, offset, serial, slot, choice->random);
}

/* Turns in their order are taken from one count over all threads, so that shares stay exact
 * whatever each thread gets done. */
static size_t take_turn(const struct identity_choice *choice, const struct plan *plan,
                        uint64_t serial, size_t slot)
{
    size_t count = turns_count(plan->turns);
    if (plan->rotation != ROTATE_ROUND_ROBIN || choice->num_turns == NULL)
        return pick(choice, plan, count, serial, slot);
    uint64_t taken = atomic_fetch_add_explicit(choice->num_turns, 1, memory_order_relaxed);
    return (size_t)((choice->first_turn + taken) % count);
}

size_t identity_choice_make(const struct identity_choice *choice, const struct plan *plan,
                            size_t count, uint64_t serial, size_t slot)
{
    uint64_t turn = serial / choice->sessions_each;
    if (count == 0)
        return TLS_NO_IDENTITY;
    if (plan->turns == NULL)
        return pick(choice, plan, count, turn, slot);
    return turns_at(plan->turns, take_turn(choice, plan, turn, slot));
}
