/* SPDX-License-Identifier: Apache-2.0 */
#include "base/csv.h"

#include "base/buffer.h"
#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>

void csv_init(struct csv *csv, const char *text, size_t len)
{
    *csv = (struct csv){.at = text, .end = text + len, .line = 1};
}

/* The length of the end of line at AT; 0: there is none. */
static size_t line_end(const struct csv *csv)
{
    if (csv->at < csv->end && csv->at[0] == '\n')
        return 1;
    return csv->at + 1 < csv->end && csv->at[0] == '\r' && csv->at[1] == '\n' ? 2 : 0;
}

static bool is_bad(struct csv *csv, const char *problem)
{
    csv->problem = problem;
    return false;
}

static bool ends_here(const struct csv *csv)
{
    return csv->at == csv->end || *csv->at == ',' || line_end(csv) > 0;
}

static bool read_quoted(struct csv *csv, struct buffer *out)
{
    for (csv->at++; csv->at < csv->end; csv->at++) {
        if (*csv->at == '"' && (csv->at + 1 == csv->end || csv->at[1] != '"')) {
            csv->at++;
            return ends_here(csv) || is_bad(csv, "a quoted field goes on after its quote");
        }
        csv->at += *csv->at == '"'; /* two of them are one */
        csv->line += *csv->at == '\n';
        buffer_append(out, csv->at, 1);
    }
    return is_bad(csv, "a quoted field has no end");
}

static bool read_plain(struct csv *csv, struct buffer *out)
{
    for (; !ends_here(csv); csv->at++) {
        if (*csv->at == '"')
            return is_bad(csv, "a quote is inside a field that does not begin with one");
        if (*csv->at == '\0' || *csv->at == '\r')
            return is_bad(csv, "a control character is in it");
        buffer_append(out, csv->at, 1);
    }
    return true;
}

static void append_field(struct csv_record *record, struct buffer *text)
{
    record->fields = memory_resize(record->fields, (record->count + 1) * sizeof *record->fields);
    record->fields[record->count++] = memory_text(buffer_text(text));
    buffer_clear(text);
}

static bool read_fields(struct csv *csv, struct csv_record *record)
{
    struct buffer text = {0};
    bool ok = true, has_more = true;
    while (ok && has_more) {
        bool is_quoted = csv->at < csv->end && *csv->at == '"';
        ok = is_quoted ? read_quoted(csv, &text) : read_plain(csv, &text);
        append_field(record, &text);
        has_more = ok && csv->at < csv->end && *csv->at == ',';
        csv->at += has_more;
    }
    buffer_cleanup(&text);
    return ok;
}

static void skip_line_end(struct csv *csv)
{
    size_t len = line_end(csv);
    csv->at += len;
    csv->line += len > 0;
}

enum csv_next csv_next(struct csv *csv, struct csv_record *record)
{
    while (line_end(csv) > 0)
        skip_line_end(csv);
    *record = (struct csv_record){.line = csv->line};
    if (csv->at == csv->end)
        return CSV_END;
    if (!read_fields(csv, record))
        return CSV_BAD;
    skip_line_end(csv);
    return CSV_RECORD;
}

void csv_record_cleanup(struct csv_record *record)
{
    for (size_t i = 0; i < record->count; i++)
        free(record->fields[i]);
    free(record->fields);
    *record = (struct csv_record){0};
}
