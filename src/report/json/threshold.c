/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json/threshold.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/figures.h"
#include "report/json/json_figures.h"
#include "result/result.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORM                                                                                       \
    "expected 'METRIC.STAT OP VALUE', such as 'tls_handshake.p99 > 20ms' or 'sessions.failed >= 10'"

static const struct {
    const char *text;
    enum threshold_op op;
} ops[] = {{">=", OP_AT_LEAST},  {"<=", OP_AT_MOST}, {"==", OP_EQUAL},
           {"!=", OP_NOT_EQUAL}, {">", OP_ABOVE},    {"<", OP_BELOW}};

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " ");
}

/* find_op returns the last operator of TEXT, or NULL. */
static const char *find_op(const char *text, size_t *out_row)
{
    const char *last = NULL;
    for (const char *p = text; *p != '\0'; p++)
        last = strchr("<>=!", *p) != NULL ? p : last;
    for (size_t i = 0; last != NULL && i < sizeof ops / sizeof *ops; i++) {
        size_t len = strlen(ops[i].text);
        const char *begin = last + 1 - len;
        if (begin >= text && memcmp(begin, ops[i].text, len) == 0) {
            *out_row = i;
            return begin;
        }
    }
    return NULL;
}

static bool read_path(struct threshold *threshold, const char *end, struct error *err)
{
    const char *path = skip_blanks(threshold->text);
    while (end > path && end[-1] == ' ')
        end--;
    size_t len = (size_t)(end - path);
    if (end <= path)
        return error_set(err, "--%s '%.200s' names no figure; " FORM, threshold->option,
                         threshold->text);
    if (len >= sizeof threshold->path)
        return error_set(err, "--%s '%.200s' names a figure in %zu bytes; expected up to %zu",
                         threshold->option, threshold->text, len, sizeof threshold->path - 1);
    memcpy(threshold->path, path, len);
    return true;
}

static bool read_value(struct threshold *threshold, const char *value, struct error *err)
{
    uint64_t time_ns;
    bool has_time_unit = value[0] != '\0' && strchr("smh", value[strlen(value) - 1]) != NULL;
    if (has_time_unit && text_parse_duration(value, &time_ns)) {
        threshold->value = (double)time_ns;
        threshold->is_time = true;
        return true;
    }
    if (text_parse_decimal(value, &threshold->value))
        return true;
    return error_set(
        err, "--%s '%.200s' compares with '%.100s', which is neither a number nor a time; " FORM,
        threshold->option, threshold->text, value);
}

bool threshold_parse(struct threshold *threshold, const char *option, const char *text,
                     struct error *err)
{
    size_t row;
    *threshold = (struct threshold){.option = option, .text = text};
    const char *op = find_op(text, &row);
    if (op == NULL)
        return error_set(err, "--%s '%.200s' has no operator (>, >=, <, <=, ==, !=); " FORM, option,
                         text);
    threshold->op = ops[row].op;
    return read_path(threshold, op, err) &&
           read_value(threshold, skip_blanks(op + strlen(ops[row].text)), err);
}

bool threshold_check(const struct threshold *threshold, const struct json_figures *figures,
                     struct error *err)
{
    double value;
    enum json_unit unit;
    if (!json_figures_find(figures, threshold->path, &value, &unit))
        return error_set(
            err,
            "--%s '%.200s' names '%.200s', which is not a figure of the result; expected one "
            "of "
            "'pinload help figures', such as tls_handshake.p99, sessions.failed or "
            "requests.per_second",
            threshold->option, threshold->text, threshold->path);
    if ((unit != JSON_PLAIN) == threshold->is_time)
        return true;
    return error_set(
        err,
        threshold->is_time
            ? "--%s '%.200s' compares '%.200s', a plain number, with a time; expected a number"
            : "--%s '%.200s' compares '%.200s', a time, with a plain number; expected a time "
              "with its unit, such as 20ms",
        threshold->option, threshold->text, threshold->path);
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

void threshold_show(char out[static FIGURE_LEN], const struct threshold *threshold, double value)
{
    if (!threshold->is_time) {
        snprintf(out, FIGURE_LEN, "%.10g", value);
        return;
    }
    char limit[FIGURE_LEN];
    figure_time(out, value);
    figure_time(limit, threshold->value);
    if (value != threshold->value && strcmp(out, limit) == 0)
        figure_time_exact(out, value);
}

bool threshold_is_true(const struct threshold *threshold, const struct json_figures *figures,
                       double *out_value)
{
    enum json_unit unit = JSON_PLAIN;
    *out_value = NAN;
    if (!json_figures_find(figures, threshold->path, out_value, &unit))
        return false;
    if (unit != JSON_PLAIN)
        *out_value *= (double)(unit == JSON_SECONDS ? NS_PER_S : NS_PER_US);
    return isfinite(*out_value) && holds(threshold->op, *out_value, threshold->value);
}

/* violation_of returns why THRESHOLD fails the run, to be freed; NULL: it does not. */
static char *violation_of(const struct threshold *threshold, const struct json_figures *figures,
                          bool allow_empty)
{
    double value;
    char shown[FIGURE_LEN];
    struct buffer text = {0};
    bool is_crossed = threshold_is_true(threshold, figures, &value);
    if (!isfinite(value)) {
        if (allow_empty)
            return NULL;
        buffer_format(&text,
                      "nothing was measured of %s, and so --fail-if '%s' fails the run; with "
                      "--allow-empty it does not",
                      threshold->path, threshold->text);
    } else if (is_crossed) {
        threshold_show(shown, threshold, value);
        buffer_format(&text, "%s is %s, and --fail-if '%s' fails the run", threshold->path, shown,
                      threshold->text);
    }
    char *violation = text.len > 0 ? memory_text(buffer_text(&text)) : NULL;
    buffer_cleanup(&text);
    return violation;
}

void threshold_judge(const struct threshold *threshold, const struct json_figures *figures,
                     bool allow_empty, struct result *result)
{
    char *violation = violation_of(threshold, figures, allow_empty);
    result->passed = result->passed && violation == NULL;
    result_add_check(result, CHECK_THRESHOLD, threshold->text, violation);
    free(violation);
}
