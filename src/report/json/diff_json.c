/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json/diff_json.h"

#include "base/memory.h"
#include "base/version.h"
#include "diff/diff_result.h"
#include "report/figures.h"
#include "report/json/json_value.h"
#include "result/result.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *side_array(const struct diff_side *side)
{
    json_t *array = json_array();
    for (size_t i = 0; i < side->count; i++) {
        const struct result *r = side->results[i];
        char started[FIGURE_LEN];
        figure_utc(started, r->started_wall_ns);
        json_array_append_new(
            array, json_pack("{s:o, s:s, s:f, s:I, s:o}", "file", json_text(side->paths[i]),
                             "started_at", started, "duration_s", r->duration_s, "sessions",
                             (json_int_t)r->started, "version", json_text(r->version)));
    }
    return array;
}

/* Times are microseconds, as everywhere. */
static json_t *value_of(const struct diff_figure *figure, int side)
{
    return json_number(figure->values[side] / (figure->scale == DIFF_TIME ? 1000 : 1));
}

static json_t *figure_object(const struct diff_figure *f)
{
    static const char *const units[] = {
        [DIFF_TIME] = "us", [DIFF_RATE] = "per_second", [DIFF_SHARE] = "share"};
    double known = f->why_unknown == NULL ? 1 : NAN;
    return json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:[o,o], s:o, s:o, s:o, s:o, s:o, s:s, s:s?}", "name", f->name,
        "unit", units[f->scale], "old", value_of(f, SIDE_OLD), "new", value_of(f, SIDE_NEW),
        "change_percent", json_number(known * f->difference * 100), "ci95_percent",
        json_number(known * f->ci95.low * 100), json_number(known * f->ci95.high * 100), "p_value",
        json_number(known * f->p_value), "p_adjusted", json_number(known * f->p_adjusted),
        "least_seen_percent", json_number(known * f->least_seen * 100), "seconds_needed",
        json_number(known * f->seconds), "results_needed", json_number(known * f->num_results),
        "verdict", diff_verdict_name(f->verdict), "why_not_known", f->why_unknown);
}

static json_t *figures_array(const struct diff_result *diff)
{
    json_t *array = json_array();
    for (size_t i = 0; i < diff->num_figures; i++)
        json_array_append_new(array, figure_object(&diff->figures[i]));
    return array;
}

static json_t *checks_array(const struct diff_result *diff)
{
    json_t *array = json_array();
    for (size_t i = 0; i < diff->num_checks; i++)
        json_array_append_new(array,
                              json_pack("{s:o, s:o}", "name", json_text(diff->checks[i].text),
                                        "violation", json_text(diff->checks[i].violation)));
    return array;
}

json_t *diff_json_object(const struct diff_result *diff)
{
    json_set_alloc_funcs(memory_get, free);
    const struct result *old = diff->sides[SIDE_OLD].results[0];
    return json_pack("{s:s, s:{s:s}, s:o, s:o, s:o, s:o, s:f, s:f, s:o, s:o, s:o, s:s, s:o, s:b}",
                     "schema", "pinload.diff/1", "tool", "version", PINLOAD_VERSION, "command",
                     json_command(diff->command), "url", json_text(old->url), "old",
                     side_array(&diff->sides[SIDE_OLD]), "new", side_array(&diff->sides[SIDE_NEW]),
                     "margin_percent", diff->terms.margin * 100, "detect_percent",
                     diff->terms.detect * 100, "plan_differences",
                     json_texts(diff->plan_differences, diff->num_plan_differences), "remarks",
                     json_texts(diff->remarks, diff->num_remarks), "figures", figures_array(diff),
                     "verdict", diff_verdict_name(diff_result_verdict(diff)), "checks",
                     checks_array(diff), "passed", diff->passed);
}

bool diff_json(FILE *out, const struct diff_result *diff)
{
    return json_write(out, diff_json_object(diff), JSON_ESTIMATE_DIGITS);
}
