/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/diff_text.h"

#include "diff/diff_result.h"
#include "report/diff_words.h"
#include "report/text/layout.h"
#include "result/result.h"

#include <math.h>
#include <string.h>

#define INDENT 12

/* --- what is compared ----------------------------------------------------------------------- */

static void print_side(FILE *out, const char *label, const struct diff_side *side)
{
    struct flow flow;
    char date[FIGURE_LEN], seconds[FIGURE_LEN];
    flow_begin(&flow, out, label, INDENT, "; ");
    for (size_t i = 0; i < side->count; i++) {
        const struct result *r = side->results[i];
        figure_utc(date, r->started_wall_ns);
        figure_seconds(seconds, r->duration_s);
        flow_item(&flow, "%s, %.16s, %s", side->paths[i], date, seconds);
    }
    flow_end(&flow);
}

static void print_list(FILE *out, const char *label, char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct flow flow;
        flow_begin(&flow, out, label, INDENT, " ");
        flow_words(&flow, texts[i]);
        flow_end(&flow);
    }
}

static void print_head(FILE *out, const struct diff_result *diff)
{
    const struct result *old = diff->sides[SIDE_OLD].results[0];
    struct flow flow;
    flow_begin(&flow, out, "pinload diff", INDENT + 2, ", ");
    flow_item(&flow, "%s", old->url);
    flow_end(&flow);
    print_side(out, "old", &diff->sides[SIDE_OLD]);
    print_side(out, "new", &diff->sides[SIDE_NEW]);
    print_list(out, "forced", diff->plan_differences, diff->num_plan_differences);
    print_list(out, "note", diff->remarks, diff->num_remarks);
}

/* --- the table ------------------------------------------------------------------------------ */

/* Writes TEXT at the right of WIDTH columns, of which a character takes one. */
static void print_right(FILE *out, int width, const char *text)
{
    int pad = width - (int)figure_columns(text);
    fprintf(out, " %*s%s", pad > 0 ? pad : 0, "", text);
}

static const char *label_of(const struct diff_figure *figure)
{
    static const char *const labels[][2] = {
        {"per_second", "a second"}, {"cpu_per_session_us", "CPU each"}, {"p999", "p99.9"}};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        if (strcmp(labels[i][0], figure->label) == 0)
            return labels[i][1];
    }
    return figure->label;
}

static void print_row(FILE *out, const struct diff_figure *figure)
{
    char cell[FIGURE_LEN], interval[2 * FIGURE_LEN];
    fprintf(out, "  %-9s", label_of(figure));
    for (int side = 0; side < NUM_SIDES; side++) {
        diff_words_value(cell, figure, side);
        print_right(out, 9, cell);
    }
    if (figure->why_unknown != NULL) {
        fprintf(out, "   not known: %s\n", figure->why_unknown);
        return;
    }
    diff_words_change(cell, figure->difference);
    print_right(out, 8, cell);
    diff_words_interval(interval, figure);
    fprintf(out, "  %-16s", interval);
    diff_words_change(cell, figure->least_seen);
    print_right(out, 7, cell + (*cell == '+'));
    fprintf(out, "  %s\n", diff_words_verdict(figure));
}

static void print_figures(FILE *out, const struct diff_result *diff)
{
    const char *group = "";
    fprintf(out, "\n  %-9s %9s %9s %8s  %-16s %7s  %s\n", "", "old", "new", "change",
            "95% interval", "least", "verdict");
    for (size_t i = 0; i < diff->num_figures; i++) {
        const struct diff_figure *figure = &diff->figures[i];
        if (strcmp(group, figure->group) != 0)
            fprintf(out, "%s\n", figure->group);
        group = figure->group;
        print_row(out, figure);
    }
    fputc('\n', out);
}

/* --- what follows --------------------------------------------------------------------------- */

static size_t num_known(const struct diff_result *diff)
{
    size_t count = 0;
    for (size_t i = 0; i < diff->num_figures; i++)
        count += diff->figures[i].why_unknown == NULL;
    return count;
}

