/* SPDX-License-Identifier: Apache-2.0 */
#include "result/verdict.h"

#include "base/buffer.h"
#include "plan/plan.h"
#include "result/result.h"

#include <inttypes.h>
#include <stdio.h>

static bool are_failures_forgiven(const struct result *result, const struct plan *plan)
{
    double allowed = plan->max_failures_is_percent
                         ? (double)result->started * plan->max_failures / 100
                         : plan->max_failures;
    return (double)result->by_class[CLASS_FAILED] <= allowed;
}

/* --- failures that are not due to an identity ----------------------------------------------- */

static bool had_a_turn(const struct result_identity *row)
{
    return row->sessions > row->by_class[CLASS_CUT_OFF] - row->cut_off_served;
}

static uint32_t outcomes_of(enum outcome_blame blame)
{
    uint32_t set = 0;
    for (int i = 0; i < NUM_OUTCOMES; i++)
        set |= outcome_blame((enum outcome)i) == blame ? outcome_bit((enum outcome)i) : 0;
    return set;
}

/* Whether each identity that had a session failed in one of these ways. */
static bool befell_all(const struct result *result, uint32_t outcomes)
{
    bool befell_any = false;
    for (size_t i = 0; i < result->num_identities; i++) {
        const struct result_identity *row = &result->identities[i];
        if (had_a_turn(row) && (row->failed_by & outcomes) == 0)
            return false;
        befell_any = befell_any || had_a_turn(row);
    }
    return befell_any;
}

/* The outcomes that are not due to a single identity. An outage has several: some sessions cannot
 * connect, and those in progress are reset. A single identity has no others to compare with. */
static uint32_t blameless(const struct result *result, const struct plan *plan)
{
    uint32_t nobodys = outcomes_of(BLAME_NOBODY);
    uint32_t networks = nobodys | outcomes_of(BLAME_NETWORK);
    uint32_t servers = outcomes_of(BLAME_SERVER_CERT);
    if (result->num_identities < 2 && plan->num_shards < 2)
        return 0;
    return nobodys | (befell_all(result, networks) ? networks : 0) |
           (befell_all(result, servers) ? servers : 0);
}

/* Whether several identities failed, all of those that had a session, and none for a reason of its
 * own. */
static bool are_all_alike(const struct result *result, uint32_t excused)
{
    for (size_t i = 0; i < result->num_identities; i++) {
        if ((result->identities[i].failed_by & ~excused) != 0)
            return false;
    }
    return result->num_identities > 1 && befell_all(result, UINT32_MAX);
}

static void check_failures(struct result *result, const struct plan *plan, uint32_t excused)
{
    const char *unit = plan->max_failures_is_percent ? "%" : "";
    char name[100] = RESULT_NO_FAILURES;
    struct buffer violation = {0};
    if (plan->max_failures > 0)
        snprintf(name, sizeof name, RESULT_FEW_FAILURES "--max-failures %g%s allows",
                 plan->max_failures, unit);
    buffer_format(&violation, "%" PRIu64 " %s failed", result->by_class[CLASS_FAILED],
                  result->by_class[CLASS_FAILED] == 1 ? "session" : "sessions");
    if (plan->max_failures > 0)
        buffer_format(&violation, ", more than --max-failures %g%s allows", plan->max_failures,
                      unit);
    result_write_causes(&violation, result, plan->refusal_by_close);
    if (are_all_alike(result, excused))
        buffer_append_text(&violation, ", of all identities alike");
    result_add_check(result, CHECK_RUN, name,
                     are_failures_forgiven(result, plan) ? NULL : buffer_text(&violation));
    buffer_cleanup(&violation);
}

static void check_books(struct result *result)
{
    result_add_check(result, CHECK_RUN, "the books balance",
                     result_balances(result)
                         ? NULL
                         : "the counts do not add up; this is a bug, please report it");
}

