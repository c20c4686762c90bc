/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats/report_junit.h"

#include "base/buffer.h"
#include "base/text.h"
#include "report/figures.h"
#include "report/utf8.h"
#include "result/result.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- XML ------------------------------------------------------------------------------------ */

/* XML 1.0 cannot represent most control characters, nor U+FFFE and U+FFFF: they become '?'. */
static size_t unwritable_len(const unsigned char *p)
{
    if (*p < ' ' && *p != '\t' && *p != '\n' && *p != '\r')
        return 1;
    return p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe ? 3 : 0;
}

static void put_xml(FILE *out, const char *text)
{
    static const struct {
        char c;
        const char *entity;
    } escapes[] = {{'&', "&amp;"},  {'<', "&lt;"},  {'>', "&gt;"},  {'"', "&quot;"},
                   {'\n', "&#10;"}, {'\t', "&#9;"}, {'\r', "&#13;"}};
    char *clean = text_hide_controls(utf8_clean(text != NULL ? text : ""));
    for (const char *p = clean; *p != '\0';) {
        size_t unwritable = unwritable_len((const unsigned char *)p);
        const char *entity = NULL;
        for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++)
            entity = escapes[i].c == *p ? escapes[i].entity : entity;
        if (unwritable > 0)
            putc('?', out);
        else if (entity != NULL)
            fputs(entity, out);
        else
            putc(*p, out);
        p += unwritable > 0 ? unwritable : 1;
    }
    free(clean);
}

static void attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    put_xml(out, value);
    putc('"', out);
}

/* --- cases ---------------------------------------------------------------------------------- */

enum fate { FATE_PASSED, FATE_FAILED, FATE_ERROR, FATE_SKIPPED };

/* Counting and writing are the same walk: without OUT it only counts. */
struct suite {
    FILE *out;
    size_t tests, fates[4];
};

static void write_fate(FILE *out, enum fate fate, const char *type, const char *message)
{
    static const char *const elements[] = {"", "failure", "error", "skipped"};
    fprintf(out, ">\n      <%s", elements[fate]);
    if (fate != FATE_SKIPPED)
        attribute(out, "type", type);
    attribute(out, "message", message);
    fputs("/>\n    </testcase>\n", out);
}

static void add_case(struct suite *suite, const char *group, const char *name, enum fate fate,
                     const char *message)
{
    suite->tests++;
    suite->fates[fate]++;
    if (suite->out == NULL)
        return;
    fprintf(suite->out, "    <testcase classname=\"pinload.%s\"", group);
    attribute(suite->out, "name", name);
    if (fate == FATE_PASSED)
        fputs("/>\n", suite->out);
    else
        write_fate(suite->out, fate, group, message);
}

static void add_identity(struct suite *suite, const struct result_identity *identity)
{
    const char *expected = identity->expect_refused ? "refused" : "accepted";
    struct buffer name = {0}, message = {0};
    enum fate fate = FATE_FAILED;
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
    add_case(suite, "identity", buffer_text(&name), fate,
             fate != FATE_SKIPPED      ? buffer_text(&message)
             : identity->sessions == 0 ? "no session was started"
                                       : "no session was decided: all failed or were cut off");
    buffer_cleanup(&name);
    buffer_cleanup(&message);
}

static void add_check(struct suite *suite, const struct result_check *check)
{
    add_case(suite, check_kind_name(check->kind), check->name,
             check->violation != NULL ? FATE_FAILED : FATE_PASSED, check->violation);
}

static void add_rate(struct suite *suite, const struct result *r)
{
    char message[200];
    if (!r->open_loop && !r->saturated)
        return;
    snprintf(message, sizeof message,
             "%" PRIu64 " of %" PRIu64
             " sessions due were started, or they came late; limit: %.40s",
             r->started, r->scheduled, r->limit != NULL ? r->limit : "unknown");
    add_case(suite, "run", "the rate was held", r->saturated ? FATE_FAILED : FATE_PASSED, message);
}

static void add_end(struct suite *suite, const struct result *r)
{
    char message[64];
    snprintf(message, sizeof message, "interrupted by signal %d", r->interrupted_by);
    add_case(suite, "run", "the run came to its end",
             r->interrupted_by != 0 ? FATE_ERROR : FATE_PASSED, message);
}

/* Results of older versions have no checks: each violation is a test case. */
static void add_unexplained(struct suite *suite, const struct result *r)
{
    if (r->passed || suite->fates[FATE_FAILED] > 0)
        return;
    for (size_t i = 0; i < r->num_violations; i++)
        add_case(suite, "run", r->violations[i], FATE_FAILED, r->violations[i]);
    if (r->num_violations == 0)
        add_case(suite, "run", "the run passed", FATE_FAILED, "the result says that it did not");
}

static void add_all(struct suite *suite, const struct result *r)
{
    for (size_t i = 0; i < r->num_identities; i++)
        add_identity(suite, &r->identities[i]);
    for (size_t i = 0; i < r->num_checks; i++)
        add_check(suite, &r->checks[i]);
    add_unexplained(suite, r);
    add_rate(suite, r);
    add_end(suite, r);
}

/* --- the file ------------------------------------------------------------------------------- */

static void put_totals(FILE *out, const struct suite *suite, double duration_s)
{
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\"",
            suite->tests, suite->fates[FATE_FAILED], suite->fates[FATE_ERROR],
            suite->fates[FATE_SKIPPED], duration_s);
}

/* Explains the cases, without being one. */
static void put_remarks(FILE *out, const struct result *r)
{
    bool has_paused = r->slots_paused_s > 0;
    char figure[FIGURE_LEN];
    if (r->first_failure == NULL && !has_paused)
        return;
    fputs("    <system-out>", out);
    if (r->first_failure != NULL)
        put_xml(out, r->first_failure);
    if (has_paused) {
        figure_seconds(figure, r->slots_paused_s);
        if (r->first_failure != NULL)
            put_xml(out, "\n");
        fprintf(out, "Slots paused for %s after failures", figure);
    }
    fputs("</system-out>\n", out);
}

bool report_junit(FILE *out, const struct result *result)
{
    struct suite counted = {0}, written = {.out = out};
    char started_at[FIGURE_LEN];
    add_all(&counted, result);
    figure_utc(started_at, result->started_wall_ns);
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"pinload\"", out);
    put_totals(out, &counted, result->duration_s);
    fputs(">\n  <testsuite", out);
    attribute(out, "name", result->url);
    put_totals(out, &counted, result->duration_s);
    fprintf(out, " timestamp=\"%.19s\">\n", started_at);
    add_all(&written, result);
    put_remarks(out, result);
    fputs("  </testsuite>\n</testsuites>\n", out);
    return !ferror(out);
}
