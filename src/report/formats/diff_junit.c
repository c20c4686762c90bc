/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats/diff_junit.h"

#include "diff/diff_result.h"
#include "report/diff_words.h"
#include "report/formats/junit_suite.h"
#include "result/result.h"

static void add_all(struct junit_suite *suite, const struct diff_result *diff)
{
    junit_case(suite, "diff", "the results were compared", FATE_PASSED, NULL);
    for (size_t i = 0; i < diff->num_checks; i++) {
        const struct diff_check *check = &diff->checks[i];
        junit_case(suite, "worse", check->text,
                   check->violation != NULL ? FATE_FAILED : FATE_PASSED, check->violation);
    }
}

/* A line for each figure: "tls_handshake.p99 1.21 ms 1.35 ms +11% [+4.1%, +18%] worse". */
static void put_figures(FILE *out, const struct diff_result *diff)
{
    fputs("    <system-out>", out);
    for (size_t i = 0; i < diff->num_figures; i++) {
        const struct diff_figure *figure = &diff->figures[i];
        char old[FIGURE_LEN], new[FIGURE_LEN], change[FIGURE_LEN], interval[2 * FIGURE_LEN];
        char line[400];
        diff_words_value(old, figure, SIDE_OLD);
        diff_words_value(new, figure, SIDE_NEW);
        diff_words_change(change, figure->difference);
        diff_words_interval(interval, figure);
        if (figure->why_unknown != NULL)
            snprintf(line, sizeof line, "%s %s %s not known: %s\n", figure->name, old, new,
                     figure->why_unknown);
        else
            snprintf(line, sizeof line, "%s %s %s %s %s %s\n", figure->name, old, new, change,
                     interval, diff_words_verdict(figure));
        junit_text(out, line);
    }
    fputs("</system-out>\n", out);
}

bool diff_junit(FILE *out, const struct diff_result *diff)
{
    struct junit_suite counted = {0}, written = {.out = out};
    const struct result *old = diff->sides[SIDE_OLD].results[0];
    const struct result *new = diff->sides[SIDE_NEW].results[0];
    add_all(&counted, diff);
    junit_begin(out, &counted, old->url, 0, new->started_wall_ns);
    add_all(&written, diff);
    put_figures(out, diff);
    junit_end(out);
    return !ferror(out);
}
