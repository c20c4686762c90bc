/* SPDX-License-Identifier: Apache-2.0 */
#include "load/verdict.h"

#include "base/buffer.h"
#include "load/plan.h"
#include "load/result.h"

#include <inttypes.h>
#include <stdio.h>

static bool are_failures_forgiven(const struct result *result, const struct plan *plan)
{
    double allowed = plan->max_failures_is_percent
                         ? (double)result->started * plan->max_failures / 100
                         : plan->max_failures;
    return (double)result->failed <= allowed;
}

/* The most frequent outcome that counts as failed, of those that are not yet TOLD; NUM_OUTCOMES: none. */
static int most_frequent(const struct result *result, const struct plan *plan,
                         const bool told[NUM_OUTCOMES])
{
    int most = NUM_OUTCOMES;
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        bool counts = !told[i] && result->outcomes[i] > 0 &&
                      outcome_class((enum outcome)i, plan->refusal_by_close) == CLASS_FAILED;
        if (counts && (most == NUM_OUTCOMES || result->outcomes[i] > result->outcomes[most]))
            most = i;
    }
    return most;
}

/* The seconds from the first to the last in which a session failed. */
static void write_when(struct buffer *out, const struct result *result)
{
    const struct series_row *first = NULL, *last = NULL;
    for (size_t i = 0; i < result->num_series; i++) {
        if (result->series[i].failed == 0)
            continue;
        last = &result->series[i];
        first = first != NULL ? first : last;
    }
    if (first != NULL)
        buffer_format(out, ", between %g s and %g s", first->t_s, last->t_s + 1);
}

/* ": 170 connect_refused, 6 reset, between 4 s and 6 s" */
static void write_causes(struct buffer *out, const struct result *result, const struct plan *plan)
{
    bool told[NUM_OUTCOMES] = {false};
    const char *before = ":";
    int next;
    while ((next = most_frequent(result, plan, told)) != NUM_OUTCOMES) {
        told[next] = true;
        buffer_format(out, "%s %" PRIu64 " %s", before, result->outcomes[next],
                      outcome_name((enum outcome)next));
        before = ",";
    }
    write_when(out, result);
}

static void check_failures(struct result *result, const struct plan *plan)
{
    const char *unit = plan->max_failures_is_percent ? "%" : "";
    char name[100] = "no session failed";
    struct buffer violation = {0};
    if (plan->max_failures > 0)
        snprintf(name, sizeof name, "no more sessions failed than --max-failures %g%s allows",
                 plan->max_failures, unit);
    buffer_format(&violation, "%" PRIu64 " %s failed", result->failed,
                  result->failed == 1 ? "session" : "sessions");
    if (plan->max_failures > 0)
        buffer_format(&violation, ", more than --max-failures %g%s allows", plan->max_failures,
                      unit);
    write_causes(&violation, result, plan);
    result_add_check(result, CHECK_RUN, name,
                     are_failures_forgiven(result, plan) ? NULL : buffer_text(&violation));
    buffer_cleanup(&violation);
}

