/* SPDX-License-Identifier: Apache-2.0 */
#include "load/seconds.h"

#include "base/clock.h"
#include "base/memory.h"
#include "load/latency.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void seconds_init(struct seconds *seconds)
{
    *seconds = (struct seconds){.open = latency_new(2)};
}

void seconds_cleanup(struct seconds *seconds)
{
    for (size_t i = 0; i < seconds->count; i++)
        free(seconds->items[i].buckets);
    free(seconds->items);
    latency_free(seconds->open);
    *seconds = (struct seconds){0};
}

void seconds_begin(struct seconds *seconds, uint64_t start_ns)
{
    seconds->start_ns = start_ns;
}

static void count_bucket(void *arg, double value_ns, uint64_t count)
{
    (void)value_ns, (void)count;
    ++*(size_t *)arg;
}

static void copy_bucket(void *arg, double value_ns, uint64_t count)
{
    struct second *second = arg;
    second->buckets[second->num_buckets++] =
        (struct digest_bucket){(float)value_ns, (uint32_t)count};
}

/* Turns the open second's latencies into its digest. */
static void close_last(struct seconds *seconds)
{
    size_t num_buckets = 0;
    if (seconds->count == 0 || latency_count(seconds->open) == 0)
        return;
    struct second *last = &seconds->items[seconds->count - 1];
    latency_each(seconds->open, count_bucket, &num_buckets);
    last->buckets = memory_new(num_buckets, sizeof *last->buckets);
    latency_each(seconds->open, copy_bucket, last);
    latency_reset(seconds->open);
}

/* The second in which NOW_NS lies; those before it are closed. */
static struct second *second_at(struct seconds *seconds, uint64_t now_ns)
{
    size_t index = now_ns > seconds->start_ns ? (now_ns - seconds->start_ns) / NS_PER_S : 0;
    while (seconds->count <= index) {
        close_last(seconds);
        if (seconds->count == seconds->capacity) {
            seconds->capacity = seconds->capacity ? seconds->capacity * 2 : 64;
            seconds->items =
                memory_resize(seconds->items, seconds->capacity * sizeof *seconds->items);
        }
        seconds->items[seconds->count++] = (struct second){0};
    }
    return &seconds->items[index];
}

void seconds_add_session(struct seconds *seconds, uint64_t now_ns, bool failed)
{
    struct second *second = second_at(seconds, now_ns);
    second->sessions++;
    second->failed += failed;
}

void seconds_add_handshake(struct seconds *seconds, uint64_t now_ns, uint64_t elapsed_ns)
{
    second_at(seconds, now_ns)->handshakes++;
    latency_record(seconds->open, elapsed_ns);
}

const struct second *seconds_last(const struct seconds *seconds)
{
    return seconds->count >= 2 ? &seconds->items[seconds->count - 2] : NULL;
}

double second_percentile(const struct second *second, double percent)
{
    uint64_t total = 0, passed = 0;
    for (size_t i = 0; i < second->num_buckets; i++)
        total += second->buckets[i].count;
    uint64_t wanted = (uint64_t)ceil((double)total * percent / 100);
    for (size_t i = 0; i < second->num_buckets; i++) {
        passed += second->buckets[i].count;
        if (passed >= wanted)
            return second->buckets[i].value_ns;
    }
    return NAN;
}

static int compare_buckets(const void *a, const void *b)
{
    float left = ((const struct digest_bucket *)a)->value_ns;
    float right = ((const struct digest_bucket *)b)->value_ns;
    return (left > right) - (left < right);
}

static void merge_second(struct second *to, const struct second *from)
{
    to->sessions += from->sessions;
    to->handshakes += from->handshakes;
    to->failed += from->failed;
    if (from->num_buckets == 0)
        return;
    size_t count = to->num_buckets + from->num_buckets;
    to->buckets = memory_resize(to->buckets, count * sizeof *to->buckets);
    memcpy(to->buckets + to->num_buckets, from->buckets, from->num_buckets * sizeof *to->buckets);
    to->num_buckets = count;
    qsort(to->buckets, count, sizeof *to->buckets, compare_buckets);
}

void seconds_merge(struct seconds *to, struct seconds *from)
{
    if (from->count == 0)
        return;
    second_at(to, to->start_ns + (from->count - 1) * NS_PER_S);
    close_last(to);
    close_last(from);
    for (size_t i = 0; i < from->count; i++)
        merge_second(&to->items[i], &from->items[i]);
}
