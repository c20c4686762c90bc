/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/tally.h"

#include "base/clock.h"
#include "plan/plan.h"
#include "result/result.h"
#include "result/tally_result.h"
#include "tls/fixtures.h"
#include "tls/identity.h"
#include "tls/pinset.h"

#include <math.h>

#define START_NS (1000 * NS_PER_S)

/* A plan of two identities, two pins, and a warm-up of one second. */
static struct plan make_plan(void)
{
    static const struct password no_password;
    struct plan plan = {
        .identities = identity_set_new(), .pins = pinset_new(), .warm_up_ns = NS_PER_S};
    struct notices notices = {0};
    struct error err;
    uint8_t fingerprint[FINGERPRINT_LEN] = {0};
    assert_true(identity_set_add(plan.identities, "alice", FIXTURE("client-p256.pem"), NULL,
                                 &no_password, &notices, &err));
    assert_true(identity_set_add(plan.identities, "bob", FIXTURE("client-rsa.pem"), NULL,
                                 &no_password, &notices, &err));
    pinset_add_fingerprint(plan.pins, PIN_CERT, fingerprint);
    pinset_add_fingerprint(plan.pins, PIN_SPKI, fingerprint);
    plan.expect_refused = calloc(2, sizeof *plan.expect_refused);
    plan.expect_refused[1] = true;
    return plan;
}

/* What the last sample points at. */
static struct tls_facts facts;

/* A successful session: started AFTER_NS after the run, with a handshake of 3 ms. */
static struct sample good_sample(uint64_t after_ns, size_t identity)
{
    uint64_t t = START_NS + after_ns;
    facts = (struct tls_facts){.handshaken = true,
                               .version = 0x0304,
                               .cipher = 0x1301,
                               .group = 0x001d,
                               .sigalg = 0x0403,
                               .alert_received = TLS_NO_ALERT,
                               .alert_sent = TLS_NO_ALERT,
                               .verify = {.result = VERIFY_OK,
                                          .pins_checked = true,
                                          .pin_index = 0,
                                          .num_calls = 1,
                                          .elapsed_ns = 500}};
    return (struct sample){.identity = (uint32_t)identity,
                           .outcome = OUTCOME_SUCCEEDED,
                           .status = 200,
                           .at = {.intended = t,
                                  .started = t,
                                  .connecting = t,
                                  .connected = t + 1 * NS_PER_MS,
                                  .handshaken = t + 4 * NS_PER_MS,
                                  .first_byte = t + 6 * NS_PER_MS,
                                  .complete = t + 7 * NS_PER_MS,
                                  .ended = t + 8 * NS_PER_MS},
                           .tls = &facts,
                           .requests_started = 1,
                           .requests_succeeded = 1,
                           .bytes_read = 1000,
                           .bytes_written = 500};
}

static void book_begin(struct tally *tally, const struct sample *sample)
{
    tally_started(tally, sample->at.intended, sample->at.started, sample->identity);
    if (sample->at.connected != 0)
        tally_connected(tally, sample);
    if (sample->at.handshaken != 0)
        tally_handshake(tally, sample, sample->tls);
}

static void book(struct tally *tally, const struct sample *sample)
{
    book_begin(tally, sample);
    tally_session(tally, sample);
}

/* Merges TALLY into a new one, as a run does, and fills a result from it. Frees TALLY. */
static struct result *result_of(struct tally *tally, double measured_s)
{
    struct tally *total = tally_new(tally->plan);
    struct result *result = result_new();
    tally_begin(total, START_NS);
    tally_merge(total, tally);
    tally_end(total, tally->stopped_ns, tally->stopped_ns);
    tally_fill(total, result, measured_s);
    tally_free(total);
    tally_free(tally);
    return result;
}

static struct tally *begin(const struct plan *plan)
{
    struct tally *tally = tally_new(plan);
    tally_begin(tally, START_NS);
    return tally;
}

static double max_us(const struct latency *latency)
{
    struct latency_summary summary;
    latency_summarize(latency, &summary);
    return round(summary.max / 1000);
}

