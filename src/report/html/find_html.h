/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A search as a page for a browser: the answer, latency against load, every stage.
 */
#ifndef PINLOAD_REPORT_HTML_FIND_HTML_H
#define PINLOAD_REPORT_HTML_FIND_HTML_H

#include <stdbool.h>
#include <stdio.h>

struct find_result;

/* find_html writes RESULT as one HTML file; false where a write failed. */
bool find_html(FILE *out, const struct find_result *result);

#endif
