/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A diff as a page for a browser: the figures, and both distributions over each other.
 */
#ifndef PINLOAD_REPORT_HTML_DIFF_HTML_H
#define PINLOAD_REPORT_HTML_DIFF_HTML_H

#include <stdbool.h>
#include <stdio.h>

struct diff_result;

/* diff_html writes DIFF as one HTML file; false where a write failed. */
bool diff_html(FILE *out, const struct diff_result *diff);

#endif