static void the_books_balance_whatever_the_outcomes(void **state)
{
    (void)state;
    for (int by_close = 0; by_close < 2; by_close++) {
        struct plan plan = make_plan();
        plan.refusal_by_close = by_close;
        struct tally *tally = begin(&plan);
        for (int i = 0; i < NUM_OUTCOMES; i++) {
            for (int j = 0; j <= i; j++) {
                struct sample sample = good_sample((uint64_t)j * NS_PER_MS, (size_t)j % 2);
                sample.outcome = (enum outcome)i;
                book(tally, &sample);
            }
        }
        tally_skipped(tally, START_NS, 2);
        tally_skipped(tally, START_NS, 3);
        struct result *result = result_of(tally, 1);
        assert_true(result_balances(result));
        assert_int_equal(result->started, NUM_OUTCOMES * (NUM_OUTCOMES + 1) / 2);
        assert_int_equal(result->skipped, 5);
        assert_int_equal(result->scheduled, result->started + 5);
        uint64_t of_identities = 0;
        for (int i = 0; i < NUM_OUTCOMES; i++)
            assert_int_equal(result->outcomes[i], i + 1);
        for (size_t i = 0; i < result->num_identities; i++) {
            const struct result_identity *row = &result->identities[i];
            uint64_t ended = 0;
            for (int class = 0; class < NUM_CLASSES; class ++)
                ended += row->by_class[class];
            assert_int_equal(row->sessions, ended);
            of_identities += row->sessions;
        }
        assert_int_equal(of_identities, result->started);
        assert_int_equal(result->by_class[CLASS_REFUSED],
                         OUTCOME_CLIENT_CERT_REFUSED + 1 + OUTCOME_REFUSED_BY_STATUS + 1 +
                             (by_close ? OUTCOME_CLOSED_BEFORE_ACCEPT + 1 : 0));
        result_free(result);
        plan_cleanup(&plan);
    }
}

static void responses_are_counted_by_identity_and_kind(void **state)
{
    (void)state;
    static const unsigned statuses[] = {200, 204, 299, 302, 404, 403, 500, 599};
    struct plan plan = make_plan();
    unsigned expected[] = {200, 302};
    struct status_list lists[] = {{NULL, 0}, {expected, 2}};
    plan.identity_statuses = lists;
    struct tally *tally = begin(&plan);
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        tally_request(tally, 1, START_NS, 0, statuses[i]);
    tally_request(tally, 0, START_NS, 0, 301);
    struct result *result = result_of(tally, 1);
    const struct result_identity *alice = &result->identities[0], *bob = &result->identities[1];
    static const uint64_t of_alice[] = {0, 1, 0, 0}, of_bob[] = {3, 1, 2, 2};
    assert_memory_equal(alice->responses, of_alice, sizeof of_alice);
    assert_memory_equal(bob->responses, of_bob, sizeof of_bob);
    assert_null(alice->expected_status);
    assert_string_equal(bob->expected_status, "200,302");
    result_free(result);
    plan.identity_statuses = NULL;
    plan_cleanup(&plan);
}

