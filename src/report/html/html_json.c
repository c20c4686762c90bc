/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html/html_json.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "diff/diff_result.h"
#include "measure/latency.h"
#include "report/figures.h"
#include "report/find_words.h"
#include "report/html/html_heat.h"
#include "report/html/html_identities.h"
#include "report/html/html_view.h"
#include "report/json/compare_json.h"
#include "report/json/diff_json.h"
#include "report/json/find_json.h"
#include "report/json/report_json.h"
#include "report/utf8.h"
#include "result/result.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#define SIGNIFICANT_DIGITS 15
#define POINTS_PER_DECADE 24

/* --- writing ---------------------------------------------------------------------------------- */

/* In JSON these three can only occur within a string, where an escape means the same. Characters
 * that would change the direction of the page's text are hidden; the chunks that arrive contain
 * whole characters. */
static int write_harmless(const char *piece, size_t len, void *out)
{
    char *clean = text_hide_controls(memory_text_n(piece, len));
    for (const char *text = clean; *text != '\0'; text++) {
        if (*text == '<' || *text == '>' || *text == '&')
            fprintf(out, "\\u%04x", (unsigned)*text);
        else
            putc(*text, out);
    }
    free(clean);
    return 0;
}

void html_data(FILE *out, const json_t *data)
{
    fputs("<script type=\"application/json\" id=\"data\">", out);
    json_dump_callback(data, write_harmless, out,
                       JSON_COMPACT | JSON_REAL_PRECISION(SIGNIFICANT_DIGITS));
    fputs("</script>\n", out);
}

/* --- the page's own figures ------------------------------------------------------------------- */

/* Charts need no more digits than a screen has pixels. */
static json_t *drawn(double value)
{
    if (!isfinite(value))
        return json_null();
    if (value == 0)
        return json_integer(0);
    double unit = pow(10, floor(log10(fabs(value))) - 5);
    return json_real(unit < 1 ? round(value / unit) / (1 / unit) : round(value / unit) * unit);
}

static json_t *drawn_us(double time_ns)
{
    return drawn(time_ns / 1000);
}

static json_t *count_json(size_t count)
{
    return json_integer((json_int_t)count);
}

static void add_curve_point(json_t *x, json_t *us, const struct latency *latency, double level)
{
    json_array_append_new(x, drawn(level));
    json_array_append_new(us, drawn_us(latency_percentile(latency, 100 - 100 / level)));
}

/* The curve of a distribution: us at the percentile 1 - 1/x, for x from 1 (the minimum) in even
 * steps of a logarithmic axis to the count of its values (the maximum). */
static json_t *curve_object(const struct latency *latency)
{
    json_t *x = json_array(), *us = json_array();
    double count = (double)latency_count(latency);
    for (int i = 0; count > 0; i++) {
        double within = (double)(i % POINTS_PER_DECADE) / POINTS_PER_DECADE;
        double level = pow(10, i / POINTS_PER_DECADE) * pow(10, within); /* 1000 is exact */
        if (level >= count)
            break;
        add_curve_point(x, us, latency, level);
    }
    if (count > 0) {
        json_array_append_new(x, drawn(count));
        json_array_append_new(us, drawn_us(latency_percentile(latency, 100)));
    }
    json_t *object = json_object();
    json_object_set_new(object, "x", x);
    json_object_set_new(object, "us", us);
    return object;
}

/* The results of MAKE for each of these distributions, by name. */
static json_t *object_of_kinds(const struct result *r, const enum latency_kind *kinds, size_t num,
                               json_t *(*make)(const struct latency *latency))
{
    json_t *object = json_object();
    for (size_t i = 0; i < num; i++)
        json_object_set_new(object, latency_kind_name(kinds[i]), make(r->latencies[kinds[i]]));
    return object;
}

static json_t *curves_object(const struct result *r)
{
    static const enum latency_kind kinds[] = {
        LATENCY_TLS_HANDSHAKE,
        LATENCY_TLS_HANDSHAKE_FULL,
        LATENCY_TLS_HANDSHAKE_RESUMED,
        LATENCY_REQUEST,
        LATENCY_SESSION,
        LATENCY_FROM_SCHEDULE,
    };
    return object_of_kinds(r, kinds, sizeof kinds / sizeof kinds[0], curve_object);
}

static json_t *steps_list(const struct html_counts *counts, size_t first, size_t num)
{
    json_t *list = json_array();
    for (size_t i = first; i < first + num; i++)
        json_array_append_new(list, drawn((double)counts->counts[i]));
    return list;
}

