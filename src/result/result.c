/* SPDX-License-Identifier: Apache-2.0 */
#include "result/result.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "plan/plan.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define RESULT_DIGITS 3

struct result *result_new(void)
{
    struct result *result = memory_new(1, sizeof *result);
    for (int i = 0; i < NUM_LATENCIES; i++)
        result->latencies[i] = latency_new(RESULT_DIGITS);
    result->loop_lag = latency_new(RESULT_DIGITS);
    result->schedule_slip = latency_new(RESULT_DIGITS);
    return result;
}

static void free_texts(char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

static void free_settings(struct setting *settings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(settings[i].name);
        free(settings[i].text);
    }
    free(settings);
}

static void free_identities(struct result_identity *identities, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(identities[i].name);
        free(identities[i].expected_status);
        name_counts_cleanup(&identities[i].sigalgs);
        for (size_t k = 0; k < identities[i].num_generations; k++)
            free(identities[i].generations[k].serial);
        free(identities[i].generations);
        latency_free(identities[i].tls_handshake_hdr);
    }
    free(identities);
}

static void free_checks(struct result_check *checks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(checks[i].name);
        free(checks[i].violation);
    }
    free(checks);
}

static void cleanup_names(struct result *result)
{
    struct name_counts *all[] = {
        &result->versions,
        &result->paths_offered,
        &result->paths_resumed,
        &result->paths_declined,
        &result->ciphers,
        &result->groups,
        &result->sigalgs,
        &result->protocols,
        &result->alerts_sent,
        &result->statuses,
        &result->pins_by_pin,
        &result->alerts_received,
        &result->client_sigalgs,
        &result->server_certificate_types,
        &result->client_certificate_types,
        &result->cert_compressions,
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        name_counts_cleanup(all[i]);
}

static void free_plain_texts(struct result *result)
{
    char *all[] = {
        result->version, result->boringssl, result->libuv,    result->url,   result->address,
        result->sni,     result->verify,    result->rotation, result->limit, result->first_failure,
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        free(all[i]);
}

static void free_parts(struct result_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free_texts(parts[i].command, parts[i].command_len);
        free(parts[i].failure);
    }
    free(parts);
}

static void free_intervals(struct interval_row *intervals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (int kind = 0; kind < NUM_LATENCIES; kind++)
            free(intervals[i].hdr[kind]);
    }
    free(intervals);
}

static void cleanup_wire(struct result *result)
{
    for (int i = 0; i < NUM_WIRE; i++) {
        value_counts_cleanup(&result->wire_full[i]);
        value_counts_cleanup(&result->wire_resumed[i]);
    }
}

void result_free(struct result *result)
{
    if (result == NULL)
        return;
    free_plain_texts(result);
    free_texts(result->command, result->command_len);
    free(result->plan);
    free_parts(result->parts, result->num_parts);
    free_checks(result->checks, result->num_checks);
    free_texts(result->violations, result->num_violations);
    free_settings(result->settings, result->num_settings);
    free_identities(result->identities, result->num_identities);
    cleanup_names(result);
    cleanup_wire(result);
    for (int i = 0; i < NUM_LATENCIES; i++)
        latency_free(result->latencies[i]);
    latency_free(result->loop_lag);
    latency_free(result->schedule_slip);
    result_stages_cleanup(&result->stages);
    free(result->thread_uses);
    free(result->series);
    free_intervals(result->intervals, result->num_intervals);
    free(result->reloads.last_failure);
    free(result);
}

bool result_balances(const struct result *result)
{
    uint64_t ended = 0;
    for (int class = 0; class < NUM_CLASSES; class ++)
        ended = result_count_sum(ended, result->by_class[class]);
    return result->scheduled == result_count_sum(result->started, result->skipped) &&
           result->started == ended && ended < UINT64_MAX;
}

bool result_is_anonymous(const struct result *result)
{
    return result->num_identities == 1 && result->identities[0].name != NULL &&
           strcmp(result->identities[0].name, PLAN_ANONYMOUS) == 0;
}

bool result_interval_row(double t_s, double length_s, size_t *out_row)
{
    double row = t_s / length_s;
    if (!(length_s >= 1 && row >= 0 && row < INTERVALS_MOST))
        return false;
    *out_row = (size_t)row;
    return true;
}

uint64_t result_count_sum(uint64_t a, uint64_t b)
{
    return a <= UINT64_MAX - b ? a + b : UINT64_MAX;
}

void result_add_violation(struct result *result, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = memory_new((size_t)len + 1, 1);
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    size_t count = result->num_violations + 1;
    result->violations = memory_resize(result->violations, count * sizeof *result->violations);
    result->violations[result->num_violations++] = text;
}

struct result_check *result_check_named(struct result *result, enum check_kind kind,
                                        const char *name)
{
    for (size_t i = 0; i < result->num_checks; i++) {
        struct result_check *check = &result->checks[i];
        if (check->kind == kind && strcmp(check->name, name) == 0)
            return check;
    }
    size_t count = result->num_checks + 1;
    result->checks = memory_resize(result->checks, count * sizeof *result->checks);
    struct result_check *check = &result->checks[result->num_checks++];
    *check = (struct result_check){.kind = kind, .name = memory_text(name)};
    return check;
}

