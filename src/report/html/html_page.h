/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shell of every HTML page: one file that asks the network for nothing. A page is html_begin,
 * html_data (report/html/html_json.h), html_end. What the page says is made in the browser, by the
 * scripts, from the data, and as text only: data never become markup.
 */
#ifndef PINLOAD_REPORT_HTML_HTML_PAGE_H
#define PINLOAD_REPORT_HTML_HTML_PAGE_H

#include <stdbool.h>
#include <stdio.h>

/* html_begin writes the page up to its data. TITLE and SUMMARY can be any bytes; SUMMARY, in lines,
 * is what is seen where scripts are switched off. */
void html_begin(FILE *out, const char *title, const char *summary);

/* html_end writes the rest: the scripts that all pages have, then SECTIONS, those that make this
 * kind's (report/html/html_parts.h), up to NULL. False where a write failed, html_begin's too. */
bool html_end(FILE *out, const char *const sections[]);

#endif
