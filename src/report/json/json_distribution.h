/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A distribution as an object of the JSON: what it comes to, and the whole of it.
 */
#ifndef PINLOAD_REPORT_JSON_JSON_DISTRIBUTION_H
#define PINLOAD_REPORT_JSON_JSON_DISTRIBUTION_H

struct json_t;
struct latency;
struct latency_summary;
struct value_counts;

/* json_latency returns LATENCY in microseconds; json_summary returns what SUMMARY says, with the
 * whole of LATENCY, which may be NULL. */
struct json_t *json_latency(const struct latency *latency);
struct json_t *json_summary(const struct latency_summary *summary, const struct latency *latency);

/* json_values returns VALUES, which count in UNIT. */
struct json_t *json_values(const struct value_counts *values, const char *unit);

#endif
