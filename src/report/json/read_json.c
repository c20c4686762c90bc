/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader for each object of the schema. After the first error every reader returns nothing, and
 * the partial result is freed at the end.
 */
#include "report/json/read_json.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/json/json_reader.h"
#include "report/json/report_json.h"
#include "result/figure_table.h"
#include "result/merge_stages.h"
#include "result/result.h"

#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_BYTES ((size_t)256 << 20)
#define ACCEPTED "expected a result of schema " REPORT_JSON_SCHEMA

/* --- latencies ------------------------------------------------------------------------------ */

/* read_latency returns the distribution of the object at PLACE, never NULL. */
static struct latency *decode(const struct place *place, const char *name, const char *text,
                              uint64_t clamped)
{
    struct latency *latency = text != NULL ? latency_decode(text, clamped) : NULL;
    if (latency == NULL)
        fail(place, name, "a distribution from 1 ns to 1 h in HdrHistogram's V2 encoding");
    return latency != NULL ? latency : latency_new(1);
}

static struct latency *read_latency(const struct place *place)
{
    const char *text = json_string_value(json_object_get(place->object, "hdr"));
    return decode(place, "hdr", text, count_at(place, "clamped"));
}

static void read_latency_into(const struct place *place, const char *name, struct latency **slot)
{
    struct place object = object_at(place, name);
    latency_free(*slot);
    *slot = read_latency(&object);
}

static void read_summary(const struct place *place, struct latency_summary *out)
{
    out->count = count_at(place, "count");
    if (json_object_get(place->object, "clamped") != NULL)
        out->clamped = count_at(place, "clamped");
    for (size_t i = 0; i < statistic_table_len; i++) {
        double us = number_at(place, statistic_table[i].name);
        *(double *)((char *)out + statistic_table[i].offset) = isnan(us) ? 0 : us * 1000;
    }
}

/* --- the run and its settings ---------------------------------------------------------------- */

static void read_tool(const struct place *root, struct result *r)
{
    struct place tool = object_at(root, "tool");
    r->version = text_at(&tool, "version");
    r->boringssl = text_at(&tool, "boringssl");
    r->libuv = text_at(&tool, "libuv");
}

/* Results of other versions may have none. */
static void read_parts(const struct place *root, struct result *r)
{
    if (json_object_get(root->object, "parts") == NULL)
        return;
    const json_t *array = array_at(root, "parts");
    size_t count = json_array_size(array);
    r->parts = memory_new(count, sizeof *r->parts);
    for (size_t i = 0; i < count && !root->reader->failed; i++) {
        struct place place = element_at(root, array, i, "parts");
        struct result_part *part = &r->parts[r->num_parts++];
        part->command = read_texts(&place, "command", &part->command_len);
        part->failure = text_at(&place, "failure");
    }
}

static void read_target(const struct place *root, struct result *r)
{
    struct place target = object_at(root, "target");
    r->url = required_text_at(&target, "url");
    r->address = text_at(&target, "address");
    r->sni = text_at(&target, "sni");
}

/* Later times do not fit a 64-bit count of nanoseconds. */
#define MOST_SIGNALS 1000 /* more than any system has */
#define LATEST_START_S 9000000000

static void read_started_at(const struct place *root, struct result *r)
{
    char *text = required_text_at(root, "started_at");
    struct tm parts = {0};
    double fraction = 0;
    char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
    if (rest != NULL && *rest == '.')
        fraction = strtod(rest, &rest);
    time_t seconds = timegm(&parts);
    if (rest == NULL || strcmp(rest, "Z") != 0 || seconds < 0 || seconds > LATEST_START_S ||
        !(fraction >= 0 && fraction < 1))
        fail(root, "started_at", "a time such as 2026-01-31T09:30:00.250Z");
    else
        r->started_wall_ns = (uint64_t)seconds * NS_PER_S + (uint64_t)llround(fraction * 1e9);
    free(text);
}

