/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/report_text_wire.h"

#include "report/figures.h"
#include "report/text/layout.h"
#include "result/result.h"

/* In the order of the columns. */
static const enum wire columns[NUM_WIRE] = {WIRE_CLIENT_HELLO, WIRE_SENT, WIRE_LAST_FLIGHT,
                                            WIRE_RECEIVED, WIRE_ROUND_TRIPS};

static void add_row(struct table *table, const char *kind, const char *statistic,
                    const struct value_counts wire[static NUM_WIRE], double percent)
{
    table_cell(table, "%s, %s", kind, statistic);
    for (int i = 0; i < NUM_WIRE; i++) {
        char figure[FIGURE_LEN];
        figure_count(figure, value_counts_percentile(&wire[columns[i]], percent));
        table_cell(table, "%s", figure);
    }
}

static bool is_one_size(const struct value_counts wire[static NUM_WIRE])
{
    bool is_one = true;
    for (int i = 0; i < NUM_WIRE; i++)
        is_one = is_one &&
                 value_counts_percentile(&wire[i], 50) == value_counts_percentile(&wire[i], 100);
    return is_one;
}

static void add_rows(struct table *table, const char *kind,
                     const struct value_counts wire[static NUM_WIRE])
{
    if (wire[WIRE_SENT].num == 0)
        return;
    add_row(table, kind, "p50", wire, 50);
    if (!is_one_size(wire))
        add_row(table, kind, "max", wire, 100);
}

void report_text_wire(FILE *out, const struct result *r)
{
    static const char *const head[] = {"handshake bytes", "hello",    "sent",
                                       "last flight",     "received", "round trips"};
    struct table table = {.align = "lrrrrr", .first_columns = 15};
    if (r->wire_full[WIRE_SENT].num + r->wire_resumed[WIRE_SENT].num == 0)
        return;
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        table_cell(&table, "%s", head[i]);
    add_rows(&table, "full", r->wire_full);
    add_rows(&table, "resumed", r->wire_resumed);
    putc('\n', out);
    table_print(&table, out, 3);
}