static void points_in_time_become_spans(void **state)
{
    (void)state;
    struct plan plan = make_plan();
    plan.rate = 10;
    struct tally *tally = begin(&plan);
    struct sample sample = good_sample(2 * NS_PER_S, 0);
    sample.at.intended -= 20 * NS_PER_MS;
    book(tally, &sample);
    tally_first_byte(tally, sample.at.first_byte, 2 * NS_PER_MS);
    tally_request(tally, 0, sample.at.complete, 3 * NS_PER_MS, 200);
    struct result *result = result_of(tally, 1);
    static const double expected_us[NUM_LATENCIES] = {
        [LATENCY_CONNECT] = 1000,
        [LATENCY_TLS_HANDSHAKE] = 3000,
        [LATENCY_TLS_HANDSHAKE_FULL] = 3000,
        [LATENCY_VERIFY_CALLBACK] = 1,
        [LATENCY_FIRST_BYTE] = 2000,
        [LATENCY_REQUEST] = 3000,
        [LATENCY_SESSION] = 7000,
        [LATENCY_FROM_SCHEDULE] = 27000,
        [LATENCY_HANDSHAKE_FROM_SCHEDULE] = 24000,
    };
    for (int i = 0; i < NUM_LATENCIES; i++) {
        assert_int_equal(latency_count(result->latencies[i]), expected_us[i] > 0);
        if (expected_us[i] > 0 && fabs(max_us(result->latencies[i]) / expected_us[i] - 1) > 0.002)
            fail_msg("%s: %g us", latency_kind_name((enum latency_kind)i),
                     max_us(result->latencies[i]));
    }
    assert_int_equal(latency_count(result->schedule_slip), 1);
    assert_true(fabs(max_us(result->schedule_slip) / 20000 - 1) < 0.002);
    result_free(result);
    plan_cleanup(&plan);
}

static void the_warm_up_is_left_out_of_latencies_and_rates_and_of_nothing_else(void **state)
{
    (void)state;
    struct plan plan = make_plan();
    struct tally *tally = begin(&plan);
    static const uint64_t begun_ns[] = {0, NS_PER_S - 1, NS_PER_S, 2 * NS_PER_S, 3 * NS_PER_S};
    for (size_t i = 0; i < COUNT_OF(begun_ns); i++) {
        struct sample sample = good_sample(begun_ns[i], 0);
        book(tally, &sample);
        tally_first_byte(tally, sample.at.first_byte, NS_PER_MS);
        tally_request(tally, 0, sample.at.complete, NS_PER_MS, 200);
    }
    struct result *result = result_of(tally, 2);
    assert_int_equal(result->started, 5);
    assert_int_equal(result->by_class[CLASS_SUCCEEDED], 5);
    assert_int_equal(result->handshakes_completed, 5);
    assert_int_equal(result->pins_checked, 5);
    assert_int_equal(result->requests_succeeded, 5);
    assert_int_equal(result->bytes_read, 5000);
    assert_int_equal(result->identities[0].by_class[CLASS_SUCCEEDED], 5);
    /* Only the connect of the second session began within the warm-up. */
    assert_int_equal(result->identities[0].tls_handshake.count, 4);
    assert_int_equal(latency_count(result->latencies[LATENCY_CONNECT]), 3);
    assert_int_equal(latency_count(result->latencies[LATENCY_TLS_HANDSHAKE]), 4);
    assert_int_equal(latency_count(result->latencies[LATENCY_VERIFY_CALLBACK]), 4);
    assert_int_equal(latency_count(result->latencies[LATENCY_FIRST_BYTE]), 4);
    assert_int_equal(latency_count(result->latencies[LATENCY_REQUEST]), 4);
    assert_int_equal(latency_count(result->latencies[LATENCY_SESSION]), 3);
    assert_true(fabs(result->sessions_per_second - 1.5) < 1e-9);
    assert_true(fabs(result->handshakes_per_second - 2) < 1e-9);
    assert_true(fabs(result->requests_per_second - 2) < 1e-9);
    assert_string_equal(result->statuses.items[0].name, "200");
    assert_int_equal(result->statuses.items[0].count, 5);
    result_free(result);
    plan_cleanup(&plan);
}

/* One that starts with the run, is kept alive and ends after 10 s. */
static struct sample long_sample(void)
{
    struct sample sample = good_sample(0, 0);
    sample.at.complete = START_NS + 9 * NS_PER_S;
    sample.at.ended = START_NS + 10 * NS_PER_S;
    return sample;
}

