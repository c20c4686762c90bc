/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of the summary that tell with what the two sides have authenticated.
 */
#ifndef PINLOAD_REPORT_TEXT_REPORT_TEXT_AUTHENTICATION_H
#define PINLOAD_REPORT_TEXT_REPORT_TEXT_AUTHENTICATION_H

#include <stddef.h>
#include <stdio.h>

struct result;

/* report_text_raw_keys writes of how many full handshakes each side authenticated with a raw public
 * key, in a run that offered them; values begin at LABEL_COLUMNS. */
void report_text_raw_keys(FILE *out, const struct result *result, size_t label_columns);

/* report_text_signatures writes which identities signed with which algorithm, where not all of them
 * did with the same. */
void report_text_signatures(FILE *out, const struct result *result, size_t label_columns);

/* report_text_reloads writes how often identities were read again, and why that failed last. */
void report_text_reloads(FILE *out, const struct result *result, size_t label_columns);

#endif
