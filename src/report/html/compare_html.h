/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A comparison as a page for a browser, in the shell of all pages (report/html/html_page.h), with a
 * picture of the intervals. docs/html.md says what is on it.
 */
#ifndef PINLOAD_REPORT_HTML_COMPARE_HTML_H
#define PINLOAD_REPORT_HTML_COMPARE_HTML_H

#include <stdbool.h>
#include <stdio.h>

struct compare_result;

/* compare_html writes RESULT as a page; false where a write failed. */
bool compare_html(FILE *out, const struct compare_result *result);

#endif
