/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result as a page for a browser: one file that needs no network, light and dark, on a screen,
 * a phone and paper. docs/html.md says what is on it.
 */
#ifndef PINLOAD_REPORT_HTML_REPORT_HTML_H
#define PINLOAD_REPORT_HTML_REPORT_HTML_H

#include <stdbool.h>
#include <stdio.h>

struct result;

/* report_html writes RESULT as a page; false where a write failed. */
bool report_html(FILE *out, const struct result *result);

#endif