static void add_setting(struct result *r, const char *name, const json_t *value)
{
    if (json_is_string(value))
        result_set_text(r, name, json_string_value(value));
    else if (json_is_number(value))
        result_set_number(r, name, json_number_value(value));
    else if (json_is_boolean(value))
        result_set_bool(r, name, json_is_true(value));
    else if (json_is_null(value))
        result_set_null(r, name);
}

static void read_config(const struct place *root, struct result *r)
{
    static const char *const own[] = {"verify",      "pins",    "open_loop", "rate",
                                      "connections", "threads", "rotate",    "warm_up_s"};
    struct place config = object_at(root, "config");
    r->verify = text_at(&config, "verify");
    r->num_pins = count_at(&config, "pins");
    r->open_loop = bool_at(&config, "open_loop");
    r->rate = r->open_loop ? number_at(&config, "rate") : 0;
    r->connections = count_at(&config, "connections");
    r->threads = (unsigned)count_up_to(&config, "threads", UINT_MAX - 1, "a number of threads");
    r->rotation = text_at(&config, "rotate");
    r->warm_up_s = seconds_at(&config, "warm_up_s");
    for (void *at = json_object_iter((json_t *)config.object); at != NULL;
         at = json_object_iter_next((json_t *)config.object, at)) {
        const char *name = json_object_iter_key(at);
        bool is_own = false;
        for (size_t i = 0; i < COUNT_OF(own); i++)
            is_own = is_own || strcmp(name, own[i]) == 0;
        if (!is_own)
            add_setting(r, name, json_object_iter_value(at));
    }
}

/* --- counts ---------------------------------------------------------------------------------- */

static void read_outcomes(const struct place *root, const char *name, uint64_t *outcomes)
{
    struct place place = object_at(root, name);
    for (void *at = json_object_iter((json_t *)place.object); at != NULL;
         at = json_object_iter_next((json_t *)place.object, at)) {
        const char *key = json_object_iter_key(at);
        enum outcome outcome;
        if (outcome_from_name(key, &outcome))
            outcomes[outcome] = to_count(&place, json_object_iter_value(at), key);
        else
            fail(&place, key, "an outcome that this version knows");
    }
}

static void read_figure(const struct place *place, const char *name, const struct figure *figure,
                        struct result *r)
{
    void *at = figure_in(r, figure);
    bool required = figure->since != SINCE_LATER;
    switch (figure->kind) {
    case FIGURE_COUNT:
        if (required || json_object_get(place->object, name) != NULL)
            *(uint64_t *)at = count_at(place, name);
        return;
    case FIGURE_NAMES:
    case FIGURE_ALL_NAMES:
        read_names(place, name, required, at);
        return;
    case FIGURE_OUTCOMES:
        read_outcomes(place, name, at);
        return;
    case FIGURE_NUMBER:
        *(double *)at = required_number_at(place, name);
        return;
    case FIGURE_SECONDS:
    case FIGURE_SPAN:
        if (required)
            required_number_at(place, name);
        *(double *)at = seconds_at(place, name);
        return;
    case FIGURE_FLAG:
        *(bool *)at = bool_at(place, name);
        return;
    case FIGURE_DISTRIBUTION:
        read_latency_into(place, name, at);
        return;
    case FIGURE_VALUES:
        read_values(place, name, required, at);
        return;
    case FIGURE_TEXT:
        *(char **)at = text_at(place, name);
    }
}

/* The path of an object, as far as it has been followed, and its last name. */
struct step {
    char path[FIGURE_PATH_LEN];
    char name[FIGURE_PATH_LEN];
};

static struct step step_to(const char *path, const char *name, const char *dot)
{
    struct step step;
    snprintf(step.path, sizeof step.path, "%.*s", (int)(dot - path), path);
    snprintf(step.name, sizeof step.name, "%.*s", (int)(dot - name), name);
    return step;
}

/* Reads FIGURE, which is below PLACE at NAME in its path. Values that an older version does not
 * have are not known. */
