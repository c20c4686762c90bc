/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of a list of identities as texts, and what columns there are. What they mean is up to
 * plan_identity_list.
 */
#ifndef PINLOAD_CLI_IDENTITY_ROWS_H
#define PINLOAD_CLI_IDENTITY_ROWS_H

#include "base/error.h"

#include <stddef.h>

enum list_column {
    LIST_NAME,
    LIST_CERT,
    LIST_KEY,
    LIST_PASS,
    LIST_EXPECT,
    LIST_WEIGHT,
    LIST_STATUS,
    NUM_LIST_COLUMNS
};

struct list_row {
    char *values[NUM_LIST_COLUMNS]; /* NULL: not given, or empty */
    char *place;                    /* "clients.csv, line 3" or "clients.json, entry 3" */
};

struct identity_list {
    struct list_row *rows;
    size_t count;
    char *directory; /* that of the file, with a slash; "": the current one */
};

void identity_list_cleanup(struct identity_list *list);

/* identity_list_column returns the column NAME; NUM_LIST_COLUMNS sets ERR. */
enum list_column identity_list_column(const char *name, const char *place, struct error *err);

/* identity_list_append appends an empty row whose place is NUMBER of PATH, a "line" or "entry". */
struct list_row *identity_list_append(struct identity_list *list, const char *path,
                                      const char *unit, size_t number);

#endif
