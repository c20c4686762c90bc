/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of identities, as --identity-list reads it: a CSV file with a header line, or JSON.
 */
#ifndef PINLOAD_CLI_IDENTITY_LIST_H
#define PINLOAD_CLI_IDENTITY_LIST_H

#include "cli/identity_rows.h"

/* identity_list_read reads the file PATH; "-" is standard input. LIST is to be cleaned up even
 * after a failure. */
bool identity_list_read(struct identity_list *list, const char *path, struct error *err);

#endif
