/* SPDX-License-Identifier: Apache-2.0 */
#include "report/samples.h"

#include "base/memory.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STARTED_NS 1769851800250000000ull /* 2026-01-31T09:30:00.25Z */

static void set_command(struct result *r, const char *const *words, size_t count)
{
    r->command = memory_new(count, sizeof *r->command);
    r->command_len = count;
    for (size_t i = 0; i < count; i++)
        r->command[i] = memory_text(words[i]);
}

static struct result *sample_base(void)
{
    static const char *const words[] = {"pinload", "run", "--pass", "***",
                                        "https://localhost:8443/"};
    struct result *r = result_new();
    r->version = memory_text("0.1.0");
    r->boringssl = memory_text("0.20260101.0");
    r->libuv = memory_text("1.44.2");
    set_command(r, words, sizeof words / sizeof words[0]);
    r->started_wall_ns = STARTED_NS;
    r->url = memory_text("https://localhost:8443/");
    r->address = memory_text("127.0.0.1:8443");
    r->sni = memory_text("localhost");
    r->verify = memory_text("chain+pin");
    r->rotation = memory_text("round-robin");
    r->connections = 64;
    r->threads = 1;
    r->passed = true;
    return r;
}

/* COUNT values from LEAST_US upwards, each STEP_US more. */
static void fill(struct latency *latency, uint64_t count, uint64_t least_us, uint64_t step_us)
{
    for (uint64_t i = 0; i < count; i++)
        latency_record(latency, (least_us + i * step_us) * 1000);
}

static void add_identities(struct result *r, size_t count, uint64_t sessions)
{
    r->identities = memory_new(count, sizeof *r->identities);
    r->num_identities = count;
    for (size_t i = 0; i < count; i++) {
        struct result_identity *identity = &r->identities[i];
        char name[32];
        snprintf(name, sizeof name, "client%zu", i + 1);
        identity->name = memory_text(name);
        identity->as_expected = true;
        identity->sessions = identity->by_class[CLASS_SUCCEEDED] = identity->responses[STATUS_2XX] =
            sessions;
        if (sessions > 0)
            name_counts_add(&identity->sigalgs, "ecdsa_secp256r1_sha256", sessions);
        identity->tls_handshake_hdr = latency_new(2);
        fill(identity->tls_handshake_hdr, sessions, 33000 + 100 * i, 4);
        latency_summarize(identity->tls_handshake_hdr, &identity->tls_handshake);
    }
}

static void add_series(struct result *r, size_t seconds, uint64_t sessions)
{
    r->series = memory_new(seconds, sizeof *r->series);
    r->num_series = seconds;
    for (size_t i = 0; i < seconds; i++) {
        r->series[i] = (struct series_row){
            .t_s = (double)i,
            .length_s = 1,
            .sessions = sessions,
            .handshakes = sessions,
            .requests = 2 * sessions,
            .refused = i,
            .open = i + 1 < seconds ? 64 : 0,
            .tls_handshake_p50_ns = 33100000 + 1000.0 * (double)i,
            .tls_handshake_p99_ns = 38200000,
        };
    }
}

/* Intervals of a second from FIRST_S on, with the same values in each. */
static void add_intervals(struct result *r, size_t count, double first_s)
{
    static const enum latency_kind kinds[] = {LATENCY_CONNECT, LATENCY_TLS_HANDSHAKE,
                                              LATENCY_TLS_HANDSHAKE_FULL};
    struct latency *latency = latency_new(2);
    fill(latency, 1500, 33000, 4);
    r->intervals = memory_new(count, sizeof *r->intervals);
    r->num_intervals = count;
    for (size_t i = 0; i < count; i++) {
        r->intervals[i].t_s = first_s + (double)i;
        r->intervals[i].length_s = 1;
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
            r->intervals[i].hdr[kinds[k]] = latency_encode(latency);
    }
    latency_free(latency);
}

/* COUNT handshakes of one size, but for one in a hundred, whose signature has a byte more. */
static void fill_wire(struct value_counts wire[static NUM_WIRE], uint64_t count, uint64_t hello,
                      uint64_t last_flight, uint64_t received)
{
    uint64_t longer = count / 100;
    value_counts_add(&wire[WIRE_CLIENT_HELLO], hello, count);
    value_counts_add(&wire[WIRE_SENT], hello + 5 + last_flight, count - longer);
    value_counts_add(&wire[WIRE_LAST_FLIGHT], last_flight, count - longer);
    value_counts_add(&wire[WIRE_RECEIVED], received, count);
    value_counts_add(&wire[WIRE_ROUND_TRIPS], 1, count);
    if (longer == 0)
        return;
    value_counts_add(&wire[WIRE_SENT], hello + 6 + last_flight, longer);
    value_counts_add(&wire[WIRE_LAST_FLIGHT], last_flight + 1, longer);
}

