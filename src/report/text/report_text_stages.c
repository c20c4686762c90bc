/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/report_text_stages.h"

#include "measure/latency.h"
#include "report/figures.h"
#include "report/text/layout.h"
#include "result/result.h"

#include <math.h>

static void add_count(struct table *table, uint64_t count)
{
    char figure[FIGURE_LEN];
    figure_count(figure, count);
    table_cell(table, "%s", figure);
}

static void add_percentile(struct table *table, const struct latency *latency, double percent)
{
    char figure[FIGURE_LEN] = "-";
    if (latency != NULL && latency_count(latency) > 0)
        figure_time(figure, latency_percentile(latency, percent));
    table_cell(table, "%s", figure);
}

/* Of rates the share of the schedule that was kept, of connections the handshakes per second. */
static void add_attainment(struct table *table, const struct result_stages *stages, size_t index)
{
    const struct result_stage *stage = &stages->items[index];
    double attainment = result_stage_attainment(stages, index);
    char figure[FIGURE_LEN] = "-";
    if (stages->of_connections)
        figure_rate(figure, result_stage_per_second(stage, stage->handshakes));
    else if (isfinite(attainment))
        snprintf(figure, sizeof figure, "%.1f%%", floor(1000 * attainment) / 10);
    table_cell(table, "%s", figure);
}

static void add_stage(struct table *table, const struct result *r, size_t index)
{
    const struct result_stages *stages = &r->stages;
    const struct result_stage *stage = &stages->items[index];
    bool of_requests = figures_count_requests(r->started, r->requests_started);
    const struct latency *latency =
        stage->latencies[of_requests ? LATENCY_REQUEST : LATENCY_TLS_HANDSHAKE];
    char load[2 * FIGURE_LEN], run[FIGURE_LEN];
    figure_load(load, stage->from, stage->to, stages->of_connections);
    figure_seconds(run, stage->run_s);
    table_cell(table, "%s", load);
    table_cell(table, "%s", run);
    add_count(table, stage->scheduled);
    add_attainment(table, stages, index);
    add_count(table, stage->by_class[CLASS_FAILED]);
    add_percentile(table, latency, 50);
    add_percentile(table, latency, 99);
    if (!stages->of_connections)
        add_percentile(table, stage->latencies[LATENCY_HANDSHAKE_FROM_SCHEDULE], 99);
    table_cell(table, "%s", stage_verdict_words(stage->verdict));
}

static void add_head(struct table *table, const struct result *r)
{
    bool of_requests = figures_count_requests(r->started, r->requests_started);
    table_cell(table, "stage");
    table_cell(table, "run for");
    table_cell(table, "due");
    table_cell(table, r->stages.of_connections ? "rate" : "kept");
    table_cell(table, "failed");
    table_cell(table, of_requests ? "request p50" : "p50");
    table_cell(table, "p99");
    if (!r->stages.of_connections)
        table_cell(table, "p99 due");
    table_cell(table, "verdict");
}

void report_text_stages(FILE *out, const struct result *r)
{
    if (r->stages.count == 0)
        return;
    struct table table = {.align = r->stages.of_connections ? "lrrrrrrl" : "lrrrrrrrl"};
    add_head(&table, r);
    for (size_t i = 0; i < r->stages.count; i++)
        add_stage(&table, r, i);
    putc('\n', out);
    table_print(&table, out, 2);
    table_cleanup(&table);
    fputs(
        r->stages.of_connections
            ? "stages: handshakes, by the connections that were allowed when they began\n"
            : "stages: kept = started before the stage ended; p99 due = handshake from schedule\n",
        out);
}
