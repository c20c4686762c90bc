/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/find_text.h"

#include "base/buffer.h"
#include "find/find_result.h"
#include "report/find_words.h"
#include "report/text/find_picture.h"
#include "report/text/layout.h"

#include <math.h>
#include <string.h>

#define INDENT 12

static void print_words(FILE *out, const char *label, const char *words)
{
    struct flow flow;
    flow_begin(&flow, out, label, INDENT, " ");
    flow_words(&flow, words);
    flow_end(&flow);
}

/* --- while it runs -------------------------------------------------------------------------- */

void find_text_begins(FILE *out, const struct find_result *result, const struct search_step *step)
{
    char load[FIGURE_LEN];
    find_words_load(load, result, step->rate);
    fprintf(out, "stage %zu: %s%s, %g s%s\n", result->num_stages + 1, load,
            result->by_connections ? " connections" : "", step->seconds,
            step->phase == SEARCH_CONFIRM ? " to confirm it" : "");
    fflush(out);
}

void find_text_stage(FILE *out, const struct find_stage *stage)
{
    if (stage->cause == STAGE_HELD)
        fputs("    held\n", out);
    else
        fprintf(out, "    broke: %s\n", stage->why);
    fflush(out);
}

/* --- the stages ----------------------------------------------------------------------------- */

static void print_head(FILE *out, const struct find_result *result)
{
    struct flow flow;
    char alone[FIGURE_LEN];
    flow_begin(&flow, out, "pinload find", INDENT + 2, ", ");
    flow_item(&flow, "%s", result->url);
    flow_end(&flow);
    for (size_t i = 0; i < result->num_slos; i++)
        print_words(out, "SLO", result->slos[i].text);
    figure_time(alone, result->alone_ns);
    flow_begin(&flow, out, "alone", INDENT, " ");
    flow_item(&flow, "%s until a session by itself has its handshake", alone);
    flow_end(&flow);
}

static void add_time(struct table *table, double time_ns)
{
    char text[FIGURE_LEN] = "-";
    if (isfinite(time_ns))
        figure_time(text, time_ns);
    table_cell(table, "%s", text);
}

static void print_stages(FILE *out, const struct find_result *result)
{
    struct table table = {.align = "rrrrrl"};
    static const char *const heads[] = {"s", "served", "p50", "p99", "held, or broken by"};
    table_cell(&table, "%s", result->by_connections ? "connections" : "rate");
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        table_cell(&table, "%s", heads[i]);
    for (size_t i = 0; i < result->num_stages; i++) {
        const struct find_stage *stage = &result->stages[i];
        char load[FIGURE_LEN], served[FIGURE_LEN] = "-";
        find_words_load(load, result, stage->load);
        if (isfinite(stage->per_second))
            figure_rate(served, stage->per_second);
        table_cell(&table, "%s", load);
        table_cell(&table, "%g", stage->seconds);
        table_cell(&table, "%s", served);
        add_time(&table, stage->p50_ns);
        add_time(&table, stage->p99_ns);
        table_cell(&table, "%s%s", find_words_fate(stage->cause),
                   stage->confirms && stage->cause == STAGE_HELD ? ", confirmed" : "");
    }
    fprintf(out, "\n%s, stage by stage\n", result->latency);
    table_print(&table, out, 2);
}

/* --- the answer ----------------------------------------------------------------------------- */

static void print_edge(FILE *out, const struct find_result *result)
{
    const struct search_answer *answer = &result->answer;
    struct flow flow;
    char edge[FIGURE_LEN], low[FIGURE_LEN], high[FIGURE_LEN];
    if (answer->edge == 0)
        return;
    find_words_load(edge, result, answer->edge);
    find_words_load(low, result, answer->low);
    find_words_load(high, result, answer->high);
    flow_begin(&flow, out, "edge", INDENT, ", ");
    flow_item(&flow, "stages begin to break at %s", edge);
    flow_item(&flow, "95%% interval [%s, %s]", low, high);
    flow_end(&flow);
}

static void print_limit(FILE *out, const struct find_result *result)
{
    struct buffer limit = {0};
    find_words_limit(&limit, result);
    if (limit.len > 0)
        print_words(out, "limit", buffer_text(&limit));
    buffer_cleanup(&limit);
}

static void print_answer(FILE *out, const struct find_result *result)
{
    struct buffer answer = {0};
    find_words_answer(&answer, result);
    if (result->answer.rate > 0)
        fprintf(out, "%s%s\n", strncmp(buffer_text(&answer), "holds", 5) == 0 ? "HOLDS" : "",
                buffer_text(&answer) + strlen("holds"));
    else
        fprintf(out, "NOTHING HOLDS: %s\n", buffer_text(&answer));
    buffer_cleanup(&answer);
}

void find_text_failure(FILE *out, const struct find_result *result)
{
    struct buffer doubt = {0};
    find_words_doubt(&doubt, result);
    if (doubt.len > 0)
        print_words(out, "but", buffer_text(&doubt));
    buffer_cleanup(&doubt);
}

void find_text(FILE *out, const struct find_result *result)
{
    char spent[FIGURE_LEN];
    print_head(out, result);
    if (result->num_stages > 0) {
        print_stages(out, result);
        find_picture(out, result);
    }
    figure_seconds(spent, result->spent_s);
    print_edge(out, result);
    print_limit(out, result);
    fprintf(out, "%-*s%zu stages in %s\n", INDENT, "search", result->num_stages, spent);
    find_text_failure(out, result);
    print_answer(out, result);
}
