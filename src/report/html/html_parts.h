/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sources of the HTML pages, as they are in src/report/html and in uPlot's package; the
 * assembler puts them into the program (html/CMakeLists.txt). Each is a C string.
 */
#ifndef PINLOAD_REPORT_HTML_HTML_PARTS_H
#define PINLOAD_REPORT_HTML_HTML_PARTS_H

/* The shell of every page, with {{slots}}. */
extern const char html_page[];
extern const char html_page_css[];

/* What every page's sections are made with. */
extern const char html_figures_js[];
extern const char html_dom_js[];
extern const char html_charts_js[];

/* The sections of each kind of page. */
extern const char html_identities_js[], html_heat_js[], html_overlay_js[]; /* before it */
extern const char html_result_js[];
extern const char html_compare_js[];

/* uPlot, which draws the charts. */
extern const char html_uplot_js[];
extern const char html_uplot_css[];
extern const char html_uplot_licence[];

#endif