static void requests_of_a_session_of_the_warm_up_are_measured_by_their_own_start(void **state)
{
    (void)state;
    struct plan plan = make_plan();
    struct tally *tally = begin(&plan);
    struct sample sample = long_sample();
    for (uint64_t second = 0; second < 10; second++) {
        uint64_t sent_ns = START_NS + second * NS_PER_S;
        tally_first_byte(tally, sent_ns + NS_PER_MS, NS_PER_MS);
        tally_request(tally, 0, sent_ns + NS_PER_MS, NS_PER_MS, 200);
    }
    book(tally, &sample);
    struct result *result = result_of(tally, 9);
    assert_int_equal(latency_count(result->latencies[LATENCY_FIRST_BYTE]), 9);
    assert_int_equal(latency_count(result->latencies[LATENCY_REQUEST]), 9);
    assert_true(fabs(result->requests_per_second - 1) < 1e-9);
    assert_int_equal(latency_count(result->latencies[LATENCY_TLS_HANDSHAKE]), 0);
    assert_int_equal(latency_count(result->latencies[LATENCY_SESSION]), 0);
    result_free(result);
    plan_cleanup(&plan);
}

static void what_is_complete_stands_in_its_second_while_its_session_lives_on(void **state)
{
    (void)state;
    struct plan plan = make_plan();
    plan.warm_up_ns = 0;
    struct tally *tally = begin(&plan);
    struct sample sample = long_sample(), refused = good_sample(10 * NS_PER_S, 1);
    book_begin(tally, &sample);
    for (uint64_t second = 0; second < 10; second++)
        tally_request(tally, 0, START_NS + second * NS_PER_S + 10 * NS_PER_MS, NS_PER_MS, 200);
    tally_session(tally, &sample);
    refused.outcome = OUTCOME_CLIENT_CERT_REFUSED;
    book(tally, &refused);
    struct result *result = result_of(tally, 11);
    assert_int_equal(result->num_series, 11);
    for (size_t i = 0; i < 11; i++) {
        const struct series_row *row = &result->series[i];
        assert_int_equal(row->handshakes, i == 0 || i == 10);
        assert_int_equal(row->requests, i < 10);
        assert_int_equal(row->sessions, i == 10 ? 2 : 0);
        assert_true(row->open == (i < 10)); /* at its end */
        assert_int_equal(row->refused, i == 10);
        assert_int_equal(row->failed, 0);
    }
    assert_int_equal(result->num_intervals, 11);
    assert_non_null(result->intervals[0].hdr[LATENCY_TLS_HANDSHAKE]);
    assert_non_null(result->intervals[0].hdr[LATENCY_CONNECT]);
    assert_non_null(result->intervals[0].hdr[LATENCY_VERIFY_CALLBACK]);
    assert_null(result->intervals[0].hdr[LATENCY_SESSION]);
    assert_non_null(result->intervals[5].hdr[LATENCY_REQUEST]);
    assert_null(result->intervals[5].hdr[LATENCY_TLS_HANDSHAKE]);
    result_free(result);
    plan_cleanup(&plan);
}

static void what_began_after_ramp_up_and_warm_up_is_steady(void **state)
{
    (void)state;
    static const uint64_t ramp_ms[] = {0, 500, 2000}, begun_ms[] = {0, 1900, 2000, 3999};
    static const double from_s[] = {1, 1, 2}, sessions[] = {3, 3, 2}, requests[] = {7, 7, 2};
    for (size_t i = 0; i < COUNT_OF(ramp_ms); i++) {
        struct plan plan = make_plan(); /* a warm-up of 1 s */
        plan.ramp_ns = ramp_ms[i] * NS_PER_MS;
        struct tally *tally = begin(&plan);
        for (size_t k = 0; k < COUNT_OF(begun_ms); k++) {
            struct sample sample = good_sample(begun_ms[k] * NS_PER_MS, 0);
            book(tally, &sample);
        }
        for (uint64_t k = 0; k < 10; k++) /* begun at 0.5 s, 0.7 s, and so on, to 2.3 s */
            tally_request(tally, 0, START_NS + (600 + 200 * k) * NS_PER_MS, 100 * NS_PER_MS, 200);
        tally_end(tally, START_NS + 4 * NS_PER_S, START_NS + 5 * NS_PER_S);
        struct result *result = result_of(tally, 3);
        const struct result_steady *steady = &result->steady;
        assert_true(steady->from_s == from_s[i] && steady->duration_s == 4 - from_s[i]);
        assert_true(fabs(steady->sessions_per_second * steady->duration_s - sessions[i]) < 1e-9);
        assert_true(fabs(steady->requests_per_second * steady->duration_s - requests[i]) < 1e-9);
        result_free(result);
        plan_cleanup(&plan);
    }
}

