/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/outfit.h"

#include "base/memory.h"
#include "engine/revision.h"
#include "engine/session.h"
#include "measure/tally.h"
#include "net/net_loop.h"
#include "plan/address_turn.h"
#include "plan/plan.h"
#include "tls/identity.h"
#include "tls/tls_context.h"
#include "tls/trust.h"

#include <stdlib.h>

/* How many identities are copied before checking whether the worker is still wanted: some 10 ms. */
#define IDENTITIES_AT_ONCE 64

/* False: the run was cancelled. */
static bool copy_identities(struct outfit *outfit, const _Atomic bool *called_off)
{
    const struct identity_set *from = outfit->plan->identities;
    outfit->identities = identity_set_new();
    for (size_t i = 0; i < identity_set_count(from); i += IDENTITIES_AT_ONCE) {
        if (atomic_load_explicit(called_off, memory_order_relaxed))
            return false;
        identity_set_copy(outfit->identities, from, i, IDENTITIES_AT_ONCE);
    }
    return !atomic_load_explicit(called_off, memory_order_relaxed);
}

/* Called from the thread that signed. */
static void wake(void *loop)
{
    net_loop_notify(loop);
}

static bool set_up_tls(struct outfit *outfit, struct error *err)
{
    const struct plan *plan = outfit->plan;
    outfit->tls = tls_context_new(&plan->tls, outfit->identities, err);
    if (outfit->tls == NULL)
        return false;
    if (plan->cacert != NULL)
        outfit->trust = trust_parse(&plan->anchors, plan->cacert, err);
    return plan->cacert == NULL || outfit->trust != NULL;
}

bool outfit_init(struct outfit *outfit, const struct plan *plan, const _Atomic bool *called_off,
                 struct error *err)
{
    *outfit = (struct outfit){.plan = plan};
    if (!copy_identities(outfit, called_off) || !set_up_tls(outfit, err))
        return false;
    outfit->tally = tally_new(plan);
    if (plan->each_address)
        outfit->address_turns =
            memory_new(plan_num_identities(plan), sizeof *outfit->address_turns);
    return true;
}

bool outfits_attach(struct outfit *outfits, unsigned num_outfits, struct net_loop *loop,
                    struct error *err)
{
    bool ok = true;
    for (unsigned i = 0; i < num_outfits && ok; i++)
        ok = tls_context_on_signed(outfits[i].tls, wake, loop, err);
    return ok;
}

void outfit_cleanup(struct outfit *outfit)
{
    buffer_cleanup(&outfit->env.plain);
    event_queue_cleanup(&outfit->env.events);
    tally_free(outfit->tally);
    tls_context_free(outfit->tls);
    if (outfit->revision != NULL) {
        revision_free(outfit->revision);
        revision_free(outfit->retired);
    } else {
        trust_free(outfit->trust);
        identity_set_free(outfit->identities);
    }
    free(outfit->address_turns);
    *outfit = (struct outfit){.plan = NULL};
}

bool outfit_wants_ticket(const struct outfit *outfit, struct random *random)
{
    switch (outfit->plan->session_mode) {
    case SESSION_FULL:
        return false;
    case SESSION_MIXED:
        return random_unit(random) * 100 <= outfit->plan->resume_percent;
    default:
        return true;
    }
}

void outfit_choose_address(struct outfit *outfit, unsigned taker, struct session_start *start)
{
    const struct plan *plan = outfit->plan;
    start->first_address = outfit->env.preferred_address;
    if (outfit->address_turns == NULL)
        return;
    size_t count = plan->addresses.count;
    size_t row = start->identity == TLS_NO_IDENTITY ? 0 : start->identity;
    uint64_t turn = (uint64_t)row + taker + outfit->address_turns[row]++;
    start->first_address = address_turn(count, turn);
    start->ticket_from =
        plan->shared_tickets && turn > 0 ? (uint32_t)address_turn(count, turn - 1) : ADDRESS_OWN;
}

void outfits_take_signed(struct outfit *outfits, unsigned num_outfits)
{
    struct tls_conn *conn;
    for (unsigned i = 0; i < num_outfits; i++) {
        while ((conn = tls_context_take_signed(outfits[i].tls)) != NULL)
            session_signed(tls_conn_owner(conn));
    }
}

void outfit_await_revisions(struct outfit *outfit, struct revision_desk *desk)
{
    outfit->desk = desk;
    outfit->revision = revision_new(0, outfit->identities, outfit->trust);
}

/* What no session in flight began with goes back; the rest waits for its last one. */
static void retire(struct outfit *outfit, struct revision *old)
{
    if (old->num_sessions == 0) {
        revision_return(outfit->desk, old);
        return;
    }
    old->older = outfit->retired;
    outfit->retired = old;
}

void outfit_renew(struct outfit *outfit, struct verify_policy *policy)
{
    if (outfit->desk == NULL ||
        outfit->revision->number ==
            atomic_load_explicit(outfit->desk->number, memory_order_acquire))
        return;
    struct revision *fresh = revision_take(outfit->desk);
    if (fresh == NULL)
        return;
    retire(outfit, outfit->revision);
    outfit->revision = fresh;
    outfit->identities = fresh->identities;
    outfit->trust = fresh->trust;
    policy->trust = fresh->trust;
    tls_context_replace(outfit->tls, fresh->identities, fresh->changed);
}

void outfit_enter(struct outfit *outfit, struct session_start *start)
{
    struct revision *revision = outfit->revision;
    if (revision == NULL)
        return;
    revision->num_sessions++;
    start->revision = revision->number;
    start->generation = revision->generations != NULL && start->identity != TLS_NO_IDENTITY
                            ? revision->generations[start->identity]
                            : 0;
}

void outfit_leave(struct outfit *outfit, unsigned number)
{
    if (outfit->revision == NULL)
        return;
    if (outfit->revision->number == number) {
        outfit->revision->num_sessions--;
        return;
    }
    struct revision **at = &outfit->retired;
    while ((*at)->number != number)
        at = &(*at)->older;
    struct revision *left = *at;
    if (--left->num_sessions > 0)
        return;
    *at = left->older;
    revision_return(outfit->desk, left);
}

struct verify_policy outfit_policy(const struct outfit *outfit, const struct verify_policy *from)
{
    struct verify_policy policy = *from;
    policy.trust = outfit->trust;
    policy.host = outfit->plan->verify_host;
    policy.host_is_ip = outfit->plan->verify_host_is_ip;
    return policy;
}
