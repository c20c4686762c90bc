/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/tally.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "plan/plan.h"
#include "tls/pinset.h"

#include <stdlib.h>
#include <string.h>

/* Fewer digits for many identities: 270 KB each for few, 4 KB for ten thousand. */
static int digits_for(size_t num_identities)
{
    return num_identities <= 64 ? 3 : num_identities <= 1024 ? 2 : 1;
}

struct tally *tally_new(const struct plan *plan)
{
    struct tally *tally = memory_new(1, sizeof *tally);
    tally->plan = plan;
    tally->num_identities = plan_num_identities(plan);
    tally->identity_digits = digits_for(tally->num_identities);
    tally->identities = memory_new(tally->num_identities, sizeof *tally->identities);
    tally->pins_by_pin = memory_new(pinset_count(plan->pins), sizeof *tally->pins_by_pin);
    if (plan->each_address)
        tally->ticket_paths =
            memory_new(plan->addresses.count * plan->addresses.count, sizeof *tally->ticket_paths);
    for (int i = 0; i < NUM_LATENCIES; i++)
        tally->latencies[i] = latency_new(3);
    tally->schedule_slip = latency_new(3);
    tally->loop_lag = latency_new(3);
    seconds_init(&tally->seconds);
    stage_tallies_init(&tally->stages, plan);
    return tally;
}

void tally_free(struct tally *tally)
{
    if (tally == NULL)
        return;
    for (size_t i = 0; i < tally->num_identities; i++) {
        latency_free(tally->identities[i].tls_handshake);
        free(tally->identities[i].generations);
    }
    for (int i = 0; i < NUM_LATENCIES; i++)
        latency_free(tally->latencies[i]);
    for (int i = 0; i < NUM_WIRE; i++) {
        value_counts_cleanup(&tally->wire_full[i]);
        value_counts_cleanup(&tally->wire_resumed[i]);
    }
    seconds_cleanup(&tally->seconds);
    intervals_cleanup(&tally->intervals);
    stage_tallies_cleanup(&tally->stages);
    latency_free(tally->schedule_slip);
    latency_free(tally->loop_lag);
    free(tally->identities);
    free(tally->pins_by_pin);
    free(tally->ticket_paths);
    free(tally);
}

void tally_begin(struct tally *tally, uint64_t start_ns)
{
    seconds_begin(&tally->seconds, start_ns);
    intervals_begin(&tally->intervals, start_ns);
    stage_tallies_begin(&tally->stages, start_ns);
    tally->measured_from_ns = start_ns + tally->plan->warm_up_ns;
    tally->steady_from_ns = number_max(tally->measured_from_ns, start_ns + tally->plan->ramp_ns);
}

void tally_started(struct tally *tally, uint64_t intended_ns, uint64_t now_ns, size_t identity)
{
    tally->scheduled++;
    tally->started++;
    tally->identities[identity].started++;
    tally->last_intended_ns = intended_ns;
    tally->last_started_ns = now_ns;
    seconds_add_start(&tally->seconds, now_ns);
    stage_tallies_started(&tally->stages, intended_ns, now_ns);
    if (tally->plan->rate > 0)
        latency_record(tally->schedule_slip, now_ns - intended_ns);
}

void tally_skipped(struct tally *tally, uint64_t intended_ns, uint64_t count)
{
    stage_tallies_skipped(&tally->stages, intended_ns, count);
    tally->scheduled += count;
    tally->skipped += count;
}

static void count_among(struct code_count *items, size_t *num, size_t most, uint64_t *others,
                        uint16_t code, uint64_t count)
{
    for (size_t i = 0; i < *num; i++) {
        if (items[i].code == code) {
            items[i].count += count;
            return;
        }
    }
    if (*num < most)
        items[(*num)++] = (struct code_count){code, count};
    else
        *others += count;
}

static void count_code(struct code_counts *counts, uint16_t code, uint64_t count)
{
    count_among(counts->items, &counts->num, MAX_CODES, &counts->others, code, count);
}

static void count_identity_sigalg(struct identity_tally *identity, uint16_t code, uint64_t count)
{
    count_among(identity->sigalgs, &identity->num_sigalgs, MAX_IDENTITY_SIGALGS,
                &identity->other_sigalgs, code, count);
}

