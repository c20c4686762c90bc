/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json/find_json.h"

#include "base/memory.h"
#include "find/find_result.h"
#include "report/figures.h"
#include "report/json/json_value.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

/* Times are microseconds, as everywhere. */
static json_t *slo_value(const struct find_slo *slo, double value)
{
    return json_number(slo->is_time ? value / 1000 : value);
}

static json_t *slos_array(const struct find_result *r)
{
    json_t *array = json_array();
    for (size_t i = 0; i < r->num_slos; i++) {
        const struct find_slo *slo = &r->slos[i];
        json_array_append_new(
            array, json_pack("{s:o, s:o, s:s, s:o}", "condition", json_text(slo->text), "figure",
                             json_text(slo->figure), "unit", slo->is_time ? "us" : "number",
                             "limit", slo_value(slo, slo->limit)));
    }
    return array;
}

static json_t *terms_object(const struct find_result *r)
{
    const struct search_terms *terms = &r->terms;
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f}", "start", terms->start, "most", terms->most,
                     "within_percent", terms->within * 100, "stage_s", terms->stage_s, "confirm_s",
                     terms->confirm_s, "budget_s", terms->budget_s);
}

static json_t *slo_values(const struct find_result *r, const struct find_stage *stage)
{
    json_t *array = json_array();
    for (size_t i = 0; i < r->num_slos; i++)
        json_array_append_new(array, slo_value(&r->slos[i], stage->slo_values[i]));
    return array;
}

static json_t *stage_object(const struct find_result *r, const struct find_stage *stage)
{
    json_t *object = json_pack(
        "{s:f, s:f, s:f, s:b, s:b, s:o, s:o}", "load", stage->load, "duration_s", stage->seconds,
        "began_s", stage->began_s, "confirms", stage->confirms, "held", stage->cause == STAGE_HELD,
        "broken_by",
        stage->cause == STAGE_HELD ? json_null() : json_string(stage_cause_name(stage->cause)),
        "why", json_text(stage->why));
    json_t *figures =
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "scheduled",
                  (json_int_t)stage->scheduled, "started", (json_int_t)stage->started, "succeeded",
                  (json_int_t)stage->succeeded, "refused", (json_int_t)stage->refused, "failed",
                  (json_int_t)stage->failed, "kept", json_number(stage->kept), "per_second",
                  json_number(stage->per_second), "growth_per_second", json_number(stage->growth),
                  "p50", json_number(stage->p50_ns / 1000), "p99",
                  json_number(stage->p99_ns / 1000), "slo", slo_values(r, stage));
    json_object_update(object, figures);
    json_decref(figures);
    return object;
}

static json_t *stages_array(const struct find_result *r)
{
    json_t *array = json_array();
    for (size_t i = 0; i < r->num_stages; i++)
        json_array_append_new(array, stage_object(r, &r->stages[i]));
    return array;
}

static json_t *answer_object(const struct find_result *r)
{
    const struct search_answer *answer = &r->answer;
    enum stage_cause cause = find_result_cause(r);
    const struct find_stage *limit = find_result_limit(r);
    const char *name = cause != STAGE_HELD              ? stage_cause_name(cause)
                       : answer->end == SEARCH_AT_LEAST ? "most"
                                                        : NULL;
    bool is_known = answer->edge > 0;
    return json_pack("{s:s, s:b, s:o, s:o, s:[o,o], s:o, s:o}", "end", find_end_name(answer->end),
                     "at_least", find_result_is_at_least(r), "holds",
                     answer->rate > 0 ? json_real(answer->rate) : json_null(), "edge",
                     is_known ? json_real(answer->edge) : json_null(), "ci95",
                     json_number(is_known ? answer->low : NAN),
                     json_number(is_known ? answer->high : NAN), "limit", json_text(name), "why",
                     json_text(limit != NULL ? limit->why : NULL));
}

json_t *find_json_object(const struct find_result *r)
{
    char started[FIGURE_LEN];
    json_set_alloc_funcs(memory_get, free);
    figure_utc(started, r->started_wall_ns);
    return json_pack(
        "{s:s, s:{s:s, s:o, s:o}, s:o, s:o, s:o, s:s, s:f, s:s, s:o, s:o, s:s, s:f, s:o, s:o, s:b}",
        "schema", "pinload.find/1", "tool", "version", r->version, "boringssl",
        json_text(r->boringssl), "libuv", json_text(r->libuv), "command", json_command(r->command),
        "plan", json_text(r->plan), "url", json_text(r->url), "started_at", started, "duration_s",
        r->spent_s, "by", r->by_connections ? "connections" : "rate", "terms", terms_object(r),
        "slo", slos_array(r), "latency", r->latency, "alone_us", r->alone_ns / 1000, "answer",
        answer_object(r), "stages", stages_array(r), "interrupted", r->interrupted_by != 0);
}

bool find_json(FILE *out, const struct find_result *r)
{
    return json_write(out, find_json_object(r), JSON_ESTIMATE_DIGITS);
}
