/* SPDX-License-Identifier: Apache-2.0 */
/* With what the two sides of handshakes have authenticated, as it is counted. */
#include "measure/tally.h"
#include "plan/plan.h"
#include "result/result.h"
#include "result/tally_result.h"
#include "tls/fixtures.h"
#include "tls/identity.h"
#include "tls/pinset.h"

static struct plan make_plan(void)
{
    static const struct password no_password;
    struct plan plan = {.identities = identity_set_new(), .pins = pinset_new()};
    struct notices notices = {0};
    struct error err;
    assert_true(identity_set_add(plan.identities, "alice", FIXTURE("client-p256.pem"), NULL,
                                 &no_password, &notices, &err));
    assert_true(identity_set_add(plan.identities, "bob", FIXTURE("client-rsa.pem"), NULL,
                                 &no_password, &notices, &err));
    return plan;
}

static struct tally *begin(const struct plan *plan)
{
    struct tally *tally = tally_new(plan);
    tally_begin(tally, 1);
    return tally;
}

static void book(struct tally *tally, uint32_t identity, const struct tls_facts *facts)
{
    const struct sample sample = {.identity = identity, .at = {.connected = 1, .handshaken = 2}};
    tally_handshake(tally, &sample, facts);
}

/* Books a handshake of IDENTITY, which signed with SIGALG; 0: it was not asked to. */
static void book_signed(struct tally *tally, uint32_t identity, uint16_t sigalg, bool is_raw_key)
{
    const struct tls_facts facts = {.sigalg = 0x0403,
                                    .own_sigalg = sigalg,
                                    .own_raw_key = is_raw_key,
                                    .peer_raw_key = is_raw_key};
    book(tally, identity, &facts);
}

/* Merges TALLY into a fresh one, as a run does, and fills a result from it. Frees TALLY. */
static struct result *result_of(struct tally *tally)
{
    struct tally *total = begin(tally->plan);
    struct result *result = result_new();
    tally_merge(total, tally);
    tally_fill(total, result, 1);
    tally_free(total);
    tally_free(tally);
    return result;
}

static uint64_t count_named(const struct name_counts *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i].name, name) == 0)
            return names->items[i].count;
    }
    return 0;
}

static void each_identity_has_the_algorithms_that_it_signed_with(void **state)
{
    (void)state;
    struct plan plan = make_plan();
    struct tally *tally = begin(&plan), *other = begin(&plan);
    for (int i = 0; i < 3; i++)
        book_signed(tally, 0, 0x0403, false);
    book_signed(tally, 1, 0x0804, true);
    book_signed(tally, 1, 0x0401, true);
    book_signed(tally, 1, 0, false);
    book_signed(other, 1, 0x0804, true);
    book(other, 0, &(struct tls_facts){.resumed = true, .own_sigalg = 0x0403});
    tally_merge(tally, other);
    tally_free(other);
    struct result *result = result_of(tally);
    const struct name_counts *alice = &result->identities[0].sigalgs;
    const struct name_counts *bob = &result->identities[1].sigalgs;
    assert_int_equal(alice->count, 1);
    assert_int_equal(count_named(alice, "ecdsa_secp256r1_sha256"), 3);
    assert_int_equal(bob->count, 2);
    assert_int_equal(count_named(bob, "rsa_pss_rsae_sha256"), 2);
    assert_int_equal(count_named(bob, "rsa_pkcs1_sha256"), 1);
    assert_int_equal(count_named(&result->client_sigalgs, "rsa_pss_rsae_sha256"), 2);
    assert_int_equal(count_named(&result->client_certificate_types, "raw_public_key"), 3);
    assert_int_equal(count_named(&result->client_certificate_types, "x509"), 3);
    assert_int_equal(count_named(&result->server_certificate_types, "raw_public_key"), 3);
    assert_int_equal(count_named(&result->server_certificate_types, "x509"), 4);
    result_free(result);
    plan_cleanup(&plan);
}

/* A key has few; a server that asks for another one each time loses none of them in the sum. */
static void algorithms_beyond_those_that_an_identity_has_room_for_are_other(void **state)
{
    (void)state;
    static const uint16_t sigalgs[] = {0x0401, 0x0501, 0x0601, 0x0804, 0x0805, 0x0806};
    struct plan plan = make_plan();
    struct tally *tally = begin(&plan);
    for (size_t i = 0; i < COUNT_OF(sigalgs); i++)
        book_signed(tally, 1, sigalgs[i], false);
    struct result *result = result_of(tally);
    assert_int_equal(result->identities[1].sigalgs.count, MAX_IDENTITY_SIGALGS + 1);
    assert_int_equal(count_named(&result->identities[1].sigalgs, "other"),
                     COUNT_OF(sigalgs) - MAX_IDENTITY_SIGALGS);
    assert_int_equal(result->client_sigalgs.count, COUNT_OF(sigalgs));
    result_free(result);
    plan_cleanup(&plan);
}

static void a_signature_by_a_token_has_two_latencies_and_one_that_failed_none(void **state)
{
    (void)state;
    struct plan plan = make_plan();
    struct tally *tally = begin(&plan);
    book(
        tally, 0,
        &(struct tls_facts){.own_sigalg = 0x0403,
                            .signature = {.is_made = true, .queue_ns = 400000, .sign_ns = 600000}});
    book(tally, 0, &(struct tls_facts){.own_sigalg = 0x0403});
    book(tally, 1, &(struct tls_facts){.signature = {.error = 0x32, .sign_ns = 1000}});
    struct result *result = result_of(tally);
    struct latency_summary signing, queue;
    latency_summarize(result->latencies[LATENCY_SIGNING], &signing);
    latency_summarize(result->latencies[LATENCY_SIGNING_QUEUE], &queue);
    assert_int_equal(signing.count, 1);
    assert_int_equal(queue.count, 1);
    assert_true(signing.max > 599e3 && signing.max < 601e3);
    assert_true(queue.max > 399e3 && queue.max < 401e3);
    result_free(result);
    plan_cleanup(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_identity_has_the_algorithms_that_it_signed_with),
        cmocka_unit_test(algorithms_beyond_those_that_an_identity_has_room_for_are_other),
        cmocka_unit_test(a_signature_by_a_token_has_two_latencies_and_one_that_failed_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
