/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A builder for each object of the schema, in the order of the schema; read_json.c is its inverse.
 */
#include "report/json/report_json.h"

#include "base/memory.h"
#include "report/figures.h"
#include "report/json/json_distribution.h"
#include "report/json/json_value.h"
#include "report/utf8.h"
#include "result/figure_table.h"
#include "result/result.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SIGNIFICANT_DIGITS 15 /* the digits of a decimal that a double represents exactly */
#define LARGEST_WHOLE 9007199254740992.0

/* --- values --------------------------------------------------------------------------------- */

/* Microseconds, to a thousandth of a nanosecond. */
static json_t *time_us(double time_ns)
{
    return json_number(round(time_ns * 1000) / 1e6);
}

static json_t *whole_or_real(double value)
{
    if (isfinite(value) && fabs(value) < LARGEST_WHOLE && value == floor(value))
        return json_integer((json_int_t)value);
    return json_number(value);
}

static void put(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

static void put_count(json_t *object, const char *name, uint64_t count)
{
    put(object, name, json_integer((json_int_t)count));
}

static void put_counters(json_t *object, const void *row, const struct counter *counters,
                         size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_count(object, counters[i].name,
                  *(const uint64_t *)((const char *)row + counters[i].offset));
}

static json_t *names_object(const struct name_counts *names)
{
    json_t *object = json_object();
    for (size_t i = 0; i < names->count; i++) {
        char *name = utf8_clean(names->items[i].name);
        put_count(object, name, names->items[i].count);
        free(name);
    }
    return object;
}

/* --- latencies ------------------------------------------------------------------------------ */

static json_t *latencies_object(const struct result *r)
{
    json_t *object = json_object();
    for (int kind = 0; kind < NUM_LATENCIES; kind++)
        put(object, latency_kind_name(kind), json_latency(r->latencies[kind]));
    return object;
}

/* --- the run and its settings ---------------------------------------------------------------- */

static json_t *tool_object(const struct result *r)
{
    json_t *object = json_object();
    put(object, "version", json_text(r->version));
    put(object, "boringssl", json_text(r->boringssl));
    put(object, "libuv", json_text(r->libuv));
    return object;
}

static json_t *parts_array(const struct result *r)
{
    json_t *array = json_array();
    for (size_t i = 0; i < r->num_parts; i++) {
        const struct result_part *part = &r->parts[i];
        json_t *object = json_object();
        put(object, "command", json_texts(part->command, part->command_len));
        put(object, "failure", json_text(part->failure));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *target_object(const struct result *r)
{
    json_t *object = json_object();
    put(object, "url", json_text(r->url));
    put(object, "address", json_text(r->address));
    put(object, "sni", json_text(r->sni));
    return object;
}

static json_t *setting_value(const struct setting *setting)
{
    switch (setting->type) {
    case SETTING_TEXT:
        return json_text(setting->text);
    case SETTING_NUMBER:
        return whole_or_real(setting->number);
    case SETTING_BOOL:
        return json_boolean(setting->number != 0);
    case SETTING_NULL:
        break;
    }
    return json_null();
}

/* The settings of every run come first; a later one of the same name would repeat it and is
 * omitted. */
static json_t *config_object(const struct result *r)
{
    json_t *object = json_object();
    put(object, "verify", json_text(r->verify));
    put_count(object, "pins", r->num_pins);
    put(object, "open_loop", json_boolean(r->open_loop));
    put(object, "rate", r->open_loop ? whole_or_real(r->rate) : json_null());
    put_count(object, "connections", r->connections);
    put_count(object, "threads", r->threads);
    put(object, "rotate", json_text(r->rotation));
    put(object, "warm_up_s", whole_or_real(r->warm_up_s));
    for (size_t i = 0; i < r->num_settings; i++) {
        char *name = utf8_clean(r->settings[i].name);
        if (json_object_get(object, name) == NULL)
            put(object, name, setting_value(&r->settings[i]));
        free(name);
    }
    return object;
}

/* --- counts ---------------------------------------------------------------------------------- */

static json_t *outcomes_object(const uint64_t *outcomes)
{
    json_t *object = json_object();
    for (int i = 0; i < NUM_OUTCOMES; i++)
        put_count(object, outcome_name((enum outcome)i), outcomes[i]);
    return object;
}

static json_t *figure_value(const struct result *r, const struct figure *figure)
{
    const void *at = figure_of(r, figure);
    switch (figure->kind) {
    case FIGURE_COUNT:
        return json_integer((json_int_t) * (const uint64_t *)at);
    case FIGURE_NAMES:
    case FIGURE_ALL_NAMES:
        return names_object(at);
    case FIGURE_OUTCOMES:
        return outcomes_object(at);
    case FIGURE_NUMBER:
    case FIGURE_SECONDS:
        return json_number(*(const double *)at);
    case FIGURE_SPAN:
        return whole_or_real(*(const double *)at);
    case FIGURE_FLAG:
        return json_boolean(*(const bool *)at);
    case FIGURE_DISTRIBUTION:
        return json_latency(*(struct latency *const *)at);
    case FIGURE_VALUES:
        return json_values(at, figure->unit);
    case FIGURE_TEXT:
        break;
    }
    return json_text(*(char *const *)at);
}

/* Returns the object below ROOT that contains PATH's last name, created if it does not exist. */
static json_t *object_of(json_t *root, const char *path, const char **out_name)
{
    for (const char *dot; (dot = strchr(path, '.')) != NULL; path = dot + 1) {
        char name[FIGURE_PATH_LEN];
        snprintf(name, sizeof name, "%.*s", (int)(dot - path), path);
        json_t *object = json_object_get(root, name);
        if (object == NULL)
            put(root, name, object = json_object());
        root = object;
    }
    *out_name = path;
    return root;
}

/* Writes the figures of SECTION, the first name of their paths. */
static void put_figures(json_t *root, const char *section, const struct result *r)
{
    size_t len = strlen(section);
    for (size_t i = 0; i < figure_table_len; i++) {
        const struct figure *figure = &figure_table[i];
        if (strncmp(figure->path, section, len) != 0 || strchr(".", figure->path[len]) == NULL)
            continue;
        const char *name;
        json_t *object = object_of(root, figure->path, &name);
        put(object, name, figure_value(r, figure));
    }
}

static json_t *responses_object(const struct result_identity *identity)
{
    json_t *object = json_object();
    for (int class = 0; class < NUM_STATUS_CLASSES; class ++)
        put_count(object, status_class_name(class), identity->responses[class]);
    return object;
}

static char *date_text(double seconds, char out[static 32])
{
    struct tm tm;
    time_t time = (time_t)seconds;
    gmtime_r(&time, &tm);
    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return out;
}

static const char *const class_names[NUM_CLASSES] = {
    [CLASS_SUCCEEDED] = "succeeded", [CLASS_REFUSED] = "refused",         [CLASS_FAILED] = "failed",
    [CLASS_CUT_OFF] = "cut_off",     [CLASS_UNCONFIRMED] = "unconfirmed",
};

static json_t *generation_object(const struct result_generation *generation)
{
    char date[32];
    uint64_t sessions = 0;
    json_t *object = json_object();
    put(object, "serial", json_text(generation->serial));
    put(object, "not_after",
        generation->serial != NULL ? json_string(date_text(generation->not_after_s, date))
                                   : json_null());
    put(object, "from_s", json_number(generation->from_s));
    for (int class = 0; class < NUM_CLASSES; class ++)
        sessions = result_count_sum(sessions, generation->by_class[class]);
    put_count(object, "sessions", sessions);
    for (int class = 0; class < NUM_CLASSES; class ++)
        put_count(object, class_names[class], generation->by_class[class]);
    return object;
}

static json_t *generations_array(const struct result_identity *identity)
{
    json_t *array = json_array();
    for (size_t i = 0; i < identity->num_generations; i++)
        json_array_append_new(array, generation_object(&identity->generations[i]));
    return array;
}

static json_t *reloads_object(const struct result_reloads *reloads)
{
    json_t *object = json_object();
    put_count(object, "applied", reloads->applied);
    put_count(object, "failed", reloads->failed);
    put(object, "last_failure", json_text(reloads->last_failure));
    return object;
}

json_t *report_json_identity(const struct result_identity *identity, bool with_distribution)
{
    json_t *object = json_object();
    put(object, "name", json_text(identity->name));
    put(object, "expected", json_string(identity->expect_refused ? "refuse" : "accept"));
    if (identity->weight > 0)
        put_count(object, "weight", identity->weight);
    put(object, "as_expected", json_boolean(identity->as_expected));
    put_counters(object, identity, identity_counters, num_identity_counters);
    put(object, "expected_status", json_text(identity->expected_status));
    put(object, "responses", responses_object(identity));
    put(object, "sigalgs", names_object(&identity->sigalgs));
    if (identity->ended_s > 0)
        put(object, "certificate_ended_s", json_number(identity->ended_s));
    if (identity->num_generations > 0)
        put(object, "generations", generations_array(identity));
    put(object, "tls_handshake",
        json_summary(&identity->tls_handshake,
                     with_distribution ? identity->tls_handshake_hdr : NULL));
    return object;
}

static json_t *identities_array(const struct result *r)
{
    json_t *array = json_array();
    for (size_t i = 0; i < r->num_identities; i++)
        json_array_append_new(array, report_json_identity(&r->identities[i], true));
    return array;
}

/* --- generator, time series, verdict --------------------------------------------------------- */

static json_t *threads_array(const struct result *r)
{
    json_t *array = json_array();
    for (size_t i = 0; i < r->num_thread_uses; i++) {
        json_t *object = json_object();
        put(object, "cpu_user_s", json_number(r->thread_uses[i].cpu_user_s));
        put(object, "cpu_system_s", json_number(r->thread_uses[i].cpu_system_s));
        put(object, "busy", json_number(r->thread_uses[i].busy));
        json_array_append_new(array, object);
    }
    return array;
}

/* Those of a stage, and only those that it has. */
static json_t *stage_latencies(const struct result_stage *stage)
{
    json_t *object = json_object();
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        if (stage->latencies[kind] != NULL)
            put(object, latency_kind_name(kind), json_latency(stage->latencies[kind]));
    }
    return object;
}

static json_t *stage_object(const struct result_stages *stages, size_t index)
{
    const struct result_stage *stage = &stages->items[index];
    json_t *object = json_object();
    put(object, "t_s", whole_or_real(stage->start_s));
    put(object, "length_s", whole_or_real(stage->length_s));
    put(object, "run_s", whole_or_real(stage->run_s));
    put(object, "load", json_string(stages->of_connections ? "connections" : "rate"));
    put(object, "from", whole_or_real(stage->from));
    put(object, "to", whole_or_real(stage->to));
    put_counters(object, stage, stage_counters, num_stage_counters);
    put(object, "outcomes", outcomes_object(stage->outcomes));
    put(object, "attainment", json_number(result_stage_attainment(stages, index)));
    put(object, "handshakes_per_second",
        json_number(result_stage_per_second(stage, stage->handshakes)));
    put(object, "requests_per_second",
        json_number(result_stage_per_second(stage, stage->requests)));
    put(object, "latency", stage_latencies(stage));
    put(object, "verdict", json_string(stage_verdict_name(stage->verdict)));
    return object;
}

static json_t *stages_array(const struct result *r)
{
    json_t *array = json_array();
    for (size_t i = 0; i < r->stages.count; i++)
        json_array_append_new(array, stage_object(&r->stages, i));
    return array;
}

static json_t *whole_or_null(double value)
{
    return isfinite(value) ? json_integer((json_int_t)value) : json_null();
}

static json_t *series_array(const struct result *r)
{
    json_t *array = json_array();
    for (size_t i = 0; i < r->num_series; i++) {
        const struct series_row *row = &r->series[i];
        json_t *object = json_object();
        put(object, "t_s", whole_or_real(row->t_s));
        put(object, "length_s", whole_or_real(row->length_s));
        put_counters(object, row, second_counters, num_second_counters);
        put(object, "open", whole_or_null(row->open));
        put(object, "tls_handshake_p50", time_us(row->tls_handshake_p50_ns));
        put(object, "tls_handshake_p99", time_us(row->tls_handshake_p99_ns));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *checks_array(const struct result *r)
{
    json_t *array = json_array();
    for (size_t i = 0; i < r->num_checks; i++) {
        json_t *object = json_object();
        put(object, "kind", json_string(check_kind_name(r->checks[i].kind)));
        put(object, "name", json_text(r->checks[i].name));
        put(object, "violation", json_text(r->checks[i].violation));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *intervals_array(const struct result *r)
{
    json_t *array = json_array();
    for (size_t i = 0; i < r->num_intervals; i++) {
        const struct interval_row *interval = &r->intervals[i];
        json_t *object = json_object();
        put(object, "t_s", whole_or_real(interval->t_s));
        put(object, "length_s", whole_or_real(interval->length_s));
        for (int kind = 0; kind < NUM_LATENCIES; kind++) {
            if (interval->hdr[kind] != NULL)
                put(object, latency_kind_name(kind), json_string(interval->hdr[kind]));
        }
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *verdict_object(const struct result *r)
{
    json_t *object = json_object();
    put(object, "passed", json_boolean(r->passed));
    put(object, "checks", checks_array(r));
    put(object, "violations", json_texts(r->violations, r->num_violations));
    put(object, "interrupted_by",
        r->interrupted_by ? json_integer(r->interrupted_by) : json_null());
    put(object, "first_failure", json_text(r->first_failure));
    return object;
}

json_t *report_json_object(const struct result *r)
{
    json_set_alloc_funcs(memory_get, free);
    char started_at[FIGURE_LEN];
    figure_utc(started_at, r->started_wall_ns);
    json_t *root = json_object();
    put(root, "schema", json_string(REPORT_JSON_SCHEMA));
    put(root, "tool", tool_object(r));
    put(root, "command", json_texts(r->command, r->command_len));
    put(root, "plan", json_text(r->plan));
    put(root, "parts", parts_array(r));
    put(root, "started_at", json_string(started_at));
    put(root, "duration_s", json_number(r->duration_s));
    put(root, "target", target_object(r));
    put(root, "config", config_object(r));
    put_figures(root, "sessions", r);
    put_figures(root, "requests", r);
    put_figures(root, "bytes", r);
    put_figures(root, "handshakes", r);
    put_figures(root, "pins", r);
    put_figures(root, "outcomes", r);
    put(root, "identities", identities_array(r));
    if (r->reloads.is_known)
        put(root, "reloads", reloads_object(&r->reloads));
    put(root, "latency", latencies_object(r));
    put_figures(root, "generator", r);
    put(json_object_get(root, "generator"), "threads", threads_array(r));
    put_figures(root, "steady", r);
    put(root, "stages", stages_array(r));
    put(root, "series", series_array(r));
    put(root, "intervals", intervals_array(r));
    put(root, "verdict", verdict_object(r));
    return root;
}

bool report_json(FILE *out, const struct result *result)
{
    return json_write(out, report_json_object(result), SIGNIFICANT_DIGITS);
}