static json_t *histogram_object(const struct latency *latency)
{
    struct html_counts counts = {0};
    size_t first;
    html_counts_add(&counts, latency);
    size_t num = html_counts_range(&counts, &first);
    json_t *object = json_object();
    json_object_set_new(object, "first", count_json(first));
    json_object_set_new(object, "counts", steps_list(&counts, first, num));
    return object;
}

static json_t *histograms_object(const struct result *r)
{
    static const enum latency_kind kinds[] = {
        LATENCY_TLS_HANDSHAKE,
        LATENCY_TLS_HANDSHAKE_FULL,
        LATENCY_TLS_HANDSHAKE_RESUMED,
        LATENCY_REQUEST,
    };
    return object_of_kinds(r, kinds, sizeof kinds / sizeof kinds[0], histogram_object);
}

/* For each column its steps with values, and the index of the first; null if not known. */
static json_t *heat_object(const struct result *r, enum latency_kind kind)
{
    struct html_heat heat;
    html_heat_init(&heat, r, kind);
    if (heat.num_columns == 0)
        return json_null();
    json_t *object = json_object(), *firsts = json_array(), *columns = json_array();
    json_object_set_new(object, "kind", json_string(latency_kind_name(kind)));
    for (size_t i = 0; i < heat.num_columns; i++) {
        size_t first, num = html_counts_range(&heat.columns[i], &first);
        json_array_append_new(firsts, count_json(first));
        json_array_append_new(columns, steps_list(&heat.columns[i], first, num));
    }
    json_object_set_new(object, "seconds_per_column", drawn(heat.seconds_per_column));
    json_object_set_new(object, "first", firsts);
    json_object_set_new(object, "columns", columns);
    html_heat_cleanup(&heat);
    return object;
}

/* An array for each column: half as long as an array of objects. */
static json_t *course_object(const struct html_view *view)
{
    static const char *const names[] = {
        "t_s",     "sessions", "sessions_least", "sessions_most", "requests",
        "refused", "failed",   "open",           "p50",           "p99",
    };
    enum { NUM_COLUMNS = sizeof names / sizeof names[0] };
    json_t *object = json_object();
    json_object_set_new(object, "seconds_per_point", count_json(view->seconds_per_point));
    for (size_t column = 0; column < NUM_COLUMNS; column++)
        json_object_set_new(object, names[column], json_array());
    for (size_t i = 0; i < view->num_points; i++) {
        const struct html_point *point = &view->points[i];
        json_t *const values[NUM_COLUMNS] = {
            drawn(point->t_s),           drawn(point->sessions), drawn(point->sessions_least),
            drawn(point->sessions_most), drawn(point->requests), drawn(point->refused),
            drawn(point->failed),        drawn(point->open),     drawn_us(point->p50_ns),
            drawn_us(point->p99_ns),
        };
        for (size_t column = 0; column < NUM_COLUMNS; column++)
            json_array_append_new(json_object_get(object, names[column]), values[column]);
    }
    return object;
}

/* The columns of latencies, if they are not those of the points; null if they are. */
static json_t *latencies_object(const struct html_view *view)
{
    if (view->num_latencies == 0)
        return json_null();
    json_t *object = json_object(), *t_s = json_array(), *p50 = json_array(), *p99 = json_array();
    for (size_t i = 0; i < view->num_latencies; i++) {
        json_array_append_new(t_s, drawn(view->latencies[i].t_s));
        json_array_append_new(p50, drawn_us(view->latencies[i].p50_ns));
        json_array_append_new(p99, drawn_us(view->latencies[i].p99_ns));
    }
    json_object_set_new(object, "seconds_per_point", drawn(view->seconds_per_latency));
    json_object_set_new(object, "t_s", t_s);
    json_object_set_new(object, "p50", p50);
    json_object_set_new(object, "p99", p99);
    return object;
}

static json_t *more_object(const struct html_view *view)
{
    json_t *object = json_object();
    json_object_set_new(object, "identities", count_json(view->more_identities));
    json_object_set_new(object, "unexpected", count_json(view->more_unexpected));
    json_object_set_new(object, "pins", count_json(view->more_pins));
    json_object_set_new(object, "violations", count_json(view->more_violations));
    json_object_set_new(object, "words", count_json(view->more_words));
    json_object_set_new(object, "parts", count_json(view->more_parts));
    return object;
}

