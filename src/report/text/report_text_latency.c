/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/report_text_latency.h"

#include "report/figures.h"
#include "report/text/layout.h"
#include "result/result.h"

#include <inttypes.h>

#define LABEL_COLUMNS 12

static const char *row_name(enum latency_kind kind)
{
    static const char *const names[NUM_LATENCIES] = {
        [LATENCY_CONNECT] = "connect",
        [LATENCY_TLS_HANDSHAKE] = "tls handshake",
        [LATENCY_TLS_HANDSHAKE_FULL] = "  full",
        [LATENCY_TLS_HANDSHAKE_RESUMED] = "  resumed",
        [LATENCY_VERIFY_CALLBACK] = "verify callback",
        [LATENCY_FIRST_BYTE] = "first byte",
        [LATENCY_REQUEST] = "request",
        [LATENCY_SESSION] = "session",
        [LATENCY_FROM_SCHEDULE] = "from schedule",
        [LATENCY_HANDSHAKE_FROM_SCHEDULE] = "handshake from schedule",
        [LATENCY_SIGNING] = "token signing",
        [LATENCY_SIGNING_QUEUE] = "  queue for it",
    };
    return names[kind];
}

/* Full and resumed handshakes have their own rows only if there are both. */
static bool has_row(const struct result *r, enum latency_kind kind)
{
    bool is_part = kind == LATENCY_TLS_HANDSHAKE_FULL || kind == LATENCY_TLS_HANDSHAKE_RESUMED;
    if (is_part && latency_count(r->latencies[LATENCY_TLS_HANDSHAKE_RESUMED]) == 0)
        return false;
    return latency_count(r->latencies[kind]) > 0;
}

static void add_latency(struct table *table, const char *name, const struct latency_summary *s)
{
    const double values[] = {s->p50, s->p90, s->p99, s->p999, s->max};
    table_cell(table, "%s", name);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char figure[FIGURE_LEN];
        figure_time(figure, values[i]);
        table_cell(table, "%s", figure);
    }
}

void report_text_latency(FILE *out, const struct result *r)
{
    static const char *const head[] = {"latency", "p50", "p90", "p99", "p99.9", "max"};
    struct table table = {.align = "lrrrrr", .first_columns = 15};
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        table_cell(&table, "%s", head[i]);
    uint64_t rows = 0, clamped = 0;
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        struct latency_summary summary;
        latency_summarize(r->latencies[kind], &summary);
        clamped += summary.clamped;
        if (!has_row(r, kind))
            continue;
        add_latency(&table, row_name(kind), &summary);
        rows++;
    }
    putc('\n', out);
    if (rows > 0)
        table_print(&table, out, 3);
    else
        fprintf(out, "%-*snone: no connection was measured\n", LABEL_COLUMNS, "latency");
    table_cleanup(&table);
    if (clamped > 0)
        fprintf(out, "out of range, counted as the nearest value in range: %" PRIu64 "\n", clamped);
}
