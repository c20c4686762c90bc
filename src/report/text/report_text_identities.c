/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/report_text_identities.h"

#include "report/figures.h"
#include "report/identity_order.h"
#include "report/text/layout.h"
#include "result/result.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST_NAME REPORT_TEXT_NAME_COLUMNS
#define MAX_IDLE_SHOWN 10

void report_text_short_name(char out[static REPORT_TEXT_NAME_LEN], const char *name)
{
    size_t columns = figure_columns(name);
    size_t at = 0, len = 0;
    for (const char *p = name; *p != '\0'; p++) {
        bool begins = ((unsigned char)*p & 0xc0) != 0x80;
        at += begins ? 1 : 0;
        bool in_head = at <= LONGEST_NAME / 2;
        bool in_tail = at > columns - (LONGEST_NAME - LONGEST_NAME / 2 - 1);
        if (columns <= LONGEST_NAME || in_head || in_tail) {
            if (len < 4 * LONGEST_NAME)
                out[len++] = *p;
        } else if (begins && at == LONGEST_NAME / 2 + 1) {
            memcpy(out + len, "…", 3);
            len += 3;
        }
    }
    out[len] = '\0';
}

static bool is_idle(const struct result_identity *identity)
{
    return identity->sessions == 0 && !identity->expect_refused;
}

static void add_count(struct table *table, uint64_t count)
{
    char figure[FIGURE_LEN];
    figure_count(figure, count);
    table_cell(table, "%s", figure);
}

static void add_time(struct table *table, const struct result_identity *identity, double time_ns)
{
    char figure[FIGURE_LEN];
    figure_time(figure, time_ns);
    table_cell(table, "%s", identity->tls_handshake.count > 0 ? figure : "–");
}

/* Sessions that were served until the run ended count as succeeded, under another column head. */
static void add_identity(struct table *table, const struct result_identity *identity)
{
    char name[REPORT_TEXT_NAME_LEN];
    report_text_short_name(name, identity->name);
    table_cell(table, "%s", name);
    table_cell(table, "%s%s", identity->expect_refused ? "refuse" : "accept",
               identity->as_expected ? "" : " !");
    add_count(table, identity->sessions);
    add_count(table, identity->by_class[CLASS_SUCCEEDED] + identity->cut_off_served);
    add_count(table, identity->by_class[CLASS_REFUSED]);
    add_count(table, identity->by_class[CLASS_FAILED]);
    add_time(table, identity, identity->tls_handshake.p50);
    add_time(table, identity, identity->tls_handshake.p99);
}

static void print_rest(FILE *out, const struct result_identity *const *rest, size_t count)
{
    size_t unexpected = 0;
    for (size_t i = 0; i < count; i++)
        unexpected += rest[i]->as_expected ? 0 : 1;
    char total[FIGURE_LEN], odd[FIGURE_LEN];
    figure_count(total, count);
    figure_count(odd, unexpected);
    if (unexpected > 0)
        fprintf(out, "… and %s more, %s of them not as expected\n", total, odd);
    else
        fprintf(out, "… and %s more, as expected; the slowest are shown\n", total);
}

/* Those that must be accepted and never had a session: whether they would be is not known. */
static void print_idle(FILE *out, const struct result *result)
{
    char figure[FIGURE_LEN], name[REPORT_TEXT_NAME_LEN];
    struct flow flow;
    size_t count = 0, shown = 0;
    for (size_t i = 0; i < result->num_identities; i++)
        count += is_idle(&result->identities[i]);
    if (count == 0)
        return;
    figure_count(figure, count);
    flow_begin(&flow, out, "", 0, " ");
    flow_words(&flow, figure);
    flow_words(&flow, count == 1 ? "identity that must be accepted never had a session:"
                                 : "identities that must be accepted never had a session:");
    for (size_t i = 0; i < result->num_identities && shown < MAX_IDLE_SHOWN; i++) {
        if (!is_idle(&result->identities[i]))
            continue;
        report_text_short_name(name, result->identities[i].name);
        flow_item(&flow, "%s%s", name, ++shown < count ? "," : "");
    }
    figure_count(figure, count - shown);
    if (shown < count)
        flow_item(&flow, "and %s more", figure);
    flow_end(&flow);
}

void report_text_identities(FILE *out, const struct result *result)
{
    static const char *const head[] = {
        "identity", "expected", "sessions", "succeeded", "refused", "failed", "hs p50", "hs p99",
    };
    enum { SUCCEEDED = 3 };
    size_t count = result->num_identities;
    if (count == 0 || (count == 1 && result->identities[0].as_expected))
        return;
    bool are_all_shown = count <= REPORT_TEXT_MAX_IDENTITIES;
    size_t shown = are_all_shown ? count : REPORT_TEXT_MAX_IDENTITIES;
    const struct result_identity **by_interest = identities_by_interest(result);
    struct table table = {.align = "llrrrrrr"};
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        table_cell(&table, "%s", i == SUCCEEDED && result->cut_off_served > 0 ? "served" : head[i]);
    for (size_t i = 0; i < shown; i++)
        add_identity(&table, are_all_shown ? &result->identities[i] : by_interest[i]);
    putc('\n', out);
    table_print(&table, out, 2);
    if (shown < count)
        print_rest(out, by_interest + shown, count - shown);
    print_idle(out, result);
    free(by_interest);
}

void report_text_redirects(FILE *out, const struct result *r)
{
    uint64_t served = 0, redirected = 0;
    for (size_t i = 0; i < r->num_identities; i++) {
        const struct result_identity *row = &r->identities[i];
        served |= row->responses[STATUS_2XX];
        if (row->expected_status == NULL && !row->expect_refused)
            redirected |= row->responses[STATUS_3XX];
    }
    if (served > 0 || redirected == 0)
        return;
    struct flow flow;
    flow_begin(&flow, out, "redirects", 12, " ");
    flow_words(&flow, "no client was served (2xx), and a redirect (3xx) counts as success; if it "
                      "turns clients away, use --refusal-status");
    flow_end(&flow);
}