static void every_second_has_a_row_also_an_empty_one(void **state)
{
    (void)state;
    struct plan plan = make_plan();
    struct tally *tally = begin(&plan);
    static const uint64_t begun_ns[] = {0, 100, 200, 3 * NS_PER_S};
    for (size_t i = 0; i < COUNT_OF(begun_ns); i++) {
        struct sample sample = good_sample(begun_ns[i], 0);
        if (i == 1)
            sample.outcome = OUTCOME_RESET;
        book(tally, &sample);
    }
    struct result *result = result_of(tally, 1);
    static const uint64_t sessions[] = {3, 0, 0, 1}, failed[] = {1, 0, 0, 0};
    assert_int_equal(result->num_series, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct series_row *row = &result->series[i];
        assert_true(row->t_s == (double)i);
        assert_int_equal(row->sessions, sessions[i]);
        assert_int_equal(row->handshakes, sessions[i]);
        assert_int_equal(row->failed, failed[i]);
        if (sessions[i] == 0)
            assert_true(isnan(row->tls_handshake_p50_ns) && isnan(row->tls_handshake_p99_ns));
        else
            assert_true(fabs(row->tls_handshake_p50_ns / 3e6 - 1) < 0.02);
    }
    result_free(result);
    plan_cleanup(&plan);
}

static void tallies_of_several_threads_add_up(void **state)
{
    (void)state;
    struct plan plan = make_plan();
    struct tally *parts[3], *total = begin(&plan);
    uint64_t count = 0;
    for (size_t i = 0; i < 3; i++) {
        parts[i] = begin(&plan);
        for (uint64_t j = 0; j < 10 * (i + 1); j++) {
            /* Thread i's handshakes take i + 1 ms, and it ends in second 2 + i. */
            struct sample sample = good_sample((2 + i) * NS_PER_S + j, i % 2);
            sample.at.handshaken = sample.at.connected + (i + 1) * NS_PER_MS;
            sample.requests_unclosed = 1;
            facts.version = i == 0 ? 0x0303 : 0x0304;
            book(parts[i], &sample);
            count++;
        }
    }
    for (size_t i = 0; i < 3; i++)
        tally_merge(total, parts[i]);
    struct result *result = result_new();
    tally_fill(total, result, 1);
    assert_true(result_balances(result));
    assert_int_equal(result->started, count);
    assert_int_equal(result->requests_unclosed, count);
    assert_int_equal(latency_count(result->latencies[LATENCY_TLS_HANDSHAKE]), 60);
    assert_int_equal(result->identities[0].sessions, 40);
    assert_int_equal(result->identities[1].sessions, 20);
    assert_int_equal(result->versions.count, 2);
    assert_string_equal(result->versions.items[0].name, "TLSv1.2");
    assert_int_equal(result->versions.items[0].count, 10);
    assert_int_equal(result->versions.items[1].count, 50);
    assert_int_equal(result->num_series, 5);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(result->series[2 + i].handshakes, 10 * (i + 1));
        assert_true(
            fabs(result->series[2 + i].tls_handshake_p50_ns / (double)((i + 1) * NS_PER_MS) - 1) <
            0.02);
        tally_free(parts[i]);
    }
    result_free(result);
    tally_free(total);
    plan_cleanup(&plan);
}

