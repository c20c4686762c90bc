/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats/report_junit.h"

#include "base/buffer.h"
#include "report/figures.h"
#include "report/formats/junit_suite.h"
#include "result/result.h"

#include <inttypes.h>

static void add_identity(struct junit_suite *suite, const struct result_identity *identity)
{
    const char *expected = identity->expect_refused ? "refused" : "accepted";
    struct buffer name = {0}, message = {0};
    enum junit_fate fate = FATE_FAILED;
    buffer_format(&name, "%s is %s", identity->name, expected);
    buffer_format(&message,
                  "expected to be %s: %" PRIu64 " sessions, %" PRIu64 " succeeded, %" PRIu64
                  " refused, %" PRIu64 " failed, %" PRIu64 " unconfirmed",
                  expected, identity->sessions, identity->by_class[CLASS_SUCCEEDED],
                  identity->by_class[CLASS_REFUSED], identity->by_class[CLASS_FAILED],
                  identity->by_class[CLASS_UNCONFIRMED]);
    if (identity->cut_off_served > 0)
        buffer_format(&message, ", %" PRIu64 " accepted until the run ended",
                      identity->cut_off_served);
    bool is_decided = identity->by_class[CLASS_SUCCEEDED] > 0 || identity->cut_off_served > 0 ||
                      identity->by_class[CLASS_REFUSED] > 0 ||
                      identity->by_class[CLASS_UNCONFIRMED] > 0;
    if (identity->as_expected)
        fate = is_decided ? FATE_PASSED : FATE_SKIPPED;
    junit_case(suite, "identity", buffer_text(&name), fate,
               fate != FATE_SKIPPED      ? buffer_text(&message)
               : identity->sessions == 0 ? "no session was started"
                                         : "no session was decided: all failed or were cut off");
    buffer_cleanup(&name);
    buffer_cleanup(&message);
}

static void add_check(struct junit_suite *suite, const struct result_check *check)
{
    junit_case(suite, check_kind_name(check->kind), check->name,
               check->violation != NULL ? FATE_FAILED : FATE_PASSED, check->violation);
}

static void add_rate(struct junit_suite *suite, const struct result *r)
{
    char message[200];
    if (!r->open_loop && !r->saturated)
        return;
    snprintf(message, sizeof message,
             "%" PRIu64 " of %" PRIu64
             " sessions due were started, or they came late; limit: %.40s",
             r->started, r->scheduled, r->limit != NULL ? r->limit : "unknown");
    junit_case(suite, "run", "the rate was held", r->saturated ? FATE_FAILED : FATE_PASSED,
               message);
}

static enum junit_fate fate_of_stage(enum stage_verdict verdict)
{
    static const enum junit_fate fates[NUM_STAGE_VERDICTS] = {
        [STAGE_PASSED] = FATE_PASSED, [STAGE_NOT_RUN] = FATE_SKIPPED,
        [STAGE_MISSED] = FATE_FAILED, [STAGE_INCOMPLETE] = FATE_ERROR,
        [STAGE_FAILED] = FATE_FAILED,
    };
    return fates[verdict];
}

static void add_stage(struct junit_suite *suite, const struct result *r, size_t index)
{
    const struct result_stage *stage = &r->stages.items[index];
    char load[2 * FIGURE_LEN], length[FIGURE_LEN];
    struct buffer name = {0}, message = {0};
    figure_load(load, stage->from, stage->to, r->stages.of_connections);
    figure_seconds(length, stage->length_s);
    buffer_format(&name, "stage %zu: %s for %s", index + 1, load, length);
    buffer_format(&message,
                  "%s: of %" PRIu64 " sessions due %" PRIu64 " were started in time; %" PRIu64
                  " failed, %" PRIu64 " were refused or accepted unexpectedly",
                  stage_verdict_words(stage->verdict), stage->scheduled, stage->kept,
                  stage->by_class[CLASS_FAILED], stage->unexpected);
    junit_case(suite, "stage", buffer_text(&name), fate_of_stage(stage->verdict),
               buffer_text(&message));
    buffer_cleanup(&name);
    buffer_cleanup(&message);
}

static void add_end(struct junit_suite *suite, const struct result *r)
{
    char message[64];
    snprintf(message, sizeof message, "interrupted by signal %d", r->interrupted_by);
    junit_case(suite, "run", "the run came to its end",
               r->interrupted_by != 0 ? FATE_ERROR : FATE_PASSED, message);
}

/* Results of older versions have no checks: each violation is a test case. */
static void add_unexplained(struct junit_suite *suite, const struct result *r)
{
    if (r->passed || suite->fates[FATE_FAILED] > 0)
        return;
    for (size_t i = 0; i < r->num_violations; i++)
        junit_case(suite, "run", r->violations[i], FATE_FAILED, r->violations[i]);
    if (r->num_violations == 0)
        junit_case(suite, "run", "the run passed", FATE_FAILED, "the result says that it did not");
}

static void add_all(struct junit_suite *suite, const struct result *r)
{
    for (size_t i = 0; i < r->num_identities; i++)
        add_identity(suite, &r->identities[i]);
    for (size_t i = 0; i < r->num_checks; i++)
        add_check(suite, &r->checks[i]);
    add_unexplained(suite, r);
    for (size_t i = 0; i < r->stages.count; i++)
        add_stage(suite, r, i);
    add_rate(suite, r);
    add_end(suite, r);
}

/* --- the file ------------------------------------------------------------------------------- */

/* Explains the cases, without being one. */
static void put_remarks(FILE *out, const struct result *r)
{
    bool has_paused = r->slots_paused_s > 0;
    char figure[FIGURE_LEN];
    if (r->first_failure == NULL && !has_paused)
        return;
    fputs("    <system-out>", out);
    if (r->first_failure != NULL)
        junit_text(out, r->first_failure);
    if (has_paused) {
        figure_seconds(figure, r->slots_paused_s);
        if (r->first_failure != NULL)
            junit_text(out, "\n");
        fprintf(out, "Slots paused for %s after failures", figure);
    }
    fputs("</system-out>\n", out);
}

bool report_junit(FILE *out, const struct result *result)
{
    struct junit_suite counted = {0}, written = {.out = out};
    add_all(&counted, result);
    junit_begin(out, &counted, result->url, result->duration_s, result->started_wall_ns);
    add_all(&written, result);
    put_remarks(out, result);
    junit_end(out);
    return !ferror(out);
}
