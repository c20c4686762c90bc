/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/value_counts.h"

#include "base/memory.h"
#include "measure/latency.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* place_of returns the index of the first item that is VALUE or more. */
static size_t place_of(const struct value_counts *counts, uint64_t value)
{
    size_t low = 0, high = counts->num;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (counts->items[middle].value < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct value_count *insert(struct value_counts *counts, size_t place, uint64_t value)
{
    if (counts->num == counts->capacity) {
        counts->capacity = counts->capacity > 0 ? 2 * counts->capacity : 8;
        counts->items = memory_resize(counts->items, counts->capacity * sizeof *counts->items);
    }
    struct value_count *item = &counts->items[place];
    memmove(item + 1, item, (counts->num++ - place) * sizeof *item);
    *item = (struct value_count){.value = value};
    return item;
}

/* Of the items around PLACE, where VALUE would be. */
static struct value_count *nearest(struct value_counts *counts, size_t place, uint64_t value)
{
    struct value_count *above = &counts->items[place];
    if (place == counts->num)
        return above - 1;
    bool is_below = place > 0 && value - above[-1].value <= above->value - value;
    return is_below ? above - 1 : above;
}

/* A sum that does not fit is the largest count, which no reader takes. */
static uint64_t sum(uint64_t a, uint64_t b)
{
    return a <= UINT64_MAX - b ? a + b : UINT64_MAX;
}

void value_counts_add(struct value_counts *counts, uint64_t value, uint64_t count)
{
    size_t place = place_of(counts, value);
    bool is_known = place < counts->num && counts->items[place].value == value;
    struct value_count *item;
    if (is_known) {
        item = &counts->items[place];
    } else if (counts->num < VALUES_MOST) {
        item = insert(counts, place, value);
    } else {
        item = nearest(counts, place, value);
        counts->rounded = sum(counts->rounded, count);
    }
    item->count = sum(item->count, count);
}

void value_counts_merge(struct value_counts *to, const struct value_counts *from)
{
    for (size_t i = 0; i < from->num; i++)
        value_counts_add(to, from->items[i].value, from->items[i].count);
    to->rounded = sum(to->rounded, from->rounded);
}

void value_counts_cleanup(struct value_counts *counts)
{
    free(counts->items);
    *counts = (struct value_counts){0};
}

uint64_t value_counts_num(const struct value_counts *counts)
{
    uint64_t num = 0;
    for (size_t i = 0; i < counts->num; i++)
        num = sum(num, counts->items[i].count);
    return num;
}

double value_counts_sum(const struct value_counts *counts)
{
    double total = 0;
    for (size_t i = 0; i < counts->num; i++)
        total += (double)counts->items[i].value * (double)counts->items[i].count;
    return total;
}

/* The step down keeps 99.9 % of 1000, which is not exact in binary, from becoming the 1000th. */
uint64_t value_counts_percentile(const struct value_counts *counts, double percent)
{
    uint64_t value = 0;
    double rank = ceil(nextafter(percent, 0) / 100 * (double)value_counts_num(counts));
    double passed = 0;
    for (size_t i = 0; i < counts->num && (i == 0 || passed < rank); i++) {
        value = counts->items[i].value;
        passed += (double)counts->items[i].count;
    }
    return value;
}

static double deviation(const struct value_counts *counts, double mean, double num)
{
    double squares = 0;
    for (size_t i = 0; i < counts->num; i++) {
        double difference = (double)counts->items[i].value - mean;
        squares += difference * difference * (double)counts->items[i].count;
    }
    return sqrt(squares / num);
}

void value_counts_summarize(const struct value_counts *counts, struct latency_summary *out_summary)
{
    double num = (double)value_counts_num(counts);
    *out_summary = (struct latency_summary){.count = value_counts_num(counts)};
    if (num == 0)
        return;
    out_summary->min = (double)counts->items[0].value;
    out_summary->max = (double)counts->items[counts->num - 1].value;
    out_summary->mean = value_counts_sum(counts) / num;
    out_summary->stdev = deviation(counts, out_summary->mean, num);
    out_summary->p50 = (double)value_counts_percentile(counts, 50);
    out_summary->p75 = (double)value_counts_percentile(counts, 75);
    out_summary->p90 = (double)value_counts_percentile(counts, 90);
    out_summary->p95 = (double)value_counts_percentile(counts, 95);
    out_summary->p99 = (double)value_counts_percentile(counts, 99);
    out_summary->p999 = (double)value_counts_percentile(counts, 99.9);
}
