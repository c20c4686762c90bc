/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report_junit.h"

#include "load/result.h"
#include "report/figures.h"
#include "report/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* XML 1.0 has no way to write most control characters, nor U+FFFE and U+FFFF: they become '?'. */
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
    char *clean = utf8_clean(text != NULL ? text : "");
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

static void begin_case(FILE *out, const char *group, const char *name)
{
    fprintf(out, "    <testcase classname=\"pinload.%s\"", group);
    attribute(out, "name", name);
}

/* What an unexpected identity's failure says. */
static void identity_message(char out[static 200], const struct result_identity *identity)
{
    snprintf(out, 200,
             "expected to be %s: %" PRIu64 " sessions, %" PRIu64 " succeeded, %" PRIu64
             " refused, %" PRIu64 " failed",
             identity->expect_refused ? "refused" : "accepted", identity->sessions,
             identity->succeeded, identity->refused, identity->failed);
}

static void write_identity(FILE *out, const struct result_identity *identity)
{
    fputs("    <testcase classname=\"pinload.identities\" name=\"", out);
    put_xml(out, identity->name);
    fprintf(out, " is %s\"", identity->expect_refused ? "refused" : "accepted");
    if (!identity->as_expected) {
        char message[200];
        identity_message(message, identity);
        fputs(">\n      <failure type=\"expectation\"", out);
        attribute(out, "message", message);
        fputs("/>\n    </testcase>\n", out);
    } else if (identity->sessions == 0) {
        fputs(">\n      <skipped message=\"no session was started\"/>\n    </testcase>\n", out);
    } else {
        fputs("/>\n", out);
    }
}

static void write_violation(FILE *out, const char *violation)
{
    begin_case(out, "violations", violation);
    fputs(">\n      <failure type=\"violation\"", out);
    attribute(out, "message", violation);
    fputs("/>\n    </testcase>\n", out);
}

static void verdict_message(char out[static 200], const struct result *r)
{
    if (r->interrupted_by != 0)
        snprintf(out, 200, "interrupted by signal %d", r->interrupted_by);
    else
        snprintf(out, 200, "%" PRIu64 " of %" PRIu64 " sessions failed; %zu violations", r->failed,
                 r->started, r->num_violations);
}

static void write_verdict(FILE *out, const struct result *r)
{
    char message[200];
    verdict_message(message, r);
    begin_case(out, "verdict", "the run came out as expected");
    fprintf(out, " time=\"%.3f\"", r->duration_s);
    if (r->interrupted_by == 0 && r->passed) {
        fputs("/>\n", out);
        return;
    }
    const char *kind = r->interrupted_by != 0 ? "error" : "failure";
    fprintf(out, ">\n      <%s type=\"verdict\"", kind);
    attribute(out, "message", message);
    putc('>', out);
    put_xml(out, r->first_failure);
    fprintf(out, "</%s>\n    </testcase>\n", kind);
}

struct totals {
    size_t tests, failures, errors, skipped;
};

static struct totals count_cases(const struct result *r)
{
    struct totals totals = {
        .tests = r->num_identities + r->num_violations + 1,
        .failures = r->num_violations,
        .errors = r->interrupted_by != 0 ? 1 : 0,
    };
    totals.failures += r->interrupted_by == 0 && !r->passed ? 1 : 0;
    for (size_t i = 0; i < r->num_identities; i++) {
        const struct result_identity *identity = &r->identities[i];
        totals.failures += identity->as_expected ? 0 : 1;
        totals.skipped += identity->as_expected && identity->sessions == 0 ? 1 : 0;
    }
    return totals;
}

static void put_totals(FILE *out, const struct totals *totals, double duration_s)
{
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\"",
            totals->tests, totals->failures, totals->errors, totals->skipped, duration_s);
}

bool report_junit(FILE *out, const struct result *result)
{
    struct totals totals = count_cases(result);
    char started_at[FIGURE_LEN];
    figure_utc(started_at, result->started_wall_ns);
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"pinload\"", out);
    put_totals(out, &totals, result->duration_s);
    fputs(">\n  <testsuite", out);
    attribute(out, "name", result->url);
    put_totals(out, &totals, result->duration_s);
    fprintf(out, " timestamp=\"%.19s\">\n", started_at);
    for (size_t i = 0; i < result->num_identities; i++)
        write_identity(out, &result->identities[i]);
    for (size_t i = 0; i < result->num_violations; i++)
        write_violation(out, result->violations[i]);
    write_verdict(out, result);
    fputs("  </testsuite>\n</testsuites>\n", out);
    return !ferror(out);
}
