/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sources of the HTML pages, from src/report/html and from uPlot's package, as embedded by the
 * assembler (html/CMakeLists.txt). Each is a C string.
 */
#ifndef PINLOAD_REPORT_HTML_HTML_PARTS_H
#define PINLOAD_REPORT_HTML_HTML_PARTS_H

/* The frame of every page, with {{slots}}. */
extern const char html_page[];
extern const char html_page_css[];

/* What the sections of every page are built with. */
extern const char html_figures_js[];
extern const char html_dom_js[];
extern const char html_charts_js[];

/* The sections of each kind of page. */
extern const char html_identities_js[], html_heat_js[], html_overlay_js[]; /* before it */
extern const char html_stages_js[];
extern const char html_result_js[];
extern const char html_compare_js[];
extern const char html_diff_js[];
extern const char html_find_js[];

/* uPlot, which draws the charts. */
extern const char html_uplot_js[];
extern const char html_uplot_css[];
extern const char html_uplot_licence[];

#endif
