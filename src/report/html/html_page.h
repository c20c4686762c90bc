/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame of every HTML page: one file that makes no network requests. A page is html_begin,
 * html_data (report/html/html_json.h), html_end. The scripts build its content in the browser from
 * the data, as text only: data never become markup.
 */
#ifndef PINLOAD_REPORT_HTML_HTML_PAGE_H
#define PINLOAD_REPORT_HTML_HTML_PAGE_H

#include <stdbool.h>
#include <stdio.h>

/* html_begin writes the page up to its data. TITLE and SUMMARY can be any bytes; SUMMARY, in lines,
 * is shown if scripts are disabled. */
void html_begin(FILE *out, const char *title, const char *summary);

/* html_end writes the rest: the scripts of all pages, then SECTIONS, those of this kind of page
 * (report/html/html_parts.h), up to NULL. False if a write failed, including html_begin's. */
bool html_end(FILE *out, const char *const sections[]);

#endif
