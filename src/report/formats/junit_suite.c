/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats/junit_suite.h"

#include "base/text.h"
#include "report/figures.h"
#include "report/utf8.h"

#include <stdlib.h>

/* --- XML ------------------------------------------------------------------------------------ */

/* XML 1.0 cannot represent most control characters, nor U+FFFE and U+FFFF: they become '?'. */
static size_t unwritable_len(const unsigned char *p)
{
    if (*p < ' ' && *p != '\t' && *p != '\n' && *p != '\r')
        return 1;
    return p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe ? 3 : 0;
}

void junit_text(FILE *out, const char *text)
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
    junit_text(out, value);
    putc('"', out);
}

/* --- cases ---------------------------------------------------------------------------------- */

static void write_fate(FILE *out, enum junit_fate fate, const char *type, const char *message)
{
    static const char *const elements[] = {"", "failure", "error", "skipped"};
    fprintf(out, ">\n      <%s", elements[fate]);
    if (fate != FATE_SKIPPED)
        attribute(out, "type", type);
    attribute(out, "message", message);
    fputs("/>\n    </testcase>\n", out);
}

void junit_case(struct junit_suite *suite, const char *group, const char *name,
                enum junit_fate fate, const char *message)
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

/* --- the file ------------------------------------------------------------------------------- */

static void put_totals(FILE *out, const struct junit_suite *suite, double duration_s)
{
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\"",
            suite->tests, suite->fates[FATE_FAILED], suite->fates[FATE_ERROR],
            suite->fates[FATE_SKIPPED], duration_s);
}

void junit_begin(FILE *out, const struct junit_suite *counted, const char *name, double duration_s,
                 uint64_t started_wall_ns)
{
    char started_at[FIGURE_LEN];
    figure_utc(started_at, started_wall_ns);
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"pinload\"", out);
    put_totals(out, counted, duration_s);
    fputs(">\n  <testsuite", out);
    attribute(out, "name", name);
    put_totals(out, counted, duration_s);
    fprintf(out, " timestamp=\"%.19s\">\n", started_at);
}

void junit_end(FILE *out)
{
    fputs("  </testsuite>\n</testsuites>\n", out);
}