/* Whether what began, or was intended, at FROM_NS counts: it does not during the warm-up. */
static bool is_measured(const struct tally *tally, uint64_t from_ns)
{
    return from_ns >= tally->measured_from_ns;
}

/* Records a latency of KIND that completed at NOW_NS. */
static void record(struct tally *tally, enum latency_kind kind, uint64_t now_ns, uint64_t value_ns)
{
    latency_record(tally->latencies[kind], value_ns);
    intervals_record(&tally->intervals, kind, now_ns, value_ns);
}

/* Records a latency of KIND that completed at NOW_NS, and began or was intended to begin at BEGAN_NS. */
static void record_of_stage(struct tally *tally, enum latency_kind kind, uint64_t began_ns,
                            uint64_t now_ns)
{
    record(tally, kind, now_ns, now_ns - began_ns);
    stage_tallies_record(&tally->stages, kind, began_ns, now_ns - began_ns);
}

static void tally_pins(struct tally *tally, const struct sample *sample)
{
    const struct verify_verdict *verify = &sample->tls->verify;
    tally->pins_rejected += verify->result == VERIFY_PIN_REJECTED;
    if (!verify->pins_checked) {
        tally->pins_not_checked++;
        return;
    }
    tally->pins_checked++;
    tally->pins_checked_resumed += sample->tls->resumed;
    if (verify->pin_index < 0) {
        tally->pins_mismatched++;
        tally->pins_mismatch_reported += verify->pin_reported;
        return;
    }
    tally->pins_matched++;
    if ((size_t)verify->pin_index < pinset_count(tally->plan->pins)) /* each arm has its own pins */
        tally->pins_by_pin[verify->pin_index]++;
}

void tally_connected(struct tally *tally, const struct sample *sample)
{
    const struct timeline *at = &sample->at;
    if (is_measured(tally, at->connecting))
        record(tally, LATENCY_CONNECT, at->connected, at->connected - at->connecting);
}

/* A certificate may grow by it. */
static void count_compression(struct tally *tally, const struct tls_facts *tls)
{
    if (tls->cert_compression == 0)
        return;
    count_code(&tally->cert_compressions, tls->cert_compression, 1);
    tally->cert_bytes += tls->cert_len;
    tally->cert_wire_bytes += tls->cert_wire_len;
    tally->cert_bytes_saved +=
        tls->cert_len > tls->cert_wire_len ? tls->cert_len - tls->cert_wire_len : 0;
}

static void count_wire(struct tally *tally, const struct tls_facts *tls)
{
    struct value_counts *wire = tls->resumed ? tally->wire_resumed : tally->wire_full;
    for (int i = 0; i < NUM_WIRE; i++)
        value_counts_add(&wire[i], tls->wire[i], 1);
}

static void count_type(struct peer_types *types, bool is_raw_key)
{
    *(is_raw_key ? &types->raw_keys : &types->certificates) += 1;
}

/* How the two sides of a full handshake have shown who they are. */
static void count_authentication(struct tally *tally, uint32_t identity,
                                 const struct tls_facts *tls)
{
    count_code(&tally->sigalgs, tls->sigalg, 1);
    count_type(&tally->servers, tls->peer_raw_key);
    if (tls->own_sigalg == 0)
        return;
    count_code(&tally->client_sigalgs, tls->own_sigalg, 1);
    count_identity_sigalg(&tally->identities[identity], tls->own_sigalg, 1);
    count_type(&tally->clients, tls->own_raw_key);
}

static void count_handshake(struct tally *tally, uint32_t identity, const struct tls_facts *tls)
{
    *(tls->resumed ? &tally->handshakes_resumed : &tally->handshakes_full) += 1;
    tally->tickets_declined += tls->ticket_offered && !tls->resumed;
    tally->early_accepted += tls->early_accepted;
    tally->early_rejected += tls->early_offered && !tls->early_accepted;
    tally->protocol_h2 += tls->h2;
    count_code(&tally->versions, tls->version, 1);
    count_code(&tally->ciphers, tls->cipher, 1);
    count_code(&tally->groups, tls->group, 1);
    count_compression(tally, tls);
    if (!tls->resumed)
        count_authentication(tally, identity, tls);
    count_wire(tally, tls);
}

