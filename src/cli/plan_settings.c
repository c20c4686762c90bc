/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plan_settings.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli/options.h"
#include "cli/plan_stages.h"
#include "http/request.h"
#include "plan/plan.h"
#include "result/result.h"
#include "tls/fingerprint.h"
#include "tls/identity.h"
#include "tls/pinset.h"

#include <stdlib.h>

static void set_optional(struct result *result, const char *name, const char *text)
{
    if (text != NULL)
        result_set_text(result, name, text);
    else
        result_set_null(result, name);
}

static void set_seconds(struct result *result, const char *name, uint64_t ns)
{
    if (ns > 0)
        result_set_number(result, name, (double)ns / NS_PER_S);
    else
        result_set_null(result, name);
}

/* The request is recorded as a hash: headers and bodies may be long, and secret. */
static void set_request(struct result *result, const struct plan *plan)
{
    uint8_t fingerprint[FINGERPRINT_LEN];
    char text[2 * FINGERPRINT_LEN + 1];
    size_t len;
    const uint8_t *bytes = request_bytes(plan->request, &len);
    fingerprint_of(fingerprint, bytes, len);
    text_hex_encode(text, fingerprint, sizeof fingerprint);
    set_optional(result, "request_sha256", plan->requests > 0 ? text : NULL);
}

static void set_texts(struct result *result, const char *name, const struct text_list *list,
                      const char *separator)
{
    struct buffer text = {0};
    for (size_t i = 0; i < list->count; i++)
        buffer_format(&text, "%s%s", i > 0 ? separator : "", list->items[i]);
    set_optional(result, name, list->count > 0 ? buffer_text(&text) : NULL);
    buffer_cleanup(&text);
}

/* Only a run of stages has it. */
static void set_stages(struct result *result, const struct plan *plan,
                       const struct options *options)
{
    char *text = plan_stages_text(plan, options);
    if (text != NULL)
        result_set_text(result, "stages", text);
    free(text);
}

static void set_load(struct result *result, const struct plan *plan, const struct options *options)
{
    result_set_number(result, "connections", (double)plan_connections(plan));
    result_set_number(result, "threads", plan->threads);
    set_seconds(result, "duration_s", plan->duration_ns);
    if (plan->sessions > 0)
        result_set_number(result, "sessions", (double)plan_sessions(plan));
    else
        result_set_null(result, "sessions");
    if (plan->rate > 0) {
        result_set_number(result, "rate", plan_rate(plan));
        result_set_text(result, "arrival", arrival_name(plan->arrival));
        result_set_text(result, "overload", plan->skip_when_full ? "skip" : "wait");
    } else {
        result_set_null(result, "rate");
    }
    set_stages(result, plan, options);
    if (plan->no_backoff)
        result_set_bool(result, "backoff", false);
    set_seconds(result, "ramp_up_s", plan->ramp_ns);
    set_seconds(result, "warm_up_s", plan->warm_up_ns);
    set_optional(result, "start_at", options->start_at);
    result_set_number(result, "seed", (double)plan->seed);
    result_set_number(result, "shard", plan->shard);
    result_set_number(result, "shards", plan->num_shards);
}

static void set_session(struct result *result, const struct plan *plan,
                        const struct options *options)
{
    static const char *const http[] = {"1.1", "2", "auto"};
    if (plan->requests == REQUESTS_ENDLESS)
        result_set_text(result, "requests", "inf");
    else
        result_set_number(result, "requests", (double)plan->requests);
    set_seconds(result, "think_s", plan->think_ns);
    set_seconds(result, "hold_s", plan->hold_ns);
    set_seconds(result, "timeout_s", plan->timeout_ns);
    set_seconds(result, "connect_timeout_s", plan->connect_timeout_ns);
    result_set_text(result, "http", http[plan->http]);
    result_set_number(result, "streams", plan->streams);
    set_optional(result, "method", options->method);
    set_request(result, plan);
    set_texts(result, "expect_status", &options->expect_statuses, " ");
    result_set_text(result, "session_mode", options->session_mode);
    if (plan->each_address)
        result_set_bool(result, "each_address", true);
    if (plan->each_address && plan->session_mode != SESSION_FULL)
        result_set_text(result, "tickets", plan->shared_tickets ? "shared" : "per-address");
    result_set_bool(result, "allow_missing_close_notify", plan->allow_missing_close_notify);
    result_set_text(result, "close", plan->close_by_reset ? "rst" : "fin");
}

void plan_settings(struct result *result, const struct plan *plan, const struct options *options)
{
    result_set_text(result, "verify", verify_mode_name(plan->verify));
    result_set_number(result, "pins", (double)pinset_count(plan->pins));
    if (plan->report_pins)
        result_set_text(result, "pins_action", "report");
    set_texts(result, "reject_pins", &options->rejected_pins, " ");
    set_optional(result, "cacert", plan->cacert);
    result_set_number(result, "identities", (double)identity_set_count(plan->identities));
    if (identity_set_signer(plan->identities) != NULL)
        result_set_number(result, "sign_threads", (double)options->sign_threads);
    result_set_text(result, "rotate", rotation_name(plan->rotation));
    set_optional(result, "expect_refused", options->expect_refused);
    set_optional(result, "refusal_status", options->refusal_status);
    set_optional(result, "refusal_text", options->refusal_text);
    result_set_bool(result, "refusal_by_close", plan->refusal_by_close);
    result_set_bool(result, "require_all_identities", plan->require_all_identities);
    set_optional(result, "max_failures", options->max_failures);
    set_load(result, plan, options);
    set_session(result, plan, options);
    if (options->raw_public_key)
        result_set_bool(result, "raw_public_key", true);
    set_optional(result, "tls_min", options->tls_min);
    set_optional(result, "tls_max", options->tls_max);
    set_optional(result, "ciphers", options->ciphers);
    set_optional(result, "groups", options->groups);
    if (plan->hello_pause_ns > 0)
        result_set_bool(result, "split_hello", true);
    set_optional(result, "sigalgs", options->sigalgs);
    set_optional(result, "ech", options->ech);
    set_optional(result, "cert_compression", options->cert_compression);
    set_optional(result, "connect_to", options->connect_to);
    set_texts(result, "resolve", &options->resolves, ",");
    set_optional(result, "source", options->source);
    set_optional(result, "keylog", options->keylog);
}

struct result *plan_settings_empty(const struct plan *plan, const struct options *options)
{
    struct result *empty = result_new();
    plan_settings(empty, plan, options);
    for (size_t i = 0; i < pinset_count(plan->pins); i++) {
        char text[PIN_TEXT_LEN];
        pinset_text(plan->pins, i, text);
        name_counts_add(&empty->pins_by_pin, text, 0);
    }
    empty->num_identities = plan_num_identities(plan);
    empty->identities = memory_new(empty->num_identities, sizeof *empty->identities);
    for (size_t i = 0; i < empty->num_identities; i++)
        empty->identities[i].name = memory_text(plan_identity_name(plan, i));
    return empty;
}
