/* SPDX-License-Identifier: Apache-2.0 */
#include "diff/worse_limit.h"

#include "base/memory.h"
#include "base/text.h"
#include "diff/diff_result.h"
#include "diff/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define FORM "expected 'FIGURE > P%%', such as 'tls_handshake.p99 > 5%%'"

static bool read_name(struct worse_limit *limit, const char *end, struct error *err)
{
    const char *begin = limit->text + strspn(limit->text, " ");
    while (end > begin && end[-1] == ' ')
        end--;
    if (end <= begin)
        return error_set(err, "--fail-if-worse '%.200s' names no figure; " FORM, limit->text);
    snprintf(limit->name, sizeof limit->name, "%.*s", (int)(end - begin), begin);
    if (diff_figures_has(limit->name))
        return true;
    return error_set(err,
                     "--fail-if-worse '%.200s' names '%.*s', which is not a figure of a diff; "
                     "expected a mean, p50, p90, p99 or p999 of a latency, as tls_handshake.p99, "
                     "or sessions.per_second, requests.per_second, handshakes.per_second, "
                     "sessions.failed, sessions.refused, generator.cpu_per_session_us",
                     limit->text, (int)(end - begin < 100 ? end - begin : 100), begin);
}

static bool read_limit(struct worse_limit *limit, const char *value, struct error *err)
{
    char number[64];
    size_t len = strlen(value);
    while (len > 0 && value[len - 1] == ' ')
        len--;
    if (len < 2 || len > sizeof number || value[len - 1] != '%')
        return error_set(err, "--fail-if-worse '%.200s' has no percentage; " FORM, limit->text);
    snprintf(number, sizeof number, "%.*s", (int)len - 1, value);
    if (!text_parse_decimal(number, &limit->limit))
        return error_set(err, "--fail-if-worse '%.200s' has '%.60s', which is no percentage; " FORM,
                         limit->text, value);
    limit->limit /= 100;
    return true;
}

bool worse_limit_parse(struct worse_limit *limit, const char *text, struct error *err)
{
    *limit = (struct worse_limit){.text = text};
    const char *op = strchr(text, '>');
    if (op == NULL || op[1] == '=')
        return error_set(err, "--fail-if-worse '%.200s' has no '>'; " FORM, text);
    const char *value = op + 1 + strspn(op + 1, " ");
    return read_name(limit, op, err) && read_limit(limit, value, err);
}

/* Writes why LIMIT is crossed; false: it is not. */
static bool is_crossed(const struct worse_limit *limit, const struct diff_figure *figure,
                       bool allow_empty, struct error *out)
{
    if (figure == NULL || figure->why_unknown != NULL) {
        error_set(out, "nothing is known of %s (%s), and so --fail-if-worse '%.200s' fails",
                  limit->name, figure != NULL ? figure->why_unknown : "not in both", limit->text);
        return !allow_empty;
    }
    if (figure->verdict != DIFF_WORSE || fabs(figure->difference) <= limit->limit)
        return false;
    error_set(out, "%s is worse by %.3g%%%s, and --fail-if-worse '%.200s' fails", limit->name,
              fabs(figure->difference) * 100, figure->scale == DIFF_SHARE ? " of sessions" : "",
              limit->text);
    return true;
}

void worse_limit_judge(const struct worse_limit *limit, bool allow_empty, struct diff_result *diff)
{
    struct error said;
    bool crossed = is_crossed(limit, diff_result_find(diff, limit->name), allow_empty, &said);
    diff->checks = memory_resize(diff->checks, (diff->num_checks + 1) * sizeof *diff->checks);
    diff->checks[diff->num_checks++] =
        (struct diff_check){limit->text, crossed ? memory_text(said.text) : NULL};
    diff->passed = diff->passed && !crossed;
}
