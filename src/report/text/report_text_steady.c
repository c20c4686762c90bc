/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/report_text_steady.h"

#include "report/figures.h"
#include "report/text/layout.h"
#include "result/result.h"

#include <math.h>

static void add_rate(struct flow *flow, double rate, const char *what)
{
    char figure[FIGURE_LEN];
    figure_rate(figure, rate);
    if (isfinite(rate))
        flow_item(flow, "%s %s", what, figure);
}

void report_text_steady(FILE *out, const struct result *result, size_t indent)
{
    const struct result_steady *steady = &result->steady;
    struct flow flow;
    char from[FIGURE_LEN];
    if (!(steady->from_s > result->warm_up_s))
        return;
    figure_seconds(from, steady->from_s);
    flow_begin(&flow, out, "steady", indent, "   ");
    if (steady->duration_s > 0) {
        if (!figures_count_requests(result->started, result->requests_started))
            add_rate(&flow, steady->sessions_per_second, "sessions");
        if (result->requests_started > 0)
            add_rate(&flow, steady->requests_per_second, "requests");
        flow_item(&flow, "after a ramp-up of %s", from);
    } else {
        flow_item(&flow, "no part: the run ended within its ramp-up of %s", from);
    }
    flow_end(&flow);
}
