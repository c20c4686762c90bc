/* SPDX-License-Identifier: Apache-2.0 */
/* What is counted of TLS extensions that a run asked for. */
#include "base/clock.h"
#include "measure/tally.h"
#include "plan/plan.h"
#include "result/result.h"
#include "result/tally_result.h"
#include "tls/identity.h"
#include "tls/pinset.h"
#include "unit.h"

#define START_NS (1000 * NS_PER_S)

static struct plan make_plan(void)
{
    return (struct plan){.identities = identity_set_new(), .pins = pinset_new()};
}

static struct tally *begin(const struct plan *plan)
{
    struct tally *tally = tally_new(plan);
    tally_begin(tally, START_NS);
    return tally;
}

/* Books a session of FACTS: it succeeds where its handshake was complete. */
static void book(struct tally *tally, const struct tls_facts *facts, enum outcome otherwise)
{
    struct sample sample = {.outcome = facts->handshaken ? OUTCOME_SUCCEEDED : otherwise,
                            .at = {.intended = START_NS,
                                   .started = START_NS,
                                   .connecting = START_NS,
                                   .connected = START_NS + 1,
                                   .handshaken = facts->handshaken ? START_NS + 2 : 0,
                                   .complete = START_NS + 3,
                                   .ended = START_NS + 3},
                            .tls = facts};
    tally_started(tally, START_NS, START_NS, 0);
    tally_connected(tally, &sample);
    if (facts->handshaken)
        tally_handshake(tally, &sample, facts);
    tally_session(tally, &sample);
}

/* Merges TALLY into a fresh one, as a run does, and fills a result from it. Frees TALLY. */
static struct result *result_of(struct tally *tally)
{
    struct tally *total = begin(tally->plan);
    struct result *result = result_new();
    tally_merge(total, tally);
    tally_end(total, START_NS + NS_PER_S, START_NS + NS_PER_S);
    tally_fill(total, result, 1);
    tally_free(total);
    tally_free(tally);
    return result;
}

static void an_encrypted_hello_is_accepted_or_rejected_or_tried_again(void **state)
{
    (void)state;
    static const struct {
        enum tls_ech ech;
        bool retried;
    } cases[] = {
        {TLS_ECH_NONE},           {TLS_ECH_GREASE},         {TLS_ECH_OFFERED},
        {TLS_ECH_REJECTED},       {TLS_ECH_ACCEPTED, true}, {TLS_ECH_ACCEPTED, true},
        {TLS_ECH_REJECTED, true}, {TLS_ECH_ACCEPTED},
    };
    struct plan plan = make_plan();
    struct tally *tally = begin(&plan);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct tls_facts facts = {.handshaken = cases[i].ech != TLS_ECH_REJECTED,
                                  .ech = cases[i].ech,
                                  .ech_retried = cases[i].retried,
                                  .alert_sent = TLS_NO_ALERT,
                                  .alert_received = TLS_NO_ALERT};
        book(tally, &facts, OUTCOME_ECH_REJECTED);
    }
    struct result *result = result_of(tally);
    assert_int_equal(result->ech_offered, 6);
    assert_int_equal(result->ech_accepted, 3);
    assert_int_equal(result->ech_rejected, 2);
    assert_int_equal(result->ech_retried, 3);
    assert_int_equal(result->outcomes[OUTCOME_ECH_REJECTED], 2);
    result_free(result);
    plan_cleanup(&plan);
}

static void compressed_certificates_are_counted_by_algorithm_and_in_bytes(void **state)
{
    (void)state;
    static const struct {
        uint16_t algorithm;
        uint32_t len, wire_len;
        bool is_complete;
    } cases[] = {
        {0, 0, 0, true},     {2, 1000, 600, true},  {2, 1000, 600, true},
        {1, 500, 510, true}, {2, 1000, 600, false}, /* a handshake that failed is none */
    };
    struct plan plan = make_plan();
    struct tally *tally = begin(&plan);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct tls_facts facts = {.handshaken = cases[i].is_complete,
                                  .cert_compression = cases[i].algorithm,
                                  .cert_len = cases[i].len,
                                  .cert_wire_len = cases[i].wire_len,
                                  .alert_sent = TLS_NO_ALERT,
                                  .alert_received = TLS_NO_ALERT};
        book(tally, &facts, OUTCOME_PIN_MISMATCH);
    }
    struct result *result = result_of(tally);
    assert_int_equal(result->cert_compressions.count, 2);
    assert_string_equal(result->cert_compressions.items[0].name, "brotli");
    assert_int_equal(result->cert_compressions.items[0].count, 2);
    assert_string_equal(result->cert_compressions.items[1].name, "zlib");
    assert_int_equal(result->cert_compressions.items[1].count, 1);
    assert_int_equal(result->cert_bytes, 2500);
    assert_int_equal(result->cert_wire_bytes, 1710);
    assert_int_equal(result->cert_bytes_saved, 800);
    result_free(result);
    plan_cleanup(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_encrypted_hello_is_accepted_or_rejected_or_tried_again),
        cmocka_unit_test(compressed_certificates_are_counted_by_algorithm_and_in_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
