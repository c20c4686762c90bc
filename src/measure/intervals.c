/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/intervals.h"

#include "base/clock.h"
#include "base/memory.h"
#include "measure/digest.h"
#include "measure/latency.h"

#include <stdlib.h>

#define DIGITS 2

void intervals_begin(struct intervals *intervals, uint64_t start_ns)
{
    intervals->start_ns = intervals->open_until_ns = start_ns;
    intervals->length_ns = NS_PER_S;
    intervals->items = memory_new(INTERVALS_MOST, sizeof *intervals->items);
}

void intervals_cleanup(struct intervals *intervals)
{
    for (size_t i = 0; i < intervals->count; i++) {
        for (int kind = 0; kind < NUM_LATENCIES; kind++)
            free(intervals->items[i].latencies[kind]);
    }
    for (int kind = 0; kind < NUM_LATENCIES; kind++)
        latency_free(intervals->open[kind]);
    free(intervals->items);
    *intervals = (struct intervals){0};
}

/* Moves the values of FROM into TO. */
static void join(struct run_interval *to, struct run_interval *from)
{
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        struct digest *mine = to->latencies[kind], *other = from->latencies[kind];
        if (mine == NULL || other == NULL) {
            to->latencies[kind] = mine != NULL ? mine : other;
            continue;
        }
        to->latencies[kind] = digest_merged(mine, other, DIGEST_WHOLE);
        free(mine);
        free(other);
    }
    *from = (struct run_interval){0};
}

static void close_last(struct intervals *intervals)
{
    for (int kind = 0; kind < NUM_LATENCIES && intervals->count > 0; kind++) {
        struct latency *open = intervals->open[kind];
        if (open == NULL || latency_count(open) == 0)
            continue;
        intervals->items[intervals->count - 1].latencies[kind] = digest_of(open, DIGEST_WHOLE);
        latency_reset(open);
    }
}

/* Merges each two intervals into one; all are closed. */
static void double_length(struct intervals *intervals)
{
    size_t count = intervals->count;
    for (size_t i = 0; i < count; i++) {
        struct run_interval *to = &intervals->items[i / 2], *from = &intervals->items[i];
        if (to == from)
            continue;
        if (i % 2 == 0) {
            *to = *from;
            *from = (struct run_interval){0};
        } else {
            join(to, from);
        }
    }
    intervals->count = (count + 1) / 2;
    intervals->length_ns *= 2;
}

/* Opens intervals until NOW_NS is in the last one. */
static void open_until(struct intervals *intervals, uint64_t now_ns)
{
    while (now_ns >= intervals->open_until_ns) {
        close_last(intervals);
        if (intervals->count == INTERVALS_MOST)
            double_length(intervals);
        intervals->items[intervals->count++] = (struct run_interval){{0}};
        intervals->open_until_ns = intervals->start_ns + intervals->count * intervals->length_ns;
    }
}

void intervals_record(struct intervals *intervals, enum latency_kind kind, uint64_t now_ns,
                      uint64_t value_ns)
{
    open_until(intervals, now_ns);
    if (intervals->open[kind] == NULL)
        intervals->open[kind] = latency_new(DIGITS);
    latency_record(intervals->open[kind], value_ns);
}

void intervals_merge(struct intervals *to, struct intervals *from)
{
    close_last(to);
    close_last(from);
    while (to->length_ns < from->length_ns)
        double_length(to);
    while (from->length_ns < to->length_ns)
        double_length(from);
    for (size_t i = 0; i < from->count; i++) {
        if (i == to->count)
            to->count++;
        join(&to->items[i], &from->items[i]);
    }
    from->count = 0;
    to->open_until_ns = to->start_ns + to->count * to->length_ns;
}

/* --- rows
 * -------------------------------------------------------------------------------------- */

/* The encoded form of LATENCY, which is then cleared; NULL: it is empty. */
static char *encode(struct latency *latency)
{
    char *text = latency_count(latency) > 0 ? latency_encode(latency) : NULL;
    latency_reset(latency);
    return text;
}

static bool fill_one(const struct run_interval *interval, struct latency *scratch,
                     struct interval_row *out)
{
    bool has_any = false;
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        digest_add_to(interval->latencies[kind], scratch);
        if (kind == LATENCY_TLS_HANDSHAKE) {
            digest_add_to(interval->latencies[LATENCY_TLS_HANDSHAKE_FULL], scratch);
            digest_add_to(interval->latencies[LATENCY_TLS_HANDSHAKE_RESUMED], scratch);
        }
        out->hdr[kind] = encode(scratch);
        has_any = has_any || out->hdr[kind] != NULL;
    }
    return has_any;
}

size_t intervals_rows(const struct intervals *intervals, struct interval_row **out_rows)
{
    double length_s = (double)intervals->length_ns / NS_PER_S;
    struct latency *scratch = latency_new(DIGITS);
    struct interval_row *rows = memory_new(intervals->count, sizeof *rows);
    size_t count = 0;
    for (size_t i = 0; i < intervals->count; i++) {
        rows[count] = (struct interval_row){.t_s = (double)i * length_s, .length_s = length_s};
        if (fill_one(&intervals->items[i], scratch, &rows[count]))
            count++;
    }
    latency_free(scratch);
    *out_rows = rows;
    return count;
}