static void check_tickets(struct result *result, const struct plan *plan)
{
    char violation[200];
    if (plan->session_mode == SESSION_FULL && result->tickets_declined == 0)
        return;
    snprintf(violation, sizeof violation,
             "the server declined %" PRIu64 " of %" PRIu64 " offered tickets",
             result->tickets_declined, result->tickets_offered);
    result_add_check(result, CHECK_RUN, "no offered ticket was declined",
                     result->tickets_declined > 0 ? violation : NULL);
}

#define SOMETHING "something was measured"

/* A run without any result does not pass. */
static void check_something(struct result *result, bool allow_empty)
{
    bool is_empty = result->by_class[CLASS_SUCCEEDED] == 0 &&
                    result->by_class[CLASS_REFUSED] == 0 &&
                    result->by_class[CLASS_UNCONFIRMED] == 0 && result->requests_succeeded == 0;
    char violation[200];
    snprintf(violation, sizeof violation,
             "nothing was measured: of %" PRIu64 " sessions none succeeded and none was refused, "
             "%" PRIu64 " failed and %" PRIu64 " were cut off",
             result->started, result->by_class[CLASS_FAILED], result->by_class[CLASS_CUT_OFF]);
    result_add_check(result, CHECK_RUN, SOMETHING, is_empty && !allow_empty ? violation : NULL);
}

/* A generator whose share is empty starts nothing; whether all of them did is checked when
 * merging. */
static void check_success(struct result *result, const struct plan *plan)
{
    bool has_no_share = plan->num_shards > 1 && result->started == 0;
    check_something(result, plan->allow_empty || has_no_share);
}

static void check_accepted(struct result *result, const struct plan *plan,
                           const struct result_identity *row)
{
    if (row->sessions == 0 && plan->require_all_identities)
        result_add_violation(result, "%s must be accepted, but never had a session", row->name);
    if (row->by_class[CLASS_REFUSED] > 0)
        result_add_violation(
            result, "%s must be accepted, but was refused in %" PRIu64 " of %" PRIu64 " sessions",
            row->name, row->by_class[CLASS_REFUSED], row->sessions);
}

/* What may be a refusal, by a status that no option names. */
static const char *hint_of(const struct plan *plan, const struct result_identity *row,
                           enum status_class class)
{
    if (row->responses[class] == 0)
        return "";
    if (plan->refusal_statuses.count > 0)
        return "; its status is not one of --refusal-status, or the server asked for no "
               "certificate";
    return class == STATUS_3XX
               ? "; it was redirected (3xx), which is a refusal with --refusal-status"
               : "; it had a 4xx, which is a refusal with --refusal-status";
}

/* An identity that must be refused must be seen refused: failed or unconfirmed is not enough. */
static void check_refused(struct result *result, const struct plan *plan,
                          const struct result_identity *row)
{
    uint64_t accepted = row->by_class[CLASS_SUCCEEDED] + row->cut_off_served;
    uint64_t decided = row->by_class[CLASS_REFUSED] + accepted + row->by_class[CLASS_UNCONFIRMED];
    if (decided == 0 && row->by_class[CLASS_FAILED] == 0)
        result_add_violation(result, "%s must be refused, but no session got that far", row->name);
    else if (decided == 0)
        result_add_violation(
            result,
            "%s must be refused, but was in none of %" PRIu64 " sessions: %" PRIu64 " failed%s",
            row->name, row->sessions, row->by_class[CLASS_FAILED], hint_of(plan, row, STATUS_4XX));
    if (accepted > 0)
        result_add_violation(
            result, "%s must be refused, but was accepted in %" PRIu64 " of %" PRIu64 " sessions%s",
            row->name, accepted, row->sessions, hint_of(plan, row, STATUS_3XX));
    if (row->by_class[CLASS_UNCONFIRMED] > 0)
        result_add_violation(result,
                             "%s must be refused, but was not seen refused in %" PRIu64
                             " of %" PRIu64 " sessions",
                             row->name, row->by_class[CLASS_UNCONFIRMED], row->sessions);
}