static void count_sessions(struct result *r, uint64_t sessions)
{
    r->scheduled = r->started = r->by_class[CLASS_SUCCEEDED] = sessions;
    r->outcomes[OUTCOME_SUCCEEDED] = sessions;
    r->handshakes_completed = r->handshakes_full = sessions;
    r->requests_started = r->requests_succeeded = sessions;
    name_counts_add(&r->versions, "TLSv1.3", sessions);
    name_counts_add(&r->ciphers, "TLS_AES_128_GCM_SHA256", sessions);
    name_counts_add(&r->groups, "X25519", sessions);
    name_counts_add(&r->sigalgs, "ecdsa_secp256r1_sha256", sessions);
    name_counts_add(&r->client_sigalgs, "ecdsa_secp256r1_sha256", sessions);
    name_counts_add(&r->server_certificate_types, "x509", sessions);
    name_counts_add(&r->client_certificate_types, "x509", sessions);
    name_counts_add(&r->protocols, "http/1.1", sessions);
    name_counts_add(&r->statuses, "200", sessions);
}

static void set_rates(struct result *r)
{
    double window_s = r->duration_s - r->warm_up_s;
    r->sessions_per_second = (double)r->started / window_s;
    r->handshakes_per_second = (double)r->handshakes_completed / window_s;
    r->requests_per_second = (double)r->requests_started / window_s;
    r->steady = (struct result_steady){.from_s = r->warm_up_s,
                                       .duration_s = window_s,
                                       .sessions_per_second = r->sessions_per_second,
                                       .requests_per_second = r->requests_per_second};
}

static void set_generator(struct result *r)
{
    r->cpu_user_s = 3.5;
    r->cpu_system_s = 1.25;
    r->cpu_per_session_us = 255.5;
    r->peak_rss_bytes = 52428800;
    r->rss_per_session_bytes = 21504;
    r->descriptors_used = 80;
    r->ports_used = 64;
    r->ports_limit = 28232;
    r->descriptors_limit = 1024;
    r->num_thread_uses = 1;
    r->thread_uses = memory_new(1, sizeof *r->thread_uses);
    r->thread_uses[0] = (struct thread_use){.cpu_user_s = 3.5, .cpu_system_s = 1.25, .busy = 0.5};
    fill(r->loop_lag, 100, 10, 3);
}

struct result *sample_typical(void)
{
    struct result *r = sample_base();
    r->duration_s = 10;
    count_sessions(r, 18412);
    set_rates(r);
    r->peak_established = 64;
    r->bytes_read = 41427000;
    r->bytes_written = 36824000;
    fill_wire(r->wire_full, 18412, 1518, 967, 4162);
    r->num_pins = 1;
    r->pins_checked = r->pins_matched = 18412;
    name_counts_add(&r->pins_by_pin,
                    "cert-sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", 18412);
    add_identities(r, 4, 4603);
    fill(r->latencies[LATENCY_CONNECT], 18412, 40, 0);
    fill(r->latencies[LATENCY_TLS_HANDSHAKE], 18412, 33000, 1);
    fill(r->latencies[LATENCY_TLS_HANDSHAKE_FULL], 18412, 33000, 1);
    fill(r->latencies[LATENCY_FIRST_BYTE], 18412, 600, 0);
    fill(r->latencies[LATENCY_REQUEST], 18412, 610, 0);
    fill(r->latencies[LATENCY_SESSION], 18412, 34000, 1);
    for (int i = 0; i < 18412; i++)
        latency_record(r->latencies[LATENCY_VERIFY_CALLBACK], 312);
    add_series(r, 10, 1841);
    set_generator(r);
    result_add_check(r, CHECK_RUN, "no session failed", NULL);
    result_add_check(r, CHECK_THRESHOLD, "tls_handshake.p99 > 60s", NULL);
    result_set_text(r, "http", "1.1");
    result_set_number(r, "requests", 1);
    result_set_number(r, "think_s", 0.25);
    result_set_bool(r, "refusal_by_close", false);
    result_set_null(r, "seed");
    return r;
}