static void a_second_that_several_threads_shared_has_one_median(void **state)
{
    (void)state;
    struct plan plan = make_plan();
    struct tally *total = begin(&plan);
    static const uint64_t elapsed_ms[] = {1, 1, 9};
    for (size_t i = 0; i < 3; i++) {
        struct tally *part = begin(&plan);
        for (uint64_t j = 0; j < 10; j++) {
            struct sample sample = good_sample(j, 0);
            sample.at.handshaken = sample.at.connected + elapsed_ms[i] * NS_PER_MS;
            book(part, &sample);
        }
        tally_merge(total, part);
        tally_free(part);
    }
    struct result *result = result_new();
    tally_fill(total, result, 1);
    assert_int_equal(result->num_series, 1);
    assert_int_equal(result->series[0].handshakes, 30);
    assert_true(fabs(result->series[0].tls_handshake_p50_ns / 1e6 - 1) < 0.02);
    assert_true(fabs(result->series[0].tls_handshake_p99_ns / 9e6 - 1) < 0.02);
    result_free(result);
    tally_free(total);
    plan_cleanup(&plan);
}

static void a_pin_that_the_plan_has_not_is_counted_and_has_no_row(void **state)
{
    (void)state;
    struct plan plan = make_plan();
    struct tally *tally = begin(&plan);
    struct sample sample = good_sample(0, 0);
    facts.verify.pin_index = 99; /* an arm of compare */
    book(tally, &sample);
    struct result *result = result_of(tally, 1);
    assert_int_equal(result->pins_matched, 1);
    assert_int_equal(result->pins_by_pin.count, 2);
    for (size_t i = 0; i < result->pins_by_pin.count; i++)
        assert_int_equal(result->pins_by_pin.items[i].count, 0);
    result_free(result);
    plan_cleanup(&plan);
}

static void pins_are_counted_in_sessions_and_by_pin(void **state)
{
    (void)state;
    struct plan plan = make_plan();
    struct tally *tally = begin(&plan);
    struct sample sample = good_sample(0, 0);
    book(tally, &sample); /* the first pin */
    facts.verify.pin_index = 1;
    book(tally, &sample);
    facts.resumed = true;
    facts.verify.num_calls = 2; /* early data was rejected: one session all the same */
    book(tally, &sample);
    sample = good_sample(0, 0);
    sample.outcome = OUTCOME_PIN_MISMATCH;
    sample.at.handshaken = 0;
    facts.handshaken = false;
    facts.alert_sent = 46;
    facts.verify = (struct verify_verdict){
        .result = VERIFY_PIN_MISMATCH, .pins_checked = true, .pin_index = -1};
    book(tally, &sample);
    facts.verify.result = VERIFY_PIN_REJECTED;
    facts.verify.pins_checked = false;
    sample.outcome = OUTCOME_PIN_REJECTED;
    book(tally, &sample);
    sample.outcome = OUTCOME_CONNECT_REFUSED;
    sample.at.connected = 0;
    facts = (struct tls_facts){0};
    book(tally, &sample);
    struct result *result = result_of(tally, 1);
    assert_int_equal(result->pins_rejected, 1);
    assert_int_equal(result->pins_mismatch_reported, 0);
    assert_int_equal(result->pins_checked, 4);
    assert_int_equal(result->pins_checked_resumed, 1);
    assert_int_equal(result->pins_matched, 3);
    assert_int_equal(result->pins_mismatched, 1);
    assert_int_equal(result->pins_not_checked, 2);
    assert_int_equal(result->pins_by_pin.count, 2);
    assert_int_equal(result->pins_by_pin.items[0].count, 1);
    assert_int_equal(result->pins_by_pin.items[1].count, 2);
    assert_int_equal(result->handshakes_completed, 3);
    assert_int_equal(result->handshakes_resumed, 1);
    assert_int_equal(result->alerts_sent.count, 1);
    assert_string_equal(result->alerts_sent.items[0].name, "certificate_unknown");
    result_free(result);
    plan_cleanup(&plan);
}

