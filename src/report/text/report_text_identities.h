/* SPDX-License-Identifier: Apache-2.0 */
/* The summary's table of identities: all of them, or the few to look at first. */
#ifndef PINLOAD_REPORT_TEXT_REPORT_TEXT_IDENTITIES_H
#define PINLOAD_REPORT_TEXT_REPORT_TEXT_IDENTITIES_H

#include <stddef.h>
#include <stdio.h>

struct result;

#define REPORT_TEXT_MAX_IDENTITIES 20
#define REPORT_TEXT_NAME_COLUMNS 14
#define REPORT_TEXT_NAME_LEN (4 * REPORT_TEXT_NAME_COLUMNS + 4) /* bytes */

/* report_text_short_name keeps both ends of a long name: similar names differ at one of them. */
void report_text_short_name(char out[static REPORT_TEXT_NAME_LEN], const char *name);

/* report_text_identities writes the table, preceded by an empty line; nothing for a single identity
 * that is as expected. */
void report_text_identities(FILE *out, const struct result *result);

/* report_text_redirects warns if all identities were redirected and none was served: a redirect
 * counts as a success, and may not be one. */
void report_text_redirects(FILE *out, const struct result *result);

#endif