/* As expected: the server decided as it had to, and failures are tolerated or EXCUSED. */
static void check_identity(struct result *result, const struct plan *plan,
                           struct result_identity *row, bool is_forgiven, uint32_t excused)
{
    bool is_excused = row->failed_by != 0 && (row->failed_by & ~excused) == 0;
    size_t num_before = result->num_violations;
    if (row->expect_refused)
        check_refused(result, plan, row);
    else
        check_accepted(result, plan, row);
    row->as_expected = result->num_violations == num_before &&
                       (row->by_class[CLASS_FAILED] == 0 || is_forgiven || is_excused);
}

#define MOST_REDIRECTED_SHOWN 5

/* Each identity that must be accepted, and for which any 3xx is a success. */
static bool is_redirected(const struct result_identity *row, size_t num_served)
{
    bool other_is_served = num_served > (row->responses[STATUS_2XX] > 0 ? 1 : 0);
    return !row->expect_refused && row->expected_status == NULL && row->responses[STATUS_3XX] > 0 &&
           other_is_served;
}

static void write_redirected(struct buffer *out, const struct result_identity *row)
{
    uint64_t num_responses = 0;
    for (int class = 0; class < NUM_STATUS_CLASSES; class ++)
        num_responses = result_count_sum(num_responses, row->responses[class]);
    buffer_format(out, "%s%s (%" PRIu64 " of %" PRIu64 " responses)", out->len > 0 ? ", " : "",
                  row->name, row->responses[STATUS_3XX], num_responses);
}

/* Writes those that are redirected, and marks them; returns their number. */
static size_t find_redirected(struct result *result, size_t num_served, struct buffer *out)
{
    size_t count = 0;
    for (size_t i = 0; i < result->num_identities; i++) {
        struct result_identity *row = &result->identities[i];
        if (!is_redirected(row, num_served))
            continue;
        row->as_expected = false;
        if (count++ < MOST_REDIRECTED_SHOWN)
            write_redirected(out, row);
    }
    if (count > MOST_REDIRECTED_SHOWN)
        buffer_format(out, " and %zu more", count - MOST_REDIRECTED_SHOWN);
    return count;
}

/* If one identity is redirected and another one is served, the redirect does not count as a
 * success. */
static void check_redirects(struct result *result)
{
    static const char name[] = "no identity was redirected where others were served";
    size_t num_served = 0;
    for (size_t i = 0; i < result->num_identities; i++)
        num_served += result->identities[i].responses[STATUS_2XX] > 0;
    struct buffer who = {0}, violation = {0};
    size_t count = find_redirected(result, num_served, &who);
    if (count > 0)
        buffer_format(&violation,
                      "redirected (3xx) where others were served (2xx): %s; --refusal-status makes "
                      "it a refusal, --expect-status a success",
                      buffer_text(&who));
    /* In a merged result, a part may have reported it already. */
    if (count == 0 || result_check_named(result, CHECK_RUN, name)->violation == NULL)
        result_add_check(result, CHECK_RUN, name, count > 0 ? buffer_text(&violation) : NULL);
    result->passed = result->passed && count == 0;
    buffer_cleanup(&who);
    buffer_cleanup(&violation);
}

void verdict_reach(struct result *result, const struct plan *plan)
{
    uint32_t excused = blameless(result, plan);
    bool is_forgiven = are_failures_forgiven(result, plan);
    check_books(result);
    check_failures(result, plan, excused);
    for (size_t i = 0; i < result->num_identities; i++)
        check_identity(result, plan, &result->identities[i], is_forgiven, excused);
    if (result->num_identities > 1 && plan->requests > 0)
        check_redirects(result);
    result_stages_judge(&result->stages, plan);
    check_tickets(result, plan);
    check_success(result, plan);
    result->passed = result->num_violations == 0;
}

void verdict_check_merged(struct result *result, bool allow_empty)
{
    if (result->num_identities > 1 && result->requests_started > 0)
        check_redirects(result);
    bool is_said = result_check_named(result, CHECK_RUN, SOMETHING)->violation != NULL;
    if (is_said)
        return;
    check_something(result, allow_empty);
    result->passed =
        result->passed && result_check_named(result, CHECK_RUN, SOMETHING)->violation == NULL;
}
