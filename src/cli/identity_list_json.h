/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of identities in JSON: an array of objects whose members are the columns, or an object
 * whose member "identities" is that array.
 */
#ifndef PINLOAD_CLI_IDENTITY_LIST_JSON_H
#define PINLOAD_CLI_IDENTITY_LIST_JSON_H

#include "cli/identity_rows.h"

/* identity_list_read_json reads the rows from TEXT. False sets ERR, which names PATH. */
bool identity_list_read_json(struct identity_list *list, const char *path, const char *text,
                             size_t len, struct error *err);

#endif
