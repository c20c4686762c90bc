/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result in Prometheus's text exposition format 0.0.4, for a push gateway or node exporter's
 * textfile collector. Base units, as its conventions require: seconds and bytes.
 */
#ifndef PINLOAD_REPORT_FORMATS_REPORT_PROMETHEUS_H
#define PINLOAD_REPORT_FORMATS_REPORT_PROMETHEUS_H

#include <stdbool.h>
#include <stdio.h>

struct result;

/* report_prometheus writes RESULT as metrics; false if a write failed. */
bool report_prometheus(FILE *out, const struct result *result);

#endif