static void check_books(struct result *result)
{
    result_add_check(result, CHECK_RUN, "the books balance",
                     result_balances(result)
                         ? NULL
                         : "the books do not balance; this is a bug, please report it");
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

/* A run of which nothing came is no good one. */
static void check_something(struct result *result, bool allow_empty)
{
    bool is_empty = result->succeeded == 0 && result->refused == 0 && result->unconfirmed == 0 &&
                    result->requests_succeeded == 0;
    char violation[200];
    snprintf(violation, sizeof violation,
             "nothing was measured: of %" PRIu64 " sessions none succeeded and none was refused, "
             "%" PRIu64 " failed and %" PRIu64 " were cut off",
             result->started, result->failed, result->cut_off);
    result_add_check(result, CHECK_RUN, SOMETHING, is_empty && !allow_empty ? violation : NULL);
}

/* A generator whose share is empty began nothing; whether all of them did, their merge says. */
static void check_success(struct result *result, const struct plan *plan)
{
    bool has_no_share = plan->num_shards > 1 && result->started == 0;
    check_something(result, plan->allow_empty || has_no_share);
}

static void check_accepted(struct result *result, const struct plan *plan,
                           const struct result_identity *row)
{
    if (row->sessions == 0 && plan->require_all_identities)
        result_add_violation(result, "%s must be accepted, and never had a session", row->name);
    if (row->refused > 0)
        result_add_violation(
            result, "%s must be accepted, and was refused in %" PRIu64 " of %" PRIu64 " sessions",
            row->name, row->refused, row->sessions);
}

/* What is perhaps a refusal, by a status that no option names. */
static const char *hint_of(const struct plan *plan, const struct result_identity *row,
                           enum status_class class)
{
    if (row->responses[class] == 0)
        return "";
    if (plan->refusal_statuses.count > 0)
        return "; its status is none of --refusal-status, or the server asked for no certificate";
    return class == STATUS_3XX
               ? "; it was redirected (3xx), which is a refusal with --refusal-status"
               : "; it had a 4xx, which is a refusal with --refusal-status";
}

/* One that must be refused must be seen refused: what failed or is unconfirmed does not do. */
static void check_refused(struct result *result, const struct plan *plan,
                          const struct result_identity *row)
{
    uint64_t decided = row->refused + row->succeeded + row->unconfirmed;
    if (decided == 0 && row->failed == 0)
        result_add_violation(result, "%s must be refused, and no session came so far", row->name);
    else if (decided == 0)
        result_add_violation(result,
                             "%s must be refused, and was in none of %" PRIu64 " sessions: %" PRIu64
                             " failed%s",
                             row->name, row->sessions, row->failed, hint_of(plan, row, STATUS_4XX));
    if (row->succeeded > 0)
        result_add_violation(
            result, "%s must be refused, and was accepted in %" PRIu64 " of %" PRIu64 " sessions%s",
            row->name, row->succeeded, row->sessions, hint_of(plan, row, STATUS_3XX));
    if (row->unconfirmed > 0)
        result_add_violation(result,
                             "%s must be refused, and was not seen refused in %" PRIu64
                             " of %" PRIu64 " sessions",
                             row->name, row->unconfirmed, row->sessions);
}

/* As expected: the server decided as it had to, and what failed is forgiven. */
static void check_identity(struct result *result, const struct plan *plan,
                           struct result_identity *row, bool is_forgiven)
{
    size_t num_before = result->num_violations;
    if (row->expect_refused)
        check_refused(result, plan, row);
    else
        check_accepted(result, plan, row);
    row->as_expected = result->num_violations == num_before && (row->failed == 0 || is_forgiven);
}

#define MOST_REDIRECTED_SHOWN 5

/* Each identity that must be accepted, and of which any 3xx is a success. */
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

/* Writes those that are redirected, and marks them; returns how many there are. */
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

/* A redirect of one identity, where another is served, is no success that may be passed over. */
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
                      "redirected (3xx) where others were served (2xx): %s; --refusal-status says "
                      "that it is a refusal, --expect-status that it is right",
                      buffer_text(&who));
    /* Of a merged result, a part may have said it already. */
    if (count == 0 || result_check_named(result, CHECK_RUN, name)->violation == NULL)
        result_add_check(result, CHECK_RUN, name, count > 0 ? buffer_text(&violation) : NULL);
    result->passed = result->passed && count == 0;
    buffer_cleanup(&who);
    buffer_cleanup(&violation);
}

void verdict_reach(struct result *result, const struct plan *plan)
{
    check_books(result);
    check_failures(result, plan);
    for (size_t i = 0; i < result->num_identities; i++)
        check_identity(result, plan, &result->identities[i], are_failures_forgiven(result, plan));
    if (result->num_identities > 1 && plan->requests > 0)
        check_redirects(result);
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
