/* SPDX-License-Identifier: Apache-2.0 */
/* The summary's table of latencies, a row for each that has values. */
#ifndef PINLOAD_REPORT_TEXT_REPORT_TEXT_LATENCY_H
#define PINLOAD_REPORT_TEXT_REPORT_TEXT_LATENCY_H

#include <stdio.h>

struct result;

/* report_text_latency writes the table, preceded by an empty line. */
void report_text_latency(FILE *out, const struct result *r);

#endif
