/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/identity_rows.h"

#include "base/buffer.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS "name, cert, key, pass, expect, weight and status"

static const char *const columns[NUM_LIST_COLUMNS] = {
    [LIST_NAME] = "name",     [LIST_CERT] = "cert",     [LIST_KEY] = "key",
    [LIST_PASS] = "pass",     [LIST_EXPECT] = "expect", [LIST_WEIGHT] = "weight",
    [LIST_STATUS] = "status",
};

enum list_column identity_list_column(const char *name, const char *place, struct error *err)
{
    for (int i = 0; i < NUM_LIST_COLUMNS; i++) {
        if (strcmp(columns[i], name) == 0)
            return (enum list_column)i;
    }
    error_set(err,
              "%s: '%.100s' is not a column of a list of identities; expected some of " COLUMNS,
              place, name);
    return NUM_LIST_COLUMNS;
}

struct list_row *identity_list_append(struct identity_list *list, const char *path,
                                      const char *unit, size_t number)
{
    struct buffer place = {0};
    buffer_format(&place, "%s, %s %zu", path, unit, number);
    if ((list->count & (list->count - 1)) == 0)
        list->rows = memory_resize(list->rows, (list->count * 2 + 1) * sizeof *list->rows);
    list->rows[list->count] = (struct list_row){.place = memory_text(buffer_text(&place))};
    buffer_cleanup(&place);
    return &list->rows[list->count++];
}

void identity_list_cleanup(struct identity_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        for (int column = 0; column < NUM_LIST_COLUMNS; column++) {
            if (column == LIST_PASS && list->rows[i].values[column] != NULL)
                explicit_bzero(list->rows[i].values[column], strlen(list->rows[i].values[column]));
            free(list->rows[i].values[column]);
        }
        free(list->rows[i].place);
    }
    free(list->rows);
    free(list->directory);
    *list = (struct identity_list){0};
}
