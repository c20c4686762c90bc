/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data of an HTML page, which its scripts read: JSON in a script element that is never run. No
 * string in it can end the element, whatever a name or a URL may be.
 */
#ifndef PINLOAD_REPORT_HTML_HTML_JSON_H
#define PINLOAD_REPORT_HTML_HTML_JSON_H

#include <stdio.h>

struct compare_result;
struct diff_result;
struct find_result;
struct html_view;
struct json_t;

/* html_data writes DATA, and does not consume it. */
void html_data(FILE *out, const struct json_t *data);

/* html_data_result writes a result: its JSON without the encoded distributions, the seconds and the
 * checks, its identities as columns (report/html/html_identities.h); and in addition "page":
 * percentile curves, the course of the run, and how much was omitted. */
void html_data_result(FILE *out, const struct html_view *view);

/* html_data_comparison writes a comparison: its JSON without the encoded distributions. */
void html_data_comparison(FILE *out, const struct compare_result *result);

/* html_data_diff writes a diff: its JSON, and as "page" the percentile curves of either side. */
void html_data_diff(FILE *out, const struct diff_result *diff);

/* html_data_search writes a search: its JSON, and as "words" its answer, its limit and its doubt. */
void html_data_search(FILE *out, const struct find_result *result);

#endif
