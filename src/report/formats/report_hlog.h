/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The distributions as an HdrHistogram log, which HdrHistogram's own tools read and plot: one
 * interval, without the warm-up, with a tag for each latency that has values. In nanoseconds.
 */
#ifndef PINLOAD_REPORT_FORMATS_REPORT_HLOG_H
#define PINLOAD_REPORT_FORMATS_REPORT_HLOG_H

#include <stdbool.h>
#include <stdio.h>

struct result;

/* report_hlog writes RESULT's latencies; false if a write failed. */
bool report_hlog(FILE *out, const struct result *result);

#endif
