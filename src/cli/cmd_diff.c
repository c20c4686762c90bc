/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pinload diff: whether results of one plan became worse.
 */
#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/outputs.h"
#include "cli/result_files.h"
#include "diff/diff.h"
#include "diff/diff_result.h"
#include "diff/worse_limit.h"
#include "report/formats/diff_junit.h"
#include "report/html/diff_html.h"
#include "report/json/diff_json.h"
#include "report/text/diff_text.h"

#include <stdio.h>
#include <string.h>

static bool parse_percent(double *out, const char *option, const char *text, double least,
                          struct error *err)
{
    char number[32];
    size_t len = strlen(text);
    double percent;
    if (len >= 2 && len <= sizeof number && text[len - 1] == '%') {
        snprintf(number, sizeof number, "%.*s", (int)len - 1, text);
        if (text_parse_decimal(number, &percent) && percent >= least && percent <= 1000) {
            *out = percent / 100;
            return true;
        }
    }
    return error_set(err,
                     "--%s '%.200s' is no percentage from %g%% to 1000%%; expected one such as %s",
                     option, text, least, least > 0 ? "10%" : "2%");
}

static bool read_terms(struct diff_terms *terms, const struct options *options, struct error *err)
{
    if (!parse_percent(&terms->margin, "margin", options->margin, 0, err) ||
        !parse_percent(&terms->detect, "detect", options->detect, 0.1, err))
        return false;
    return terms->detect > terms->margin ||
           error_set(err,
                     "--detect '%.100s' is not above --margin '%.100s', and a change within the "
                     "margin counts as none; expected more",
                     options->detect, options->margin);
}

static bool check_limits(const struct options *options, struct error *err)
{
    for (size_t i = 0; i < options->worse_limits.count; i++) {
        struct worse_limit limit;
        if (!worse_limit_parse(&limit, options->worse_limits.items[i], err))
            return false;
    }
    return true;
}

static void judge_limits(struct diff_result *diff, const struct options *options)
{
    for (size_t i = 0; i < options->worse_limits.count; i++) {
        struct worse_limit limit;
        struct error ignored; /* checked before */
        if (worse_limit_parse(&limit, options->worse_limits.items[i], &ignored))
            worse_limit_judge(&limit, options->allow_empty, diff);
    }
}

static bool make(struct diff_result *diff, const struct options *options, struct error *err)
{
    return read_terms(&diff->terms, options, err) && check_limits(options, err) &&
           outputs_check(options, err) && result_files_read(diff, &options->operands, err) &&
           diff_make(diff, options->force, err);
}

/* --- reports -------------------------------------------------------------------------------- */

static bool write_json(FILE *out, const void *subject)
{
    return diff_json(out, subject);
}

static bool write_html(FILE *out, const void *subject)
{
    return diff_html(out, subject);
}

static bool write_junit(FILE *out, const void *subject)
{
    return diff_junit(out, subject);
}

static bool report(const struct diff_result *diff, const struct options *options)
{
    bool to_stdout = output_is_stdout(options->json) || output_is_stdout(options->html) ||
                     output_is_stdout(options->junit);
    if (options->quiet)
        diff_text_failure(stderr, diff);
    else
        diff_text(to_stdout ? stderr : stdout, diff);
    bool written = output_write(options->json, write_json, diff);
    written = output_write(options->html, write_html, diff) && written;
    return output_write(options->junit, write_junit, diff) && written;
}

enum ending cmd_diff(const struct invocation *invocation)
{
    const struct options *options = invocation->options;
    struct diff_result diff = {.command = invocation->redacted};
    struct error err;
    enum ending ending = ENDING_USAGE;
    if (make(&diff, options, &err)) {
        judge_limits(&diff, options);
        ending = report(&diff, options) && diff.passed ? ENDING_AS_EXPECTED : ENDING_UNEXPECTED;
    } else {
        error_print(&err);
    }
    diff_result_cleanup(&diff);
    return ending;
}
