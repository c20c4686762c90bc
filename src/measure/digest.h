/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finished distribution of latencies in a few buckets, kept for each second of a run. It never
 * changes once it is created, so other threads may read it. NULL is an empty digest. A digest is
 * released with free().
 */
#ifndef PINLOAD_MEASURE_DIGEST_H
#define PINLOAD_MEASURE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct latency;

struct digest_bucket {
    float value_ns;
    uint32_t count;
};

struct digest {
    size_t len;
    struct digest_bucket buckets[]; /* ascending */
};

/* How many buckets a digest may have: all of them, or so few that a second takes half a kilobyte,
 * which still give p50 and p99 to about 1 %. */
#define DIGEST_WHOLE SIZE_MAX
#define DIGEST_SHORT 64

/* digest_of creates a digest with at most MOST buckets (DIGEST_WHOLE or DIGEST_SHORT). */
struct digest *digest_of(const struct latency *latency, size_t most);

/* digest_merged creates one from two. */
struct digest *digest_merged(const struct digest *a, const struct digest *b, size_t most);

/* digest_percentile returns the value in nanoseconds at PERCENT (0 to 100), or NAN. */
double digest_percentile(const struct digest *digest, double percent);

/* digest_add_to adds DIGEST's values to LATENCY. */
void digest_add_to(const struct digest *digest, struct latency *latency);

#endif
