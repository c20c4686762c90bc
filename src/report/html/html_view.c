/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html/html_view.h"

#include "base/memory.h"
#include "base/number.h"
#include "report/identity_order.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the course of the run -------------------------------------------------------------------- */

static struct series_row joined(const struct series_row *a, const struct series_row *b)
{
    struct series_row row = *a;
    double handshakes = (double)(a->handshakes + b->handshakes);
    row.length_s += b->length_s;
    row.sessions += b->sessions;
    row.handshakes += b->handshakes;
    row.requests += b->requests;
    row.refused += b->refused;
    row.failed += b->failed;
    if (a->handshakes == 0)
        row.tls_handshake_p50_ns = b->tls_handshake_p50_ns;
    else if (b->handshakes > 0)
        row.tls_handshake_p50_ns = (a->tls_handshake_p50_ns * (double)a->handshakes +
                                    b->tls_handshake_p50_ns * (double)b->handshakes) /
                                   handshakes;
    row.tls_handshake_p99_ns = fmax(a->tls_handshake_p99_ns, b->tls_handshake_p99_ns);
    return row;
}

/* The rows to draw, *OUT_COUNT of them, to be freed. */
static struct series_row *rows_to_draw(const struct result *r, size_t *out_count)
{
    size_t count = r->num_series;
    struct series_row *rows = memory_new(count, sizeof *rows);
    if (count > 0)
        memcpy(rows, r->series, count * sizeof *rows);
    if (count > 1 && rows[count - 1].length_s < HTML_SHORTEST_S) {
        rows[count - 2] = joined(&rows[count - 2], &rows[count - 1]);
        count--;
    }
    *out_count = count;
    return rows;
}

static double rate_of(uint64_t count, const struct series_row *row)
{
    return (double)count / row->length_s;
}

/* The sessions open at the start of ROW; the first row is FIRST. The end of the run's last second,
 * when all are closed, is never drawn. */
static double open_before(const struct series_row *row, const struct series_row *first)
{
    if (row == first)
        return isfinite(row->open) ? 0 : NAN;
    return row[-1].open;
}

static struct html_point point_of(const struct series_row *rows, size_t count,
                                  const struct series_row *first)
{
    struct html_point point = {
        .t_s = rows[0].t_s,
        .sessions_least = INFINITY,
        .open = NAN,
        .p50_ns = NAN,
        .p99_ns = NAN,
    };
    double seconds = 0, handshakes = 0, p50_sum = 0;
    for (const struct series_row *row = rows; row < rows + count; row++) {
        seconds += row->length_s;
        point.sessions += (double)row->sessions;
        point.requests += (double)row->requests;
        point.sessions_least = fmin(point.sessions_least, rate_of(row->sessions, row));
        point.sessions_most = fmax(point.sessions_most, rate_of(row->sessions, row));
        point.refused = fmax(point.refused, rate_of(row->refused, row));
        point.failed = fmax(point.failed, rate_of(row->failed, row));
        point.open = fmax(point.open, open_before(row, first));
        point.p99_ns = fmax(point.p99_ns, row->tls_handshake_p99_ns);
        if (isfinite(row->tls_handshake_p50_ns)) {
            handshakes += (double)row->handshakes;
            p50_sum += row->tls_handshake_p50_ns * (double)row->handshakes;
        }
    }
    point.sessions /= seconds;
    point.requests /= seconds;
    if (handshakes > 0)
        point.p50_ns = p50_sum / handshakes;
    return point;
}

static void view_series(struct html_view *view)
{
    size_t num_rows;
    struct series_row *rows = rows_to_draw(view->full, &num_rows);
    view->result.series = NULL;
    view->result.num_series = 0;
    view->result.intervals = NULL;
    view->result.num_intervals = 0;
    view->seconds_per_point = (num_rows + HTML_MAX_POINTS - 1) / HTML_MAX_POINTS;
    view->points = memory_new(HTML_MAX_POINTS, sizeof *view->points);
    for (size_t i = 0; i < num_rows; i += view->seconds_per_point) {
        size_t count = number_min(num_rows - i, view->seconds_per_point);
        view->points[view->num_points++] = point_of(&rows[i], count, rows);
    }
    free(rows);
}

static bool lacks_percentiles(const struct result *r)
{
    for (size_t i = 0; i < r->num_series; i++) {
        if (r->series[i].handshakes > 0 && isnan(r->series[i].tls_handshake_p50_ns))
            return true;
    }
    return false;
}

static struct html_latency latency_of(const struct interval_row *interval)
{
    struct html_latency row = {.t_s = interval->t_s, .p50_ns = NAN, .p99_ns = NAN};
    const char *text = interval->hdr[LATENCY_TLS_HANDSHAKE];
    struct latency *latency = text != NULL ? latency_decode(text, 0) : NULL;
    if (latency == NULL)
        return row;
    row.p50_ns = latency_percentile(latency, 50);
    row.p99_ns = latency_percentile(latency, 99);
    latency_free(latency);
    return row;
}

