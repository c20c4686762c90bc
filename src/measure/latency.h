/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A distribution of latencies, in nanoseconds, on HdrHistogram_c: 1 ns to 1 h with a fixed number
 * of significant digits. Written by one thread; distributions are merged after the join. A value
 * out of range is clamped to it and counted as clamped, never dropped.
 */
#ifndef PINLOAD_MEASURE_LATENCY_H
#define PINLOAD_MEASURE_LATENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct latency;

/* What a report says of a distribution. Times in nanoseconds (of value_counts, what they count);
 * without values, count is 0 and the others are 0 and mean nothing. */
struct latency_summary {
    uint64_t count;
    uint64_t clamped;
    double min, max, mean, stdev;
    double p50, p75, p90, p95, p99, p999;
};

/* latency_new creates an empty distribution with DIGITS significant digits, 3 to 1: 270 KB, 36 KB
 * or 4 KB. A distribution of 1 digit begins at 1 us, which keeps it small. */
struct latency *latency_new(int digits);
void latency_free(struct latency *latency);

void latency_record(struct latency *latency, uint64_t value_ns);
/* latency_add records VALUE_NS (of a digest, so within the range) COUNT times. */
void latency_add(struct latency *latency, double value_ns, uint64_t count);
void latency_reset(struct latency *latency);

/* latency_merge adds FROM's values to TO; NULL is an empty FROM. */
void latency_merge(struct latency *to, const struct latency *from);

void latency_summarize(const struct latency *latency, struct latency_summary *out_summary);

uint64_t latency_count(const struct latency *latency);

/* latency_percentile returns the value in nanoseconds at PERCENT (0 to 100), 0 if empty. */
double latency_percentile(const struct latency *latency, double percent);

/* latency_each calls VISIT for each bucket with values, ascending: its value (the middle of the
 * bucket, ns) and count. */
void latency_each(const struct latency *latency,
                  void (*visit)(void *arg, double value_ns, uint64_t count), void *arg);

/* latency_each_span does the same with what each bucket stands for: from LOW_NS to before HIGH_NS. */
void latency_each_span(const struct latency *latency,
                       void (*visit)(void *arg, double low_ns, double high_ns, double count),
                       void *arg);

/* latency_encode returns HdrHistogram's V2 compressed encoding in base64, to be freed. */
char *latency_encode(const struct latency *latency);

/* latency_decode creates a distribution from such a string; NULL if it is invalid. */
struct latency *latency_decode(const char *base64, uint64_t clamped);

/* A log in the format of HdrHistogram's tools. latency_log_begin writes the header;
 * latency_log_entry appends one interval under TAG: its start (seconds after the header's start)
 * and length. */
void latency_log_begin(FILE *file, uint64_t start_wall_ns);
bool latency_log_entry(FILE *file, const struct latency *latency, const char *tag, double start_s,
                       double length_s);

#endif
