/* SPDX-License-Identifier: Apache-2.0 */
#include "report/threshold.h"

#include "base/clock.h"
#include "base/text.h"
#include "load/result.h"
#include "report/figures.h"
#include "report/report_json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define FORM                                                                                       \
    "'METRIC.STAT OP VALUE' is accepted, as 'tls_handshake.p99 > 20ms' or 'sessions.failed >= 10'"

static const struct {
    const char *text;
    enum threshold_op op;
} ops[] = {{">=", OP_AT_LEAST},  {"<=", OP_AT_MOST}, {"==", OP_EQUAL},
           {"!=", OP_NOT_EQUAL}, {">", OP_ABOVE},    {"<", OP_BELOW}};

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " ");
}

static bool read_op(const char **text, enum threshold_op *out_op)
{
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        if (text_starts_with(*text, ops[i].text)) {
            *text += strlen(ops[i].text);
            *out_op = ops[i].op;
            return true;
        }
    }
    return false;
}

bool threshold_parse(struct threshold *threshold, const char *text, struct error *err)
{
    const char *p = skip_blanks(text);
    size_t len = strcspn(p, " <>=!");
    *threshold = (struct threshold){.text = text};
    if (len == 0 || len >= sizeof threshold->path)
        return error_set(err, "--fail-if '%.200s' names no figure; " FORM, text);
    memcpy(threshold->path, p, len);
    p = skip_blanks(p + len);
    if (!read_op(&p, &threshold->op))
        return error_set(err, "--fail-if '%.200s' has no operator (>, >=, <, <=, ==, !=); " FORM,
                         text);
    p = skip_blanks(p);
    uint64_t time_ns;
    bool has_time_unit = p[0] != '\0' && strchr("smh", p[strlen(p) - 1]) != NULL;
    if (has_time_unit && text_parse_duration(p, &time_ns)) {
        threshold->value = (double)time_ns;
        threshold->is_time = true;
        return true;
    }
    if (text_parse_decimal(p, &threshold->value))
        return true;
    return error_set(err,
                     "--fail-if '%.200s' compares with '%.100s', which is neither a number nor "
                     "a time; " FORM,
                     text, p);
}

bool threshold_check(const struct threshold *threshold, const struct result *result,
                     struct error *err)
{
    double value;
    enum json_unit unit;
    if (!report_json_find(result, threshold->path, &value, &unit))
        return error_set(err,
                         "--fail-if '%.200s' names '%s', which is no figure of the result; paths "
                         "of the JSON result are accepted, as tls_handshake.p99, sessions.failed "
                         "or requests.per_second",
                         threshold->text, threshold->path);
    if ((unit != JSON_PLAIN) == threshold->is_time)
        return true;
    return error_set(
        err,
        threshold->is_time
            ? "--fail-if '%.200s' compares '%s', a plain number, with a time; a number "
              "is accepted"
            : "--fail-if '%.200s' compares '%s', a time, with a plain number; a time "
              "with its unit is accepted, as 20ms",
        threshold->text, threshold->path);
}

static bool holds(enum threshold_op op, double value, double limit)
{
    switch (op) {
    case OP_ABOVE:
        return value > limit;
    case OP_AT_LEAST:
        return value >= limit;
    case OP_BELOW:
        return value < limit;
    case OP_AT_MOST:
        return value <= limit;
    case OP_EQUAL:
        return value == limit;
    default:
        return value != limit;
    }
}

bool threshold_judge(const struct threshold *threshold, struct result *result)
{
    double value;
    enum json_unit unit;
    char shown[FIGURE_LEN];
    if (!report_json_find(result, threshold->path, &value, &unit) || !isfinite(value))
        return false;
    if (unit == JSON_PLAIN) {
        snprintf(shown, sizeof shown, "%.10g", value);
    } else {
        value *= (double)(unit == JSON_SECONDS ? NS_PER_S : NS_PER_US);
        figure_time(shown, value);
    }
    if (!holds(threshold->op, value, threshold->value))
        return false;
    result_add_violation(result, "%s is %s, and --fail-if '%s' fails the run", threshold->path,
                         shown, threshold->text);
    return true;
}
