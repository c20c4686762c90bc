/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/layout.h"

#include "base/memory.h"
#include "base/text.h"
#include "report/figures.h"
#include "report/utf8.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void put_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        putc(c < ' ' || c == 0x7f ? '?' : c, out);
    }
}

static void put_spaces(FILE *out, size_t count)
{
    while (count-- > 0)
        putc(' ', out);
}

static char *format_text(const char *format, va_list args)
{
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0)
        return memory_text("");
    char *clean = utf8_clean(text);
    free(text);
    return text_hide_controls(clean);
}

/* --- flow ----------------------------------------------------------------------------------- */

void flow_begin(struct flow *flow, FILE *out, const char *label, size_t indent,
                const char *separator)
{
    *flow = (struct flow){.out = out, .separator = separator, .indent = indent, .is_fresh = true};
    put_text(out, label);
    flow->column = figure_columns(label);
    if (flow->column < indent) {
        put_spaces(out, indent - flow->column);
        flow->column = indent;
    }
}

static void flow_break(struct flow *flow)
{
    putc('\n', flow->out);
    put_spaces(flow->out, flow->indent);
    flow->column = flow->indent;
    flow->is_fresh = true;
}

static void flow_text(struct flow *flow, const char *text)
{
    size_t gap = flow->is_fresh ? 0 : figure_columns(flow->separator);
    size_t columns = figure_columns(text);
    if (!flow->is_fresh && flow->column + gap + columns > LAYOUT_COLUMNS)
        flow_break(flow);
    if (!flow->is_fresh) {
        fputs(flow->separator, flow->out);
        flow->column += gap;
    }
    put_text(flow->out, text);
    flow->column += columns;
    flow->is_fresh = false;
}

void flow_item(struct flow *flow, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = format_text(format, args);
    va_end(args);
    flow_text(flow, text);
    free(text);
}

void flow_words(struct flow *flow, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, " \n");
        if (len > 0) {
            flow_item(flow, "%.*s", (int)len, text);
        }
        text += len;
        if (*text == '\n' && text[1] != '\0')
            flow_break(flow);
        if (*text != '\0')
            text++;
    }
}

void flow_end(struct flow *flow)
{
    putc('\n', flow->out);
}

/* --- table ---------------------------------------------------------------------------------- */

void table_cell(struct table *table, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = format_text(format, args);
    va_end(args);
    table->cells = memory_resize(table->cells, (table->num_cells + 1) * sizeof *table->cells);
    table->cells[table->num_cells++] = text;
}

static void put_cell(FILE *out, const char *text, size_t columns, bool right, bool last)
{
    size_t own = figure_columns(text);
    size_t padding = columns > own ? columns - own : 0;
    if (right)
        put_spaces(out, padding);
    put_text(out, text);
    if (!right && !last)
        put_spaces(out, padding);
}

void table_print(struct table *table, FILE *out, size_t gap)
{
    size_t num_columns = strlen(table->align);
    size_t *widths = memory_new(num_columns, sizeof *widths);
    widths[0] = table->first_columns;
    for (size_t i = 0; i < table->num_cells; i++) {
        size_t columns = figure_columns(table->cells[i]);
        if (columns > widths[i % num_columns])
            widths[i % num_columns] = columns;
    }
    for (size_t i = 0; i < table->num_cells; i++) {
        size_t column = i % num_columns;
        bool last = column + 1 == num_columns;
        put_spaces(out, column > 0 ? gap : 0);
        put_cell(out, table->cells[i], widths[column], table->align[column] == 'r', last);
        if (last)
            putc('\n', out);
    }
    free(widths);
    table_cleanup(table);
}

void table_cleanup(struct table *table)
{
    for (size_t i = 0; i < table->num_cells; i++)
        free(table->cells[i]);
    free(table->cells);
    table->cells = NULL;
    table->num_cells = 0;
}
