/* SPDX-License-Identifier: Apache-2.0 */
#include "result/tally_result.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "measure/digest.h"
#include "measure/tally.h"
#include "plan/plan.h"
#include "result/result.h"
#include "tls/cert_compression.h"
#include "tls/pinset.h"
#include "tls/tls_context.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef const char *namer(uint16_t code, char out[static 64]);

static const char *name_version(uint16_t code, char out[static 64])
{
    (void)out;
    return tls_version_name(code);
}

static const char *name_status(uint16_t code, char out[static 64])
{
    snprintf(out, 64, "%u", code);
    return out;
}

static void fill_names(struct name_counts *out, const struct code_count *items, size_t num,
                       uint64_t others, namer *name)
{
    char text[64];
    for (size_t i = 0; i < num; i++) {
        if (items[i].code != 0)
            name_counts_add(out, name(items[i].code, text), items[i].count);
    }
    if (others > 0)
        name_counts_add(out, "other", others);
}

static void fill_codes(struct name_counts *out, const struct code_counts *codes, namer *name)
{
    fill_names(out, codes->items, codes->num, codes->others, name);
}

/* TLS certificate types (RFC 7250), in the spelling of the rest of a result. */
static void fill_types(struct name_counts *out, const struct peer_types *types)
{
    if (types->certificates > 0)
        name_counts_add(out, "x509", types->certificates);
    if (types->raw_keys > 0)
        name_counts_add(out, "raw_public_key", types->raw_keys);
}

static void fill_alerts(struct name_counts *out, const uint64_t counts[static 256])
{
    char text[64];
    for (int alert = 0; alert < 256; alert++) {
        if (counts[alert] > 0)
            name_counts_add(out, tls_alert_name(alert, text), counts[alert]);
    }
}

/* An empty window has no rate. */
static double per_second(uint64_t count, double window_s)
{
    return window_s > 0 ? (double)count / window_s : NAN;
}

static void fill_sessions(const struct tally *tally, struct result *result, double measured_s)
{
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        result->outcomes[i] = tally->outcomes[i];
        result->by_class[outcome_class((enum outcome)i, tally->plan->refusal_by_close)] +=
            tally->outcomes[i];
    }
    result->scheduled = tally->scheduled;
    result->skipped = tally->skipped;
    result->started = tally->started;
    result->cut_off_served = tally->cut_off_served;
    result->cut_off_responses = tally->cut_off_responses;
    result->requests_started = tally->requests_started;
    result->requests_succeeded = tally->requests_succeeded;
    result->requests_failed = tally->requests_failed;
    result->requests_unclosed = tally->requests_unclosed;
    result->bytes_read = tally->bytes_read;
    result->bytes_written = tally->bytes_written;
    result->sessions_per_second = per_second(tally->measured_sessions, measured_s);
    result->requests_per_second = per_second(tally->measured_requests, measured_s);
    result->handshakes_per_second = per_second(tally->measured_handshakes, measured_s);
}

static void fill_steady(const struct tally *tally, struct result *result)
{
    uint64_t from_ns = tally->steady_from_ns;
    double steady_s =
        tally->stopped_ns > from_ns ? (double)(tally->stopped_ns - from_ns) / NS_PER_S : 0;
    result->steady =
        (struct result_steady){.from_s = (double)(from_ns - tally->seconds.start_ns) / NS_PER_S,
                               .duration_s = steady_s,
                               .sessions_per_second = per_second(tally->steady_sessions, steady_s),
                               .requests_per_second = per_second(tally->steady_requests, steady_s)};
}

static void fill_tickets(const struct tally *tally, struct result *result)
{
    const struct address_list *addresses = &tally->plan->addresses;
    result->tickets_offered = tally->tickets_offered;
    result->tickets_declined = tally->tickets_declined;
    for (size_t i = 0; tally->ticket_paths != NULL && i < addresses->count * addresses->count;
         i++) {
        const struct ticket_path *path = &tally->ticket_paths[i];
        char from[ADDRESS_TEXT_LEN], to[ADDRESS_TEXT_LEN], name[RESULT_PATH_LEN];
        address_text(&addresses->items[i / addresses->count], from);
        address_text(&addresses->items[i % addresses->count], to);
        result_path_name(name, from, to);
        name_counts_add(&result->paths_offered, name, path->offered);
        name_counts_add(&result->paths_resumed, name, path->resumed);
        name_counts_add(&result->paths_declined, name, path->declined);
    }
}

static void fill_handshakes(const struct tally *tally, struct result *result)
{
    result->handshakes_full = tally->handshakes_full;
    result->handshakes_resumed = tally->handshakes_resumed;
    result->handshakes_completed = tally->handshakes_full + tally->handshakes_resumed;
    fill_tickets(tally, result);
    result->early_offered = tally->early_offered;
    result->early_accepted = tally->early_accepted;
    result->early_rejected = tally->early_rejected;
    result->cert_bytes = tally->cert_bytes;
    result->cert_wire_bytes = tally->cert_wire_bytes;
    result->cert_bytes_saved = tally->cert_bytes_saved;
    fill_codes(&result->cert_compressions, &tally->cert_compressions, cert_compression_name);
    result->ech_offered = tally->ech_offered;
    result->ech_accepted = tally->ech_accepted;
    result->ech_rejected = tally->ech_rejected;
    result->ech_retried = tally->ech_retried;
    fill_codes(&result->versions, &tally->versions, name_version);
    fill_codes(&result->ciphers, &tally->ciphers, tls_cipher_name);
    fill_codes(&result->groups, &tally->groups, tls_group_name);
    fill_codes(&result->sigalgs, &tally->sigalgs, tls_sigalg_name);
    fill_codes(&result->client_sigalgs, &tally->client_sigalgs, tls_sigalg_name);
    fill_types(&result->server_certificate_types, &tally->servers);
    fill_types(&result->client_certificate_types, &tally->clients);
    fill_codes(&result->statuses, &tally->statuses, name_status);
    fill_alerts(&result->alerts_received, tally->alerts_received);
    fill_alerts(&result->alerts_sent, tally->alerts_sent);
    for (int i = 0; i < NUM_WIRE; i++) {
        value_counts_merge(&result->wire_full[i], &tally->wire_full[i]);
        value_counts_merge(&result->wire_resumed[i], &tally->wire_resumed[i]);
    }
    if (result->handshakes_completed > tally->protocol_h2)
        name_counts_add(&result->protocols, "http/1.1",
                        result->handshakes_completed - tally->protocol_h2);
    if (tally->protocol_h2 > 0)
        name_counts_add(&result->protocols, "h2", tally->protocol_h2);
}