static void read_on(const struct place *place, const char *name, const struct figure *figure,
                    struct result *r)
{
    const char *dot = strchr(name, '.');
    if (dot == NULL) {
        read_figure(place, name, figure, r);
        return;
    }
    struct step step = step_to(figure->path, name, dot);
    struct place below;
    if (figure->since == SINCE_FIRST) {
        below = object_at(place, step.name);
    } else if (!has_object(place, step.name, &below)) {
        if (figure->kind == FIGURE_NUMBER)
            *(double *)figure_in(r, figure) = NAN;
        return;
    }
    below.name = step.path;
    read_on(&below, dot + 1, figure, r);
}

static void read_figures(const struct place *root, struct result *r)
{
    for (size_t i = 0; i < figure_table_len; i++)
        read_on(root, figure_table[i].path, &figure_table[i], r);
    if (r->cut_off_served > r->by_class[CLASS_CUT_OFF])
        fail(root, "sessions.cut_off_served", "a part of cut_off");
}

/* Results of older versions have none. */
static void read_responses(const struct place *place, struct result_identity *identity)
{
    struct place responses;
    identity->expected_status = text_at(place, "expected_status");
    if (!has_object(place, "responses", &responses))
        return;
    for (int class = 0; class < NUM_STATUS_CLASSES; class ++)
        identity->responses[class] = count_at(&responses, status_class_name(class));
}

static void read_identity(const struct place *place, struct result_identity *identity)
{
    identity->name = required_text_at(place, "name");
    char *expected = required_text_at(place, "expected");
    identity->expect_refused = strcmp(expected, "refuse") == 0;
    if (!identity->expect_refused && strcmp(expected, "accept") != 0)
        fail(place, "expected", "\"accept\" or \"refuse\"");
    free(expected);
    if (json_object_get(place->object, "weight") != NULL)
        identity->weight = count_at(place, "weight");
    identity->as_expected = bool_at(place, "as_expected");
    read_counters(place, identity, identity_counters, num_identity_counters);
    read_responses(place, identity);
    read_names(place, "sigalgs", false, &identity->sigalgs);
    struct place handshake = object_at(place, "tls_handshake");
    read_summary(&handshake, &identity->tls_handshake);
    if (json_is_string(json_object_get(handshake.object, "hdr")))
        identity->tls_handshake_hdr = read_latency(&handshake);
}

static void read_identities(const struct place *root, struct result *r)
{
    const json_t *array = array_at(root, "identities");
    size_t count = json_array_size(array);
    r->identities = memory_new(count, sizeof *r->identities);
    for (size_t i = 0; i < count && !root->reader->failed; i++) {
        struct place place = element_at(root, array, i, "identities");
        read_identity(&place, &r->identities[r->num_identities++]);
    }
}

/* Those that were added later than the schema may be missing, and are then empty. */
static void read_latencies(const struct place *root, struct result *r)
{
    struct place latency = object_at(root, "latency");
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        const char *name = latency_kind_name(kind);
        if (latency_kind_is_first((enum latency_kind)kind) ||
            json_object_get(latency.object, name) != NULL)
            read_latency_into(&latency, name, &r->latencies[kind]);
    }
}

/* --- generator, time series, verdict --------------------------------------------------------- */

static void read_threads(const struct place *root, struct result *r)
{
    struct place generator = object_at(root, "generator");
    if (json_object_get(generator.object, "threads") == NULL)
        return;
    const json_t *array = array_at(&generator, "threads");
    size_t count = json_array_size(array);
    r->thread_uses = memory_new(count, sizeof *r->thread_uses);
    r->num_thread_uses = count;
    for (size_t i = 0; i < count; i++) {
        struct place thread = element_at(&generator, array, i, "threads");
        r->thread_uses[i].cpu_user_s = number_at(&thread, "cpu_user_s");
        r->thread_uses[i].cpu_system_s = number_at(&thread, "cpu_system_s");
        r->thread_uses[i].busy = number_at(&thread, "busy");
    }
}

static void read_stage_latencies(const struct place *place, struct result_stage *stage)
{
    struct place latency = object_at(place, "latency");
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        const char *name = latency_kind_name(kind);
        if (json_object_get(latency.object, name) != NULL)
            read_latency_into(&latency, name, &stage->latencies[kind]);
    }
}