struct result *sample_empty(void)
{
    struct result *r = sample_base();
    r->interrupted_by = SIGTERM;
    free(r->sni);
    r->sni = NULL;
    r->sessions_per_second = r->handshakes_per_second = r->requests_per_second = NAN;
    r->steady.sessions_per_second = r->steady.requests_per_second = NAN;
    r->cpu_per_session_us = NAN;
    return r;
}

static void make_open_loop(struct result *r)
{
    r->open_loop = true;
    r->rate = 2000;
    r->warm_up_s = 1;
    r->duration_s = 3.2;
    r->interrupted_by = SIGINT;
    r->saturated = true;
    r->limit = memory_text("slots");
}

static void make_resumption(struct result *r)
{
    r->handshakes_full = 1000;
    r->handshakes_resumed = 5000;
    r->tickets_offered = 5010;
    r->tickets_declined = 10;
    r->early_offered = 5010;
    r->early_accepted = 4990;
    r->early_rejected = 20;
    r->ech_offered = 6012;
    r->ech_accepted = 5990;
    r->ech_rejected = 10;
    r->ech_retried = 5980;
    name_counts_add(&r->cert_compressions, "brotli", 900);
    name_counts_add(&r->cert_compressions, "zlib", 100);
    r->cert_bytes = 1400000;
    r->cert_wire_bytes = 900000;
    r->cert_bytes_saved = 500000;
    fill_wire(r->wire_full, 1000, 1518, 967, 4162);
    fill_wire(r->wire_resumed, 5000, 1745, 80, 1310);
    fill(r->latencies[LATENCY_TLS_HANDSHAKE_FULL], 1000, 2000, 1);
    fill(r->latencies[LATENCY_TLS_HANDSHAKE_RESUMED], 5000, 400, 0);
    latency_merge(r->latencies[LATENCY_TLS_HANDSHAKE], r->latencies[LATENCY_TLS_HANDSHAKE_FULL]);
    latency_merge(r->latencies[LATENCY_TLS_HANDSHAKE], r->latencies[LATENCY_TLS_HANDSHAKE_RESUMED]);
}

struct result *sample_interrupted(void)
{
    struct result *r = sample_base();
    make_open_loop(r);
    count_sessions(r, 6000);
    r->scheduled = 6412;
    r->skipped = 400;
    r->started = 6012;
    r->by_class[CLASS_CUT_OFF] = r->outcomes[OUTCOME_CUT_OFF] = 12;
    set_rates(r);
    r->num_pins = 2;
    r->pins_checked = r->pins_matched = 6000;
    r->pins_checked_resumed = 5000;
    r->pins_not_checked = 12;
    name_counts_add(&r->pins_by_pin,
                    "spki-sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", 6000);
    name_counts_add(&r->pins_by_pin, "cert-sha256:LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=", 0);
    make_resumption(r);
    fill(r->latencies[LATENCY_FROM_SCHEDULE], 6000, 1000, 600);
    fill(r->latencies[LATENCY_HANDSHAKE_FROM_SCHEDULE], 6000, 900, 600);
    fill(r->schedule_slip, 6012, 1, 0);
    add_identities(r, 1, 6012);
    add_series(r, 4, 1500);
    add_intervals(r, 2, 1);
    r->series[3].tls_handshake_p50_ns = r->series[3].tls_handshake_p99_ns = NAN;
    r->series[3].handshakes = 0;
    r->series[3].length_s = 0.2;
    set_generator(r);
    return r;
}

static void fail_sessions(struct result *r)
{
    r->scheduled = r->started = 1000;
    r->by_class[CLASS_SUCCEEDED] = r->outcomes[OUTCOME_SUCCEEDED] = 700;
    r->by_class[CLASS_REFUSED] = r->outcomes[OUTCOME_CLIENT_CERT_REFUSED] = 200;
    r->by_class[CLASS_FAILED] = 90;
    r->outcomes[OUTCOME_CLOSED_BEFORE_ACCEPT] = 50;
    r->outcomes[OUTCOME_PIN_MISMATCH] = 40;
    r->by_class[CLASS_UNCONFIRMED] = r->outcomes[OUTCOME_UNCONFIRMED] = 10;
    name_counts_add(&r->statuses, "400", 150);
    name_counts_add(&r->alerts_received, "certificate_required", 50);
    name_counts_add(&r->alerts_sent, "bad_certificate", 40);
}