static void a_ticket_is_offered_resumed_or_declined(void **state)
{
    (void)state;
    static const struct {
        bool offered, resumed, completed;
    } cases[] = {
        {false, false, true}, {true, true, true}, {true, false, true}, {true, false, false}};
    struct plan plan = make_plan();
    struct tally *tally = begin(&plan);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sample sample = good_sample(2 * NS_PER_S, 0);
        facts.ticket_offered = cases[i].offered;
        facts.resumed = cases[i].resumed;
        if (!cases[i].completed) {
            sample.outcome = OUTCOME_HANDSHAKE_TIMEOUT;
            sample.at.handshaken = 0;
        }
        book(tally, &sample);
    }
    struct result *result = result_of(tally, 1);
    assert_int_equal(result->tickets_offered, 3);
    assert_int_equal(result->tickets_declined, 1); /* one that did not complete was not declined */
    assert_int_equal(result->handshakes_full, 2);
    assert_int_equal(result->handshakes_resumed, 1);
    assert_int_equal(latency_count(result->latencies[LATENCY_TLS_HANDSHAKE_FULL]), 2);
    assert_int_equal(latency_count(result->latencies[LATENCY_TLS_HANDSHAKE_RESUMED]), 1);
    assert_int_equal(latency_count(result->latencies[LATENCY_TLS_HANDSHAKE]), 3);
    result_free(result);
    plan_cleanup(&plan);
}

static void an_identity_has_its_name_its_expectation_and_its_counts(void **state)
{
    (void)state;
    struct plan plan = make_plan();
    struct tally *tally = begin(&plan);
    struct sample sample = good_sample(0, 1);
    sample.outcome = OUTCOME_RESET;
    book(tally, &sample);
    struct result *result = result_of(tally, 1);
    assert_string_equal(result->identities[0].name, "alice");
    assert_false(result->identities[0].expect_refused);
    assert_int_equal(result->identities[0].sessions, 0);
    assert_string_equal(result->identities[1].name, "bob");
    assert_true(result->identities[1].expect_refused);
    assert_int_equal(result->identities[1].sessions, 1);
    assert_int_equal(result->identities[1].by_class[CLASS_FAILED], 1);
    result_free(result);
    plan_cleanup(&plan);
}

static void an_empty_tally_makes_an_empty_result(void **state)
{
    (void)state;
    struct plan plan = {.identities = identity_set_new(), .pins = pinset_new()};
    struct result *result = result_of(begin(&plan), 0);
    assert_true(result_balances(result));
    assert_int_equal(result->started, 0);
    assert_int_equal(result->num_series, 0);
    assert_int_equal(result->num_identities, 1);
    assert_string_equal(result->identities[0].name, "(none)");
    assert_true(isnan(result->sessions_per_second));
    assert_true(isnan(result->requests_per_second));
    assert_true(isnan(result->handshakes_per_second));
    result_free(result);
    plan_cleanup(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_books_balance_whatever_the_outcomes),
        cmocka_unit_test(responses_are_counted_by_identity_and_kind),
        cmocka_unit_test(points_in_time_become_spans),
        cmocka_unit_test(the_warm_up_is_left_out_of_latencies_and_rates_and_of_nothing_else),
        cmocka_unit_test(requests_of_a_session_of_the_warm_up_are_measured_by_their_own_start),
        cmocka_unit_test(what_is_complete_stands_in_its_second_while_its_session_lives_on),
        cmocka_unit_test(every_second_has_a_row_also_an_empty_one),
        cmocka_unit_test(what_began_after_ramp_up_and_warm_up_is_steady),
        cmocka_unit_test(tallies_of_several_threads_add_up),
        cmocka_unit_test(a_second_that_several_threads_shared_has_one_median),
        cmocka_unit_test(a_pin_that_the_plan_has_not_is_counted_and_has_no_row),
        cmocka_unit_test(pins_are_counted_in_sessions_and_by_pin),
        cmocka_unit_test(a_ticket_is_offered_resumed_or_declined),
        cmocka_unit_test(an_identity_has_its_name_its_expectation_and_its_counts),
        cmocka_unit_test(an_empty_tally_makes_an_empty_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