static void record_of_identity(struct tally *tally, uint32_t index, uint64_t elapsed_ns)
{
    struct identity_tally *identity = &tally->identities[index];
    if (identity->tls_handshake == NULL)
        identity->tls_handshake = latency_new(tally->identity_digits);
    latency_record(identity->tls_handshake, elapsed_ns);
}

static void record_signature(struct tally *tally, uint64_t now_ns,
                             const struct signature_facts *signature)
{
    if (!signature->is_made)
        return;
    record(tally, LATENCY_SIGNING, now_ns, signature->sign_ns);
    record(tally, LATENCY_SIGNING_QUEUE, now_ns, signature->queue_ns);
}

void tally_handshake(struct tally *tally, const struct sample *sample, const struct tls_facts *tls)
{
    const struct timeline *at = &sample->at;
    uint64_t elapsed_ns = at->handshaken - at->connected;
    count_handshake(tally, sample->identity, tls);
    stage_tallies_handshake(&tally->stages, at->intended);
    seconds_add_handshake(&tally->seconds, at->handshaken, elapsed_ns);
    if (tally->plan->rate > 0 && is_measured(tally, at->intended))
        record_of_stage(tally, LATENCY_HANDSHAKE_FROM_SCHEDULE, at->intended, at->handshaken);
    if (!is_measured(tally, at->connected))
        return;
    tally->measured_handshakes++;
    record(tally, tls->resumed ? LATENCY_TLS_HANDSHAKE_RESUMED : LATENCY_TLS_HANDSHAKE_FULL,
           at->handshaken, elapsed_ns);
    stage_tallies_record(&tally->stages, LATENCY_TLS_HANDSHAKE, at->intended, elapsed_ns);
    if (tls->verify.num_calls > 0)
        record(tally, LATENCY_VERIFY_CALLBACK, at->handshaken, tls->verify.elapsed_ns);
    record_signature(tally, at->handshaken, &tls->signature);
    record_of_identity(tally, sample->identity, elapsed_ns);
}

static void tally_latencies(struct tally *tally, const struct sample *sample)
{
    const struct timeline *at = &sample->at;
    if (sample->outcome != OUTCOME_SUCCEEDED || !is_measured(tally, at->intended))
        return;
    record(tally, LATENCY_SESSION, at->ended, at->complete - at->started);
    if (tally->plan->rate == 0)
        return;
    record(tally, LATENCY_FROM_SCHEDULE, at->ended, at->complete - at->intended);
    stage_tallies_record(&tally->stages, LATENCY_FROM_SCHEDULE, at->intended,
                         at->complete - at->intended);
}

/* A session that had its responses before the run ended is neither a failure nor without a
 * result. */
static void tally_served(struct tally *tally, const struct sample *sample)
{
    if (sample->outcome != OUTCOME_CUT_OFF || sample->requests_succeeded == 0)
        return;
    tally->cut_off_served++;
    tally->cut_off_responses += sample->requests_succeeded;
    tally->identities[sample->identity].cut_off_served++;
}

static void tally_ech(struct tally *tally, const struct tls_facts *tls)
{
    if (tls->ech < TLS_ECH_OFFERED)
        return;
    tally->ech_offered++;
    tally->ech_accepted += tls->ech == TLS_ECH_ACCEPTED;
    tally->ech_rejected += tls->ech == TLS_ECH_REJECTED;
    tally->ech_retried += tls->ech_retried;
}

/* The row of the address that issued the ticket, the column of the one it was offered to. */
static void tally_ticket(struct tally *tally, const struct sample *sample)
{
    const struct tls_facts *tls = sample->tls;
    tally->tickets_offered += tls->ticket_offered;
    if (!tls->ticket_offered || tally->ticket_paths == NULL)
        return;
    struct ticket_path *path =
        &tally->ticket_paths[tls->ticket_from * tally->plan->addresses.count + sample->address];
    path->offered++;
    path->resumed += tls->handshaken && tls->resumed;
    path->declined += tls->handshaken && !tls->resumed;
}

/* Room for one more, for each that an identity has had. */
static struct generation_tally *generation_of(struct identity_tally *identity, size_t generation)
{
    size_t before = identity->num_generations;
    if (generation >= before) {
        identity->num_generations = generation + 1;
        identity->generations = memory_resize(
            identity->generations, identity->num_generations * sizeof *identity->generations);
        memset(identity->generations + before, 0,
               (identity->num_generations - before) * sizeof *identity->generations);
    }
    return &identity->generations[generation];
}

