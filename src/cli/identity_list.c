/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/identity_list.h"

#include "base/csv.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/identity_list_json.h"
#include "cli/plan_paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_BYTES ((size_t)64 << 20)
/* The header: which column is where. */
struct header {
    enum list_column columns[NUM_LIST_COLUMNS];
    size_t count;
};

static bool read_header(struct header *header, const struct csv_record *record, const char *path,
                        struct error *err)
{
    char place[1100];
    unsigned seen = 0;
    snprintf(place, sizeof place, "%.1000s, line %zu", path, record->line);
    for (size_t i = 0; i < record->count; i++) {
        enum list_column column = identity_list_column(record->fields[i], place, err);
        if (column == NUM_LIST_COLUMNS)
            return false;
        if ((seen & 1u << column) != 0)
            return error_set(err, "%s: the column '%s' is there twice; expected each once", place,
                             record->fields[i]);
        seen |= 1u << column;
        header->columns[header->count++] = column;
    }
    return true;
}

static bool take_record(struct identity_list *list, const struct header *header,
                        struct csv_record *record, const char *path, struct error *err)
{
    struct list_row *row = identity_list_append(list, path, "line", record->line);
    if (record->count != header->count)
        return error_set(err, "%s: it has %zu fields and the header has %zu; expected as many",
                         row->place, record->count, header->count);
    for (size_t i = 0; i < record->count; i++) {
        if (record->fields[i][0] == '\0')
            continue;
        row->values[header->columns[i]] = record->fields[i];
        record->fields[i] = NULL;
    }
    return true;
}

static bool read_csv(struct identity_list *list, const char *path, const char *text, size_t len,
                     struct error *err)
{
    struct csv csv;
    struct csv_record record = {0};
    struct header header = {0};
    enum csv_next next;
    bool ok = true;
    csv_init(&csv, text, len);
    while (ok && (next = csv_next(&csv, &record)) != CSV_END) {
        if (next == CSV_BAD)
            ok = error_set(err, "%s, line %zu: %s; expected comma-separated values (RFC 4180)",
                           path, csv.line, csv.problem);
        else if (header.count == 0)
            ok = read_header(&header, &record, path, err);
        else
            ok = take_record(list, &header, &record, path, err);
        csv_record_cleanup(&record);
    }
    csv_record_cleanup(&record);
    return ok;
}

/* JSON begins with a bracket or a brace, which no header does. */
static bool is_json(const char *text, size_t len)
{
    size_t blank = 0;
    while (blank < len && strchr(" \t\r\n", text[blank]) != NULL)
        blank++;
    return blank < len && (text[blank] == '[' || text[blank] == '{');
}

bool identity_list_read(struct identity_list *list, const char *path, struct error *err)
{
    const struct file_role role = {"the list of identities", path, MOST_BYTES,
                                   "expected CSV with a header line, or JSON"};
    struct buffer text = {0};
    list->directory = plan_paths_directory(path);
    bool ok = file_read(&text, &role, err);
    if (ok) {
        size_t mark_len = text_mark_len(text.data, text.len);
        const char *content = (const char *)text.data + mark_len;
        size_t len = text.len - mark_len;
        ok = is_json(content, len) ? identity_list_read_json(list, path, content, len, err)
                                   : read_csv(list, path, content, len, err);
    }
    if (ok && list->count == 0)
        ok = error_set(err,
                       "the list '%s' has no identity; expected a header line such as "
                       "name,cert,key,weight and a line for each identity, or JSON",
                       path);
    if (text.data != NULL)
        explicit_bzero(text.data, text.len);
    buffer_cleanup(&text);
    return ok;
}
