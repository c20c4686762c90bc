/* SPDX-License-Identifier: Apache-2.0 */
/* The summary's lines of TLS extensions that a run asked for: Encrypted Client Hello, and compressed
 * certificates. */
#ifndef PINLOAD_REPORT_TEXT_REPORT_TEXT_EXTENSIONS_H
#define PINLOAD_REPORT_TEXT_REPORT_TEXT_EXTENSIONS_H

#include <stdio.h>

struct result;

/* report_text_extensions writes a line for each that was in use, its label padded to INDENT
 * columns. */
void report_text_extensions(FILE *out, const struct result *result, size_t indent);

#endif
