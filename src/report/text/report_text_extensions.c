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

static void write_compression(FILE *out, const struct result *result, size_t indent)
{
    struct flow flow;
    char saved[FIGURE_LEN], all[FIGURE_LEN];
    const struct name_counts *names = &result->cert_compressions;
    if (names->count == 0)
        return;
    flow_begin(&flow, out, "compressed", indent, "   ");
    for (size_t i = 0; i < names->count; i++) {
        char words[80];
        snprintf(words, sizeof words, "certificates by %.60s", names->items[i].name);
        add_count(&flow, names->items[i].count, words);
    }
    figure_bytes(saved, result->cert_bytes_saved);
    figure_bytes(all, result->cert_bytes);
    flow_item(&flow, "%s of %s saved", saved, all);
    flow_end(&flow);
}

void report_text_extensions(FILE *out, const struct result *result, size_t indent)
{
    write_ech(out, result, indent);
    write_compression(out, result, indent);
}