static void read_stage(const struct place *place, struct result_stages *stages,
                       struct result_stage *stage)
{
    char *load = required_text_at(place, "load"), *verdict = required_text_at(place, "verdict");
    stages->of_connections = strcmp(load, "connections") == 0;
    if (!stages->of_connections && strcmp(load, "rate") != 0)
        fail(place, "load", "\"rate\" or \"connections\"");
    if (!stage_verdict_from_name(verdict, &stage->verdict))
        fail(place, "verdict", "a verdict that this version knows");
    free(load);
    free(verdict);
    stage->start_s = seconds_at(place, "t_s");
    stage->length_s = seconds_at(place, "length_s");
    stage->run_s = seconds_at(place, "run_s");
    stage->from = required_number_at(place, "from");
    stage->to = required_number_at(place, "to");
    read_counters(place, stage, stage_counters, num_stage_counters);
    read_outcomes(place, "outcomes", stage->outcomes);
    read_stage_latencies(place, stage);
    if (!place->reader->failed && !result_stage_balances(stage))
        fail(place, "scheduled",
             "balanced: scheduled = started + skipped, and each started is in "
             "one of the others");
}

/* Results of older versions have none. */
static void read_stages(const struct place *root, struct result *r)
{
    if (json_object_get(root->object, "stages") == NULL)
        return;
    const json_t *array = array_at(root, "stages");
    size_t count = json_array_size(array);
    r->stages.items = memory_new(count, sizeof *r->stages.items);
    for (size_t i = 0; i < count && !root->reader->failed; i++) {
        struct place place = element_at(root, array, i, "stages");
        read_stage(&place, &r->stages, &r->stages.items[r->stages.count++]);
    }
}

/* Results of older versions have none: each second counts as a whole one. */
static double length_of_second(const struct place *place)
{
    if (json_object_get(place->object, "length_s") == NULL)
        return 1;
    double length_s = required_number_at(place, "length_s");
    if (!(length_s > 0 && length_s <= 1))
        fail(place, "length_s", "a length over 0 and up to 1 s");
    return length_s;
}

/* Sessions open at the end of a second, which results of older versions do not have. */
static double open_at(const struct place *place)
{
    const json_t *value = json_object_get(place->object, "open");
    if (value == NULL || json_is_null(value))
        return NAN;
    return (double)count_up_to(place, "open", RESULT_COUNT_MOST, "a count or null");
}

static void read_second(const struct place *place, struct series_row *row)
{
    required_number_at(place, "t_s");
    row->t_s = seconds_at(place, "t_s");
    row->length_s = length_of_second(place);
    row->open = open_at(place);
    read_counters(place, row, second_counters, num_second_counters);
    row->tls_handshake_p50_ns = 1000 * number_at(place, "tls_handshake_p50");
    row->tls_handshake_p99_ns = 1000 * number_at(place, "tls_handshake_p99");
}

static void read_series(const struct place *root, struct result *r)
{
    const json_t *array = array_at(root, "series");
    size_t count = json_array_size(array);
    r->series = memory_new(count, sizeof *r->series);
    r->num_series = count;
    for (size_t i = 0; i < count; i++) {
        struct place place = element_at(root, array, i, "series");
        read_second(&place, &r->series[i]);
    }
}

/* Results of older versions have none. Their violations are in the list of all. */
static void read_checks(const struct place *verdict, struct result *r)
{
    if (json_object_get(verdict->object, "checks") == NULL)
        return;
    const json_t *array = array_at(verdict, "checks");
    size_t count = json_array_size(array);
    r->checks = memory_new(count, sizeof *r->checks);
    for (size_t i = 0; i < count && !verdict->reader->failed; i++) {
        struct place place = element_at(verdict, array, i, "checks");
        struct result_check *check = &r->checks[r->num_checks++];
        char *kind = required_text_at(&place, "kind");
        check->kind =
            strcmp(kind, check_kind_name(CHECK_THRESHOLD)) == 0 ? CHECK_THRESHOLD : CHECK_RUN;
        check->name = required_text_at(&place, "name");
        check->violation = text_at(&place, "violation");
        free(kind);
    }
}