struct result *sample_failing(void)
{
    struct result *r = sample_base();
    memcpy(r->verify, "none", sizeof "none");
    r->duration_s = 10;
    r->passed = false;
    count_sessions(r, 700);
    r->requests_unclosed = 3;
    name_counts_add(&r->versions, "TLSv1.2", 250);
    fail_sessions(r);
    set_rates(r);
    fill(r->latencies[LATENCY_CONNECT], 1000, 40, 1);
    fill(r->latencies[LATENCY_TLS_HANDSHAKE], 950, 999, 300000);
    latency_record(r->latencies[LATENCY_SESSION], UINT64_MAX);
    add_identities(r, 3, 0);
    name_counts_add(&r->identities[1].sigalgs, "rsa_pss_rsae_sha256", 200);
    name_counts_add(&r->identities[2].sigalgs, "rsa_pss_rsae_sha256", 50);
    name_counts_add(&r->identities[2].sigalgs, "ecdsa_secp256r1_sha256", 700);
    name_counts_add(&r->client_sigalgs, "rsa_pss_rsae_sha256", 250);
    name_counts_add(&r->server_certificate_types, "raw_public_key", 250);
    name_counts_add(&r->client_certificate_types, "raw_public_key", 50);
    name_counts_add(&r->paths_offered, "192.0.2.1:443 to 192.0.2.2:443", 20);
    name_counts_add(&r->paths_resumed, "192.0.2.1:443 to 192.0.2.2:443", 15);
    name_counts_add(&r->paths_declined, "192.0.2.1:443 to 192.0.2.2:443", 5);
    r->identities[1].as_expected = false;
    r->identities[1].sessions = r->identities[1].by_class[CLASS_REFUSED] = 200;
    r->identities[2].sessions = 800;
    r->identities[2].expect_refused = true;
    r->identities[2].responses[STATUS_3XX] = 700;
    r->identities[2].responses[STATUS_4XX] = 90;
    r->identities[2].expected_status = memory_text("200,302");
    r->identities[2].by_class[CLASS_SUCCEEDED] = 700;
    r->identities[2].by_class[CLASS_FAILED] = 90;
    r->identities[2].by_class[CLASS_UNCONFIRMED] = 10;
    free(r->identities[1].name);
    r->identities[1].name = memory_text("a<b>&\"c\" \\ \x01 a name that is longer \xff é");
    add_series(r, 2, 500);
    r->series[1].failed = 90;
    result_add_check(r, CHECK_RUN, "no session failed", "90 sessions failed");
    result_add_violation(r, "client2 was refused 200 times, and is expected to be accepted");
    result_add_check(r, CHECK_THRESHOLD, "tls_handshake.p99 > 20ms",
                     "tls_handshake.p99 is 38.2 ms, over the limit: \"tls_handshake.p99 > "
                     "20ms\" & <more>\x1b[31m");
    r->first_failure = memory_text("session 17 as client2: client_cert_refused\n"
                                   "connected after 0.04 ms, HTTP 400 after 12.5 ms");
    r->cpu_per_session_us = NAN;
    r->slots_paused_s = 44.2;
    return r;
}

struct result *sample_crowded(void)
{
    struct result *r = sample_base();
    r->duration_s = 10;
    count_sessions(r, 30 * 5);
    set_rates(r);
    add_identities(r, 30, 5);
    for (size_t i = 20; i < 22; i++) {
        r->identities[i].as_expected = false;
        r->identities[i].expect_refused = true;
    }
    set_generator(r);
    return r;
}

struct result *sample_kept(void)
{
    struct result *r = sample_base();
    r->duration_s = 4;
    count_sessions(r, 8);
    r->by_class[CLASS_SUCCEEDED] = r->outcomes[OUTCOME_SUCCEEDED] = 0;
    r->by_class[CLASS_CUT_OFF] = r->outcomes[OUTCOME_CUT_OFF] = 8;
    r->cut_off_served = 8;
    r->requests_started = 191739;
    r->requests_succeeded = r->cut_off_responses = 191731;
    r->statuses.items[0].count = 191731;
    set_rates(r);
    fill(r->latencies[LATENCY_TLS_HANDSHAKE], 8, 3000, 100);
    fill(r->latencies[LATENCY_TLS_HANDSHAKE_FULL], 8, 3000, 100);
    fill(r->latencies[LATENCY_REQUEST], 191731, 610, 0);
    add_identities(r, 2, 4);
    for (size_t i = 0; i < 2; i++) {
        r->identities[i].by_class[CLASS_SUCCEEDED] = 0;
        r->identities[i].by_class[CLASS_CUT_OFF] = r->identities[i].cut_off_served = 4;
    }
    add_series(r, 4, 0);
    for (size_t i = 0; i < 4; i++)
        r->series[i].requests = 47933;
    r->series[3].sessions = 8;
    set_generator(r);
    return r;
}
