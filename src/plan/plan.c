/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/plan.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "http/request.h"
#include "plan/turns.h"
#include "tls/identity.h"
#include "tls/pinset.h"

#include <stdlib.h>
#include <string.h>

/* How often a changing number of connections is looked at. */
#define CHANGE_STEP_NS (100 * NS_PER_US)

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
    free(plan->weights);
    for (size_t i = 0; i < plan->reload.num_directories; i++)
        free(plan->reload.directories[i]);
    free(plan->reload.directories);
    turns_free(plan->turns);
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

void plan_expect_refusal(struct plan *plan, size_t identity)
{
    if (plan->expect_refused == NULL)
        plan->expect_refused = memory_new(plan_num_identities(plan), sizeof *plan->expect_refused);
    plan->expect_refused[identity] = true;
}

struct status_list *plan_own_statuses(struct plan *plan, size_t identity)
{
    if (plan->identity_statuses == NULL)
        plan->identity_statuses =
            memory_new(plan_num_identities(plan), sizeof *plan->identity_statuses);
    return &plan->identity_statuses[identity];
}

bool status_list_parse(struct status_list *list, const char *codes)
{
    char *copy = memory_text(codes), *rest = copy;
    bool ok = true;
    for (char *part; ok && (part = strsep(&rest, ",")) != NULL;) {
        uint64_t code;
        ok = text_parse_count(part, &code) && code >= 200 && code <= 599;
        if (!ok)
            break;
        list->codes = memory_resize(list->codes, (list->count + 1) * sizeof *list->codes);
        list->codes[list->count++] = (unsigned)code;
    }
    free(copy);
    return ok;
}

bool plan_expects_refusal(const struct plan *plan, size_t identity)
{
    return plan->expect_refused != NULL && plan->expect_refused[identity];
}

uint64_t plan_weight(const struct plan *plan, size_t identity)
{
    return plan->weights != NULL ? plan->weights[identity] : 0;
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

uint64_t plan_connections_at(const struct plan *plan, unsigned thread, uint64_t after_ns)
{
    bool changes = plan->stages.count > 0 && plan->stages.of_connections;
    uint64_t total = changes ? stages_connections(&plan->stages, after_ns) : plan->connections;
    return plan_share(plan_share(total, plan->num_shards, plan->shard), plan->threads, thread);
}

void plan_start_pacer(const struct plan *plan, struct pacer *pacer, uint64_t start_ns,
                      unsigned share, unsigned num_shares)
{
    if (plan->stages.count > 0 && !plan->stages.of_connections)
        pacer_init_stages(pacer, plan->arrival, &plan->stages, start_ns, share, num_shares,
                          plan->seed);
    else
        pacer_init(pacer, plan->arrival, plan->rate, plan->ramp_ns, start_ns, share, num_shares,
                   plan->seed);
}

uint64_t plan_stage_end(const struct plan *plan, uint64_t start_ns, uint64_t at_ns,
                        uint64_t most_ns)
{
    const struct stages *stages = &plan->stages;
    if (stages->count == 0)
        return most_ns;
    return number_min(start_ns + stages_end(stages, stages_at(stages, at_ns - start_ns)), most_ns);
}

/* There is no need to know it to the microsecond. */
uint64_t plan_next_change(const struct plan *plan, uint64_t start_ns)
{
    if (plan->stages.count == 0 || !plan->stages.of_connections)
        return UINT64_MAX;
    uint64_t now_ns = number_max(clock_now_ns(), start_ns);
    uint64_t after_ns = stages_next_change(&plan->stages, now_ns - start_ns);
    return after_ns == UINT64_MAX ? after_ns
                                  : number_max(start_ns + after_ns, now_ns + CHANGE_STEP_NS);
}

const char *session_mode_name(enum session_mode mode)
{
    static const char *const names[] = {"full", "resume", "mixed", "early"};
    return names[mode];
}
