/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/report_text_authentication.h"

#include "report/figures.h"
#include "report/text/layout.h"
#include "report/text/report_text_identities.h"
#include "result/result.h"

#define MAX_NAMES_SHOWN 6

/* Raw public keys among all that authenticated SIDE; the others were certificates. */
static void add_side(struct flow *flow, const char *side, const struct name_counts *types)
{
    char keys_text[FIGURE_LEN], all_text[FIGURE_LEN];
    uint64_t keys = name_counts_get(types, "raw_public_key"),
             all = keys + name_counts_get(types, "x509");
    figure_count(keys_text, keys);
    figure_count(all_text, all);
    if (all > 0)
        flow_item(flow, "%s %s of %s", side, keys_text, all_text);
}

void report_text_raw_keys(FILE *out, const struct result *result, size_t label_columns)
{
    const struct name_counts *servers = &result->server_certificate_types;
    const struct name_counts *clients = &result->client_certificate_types;
    bool were_offered = result_setting(result, "raw_public_key") != NULL ||
                        name_counts_get(servers, "raw_public_key") > 0 ||
                        name_counts_get(clients, "raw_public_key") > 0;
    if (!were_offered || result->handshakes_full == 0)
        return;
    struct flow flow;
    flow_begin(&flow, out, "raw keys", label_columns, "   ");
    add_side(&flow, "server", servers);
    add_side(&flow, "client", clients);
    flow_end(&flow);
}

/* --- signatures ------------------------------------------------------------------------------- */

/* Every algorithm that an identity signed with; the counts are of identities. */
static void count_algorithms(struct name_counts *algorithms, const struct result *result)
{
    for (size_t i = 0; i < result->num_identities; i++) {
        const struct name_counts *own = &result->identities[i].sigalgs;
        for (size_t k = 0; k < own->count; k++) {
            if (own->items[k].count > 0)
                name_counts_add(algorithms, own->items[k].name, 1);
        }
    }
}

static void write_algorithm(FILE *out, const char *label, const struct name_count *algorithm,
                            const struct result *result, size_t label_columns)
{
    char figure[FIGURE_LEN], name[REPORT_TEXT_NAME_LEN];
    struct flow flow;
    uint64_t shown = 0;
    flow_begin(&flow, out, label, label_columns, " ");
    flow_item(&flow, "%s:", algorithm->name);
    for (size_t i = 0; i < result->num_identities && shown < MAX_NAMES_SHOWN; i++) {
        const struct result_identity *identity = &result->identities[i];
        if (name_counts_get(&identity->sigalgs, algorithm->name) == 0)
            continue;
        report_text_short_name(name, identity->name);
        flow_item(&flow, "%s%s", name, ++shown < algorithm->count ? "," : "");
    }
    figure_count(figure, algorithm->count - shown);
    if (shown < algorithm->count)
        flow_item(&flow, "and %s more", figure);
    flow_end(&flow);
}

void report_text_reloads(FILE *out, const struct result *result, size_t label_columns)
{
    const struct result_reloads *reloads = &result->reloads;
    char applied[FIGURE_LEN], failed[FIGURE_LEN];
    struct flow flow;
    if (!reloads->is_known)
        return;
    figure_count(applied, reloads->applied);
    figure_count(failed, reloads->failed);
    flow_begin(&flow, out, "reloads", label_columns, "   ");
    flow_item(&flow, "%s applied", applied);
    flow_item(&flow, "%s failed", failed);
    flow_end(&flow);
    if (reloads->last_failure == NULL)
        return;
    flow_begin(&flow, out, "", label_columns, " ");
    flow_words(&flow, reloads->last_failure);
    flow_end(&flow);
}

void report_text_signatures(FILE *out, const struct result *result, size_t label_columns)
{
    struct name_counts algorithms = {0};
    count_algorithms(&algorithms, result);
    for (size_t i = 0; i < algorithms.count && algorithms.count > 1; i++)
        write_algorithm(out, i == 0 ? "signatures" : "", &algorithms.items[i], result,
                        label_columns);
    name_counts_cleanup(&algorithms);
}
