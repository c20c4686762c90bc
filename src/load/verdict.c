/* SPDX-License-Identifier: Apache-2.0 */
#include "load/verdict.h"

#include "load/plan.h"
#include "load/result.h"

#include <inttypes.h>

static void check_failures(struct result *result, const struct plan *plan)
{
    double allowed = plan->max_failures_is_percent
                         ? (double)result->started * plan->max_failures / 100
                         : plan->max_failures;
    if ((double)result->failed <= allowed)
        return;
    if (plan->max_failures == 0)
        result_add_violation(result, "%" PRIu64 " %s failed", result->failed,
                             result->failed == 1 ? "session" : "sessions");
    else
        result_add_violation(
            result, "%" PRIu64 " sessions failed, more than --max-failures %g%s allows",
            result->failed, plan->max_failures, plan->max_failures_is_percent ? "%" : "");
}

static void check_identity(struct result *result, const struct result_identity *row)
{
    if (!row->expect_refused && row->refused > 0)
        result_add_violation(
            result, "%s must be accepted, and was refused in %" PRIu64 " of %" PRIu64 " sessions",
            row->name, row->refused, row->sessions);
    if (row->expect_refused && row->refused + row->succeeded + row->unconfirmed + row->failed == 0)
        result_add_violation(result, "%s must be refused, and no session came so far", row->name);
    if (row->expect_refused && row->succeeded > 0)
        result_add_violation(
            result, "%s must be refused, and was accepted in %" PRIu64 " of %" PRIu64 " sessions",
            row->name, row->succeeded, row->sessions);
    if (row->expect_refused && row->unconfirmed > 0)
        result_add_violation(result,
                             "%s must be refused, and was not seen refused in %" PRIu64
                             " of %" PRIu64 " sessions",
                             row->name, row->unconfirmed, row->sessions);
}

void verdict_reach(struct result *result, const struct plan *plan)
{
    if (!result_balances(result))
        result_add_violation(result, "the books do not balance; this is a bug, please report it");
    check_failures(result, plan);
    for (size_t i = 0; i < result->num_identities; i++)
        check_identity(result, &result->identities[i]);
    if (result->tickets_declined > 0)
        result_add_violation(result,
                             "the server declined %" PRIu64 " of %" PRIu64 " offered tickets",
                             result->tickets_declined, result->tickets_offered);
    result->passed = result->num_violations == 0;
}
