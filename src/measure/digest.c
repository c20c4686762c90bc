/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/digest.h"

#include "base/memory.h"
#include "measure/latency.h"

#include <math.h>
#include <stdlib.h>

static struct digest *digest_new(size_t capacity)
{
    return memory_new(1, sizeof(struct digest) + capacity * sizeof(struct digest_bucket));
}

static uint64_t total_of(const struct digest *digest)
{
    uint64_t total = 0;
    for (size_t i = 0; i < digest->len; i++)
        total += digest->buckets[i].count;
    return total;
}

/* The groups of a short digest: NUM groups up to the share UP_TO of the values. They are narrow
 * around p50 and p99, which are reported. */
static const struct {
    double up_to;
    size_t num;
} zones[] = {{0.45, 10}, {0.55, 10}, {0.95, 16}, {0.985, 7}, {0.995, 10}, {1, 11}};

/* Which of DIGEST_SHORT groups the share Q of the values (0 to 1) belongs to. */
static size_t group_of(double q)
{
    size_t zone = 0, first = 0;
    double from = 0;
    while (zone + 1 < sizeof zones / sizeof zones[0] && q >= zones[zone].up_to) {
        from = zones[zone].up_to;
        first += zones[zone++].num;
    }
    size_t within = (size_t)((q - from) / (zones[zone].up_to - from) * (double)zones[zone].num);
    return first + (within < zones[zone].num ? within : zones[zone].num - 1);
}

/* Merges a bucket into the last one of DIGEST, whose value becomes the mean of both. */
static void join_last(struct digest *digest, struct digest_bucket bucket)
{
    struct digest_bucket *last = &digest->buckets[digest->len - 1];
    double count = (double)last->count + bucket.count;
    last->value_ns =
        (float)(((double)last->value_ns * last->count + (double)bucket.value_ns * bucket.count) /
                count);
    last->count += bucket.count;
}

/* Merges the buckets of each group. */
static void shorten(struct digest *digest)
{
    double total = (double)total_of(digest), passed = 0;
    size_t len = digest->len, last_group = DIGEST_SHORT;
    digest->len = 0;
    for (size_t i = 0; i < len; i++) {
        struct digest_bucket bucket = digest->buckets[i];
        size_t group = group_of((passed + bucket.count / 2.0) / total);
        passed += bucket.count;
        if (group == last_group)
            join_last(digest, bucket);
        else
            digest->buckets[digest->len++] = bucket;
        last_group = group;
    }
}

/* Shortens DIGEST if it is too long, and frees the unused memory. */
static struct digest *fitted(struct digest *digest, size_t most)
{
    if (digest->len > most)
        shorten(digest);
    return memory_resize(digest, sizeof *digest + digest->len * sizeof *digest->buckets);
}

static void count_bucket(void *arg, double value_ns, uint64_t count)
{
    (void)value_ns, (void)count;
    ++*(size_t *)arg;
}

static void copy_bucket(void *arg, double value_ns, uint64_t count)
{
    struct digest *digest = arg;
    digest->buckets[digest->len++] = (struct digest_bucket){(float)value_ns, (uint32_t)count};
}

struct digest *digest_of(const struct latency *latency, size_t most)
{
    size_t num_buckets = 0;
    latency_each(latency, count_bucket, &num_buckets);
    if (num_buckets == 0)
        return NULL;
    struct digest *digest = digest_new(num_buckets);
    latency_each(latency, copy_bucket, digest);
    return fitted(digest, most);
}

struct digest *digest_merged(const struct digest *a, const struct digest *b, size_t most)
{
    size_t a_len = a != NULL ? a->len : 0, b_len = b != NULL ? b->len : 0;
    if (a_len + b_len == 0)
        return NULL;
    struct digest *merged = digest_new(a_len + b_len);
    for (size_t i = 0, j = 0; i < a_len || j < b_len;) {
        bool takes_a =
            j == b_len || (i < a_len && a->buckets[i].value_ns <= b->buckets[j].value_ns);
        struct digest_bucket bucket = takes_a ? a->buckets[i++] : b->buckets[j++];
        if (merged->len > 0 && merged->buckets[merged->len - 1].value_ns == bucket.value_ns)
            merged->buckets[merged->len - 1].count += bucket.count;
        else
            merged->buckets[merged->len++] = bucket;
    }
    return fitted(merged, most);
}

double digest_percentile(const struct digest *digest, double percent)
{
    if (digest == NULL)
        return NAN;
    uint64_t passed = 0, wanted = (uint64_t)ceil((double)total_of(digest) * percent / 100);
    for (size_t i = 0; i < digest->len; i++) {
        passed += digest->buckets[i].count;
        if (passed >= wanted)
            return digest->buckets[i].value_ns;
    }
    return NAN;
}

void digest_add_to(const struct digest *digest, struct latency *latency)
{
    for (size_t i = 0; digest != NULL && i < digest->len; i++)
        latency_add(latency, digest->buckets[i].value_ns, digest->buckets[i].count);
}
