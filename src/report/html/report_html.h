/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result as an HTML page: one file that needs no network, light and dark, for screen, phone and
 * paper. docs/html.md says what it shows.
 */
#ifndef PINLOAD_REPORT_HTML_REPORT_HTML_H
#define PINLOAD_REPORT_HTML_REPORT_HTML_H

#include <stdbool.h>
#include <stdio.h>

struct result;

/* report_html writes RESULT as a page; false if a write failed. */
bool report_html(FILE *out, const struct result *result);

#endif
