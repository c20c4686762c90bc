/* SPDX-License-Identifier: Apache-2.0 */
/* The summary's table of identities: all of them, or the few that deserve a look. */
#ifndef PINLOAD_REPORT_TEXT_REPORT_TEXT_IDENTITIES_H
#define PINLOAD_REPORT_TEXT_REPORT_TEXT_IDENTITIES_H

#include <stddef.h>
#include <stdio.h>

struct result;

#define REPORT_TEXT_MAX_IDENTITIES 20

/* report_text_identities writes the table, an empty line before it; nothing for a single identity
 * that did as expected. */
void report_text_identities(FILE *out, const struct result *result);

/* report_text_redirects says where all were redirected and nobody was served: a redirect is then a
 * success, and perhaps none. */
void report_text_redirects(FILE *out, const struct result *result);

#endif
