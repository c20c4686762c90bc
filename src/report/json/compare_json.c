/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json/compare_json.h"

#include "base/memory.h"
#include "base/version.h"
#include "compare/compare_result.h"
#include "measure/latency.h"
#include "report/figures.h"
#include "report/json/json_distribution.h"
#include "report/json/json_value.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static json_t *wire_object(const struct value_counts wire[static NUM_WIRE])
{
    json_t *object = json_object();
    for (int i = 0; i < NUM_WIRE; i++)
        json_object_set_new(object, wire_name((enum wire)i),
                            json_values(&wire[i], wire_unit((enum wire)i)));
    return object;
}

/* What distinguishes an arm that is apart. */
static void put_settings(json_t *object, const struct compare_result *r, unsigned arm)
{
    const struct arms *arms = r->comparison.arms;
    const struct negotiated *n = &r->negotiated[arms->is_apart ? arm : arms->baseline];
    json_object_set_new(object, "options", json_text(arms->options[arm]));
    json_object_set_new(object, "session_mode",
                        json_string(arm_sessions_name(arms_sessions(arms, arm))));
    json_object_set_new(object, "negotiated",
                        json_pack("{s:s, s:s, s:s, s:s}", "version", n->version, "cipher",
                                  n->cipher, "group", n->group, "server_signature", n->server_key));
}

static json_t *arms_array(const struct compare_result *r)
{
    const struct comparison *c = &r->comparison;
    json_t *array = json_array();
    for (unsigned i = 0; i < c->arms->count; i++) {
        const struct arm_samples *samples = &c->samples[i];
        json_t *arm = json_pack(
            "{s:s, s:s, s:I, s:I, s:I}", "name", c->arms->names[i], "verify",
            verify_mode_name(c->arms->policies[i].mode), "sessions", (json_int_t)samples->sessions,
            "failed", (json_int_t)samples->failed, "counted",
            (json_int_t)latency_count(samples->latencies[MEASURE_HANDSHAKE_CPU]));
        for (int m = 0; m < MEASURE_INSTRUCTIONS; m++)
            json_object_set_new(arm, measure_name((enum measure)m),
                                json_latency(samples->latencies[m]));
        if (c->has_instructions)
            json_object_set_new(arm, "instructions", json_number(comparison_instructions(c, i)));
        put_settings(arm, r, i);
        json_object_set_new(arm, "wire", wire_object(samples->wire));
        json_array_append_new(array, arm);
    }
    return array;
}

/* Times are microseconds; instructions are plain counts under the same names. */
static json_t *difference_object(const struct comparison *c, const struct difference *d)
{
    double by = d->measure == MEASURE_INSTRUCTIONS ? 1 : 1e3;
    const struct difference_estimate *e = &d->estimate;
    double known = d->is_known ? 1 : NAN;
    return json_pack("{s:s, s:s, s:s, s:o, s:[o,o], s:b, s:o, s:o, s:o, s:I, s:I}", "arm",
                     c->arms->names[d->arm], "baseline", c->arms->names[c->arms->baseline],
                     "metric", measure_name(d->measure), "delta_us",
                     json_number(known * e->estimate / by), "ci95_us",
                     json_number(known * e->ci95.low / by), json_number(known * e->ci95.high / by),
                     "distinguishable", d->distinguishable, "percent",
                     json_number(known * d->percent), "p_value", json_number(known * e->p_value),
                     "p_adjusted", json_number(known * d->p_adjusted), "pairs",
                     (json_int_t)e->num_pairs, "batches", (json_int_t)e->num_batches);
}

static json_t *differences_array(const struct comparison *c)
{
    json_t *array = json_array();
    for (size_t i = 0; i < c->num_differences; i++)
        json_array_append_new(array, difference_object(c, &c->differences[i]));
    return array;
}

static json_t *control_object(const struct comparison *c)
{
    json_t *object = json_object();
    for (int m = 0; m < (c->has_instructions ? NUM_MEASURES : MEASURE_INSTRUCTIONS); m++) {
        json_t *part = difference_object(c, &c->control[m]);
        double by = m == MEASURE_INSTRUCTIONS ? 1 : 1e3;
        const struct interval *wide = &c->control[m].estimate.wide;
        json_object_set_new(
            part, "ci_trust_us",
            json_pack("[o,o]", json_number(wide->low / by), json_number(wide->high / by)));
        json_object_set_new(object, measure_name((enum measure)m), part);
    }
    return object;
}

static json_t *how_object(const struct compare_result *r)
{
    const struct comparison *c = &r->comparison;
    const struct negotiated *n = &r->negotiated[c->arms->baseline];
    return json_pack(
        "{s:b, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:f, s:f, s:f, s:f, s:f, s:f, "
        "s:s?}",
        "in_process", r->in_process, "where", r->where, "session_mode", r->session_mode, "version",
        n->version, "cipher", n->cipher, "group", n->group, "server_signature", n->server_key,
        "connections", (json_int_t)r->connections, "seed", (json_int_t)c->arms->seed,
        "clock_cost_us", r->cpu_clock_cost_ns / 1e3, "callback_clock_cost_us",
        r->now_clock_cost_ns / 1e3, "clock_step_us", c->steps[MEASURE_VERIFY_CALLBACK] / 1e3,
        "cpu_clock_step_us", c->steps[MEASURE_HANDSHAKE_CPU] / 1e3, "callback_margin_us",
        comparison_margin(c, MEASURE_VERIFY_CALLBACK) / 1e3, "trust_level", c->trust_level,
        "no_instructions", r->no_instructions[0] != '\0' ? r->no_instructions : NULL);
}

static json_t *resolve_object(const struct compare_result *r)
{
    if (r->resolve_ns == 0)
        return json_null();
    return json_pack("{s:f, s:b, s:I, s:o, s:o, s:s?}", "difference_us", r->resolve_ns / 1e3,
                     "resolved", r->resolved, "sessions", (json_int_t)r->comparison.num_blocks,
                     "least_seen_us", json_number(r->least_seen_ns / 1e3), "sessions_needed",
                     json_number(ceil(r->sessions_needed)), "why_not",
                     r->resolved ? NULL : r->why_not_resolved);
}

static json_t *failures_object(const struct compare_result *r)
{
    json_t *object = json_object();
    for (size_t i = 0; i < r->num_failure_kinds; i++)
        json_object_set_new(object, r->failures[i].outcome,
                            json_integer((json_int_t)r->failures[i].count));
    return object;
}

json_t *compare_json_object(const struct compare_result *r)
{
    json_set_alloc_funcs(memory_get, free);
    const struct comparison *c = &r->comparison;
    char started[FIGURE_LEN];
    figure_utc(started, r->started_wall_ns);
    return json_pack(
        "{s:s, s:{s:s, s:s, s:s}, s:o, s:o, s:s, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
        "s:b}",
        "schema", "pinload.compare/1", "tool", "version", PINLOAD_VERSION, "boringssl",
        r->boringssl, "libuv", r->libuv, "command", json_command(r->command), "plan",
        json_text(r->plan), "started_at", started, "duration_s", r->duration_s, "config",
        how_object(r), "arms", arms_array(r), "failures", failures_object(r), "differences",
        differences_array(c), "control", control_object(c), "resolve_difference", resolve_object(r),
        "interrupted_by", r->interrupted_by != 0 ? json_integer(r->interrupted_by) : json_null(),
        "trusted", c->trusted);
}

bool compare_json(FILE *out, const struct compare_result *r)
{
    return json_write(out, compare_json_object(r), JSON_ESTIMATE_DIGITS);
}
