/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text for a terminal of 80 columns: wrapped lines of items, and a table whose columns are as wide
 * as their content. Control characters become '?', so that no name or message can move the cursor.
 */
#ifndef PINLOAD_REPORT_TEXT_LAYOUT_H
#define PINLOAD_REPORT_TEXT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define LAYOUT_COLUMNS 80

struct flow {
    FILE *out;
    const char *separator; /* between two items of a line */
    size_t indent;         /* where lines after the first begin */
    size_t column;
    bool is_fresh; /* no item on this line yet */
};

/* flow_begin writes LABEL, padded to INDENT columns. */
void flow_begin(struct flow *flow, FILE *out, const char *label, size_t indent,
                const char *separator);

/* flow_item writes an item, which is not broken. */
void flow_item(struct flow *flow, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* flow_words writes each word of TEXT as an item; a line end in TEXT starts a new line. */
void flow_words(struct flow *flow, const char *text);
void flow_end(struct flow *flow);

struct table {
    const char *align;    /* a letter per column: 'l' or 'r' */
    size_t first_columns; /* the minimum width of the first column */
    char **cells;
    size_t num_cells;
};

/* table_cell adds the next cell, row by row. */
void table_cell(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* table_print writes the rows with GAP columns between them, and empties the table. */
void table_print(struct table *table, FILE *out, size_t gap);

/* table_cleanup empties a table that is not printed. */
void table_cleanup(struct table *table);

#endif
