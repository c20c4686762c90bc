/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/plan.h"

#include "http/request.h"
#include "tls/identity.h"
#include "tls/pinset.h"

#include <stdlib.h>

void plan_cleanup(struct plan *plan)
{
    target_cleanup(&plan->target);
    address_list_cleanup(&plan->addresses);
    address_list_cleanup(&plan->sources);
    free(plan->sni);
    free(plan->verify_host);
    pinset_free(plan->pins);
    pinset_free(plan->rejected);
    free(plan->cacert);
    buffer_cleanup(&plan->anchors);
    for (size_t i = 0; plan->identity_statuses != NULL && i < plan_num_identities(plan); i++)
        free(plan->identity_statuses[i].codes);
    free(plan->identity_statuses);
    identity_set_free(plan->identities);
    free(plan->expect_refused);
    request_free(plan->request);
    free(plan->expect_statuses.codes);
    free(plan->refusal_statuses.codes);
    buffer_cleanup(&plan->ech);
    if (plan->tls.keylog != NULL)
        fclose(plan->tls.keylog);
    *plan = (struct plan){0};
}

bool status_list_has(const struct status_list *list, unsigned status)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->codes[i] == status)
            return true;
    }
    return false;
}

static bool has_own_statuses(const struct plan *plan, size_t identity)
{
    return plan->identity_statuses != NULL && plan->identity_statuses[identity].count > 0;
}

const struct status_list *plan_identity_statuses(const struct plan *plan, size_t identity)
{
    return has_own_statuses(plan, identity) ? &plan->identity_statuses[identity]
                                            : &plan->expect_statuses;
}

bool plan_expects_status(const struct plan *plan, size_t identity, unsigned status)
{
    const struct status_list *expected = plan_identity_statuses(plan, identity);
    return expected->count > 0 ? status_list_has(expected, status) : status >= 200 && status < 400;
}

bool plan_refuses_by_status(const struct plan *plan, size_t identity, unsigned status)
{
    return status_list_has(&plan->refusal_statuses, status) &&
           !(has_own_statuses(plan, identity) &&
             status_list_has(&plan->identity_statuses[identity], status));
}

bool plan_expects_refusal(const struct plan *plan, size_t identity)
{
    return plan->expect_refused != NULL && plan->expect_refused[identity];
}

size_t plan_num_identities(const struct plan *plan)
{
    size_t count = identity_set_count(plan->identities);
    return count ? count : 1;
}

const char *plan_identity_name(const struct plan *plan, size_t identity)
{
    if (identity_set_count(plan->identities) == 0)
        return PLAN_ANONYMOUS;
    return identity_set_name(plan->identities, identity);
}

uint64_t plan_share(uint64_t total, unsigned parts, unsigned part)
{
    return total / parts + (part < total % parts);
}

uint64_t plan_connections(const struct plan *plan)
{
    return plan_share(plan->connections, plan->num_shards, plan->shard);
}

uint64_t plan_sessions(const struct plan *plan)
{
    return plan_share(plan->sessions, plan->num_shards, plan->shard);
}

double plan_rate(const struct plan *plan)
{
    return plan->rate / plan->num_shards;
}

const char *session_mode_name(enum session_mode mode)
{
    static const char *const names[] = {"full", "resume", "mixed", "early"};
    return names[mode];
}