static void print_method(FILE *out, const struct diff_result *diff)
{
    struct flow flow;
    bool has_several = diff->sides[SIDE_OLD].count + diff->sides[SIDE_NEW].count > 2;
    flow_begin(&flow, out, "verdict", INDENT, " ");
    flow_words(&flow, "of all figures together: where nothing changed, one in twenty diffs has a "
                      "change in it. An interval is of its figure alone.");
    flow_item(&flow, "A change within %g%% counts as none.", diff->terms.margin * 100);
    flow_end(&flow);
    flow_begin(&flow, out, "least", INDENT, " ");
    flow_words(&flow, "the smallest change for the worse that four of five such diffs would find");
    flow_end(&flow);
    if (has_several)
        return;
    flow_begin(&flow, out, "one run", INDENT, " ");
    flow_words(&flow, "a side does not tell how runs differ from each other; several results a "
                      "side do");
    flow_end(&flow);
}

/* "tls_handshake.p99 63.0 s a run" */
static void add_need(struct flow *flow, const char *before, const struct diff_figure *figure)
{
    char seconds[FIGURE_LEN];
    figure_seconds(seconds, figure->seconds);
    if (isfinite(figure->seconds))
        flow_item(flow, "%s%s %s a run", before, figure->name, seconds);
    else if (isfinite(figure->num_results))
        flow_item(flow, "%s%s %.0f results a side", before, figure->name, figure->num_results);
    else
        flow_item(flow, "%s%s cannot be told", before, figure->name);
}

/* How much it takes to find a change, of what is mostly asked for. */
static void print_needs(FILE *out, const struct diff_result *diff)
{
    struct flow flow;
    char before[80];
    bool begun = false;
    snprintf(before, sizeof before, "for %g%% to be found in 19 of 20: ", diff->terms.detect * 100);
    for (size_t i = 0; i < diff->num_figures; i++) {
        const struct diff_figure *figure = &diff->figures[i];
        bool is_asked = strcmp(figure->label, "p50") == 0 || strcmp(figure->label, "p99") == 0;
        if (!is_asked || figure->why_unknown != NULL)
            continue;
        if (!begun)
            flow_begin(&flow, out, "needed", INDENT, "; ");
        add_need(&flow, begun ? "" : before, figure);
        begun = true;
    }
    if (begun)
        flow_end(&flow);
}

static void print_of_verdict(FILE *out, const struct diff_result *diff, const char *label,
                             enum diff_verdict verdict)
{
    struct flow flow;
    bool begun = false;
    for (size_t i = 0; i < diff->num_figures; i++) {
        const struct diff_figure *figure = &diff->figures[i];
        char change[FIGURE_LEN];
        if (figure->verdict != verdict)
            continue;
        if (!begun)
            flow_begin(&flow, out, label, INDENT, ", ");
        begun = true;
        diff_words_change(change, figure->difference);
        flow_item(&flow, "%s %s", figure->name, change);
    }
    if (begun)
        flow_end(&flow);
}

static void print_verdict(FILE *out, const struct diff_result *diff)
{
    enum diff_verdict verdict = diff_result_verdict(diff);
    if (verdict == DIFF_UNKNOWN)
        fputs("NOTHING IS KNOWN: these results are too short to be compared\n", out);
    else if (verdict == DIFF_NONE_SEEN)
        fprintf(out, "NO DIFFERENCE SEEN in %zu figures\n", num_known(diff));
    print_of_verdict(out, diff, "WORSE", DIFF_WORSE);
    print_of_verdict(out, diff, "CHANGED", DIFF_CHANGED);
    print_of_verdict(out, diff, "BETTER", DIFF_BETTER);
}

void diff_text_failure(FILE *out, const struct diff_result *diff)
{
    for (size_t i = 0; i < diff->num_checks; i++) {
        if (diff->checks[i].violation != NULL)
            print_list(out, "violation", &diff->checks[i].violation, 1);
    }
    if (!diff->passed)
        fputs("FAIL\n", out);
}

void diff_text(FILE *out, const struct diff_result *diff)
{
    print_head(out, diff);
    print_figures(out, diff);
    print_method(out, diff);
    print_needs(out, diff);
    print_verdict(out, diff);
    diff_text_failure(out, diff);
    if (diff->num_checks > 0 && diff->passed)
        fputs("PASS\n", out);
}