/* Seconds are enough if intervals are no longer than that. */
static void view_latencies(struct html_view *view)
{
    const struct result *r = view->full;
    if (r->num_intervals == 0 || r->intervals[0].length_s <= 1 || !lacks_percentiles(r))
        return;
    view->seconds_per_latency = r->intervals[0].length_s;
    view->latencies = memory_new(INTERVALS_MOST, sizeof *view->latencies);
    for (size_t i = 0; i < r->num_intervals; i++) {
        size_t index = (size_t)(r->intervals[i].t_s / view->seconds_per_latency);
        for (; view->num_latencies <= index && index < INTERVALS_MOST; view->num_latencies++)
            view->latencies[view->num_latencies] = (struct html_latency){
                (double)view->num_latencies * view->seconds_per_latency, NAN, NAN};
        if (index < view->num_latencies)
            view->latencies[index] = latency_of(&r->intervals[i]);
    }
}

/* --- lists ------------------------------------------------------------------------------------ */

/* About what an identity takes in the page apart from its name: counts and times. */
#define IDENTITY_LEN 80

/* An upper bound of TEXT's length in the page's JSON. */
static size_t length_in_page(const char *text)
{
    size_t len = 0;
    for (; text != NULL && *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || strchr("<>&", *text) != NULL)
            len += 6; /* \u003c */
        else
            len +=
                isalnum((unsigned char)*text) ? 1 : 3; /* a byte that is no UTF-8 becomes three */
    }
    return len;
}

static size_t num_that_fit(const struct result_identity *const *order, size_t count)
{
    size_t len = 0, num = 0;
    for (; num < count; num++) {
        len += IDENTITY_LEN + length_in_page(order[num]->name) +
               length_in_page(order[num]->expected_status);
        if (len > HTML_MAX_IDENTITIES_LEN)
            break;
    }
    return num;
}

static const struct result_identity **in_their_order(const struct result *result)
{
    const struct result_identity **order = memory_new(result->num_identities, sizeof *order);
    for (size_t i = 0; i < result->num_identities; i++)
        order[i] = &result->identities[i];
    return order;
}

static void view_identities(struct html_view *view)
{
    size_t count = view->full->num_identities;
    view->identities = in_their_order(view->full);
    view->num_identities = num_that_fit(view->identities, count);
    if (view->num_identities == count)
        return;
    free(view->identities);
    view->identities = identities_by_interest(view->full);
    view->num_identities = num_that_fit(view->identities, count);
    for (size_t i = view->num_identities; i < count; i++)
        view->more_unexpected += view->identities[i]->as_expected ? 0 : 1;
    view->more_identities = count - view->num_identities;
}

/* Pins that matched come before those that never did. */
static void view_pins(struct html_view *view)
{
    const struct name_counts *all = &view->full->pins_by_pin;
    if (all->count <= HTML_MAX_PINS)
        return;
    struct name_counts *shown = &view->result.pins_by_pin;
    *shown = (struct name_counts){.items = memory_new(HTML_MAX_PINS, sizeof *shown->items)};
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < all->count && shown->count < HTML_MAX_PINS; i++) {
            if ((all->items[i].count > 0) == (pass == 0))
                shown->items[shown->count++] = all->items[i];
        }
    }
    view->more_pins = all->count - shown->count;
}

static void view_command(struct html_view *view)
{
    size_t len = 0, words = 0;
    while (words < view->full->command_len) {
        len += strlen(view->full->command[words]);
        if (len > HTML_MAX_COMMAND_LEN)
            break;
        words++;
    }
    view->result.command_len = words;
    view->more_words = view->full->command_len - words;
}

/* A plan file is of use only as a whole. */
static void view_plan(struct html_view *view)
{
    if (view->full->plan != NULL && strlen(view->full->plan) > HTML_MAX_PLAN_LEN)
        view->result.plan = NULL;
}

static void view_parts(struct html_view *view)
{
    size_t len = 0, parts = 0;
    for (; parts < view->full->num_parts && len <= HTML_MAX_PARTS_LEN; parts++) {
        const struct result_part *part = &view->full->parts[parts];
        for (size_t i = 0; i < part->command_len; i++)
            len += strlen(part->command[i]) + 1;
    }
    if (len > HTML_MAX_PARTS_LEN)
        parts--;
    view->result.num_parts = parts;
    view->more_parts = view->full->num_parts - parts;
}

static void view_violations(struct html_view *view)
{
    if (view->full->num_violations <= HTML_MAX_VIOLATIONS)
        return;
    view->result.num_violations = HTML_MAX_VIOLATIONS;
    view->more_violations = view->full->num_violations - HTML_MAX_VIOLATIONS;
}

void html_view_init(struct html_view *view, const struct result *result)
{
    *view = (struct html_view){.full = result, .result = *result};
    view_series(view);
    view_latencies(view);
    view_identities(view);
    view_pins(view);
    view_command(view);
    view_plan(view);
    view_parts(view);
    view_violations(view);
}

void html_view_cleanup(struct html_view *view)
{
    if (view->result.pins_by_pin.items != view->full->pins_by_pin.items)
        free(view->result.pins_by_pin.items);
    free(view->identities);
    free(view->points);
    free(view->latencies);
}
