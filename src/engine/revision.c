/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/revision.h"

#include "base/memory.h"
#include "tls/identity.h"
#include "tls/trust.h"

#include <stdlib.h>

struct revision *revision_new(unsigned number, struct identity_set *identities, struct trust *trust)
{
    struct revision *revision = memory_new(1, sizeof *revision);
    *revision = (struct revision){.number = number, .identities = identities, .trust = trust};
    return revision;
}

void revision_free(struct revision *revision)
{
    while (revision != NULL) {
        struct revision *older = revision->older;
        identity_set_free(revision->identities);
        trust_free(revision->trust);
        free(revision->generations);
        free(revision->changed);
        free(revision);
        revision = older;
    }
}

void revision_put(struct revision_desk *desk, struct revision *fresh)
{
    struct revision *missed = atomic_exchange_explicit(&desk->fresh, NULL, memory_order_acq_rel);
    for (size_t i = 0; missed != NULL && i < identity_set_count(fresh->identities); i++)
        fresh->changed[i] = fresh->changed[i] || missed->changed[i];
    revision_free(missed);
    atomic_store_explicit(&desk->fresh, fresh, memory_order_release);
}

struct revision *revision_take(struct revision_desk *desk)
{
    return atomic_exchange_explicit(&desk->fresh, NULL, memory_order_acq_rel);
}

void revision_return(struct revision_desk *desk, struct revision *spent)
{
    spent->older = atomic_load_explicit(&desk->spent, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&desk->spent, &spent->older, spent,
                                                  memory_order_release, memory_order_relaxed))
        ;
}

void revision_collect(struct revision_desk *desk)
{
    revision_free(atomic_exchange_explicit(&desk->spent, NULL, memory_order_acquire));
}