static void fill_pins(const struct tally *tally, struct result *result)
{
    const struct pinset *pins = tally->plan->pins;
    result->pins_checked = tally->pins_checked;
    result->pins_checked_resumed = tally->pins_checked_resumed;
    result->pins_matched = tally->pins_matched;
    result->pins_mismatched = tally->pins_mismatched;
    result->pins_mismatch_reported = tally->pins_mismatch_reported;
    result->pins_rejected = tally->pins_rejected;
    result->pins_not_checked = tally->pins_not_checked;
    for (size_t i = 0; i < pinset_count(pins); i++) {
        char text[PIN_TEXT_LEN];
        pinset_text(pins, i, text);
        name_counts_add(&result->pins_by_pin, text, tally->pins_by_pin[i]);
    }
}

/* "200,204", to be freed; NULL if any 2xx or 3xx is expected. */
static char *status_text(const struct status_list *list)
{
    struct buffer text = {0};
    for (size_t i = 0; i < list->count; i++)
        buffer_format(&text, "%s%u", i > 0 ? "," : "", list->codes[i]);
    char *copy = list->count > 0 ? memory_text(buffer_text(&text)) : NULL;
    buffer_cleanup(&text);
    return copy;
}

static void fill_generations(struct result_identity *row, const struct identity_tally *from)
{
    row->num_generations = from->num_generations;
    row->generations = memory_new(from->num_generations, sizeof *row->generations);
    for (size_t i = 0; i < from->num_generations; i++)
        memcpy(row->generations[i].by_class, from->generations[i].classes,
               sizeof row->generations[i].by_class);
}

static void fill_identities(const struct tally *tally, struct result *result)
{
    result->num_identities = tally->num_identities;
    result->identities = memory_new(tally->num_identities, sizeof *result->identities);
    for (size_t i = 0; i < tally->num_identities; i++) {
        struct result_identity *row = &result->identities[i];
        struct identity_tally *from = &tally->identities[i];
        *row = (struct result_identity){.name = memory_text(plan_identity_name(tally->plan, i)),
                                        .expect_refused = plan_expects_refusal(tally->plan, i),
                                        .weight = plan_weight(tally->plan, i),
                                        .ended_s = NAN,
                                        .sessions = from->started,
                                        .cut_off_served = from->cut_off_served,
                                        .failed_by = from->failed_by};
        memcpy(row->by_class, from->classes, sizeof row->by_class);
        memcpy(row->responses, from->responses, sizeof row->responses);
        fill_generations(row, from);
        row->expected_status = status_text(plan_identity_statuses(tally->plan, i));
        fill_names(&row->sigalgs, from->sigalgs, from->num_sigalgs, from->other_sigalgs,
                   tls_sigalg_name);
        if (from->tls_handshake != NULL)
            latency_summarize(from->tls_handshake, &row->tls_handshake);
        row->tls_handshake_hdr = from->tls_handshake;
        from->tls_handshake = NULL;
    }
}

static void fill_series(struct tally *tally, struct result *result)
{
    struct seconds *seconds = &tally->seconds;
    result->num_series = seconds->count;
    result->series = memory_new(seconds->count, sizeof *result->series);
    double open = 0;
    for (size_t i = 0; i < seconds->count; i++) {
        const struct second *from = &seconds->items[i];
        open += (double)from->started - (double)from->sessions;
        result->series[i] =
            (struct series_row){.t_s = (double)i,
                                .length_s = seconds_length(seconds, i),
                                .sessions = from->sessions,
                                .handshakes = from->handshakes,
                                .requests = from->requests,
                                .refused = from->refused,
                                .failed = from->failed,
                                .open = open,
                                .tls_handshake_p50_ns = digest_percentile(from->tls_handshake, 50),
                                .tls_handshake_p99_ns = digest_percentile(from->tls_handshake, 99)};
    }
}

void tally_fill(struct tally *tally, struct result *result, double measured_s)
{
    fill_sessions(tally, result, measured_s);
    fill_steady(tally, result);
    fill_handshakes(tally, result);
    fill_pins(tally, result);
    fill_identities(tally, result);
    result_stages_fill(&result->stages, tally);
    fill_series(tally, result);
    result->num_intervals = intervals_rows(&tally->intervals, &result->intervals);
    for (int i = 0; i < NUM_LATENCIES; i++)
        latency_merge(result->latencies[i], tally->latencies[i]);
    latency_merge(result->latencies[LATENCY_TLS_HANDSHAKE],
                  tally->latencies[LATENCY_TLS_HANDSHAKE_FULL]);
    latency_merge(result->latencies[LATENCY_TLS_HANDSHAKE],
                  tally->latencies[LATENCY_TLS_HANDSHAKE_RESUMED]);
    latency_merge(result->loop_lag, tally->loop_lag);
    latency_merge(result->schedule_slip, tally->schedule_slip);
}