void tally_session(struct tally *tally, const struct sample *sample)
{
    enum outcome_class class = outcome_class(sample->outcome, tally->plan->refusal_by_close);
    seconds_add_session(&tally->seconds, sample->at.ended, class);
    stage_tallies_session(&tally->stages, sample);
    tally->outcomes[sample->outcome]++;
    tally->identities[sample->identity].classes[class]++;
    if (tally->plan->reload.kind != RELOAD_NEVER)
        generation_of(&tally->identities[sample->identity], sample->generation)->classes[class]++;
    if (class == CLASS_FAILED)
        tally->identities[sample->identity].failed_by |= outcome_bit(sample->outcome);
    tally->requests_started += sample->requests_started;
    tally->requests_succeeded += sample->requests_succeeded;
    tally->requests_unclosed += sample->requests_unclosed;
    if (class == CLASS_FAILED || class == CLASS_REFUSED)
        tally->requests_failed += sample->requests_started - sample->requests_succeeded;
    tally->bytes_read += sample->bytes_read;
    tally->bytes_written += sample->bytes_written;
    tally->measured_sessions += is_measured(tally, sample->at.intended);
    tally->steady_sessions += sample->at.intended >= tally->steady_from_ns;
    if (sample->outcome == OUTCOME_LOCAL_LIMIT)
        tally->tcp_ends[sample->tcp_end]++;
    tally_served(tally, sample);
    tally_pins(tally, sample);
    tally_latencies(tally, sample);
    if (sample->at.connected == 0)
        return;
    tally_ticket(tally, sample);
    tally->early_offered += sample->tls->early_offered;
    tally_ech(tally, sample->tls);
    if (sample->tls->alert_received != TLS_NO_ALERT)
        tally->alerts_received[sample->tls->alert_received]++;
    if (sample->tls->alert_sent != TLS_NO_ALERT)
        tally->alerts_sent[sample->tls->alert_sent]++;
}

void tally_first_byte(struct tally *tally, uint64_t now_ns, uint64_t after_ns)
{
    if (is_measured(tally, now_ns - after_ns))
        record(tally, LATENCY_FIRST_BYTE, now_ns, after_ns);
}

void tally_request(struct tally *tally, size_t identity, uint64_t now_ns, uint64_t after_ns,
                   unsigned status)
{
    if (status >= 200 && status < 600)
        tally->identities[identity].responses[status / 100 - 2]++;
    count_code(&tally->statuses, (uint16_t)status, 1);
    tally->responses++;
    seconds_add_request(&tally->seconds, now_ns);
    stage_tallies_response(&tally->stages, now_ns - after_ns);
    if (!is_measured(tally, now_ns - after_ns))
        return;
    tally->measured_requests++;
    tally->steady_requests += now_ns - after_ns >= tally->steady_from_ns;
    record_of_stage(tally, LATENCY_REQUEST, now_ns - after_ns, now_ns);
}

static void merge_codes(struct code_counts *to, const struct code_counts *from)
{
    for (size_t i = 0; i < from->num; i++)
        count_code(to, from->items[i].code, from->items[i].count);
    to->others += from->others;
}

static void merge_generations(struct identity_tally *sum, const struct identity_tally *part)
{
    for (size_t i = 0; i < part->num_generations; i++) {
        struct generation_tally *to = generation_of(sum, i);
        for (int class = 0; class < NUM_CLASSES; class ++)
            to->classes[class] += part->generations[i].classes[class];
    }
}

static void merge_identities(struct tally *to, const struct tally *from)
{
    for (size_t i = 0; i < to->num_identities; i++) {
        struct identity_tally *sum = &to->identities[i];
        const struct identity_tally *part = &from->identities[i];
        sum->started += part->started;
        sum->failed_by |= part->failed_by;
        sum->cut_off_served += part->cut_off_served;
        for (int class = 0; class < NUM_CLASSES; class ++)
            sum->classes[class] += part->classes[class];
        for (int class = 0; class < NUM_STATUS_CLASSES; class ++)
            sum->responses[class] += part->responses[class];
        for (size_t k = 0; k < part->num_sigalgs; k++)
            count_identity_sigalg(sum, part->sigalgs[k].code, part->sigalgs[k].count);
        sum->other_sigalgs += part->other_sigalgs;
        merge_generations(sum, part);
        if (part->tls_handshake == NULL)
            continue;
        if (sum->tls_handshake == NULL)
            sum->tls_handshake = latency_new(to->identity_digits);
        latency_merge(sum->tls_handshake, part->tls_handshake);
    }
}

