/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A distribution of latencies that is over, in a few buckets: what is kept of each second of a run.
 * It never changes once it is made, so that other threads may read it. NULL is an empty one. A
 * digest is released with free().
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
    struct digest_bucket buckets[]; /* rising */
};

/* How many buckets a digest may have: all that there are, or so few that a second takes half a
 * kilobyte, from which p50 and p99 can still be told to about a hundredth. */
#define DIGEST_WHOLE SIZE_MAX
#define DIGEST_SHORT 64

/* digest_of makes a digest of MOST buckets (DIGEST_WHOLE or DIGEST_SHORT) at most. */
struct digest *digest_of(const struct latency *latency, size_t most);

/* digest_merged makes one of two. */
struct digest *digest_merged(const struct digest *a, const struct digest *b, size_t most);

/* digest_percentile returns the value in nanoseconds at PERCENT (0 to 100), or NAN. */
double digest_percentile(const struct digest *digest, double percent);

/* digest_add_to adds what DIGEST holds to LATENCY. */
void digest_add_to(const struct digest *digest, struct latency *latency);

#endif
