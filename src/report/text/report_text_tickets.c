/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/report_text_tickets.h"

#include "report/figures.h"
#include "report/text/layout.h"
#include "result/result.h"

#include <string.h>

/* As many columns as a line has room for; the JSON and the page have all. */
#define MOST_ADDRESSES 8

/* The addresses that issued tickets, in the order of the paths; they are those offered, too. */
struct addresses {
    char texts[MOST_ADDRESSES][RESULT_ADDRESS_LEN];
    size_t count;
    size_t num_more; /* that have no room */
};

static void note(struct addresses *addresses, const char *path)
{
    char text[RESULT_ADDRESS_LEN];
    const char *word = strstr(path, RESULT_PATH_WORD);
    size_t len = word != NULL ? (size_t)(word - path) : 0;
    if (len == 0 || len >= sizeof text)
        return;
    memcpy(text, path, len);
    text[len] = '\0';
    for (size_t i = 0; i < addresses->count; i++) {
        if (strcmp(addresses->texts[i], text) == 0)
            return;
    }
    if (addresses->count < MOST_ADDRESSES)
        memcpy(addresses->texts[addresses->count++], text, sizeof text);
    else
        addresses->num_more++;
}

/* "12 of 12"; "-" where none was offered. */
static void add_cell(struct table *table, const struct result *r, const char *from, const char *to)
{
    char name[RESULT_PATH_LEN], resumed[FIGURE_LEN], offered[FIGURE_LEN];
    result_path_name(name, from, to);
    figure_count(resumed, name_counts_get(&r->paths_resumed, name));
    figure_count(offered, name_counts_get(&r->paths_offered, name));
    if (name_counts_get(&r->paths_offered, name) == 0)
        table_cell(table, "-");
    else
        table_cell(table, "%s of %s", resumed, offered);
}

void report_text_tickets(FILE *out, const struct result *r)
{
    struct table table = {0};
    struct addresses addresses = {0};
    char align[MOST_ADDRESSES + 2] = "l";
    if (r->tickets_offered == 0)
        return;
    for (size_t i = 0; i < r->paths_offered.count; i++)
        note(&addresses, r->paths_offered.items[i].name);
    if (addresses.count == 0)
        return;
    memset(align + 1, 'r', addresses.count);
    table.align = align;
    table_cell(&table, "tickets taken by");
    for (size_t to = 0; to < addresses.count; to++)
        table_cell(&table, "%zu", to + 1);
    for (size_t from = 0; from < addresses.count; from++) {
        table_cell(&table, "  %zu  %s", from + 1, addresses.texts[from]);
        for (size_t to = 0; to < addresses.count; to++)
            add_cell(&table, r, addresses.texts[from], addresses.texts[to]);
    }
    putc('\n', out);
    table_print(&table, out, 3);
    if (addresses.num_more > 0)
        fputs("  more addresses are in the JSON and on the page\n", out);
}