void result_add_check(struct result *result, enum check_kind kind, const char *name,
                      const char *violation)
{
    struct result_check *check = result_check_named(result, kind, name);
    if (violation == NULL)
        return;
    if (check->violation == NULL)
        check->violation = memory_text(violation);
    result_add_violation(result, "%s", violation);
}

/* The two names of the check for failed sessions. */
bool result_check_is_of_failures(const struct result_check *check)
{
    return check->kind == CHECK_RUN &&
           (strcmp(check->name, RESULT_NO_FAILURES) == 0 ||
            strncmp(check->name, RESULT_FEW_FAILURES, strlen(RESULT_FEW_FAILURES)) == 0);
}

const char *result_failure(const struct result *result)
{
    for (size_t i = 0; i < result->num_checks; i++) {
        if (result->checks[i].violation != NULL && result_check_is_of_failures(&result->checks[i]))
            return result->checks[i].violation;
    }
    return NULL;
}

/* The most frequent outcome of class failed that is not in TOLD yet; NUM_OUTCOMES: none. */
static int most_frequent(const struct result *result, bool refusal_by_close,
                         const bool told[NUM_OUTCOMES])
{
    int most = NUM_OUTCOMES;
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        bool counts = !told[i] && result->outcomes[i] > 0 &&
                      outcome_class((enum outcome)i, refusal_by_close) == CLASS_FAILED;
        if (counts && (most == NUM_OUTCOMES || result->outcomes[i] > result->outcomes[most]))
            most = i;
    }
    return most;
}

/* The seconds from the first to the last in which a session failed. */
static void write_when(struct buffer *out, const struct result *result)
{
    const struct series_row *first = NULL, *last = NULL;
    for (size_t i = 0; i < result->num_series; i++) {
        if (result->series[i].failed == 0)
            continue;
        last = &result->series[i];
        first = first != NULL ? first : last;
    }
    if (first != NULL)
        buffer_format(out, ", between %g s and %g s", first->t_s, last->t_s + 1);
}

void result_write_causes(struct buffer *out, const struct result *result, bool refusal_by_close)
{
    bool told[NUM_OUTCOMES] = {false};
    const char *before = ":";
    int next;
    while ((next = most_frequent(result, refusal_by_close, told)) != NUM_OUTCOMES) {
        told[next] = true;
        buffer_format(out, "%s %" PRIu64 " %s", before, result->outcomes[next],
                      outcome_name((enum outcome)next));
        before = ",";
    }
    write_when(out, result);
}

const struct setting *result_setting(const struct result *result, const char *name)
{
    for (size_t i = 0; i < result->num_settings; i++) {
        if (strcmp(result->settings[i].name, name) == 0)
            return &result->settings[i];
    }
    return NULL;
}

const char *check_kind_name(enum check_kind kind)
{
    return kind == CHECK_THRESHOLD ? "threshold" : "run";
}

/* setting_named returns the emptied setting NAME, which is appended if it is new. */
static struct setting *setting_named(struct result *result, const char *name)
{
    for (size_t i = 0; i < result->num_settings; i++) {
        struct setting *setting = &result->settings[i];
        if (strcmp(setting->name, name) == 0) {
            free(setting->text);
            *setting = (struct setting){.name = setting->name};
            return setting;
        }
    }
    size_t count = result->num_settings + 1;
    result->settings = memory_resize(result->settings, count * sizeof *result->settings);
    struct setting *setting = &result->settings[result->num_settings++];
    *setting = (struct setting){.name = memory_text(name)};
    return setting;
}

void result_set_text(struct result *result, const char *name, const char *value)
{
    char *text = memory_text(value);
    struct setting *setting = setting_named(result, name);
    setting->type = SETTING_TEXT;
    setting->text = text;
}

void result_set_number(struct result *result, const char *name, double value)
{
    struct setting *setting = setting_named(result, name);
    setting->type = SETTING_NUMBER;
    setting->number = value;
}

void result_set_bool(struct result *result, const char *name, bool value)
{
    struct setting *setting = setting_named(result, name);
    setting->type = SETTING_BOOL;
    setting->number = value ? 1 : 0;
}

void result_set_null(struct result *result, const char *name)
{
    setting_named(result, name)->type = SETTING_NULL;
}

void result_path_name(char out[static RESULT_PATH_LEN], const char *from, const char *to)
{
    snprintf(out, RESULT_PATH_LEN, "%s" RESULT_PATH_WORD "%s", from, to);
}

struct name_count *name_counts_find(const struct name_counts *counts, const char *name)
{
    for (size_t i = 0; i < counts->count; i++) {
        if (strcmp(counts->items[i].name, name) == 0)
            return &counts->items[i];
    }
    return NULL;
}

uint64_t name_counts_get(const struct name_counts *counts, const char *name)
{
    const struct name_count *found = name_counts_find(counts, name);
    return found != NULL ? found->count : 0;
}

void name_counts_add(struct name_counts *counts, const char *name, uint64_t count)
{
    struct name_count *old = name_counts_find(counts, name);
    if (old != NULL) {
        old->count = result_count_sum(old->count, count);
        return;
    }
    counts->items = memory_resize(counts->items, (counts->count + 1) * sizeof *counts->items);
    counts->items[counts->count++] = (struct name_count){memory_text(name), count};
}

void name_counts_cleanup(struct name_counts *counts)
{
    for (size_t i = 0; i < counts->count; i++)
        free(counts->items[i].name);
    free(counts->items);
    *counts = (struct name_counts){0};
}