static json_t *meanings_object(void)
{
    json_t *object = json_object();
    for (int i = 0; i < NUM_OUTCOMES; i++)
        json_object_set_new(object, outcome_name(i), json_string(outcome_meaning(i)));
    return object;
}

/* without_encodings takes the distributions as a whole, encoded or value by value, out of all that is
 * in NODE; what they come to stays. */
static void without_encodings(json_t *node)
{
    const char *name;
    size_t index;
    json_t *child;
    json_object_del(node, "hdr");
    json_object_del(node, "values");
    json_object_foreach(node, name, child)
    {
        without_encodings(child);
    }
    json_array_foreach(node, index, child)
    {
        without_encodings(child);
    }
}

void html_data_result(FILE *out, const struct html_view *view)
{
    struct result rest = view->result;
    rest.num_identities = 0; /* they are written as columns */
    json_t *root = report_json_object(&rest);
    without_encodings(root);
    json_object_set_new(root, "identities",
                        html_identities_object(view->identities, view->num_identities));
    json_object_del(root, "series");
    json_object_del(root, "intervals");
    json_object_del(json_object_get(root, "verdict"), "checks");
    bool counts_requests =
        figures_count_requests(view->full->started, view->full->requests_started);
    enum latency_kind told_first = counts_requests ? LATENCY_REQUEST : LATENCY_TLS_HANDSHAKE;
    json_t *page = json_object();
    json_object_set_new(page, "balances", json_boolean(result_balances(view->full)));
    json_object_set_new(page, "identities", count_json(view->full->num_identities));
    json_object_set_new(page, "is_anonymous", json_boolean(result_is_anonymous(view->full)));
    json_object_set_new(page, "more", more_object(view));
    json_object_set_new(page, "meanings", meanings_object());
    json_object_set_new(page, "counts_requests", json_boolean(counts_requests));
    json_object_set_new(page, "course", course_object(view));
    json_object_set_new(page, "latencies", latencies_object(view));
    json_object_set_new(page, "curves", curves_object(view->full));
    json_object_set_new(page, "steps_per_decade", json_integer(HTML_STEPS_PER_DECADE));
    json_object_set_new(page, "histograms", histograms_object(view->full));
    json_object_set_new(page, "heat", heat_object(view->full, told_first));
    json_object_set_new(root, "page", page);
    html_data(out, root);
    json_decref(root);
}

void html_data_comparison(FILE *out, const struct compare_result *result)
{
    json_t *root = compare_json_object(result);
    without_encodings(root);
    html_data(out, root);
    json_decref(root);
}

/* What all results of SIDE have of KIND together. */
static json_t *side_curve(const struct diff_side *side, int kind)
{
    struct latency *all = latency_new(3);
    for (size_t i = 0; i < side->count; i++)
        latency_merge(all, side->results[i]->latencies[kind]);
    json_t *curve = curve_object(all);
    latency_free(all);
    return curve;
}

static bool has_values(const struct diff_side *side, int kind)
{
    for (size_t i = 0; i < side->count; i++) {
        if (latency_count(side->results[i]->latencies[kind]) > 0)
            return true;
    }
    return false;
}

void html_data_diff(FILE *out, const struct diff_result *diff)
{
    json_t *root = diff_json_object(diff), *curves = json_object();
    const struct diff_side *old = &diff->sides[SIDE_OLD], *new = &diff->sides[SIDE_NEW];
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        if (has_values(old, kind) && has_values(new, kind))
            json_object_set_new(curves, latency_kind_name(kind),
                                json_pack("{s:o, s:o}", "old", side_curve(old, kind), "new",
                                          side_curve(new, kind)));
    }
    json_object_set_new(root, "page", json_pack("{s:o}", "curves", curves));
    html_data(out, root);
    json_decref(root);
}

void html_data_search(FILE *out, const struct find_result *result)
{
    static const struct {
        const char *name;
        void (*write)(struct buffer *, const struct find_result *);
    } words[] = {
        {"answer", find_words_answer}, {"limit", find_words_limit}, {"doubt", find_words_doubt}};
    json_t *root = find_json_object(result), *object = json_object();
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct buffer text = {0};
        words[i].write(&text, result);
        char *clean = utf8_clean(buffer_text(&text));
        json_object_set_new(object, words[i].name, json_string(clean));
        free(clean);
        buffer_cleanup(&text);
    }
    json_object_set_new(root, "words", object);
    html_data(out, root);
    json_decref(root);
}