static void merge_counters(struct tally *to, const struct tally *from)
{
#define ADD(field) to->field += from->field
    ADD(scheduled), ADD(skipped), ADD(started);
    ADD(measured_sessions), ADD(measured_handshakes), ADD(measured_requests);
    ADD(steady_sessions), ADD(steady_requests);
    ADD(responses), ADD(requests_started), ADD(requests_succeeded), ADD(requests_failed);
    ADD(requests_unclosed);
    ADD(cut_off_served), ADD(cut_off_responses);
    ADD(bytes_read), ADD(bytes_written);
    ADD(handshakes_full), ADD(handshakes_resumed), ADD(tickets_offered), ADD(tickets_declined);
    ADD(early_offered), ADD(early_accepted), ADD(early_rejected);
    ADD(cert_bytes), ADD(cert_wire_bytes), ADD(cert_bytes_saved);
    ADD(ech_offered), ADD(ech_accepted), ADD(ech_rejected), ADD(ech_retried);
    ADD(pins_checked), ADD(pins_checked_resumed), ADD(pins_matched), ADD(pins_mismatched);
    ADD(pins_not_checked), ADD(pins_mismatch_reported), ADD(pins_rejected), ADD(protocol_h2);
    ADD(servers.certificates), ADD(servers.raw_keys);
    ADD(clients.certificates), ADD(clients.raw_keys);
#undef ADD
}

static void merge_tickets(struct tally *to, const struct tally *from)
{
    size_t count = to->plan->addresses.count;
    for (size_t i = 0; to->ticket_paths != NULL && i < count * count; i++) {
        to->ticket_paths[i].offered += from->ticket_paths[i].offered;
        to->ticket_paths[i].resumed += from->ticket_paths[i].resumed;
        to->ticket_paths[i].declined += from->ticket_paths[i].declined;
    }
}

static void merge_array(uint64_t *to, const uint64_t *from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] += from[i];
}

void tally_merge(struct tally *to, struct tally *from)
{
    to->last_intended_ns = number_max(to->last_intended_ns, from->last_intended_ns);
    to->last_started_ns = number_max(to->last_started_ns, from->last_started_ns);
    to->was_full = to->was_full || from->was_full;
    merge_counters(to, from);
    merge_array(to->outcomes, from->outcomes, NUM_OUTCOMES);
    merge_array(to->pins_by_pin, from->pins_by_pin, pinset_count(to->plan->pins));
    merge_array(to->tcp_ends, from->tcp_ends, TCP_OTHER + 1);
    merge_array(to->alerts_received, from->alerts_received, 256);
    merge_array(to->alerts_sent, from->alerts_sent, 256);
    merge_codes(&to->versions, &from->versions);
    merge_codes(&to->ciphers, &from->ciphers);
    merge_codes(&to->groups, &from->groups);
    merge_codes(&to->sigalgs, &from->sigalgs);
    merge_codes(&to->client_sigalgs, &from->client_sigalgs);
    merge_codes(&to->statuses, &from->statuses);
    merge_codes(&to->cert_compressions, &from->cert_compressions);
    merge_identities(to, from);
    merge_tickets(to, from);
    for (int i = 0; i < NUM_LATENCIES; i++)
        latency_merge(to->latencies[i], from->latencies[i]);
    for (int i = 0; i < NUM_WIRE; i++) {
        value_counts_merge(&to->wire_full[i], &from->wire_full[i]);
        value_counts_merge(&to->wire_resumed[i], &from->wire_resumed[i]);
    }
    latency_merge(to->schedule_slip, from->schedule_slip);
    latency_merge(to->loop_lag, from->loop_lag);
    seconds_merge(&to->seconds, &from->seconds);
    intervals_merge(&to->intervals, &from->intervals);
    stage_tallies_merge(&to->stages, &from->stages);
}

void tally_end(struct tally *tally, uint64_t stopped_ns, uint64_t ended_ns)
{
    tally->stopped_ns = stopped_ns;
    seconds_end(&tally->seconds, stopped_ns, ended_ns);
}