static void read_interval(const struct place *place, struct interval_row *interval)
{
    interval->t_s = seconds_at(place, "t_s");
    interval->length_s = seconds_at(place, "length_s");
    size_t row;
    if (!result_interval_row(interval->t_s, interval->length_s, &row))
        fail(place, "t_s", "the start of one of at most 600 intervals of length_s");
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        const char *name = latency_kind_name(kind);
        interval->hdr[kind] = text_at(place, name);
        if (interval->hdr[kind] != NULL)
            latency_free(decode(place, name, interval->hdr[kind], 0));
    }
}

/* Results of other versions may have none. */
static void read_intervals(const struct place *root, struct result *r)
{
    if (json_object_get(root->object, "intervals") == NULL)
        return;
    const json_t *array = array_at(root, "intervals");
    size_t count = json_array_size(array);
    r->intervals = memory_new(count, sizeof *r->intervals);
    for (size_t i = 0; i < count && !root->reader->failed; i++) {
        struct place place = element_at(root, array, i, "intervals");
        read_interval(&place, &r->intervals[r->num_intervals++]);
    }
}

static void read_verdict(const struct place *root, struct result *r)
{
    struct place verdict = object_at(root, "verdict");
    r->passed = bool_at(&verdict, "passed");
    read_checks(&verdict, r);
    r->violations = read_texts(&verdict, "violations", &r->num_violations);
    if (json_is_integer(json_object_get(verdict.object, "interrupted_by")))
        r->interrupted_by =
            (int)count_up_to(&verdict, "interrupted_by", MOST_SIGNALS, "a signal's number or null");
    r->first_failure = text_at(&verdict, "first_failure");
}

static void read_root(const struct place *root, struct result *r)
{
    char *schema = required_text_at(root, "schema");
    if (strcmp(schema, REPORT_JSON_SCHEMA) != 0)
        fail(root, "schema", "\"" REPORT_JSON_SCHEMA "\"");
    free(schema);
    read_tool(root, r);
    r->command = read_texts(root, "command", &r->command_len);
    r->plan = text_at(root, "plan");
    read_parts(root, r);
    read_started_at(root, r);
    required_number_at(root, "duration_s");
    r->duration_s = seconds_at(root, "duration_s");
    read_target(root, r);
    read_config(root, r);
    read_figures(root, r);
    read_identities(root, r);
    read_latencies(root, r);
    read_threads(root, r);
    read_stages(root, r);
    read_series(root, r);
    read_intervals(root, r);
    read_verdict(root, r);
    if (!root->reader->failed && !result_balances(r))
        fail(root, "sessions",
             "balanced: scheduled = started + skipped, and each started is in "
             "one of the others");
}

/* Reads the content of a result file, skipping a byte order mark (RFC 8259 section 8.1). */
static json_t *load(const char *path, struct error *err)
{
    const struct file_role role = {"the result", path, MOST_BYTES, ACCEPTED};
    struct buffer text = {0};
    json_error_t problem;
    json_t *json = NULL;
    json_set_alloc_funcs(memory_get, free);
    if (strcmp(path, "-") == 0 ? file_read_stream(&text, stdin, &role, err)
                               : file_read(&text, &role, err)) {
        size_t mark_len = text_mark_len(text.data, text.len);
        json = json_loadb((const char *)text.data + mark_len, text.len - mark_len,
                          JSON_REJECT_DUPLICATES, &problem);
        if (json == NULL)
            error_set(err, "\"%s\" cannot be read: %s (line %d); " ACCEPTED, path,
                      problem.text[0] != '\0' ? problem.text : "not enough memory", problem.line);
    }
    buffer_cleanup(&text);
    return json;
}

struct result *result_read_json(const char *path, struct error *err)
{
    json_t *json = load(path, err);
    if (json == NULL)
        return NULL;
    struct reader reader = {.path = path, .err = err};
    struct place root = {&reader, json, ""};
    struct result *result = result_new();
    read_root(&root, result);
    json_decref(json);
    if (reader.failed) {
        result_free(result);
        return NULL;
    }
    return result;
}
