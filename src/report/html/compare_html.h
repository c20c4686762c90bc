/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A comparison as an HTML page, in the frame of all pages (report/html/html_page.h), with a chart
 * of the intervals. docs/html.md says what it shows.
 */
#ifndef PINLOAD_REPORT_HTML_COMPARE_HTML_H
#define PINLOAD_REPORT_HTML_COMPARE_HTML_H

#include <stdbool.h>
#include <stdio.h>

struct compare_result;

/* compare_html writes RESULT as a page; false if a write failed. */
bool compare_html(FILE *out, const struct compare_result *result);

#endif
