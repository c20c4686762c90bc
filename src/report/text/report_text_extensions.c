/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/report_text_extensions.h"

#include "report/figures.h"
#include "report/text/layout.h"
#include "result/result.h"

static void add_count(struct flow *flow, uint64_t count, const char *words)
{
    char figure[FIGURE_LEN];
    figure_count(figure, count);
    flow_item(flow, "%s %s", figure, words);
}

static void write_ech(FILE *out, const struct result *result, size_t indent)
{
    struct flow flow;
    if (result->ech_offered == 0)
        return;
    flow_begin(&flow, out, "ECH", indent, "   ");
    add_count(&flow, result->ech_offered, "offered");
    add_count(&flow, result->ech_accepted, "accepted");
    add_count(&flow, result->ech_rejected, "rejected");
    if (result->ech_retried > 0)
        add_count(&flow, result->ech_retried, "by a configuration of a rejection");
    flow_end(&flow);
}

void report_text_extensions(FILE *out, const struct result *result, size_t indent)
{
    write_ech(out, result, indent);
}
