/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/tickets.h"

#include "tls/fixtures.h"
#include "tls/pair.h"

#include <openssl/ssl.h>

#include <time.h>

static const struct verify_policy nothing = {.mode = VERIFY_NONE};
static const uint16_t versions[] = {TLS_VERSION_1_2, TLS_VERSION_1_3};

static struct pair open_pair(uint16_t version)
{
    struct pair pair;
    struct pair_config config = {.tickets = true,
                                 .client = "client-p256",
                                 .client_ca = FIXTURE("client-ca.crt"),
                                 .client_tls = {.version_min = version, .version_max = version}};
    pair_open(&pair, &config);
    return pair;
}

static void expect(struct pair *pair, bool offer, bool offered, bool resumed)
{
    struct meeting meeting = pair_meet(pair, &nothing, offer);
    const struct tls_facts *facts = pair_client(pair);
    assert_int_equal(meeting.client, TLS_OK);
    assert_string_equal(meeting.text, "hello");
    assert_int_equal(facts->ticket_offered, offered);
    assert_int_equal(facts->resumed, resumed);
    assert_int_equal(pair_server(pair)->resumed, resumed);
    assert_int_equal(facts->cert_asked, !resumed);
}

static void a_session_is_resumed_where_there_is_a_ticket_and_it_is_wanted(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        struct pair pair = open_pair(versions[i]);
        expect(&pair, true, false, false); /* none yet */
        expect(&pair, true, true, true);
        expect(&pair, true, true, true);
        expect(&pair, false, false, false); /* not wanted */
        expect(&pair, true, true, true);
        tls_context_drop_tickets(pair.client_context);
        expect(&pair, true, false, false);
        pair_close(&pair);
    }
}

static void a_ticket_that_the_server_declines_is_seen_as_declined(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        struct pair pair = open_pair(versions[i]), other = open_pair(versions[i]);
        expect(&pair, true, false, false);
        struct pair crossed = pair;
        crossed.server_context = other.server_context; /* with ticket keys of its own */
        crossed.server = other.server;
        expect(&crossed, true, true, false);
        pair_close(&pair);
        pair_close(&other);
    }
}

static void tickets_that_nobody_takes_do_not_pile_up(void **state)
{
    (void)state;
    static const struct {
        size_t num_identities, most;
    } cases[] = {{1, 256}, {1000, 65}, {20000, 4}};
    SSL_CTX *ctx = SSL_CTX_new(TLS_with_buffers_method());
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct tickets *tickets = tickets_new(cases[i].num_identities, 0);
        struct ssl_session_st *taken;
        size_t count = 0;
        for (int k = 0; k < 300; k++) {
            SSL_SESSION *session = SSL_SESSION_new(ctx);
            assert_true(SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION));
            tickets_put(tickets, 0, 0, session);
        }
        for (; (taken = tickets_take(tickets, 0, 0)) != NULL; count++)
            SSL_SESSION_free(taken);
        assert_int_equal(count, cases[i].most);
        tickets_free(tickets);
    }
    SSL_CTX_free(ctx);
}

static void a_server_without_tickets_gives_nothing_to_resume(void **state)
{
    (void)state;
    struct pair pair = open_pair(TLS_VERSION_1_3), silent;
    struct pair_config config = {0};
    pair_open(&silent, &config);
    struct pair crossed = pair;
    crossed.server_context = silent.server_context;
    crossed.server = silent.server;
    for (int i = 0; i < 2; i++) {
        struct meeting meeting = pair_meet(&crossed, &nothing, true);
        assert_int_equal(meeting.client, TLS_OK);
        assert_false(pair_client(&crossed)->ticket_offered);
    }
    pair_close(&pair);
    pair_close(&silent);
}

/* The cache itself */

static SSL_SESSION *make_session(SSL_CTX *ctx, uint16_t version)
{
    SSL_SESSION *session = SSL_SESSION_new(ctx);
    assert_int_equal(SSL_SESSION_set_protocol_version(session, version), 1);
    return session;
}

static void a_tls_1_3_ticket_is_given_once_the_newest_first(void **state)
{
    (void)state;
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    struct tickets *tickets = tickets_new(1, 0);
    SSL_SESSION *sessions[3];
    for (int i = 0; i < 3; i++) {
        sessions[i] = make_session(ctx, TLS1_3_VERSION);
        tickets_put(tickets, 0, 0, sessions[i]);
    }
    for (int i = 2; i >= 0; i--) {
        SSL_SESSION *taken = tickets_take(tickets, 0, 0);
        assert_ptr_equal(taken, sessions[i]);
        SSL_SESSION_free(taken);
    }
    assert_null(tickets_take(tickets, 0, 0));
    tickets_free(tickets);
    SSL_CTX_free(ctx);
}

static void a_tls_1_2_session_is_given_again_and_again_until_a_newer_one_comes(void **state)
{
    (void)state;
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    struct tickets *tickets = tickets_new(1, 0);
    SSL_SESSION *newest = NULL;
    for (int i = 0; i < 3; i++) {
        newest = make_session(ctx, TLS1_2_VERSION);
        tickets_put(tickets, 0, 0, newest);
    }
    for (int i = 0; i < 5; i++) {
        SSL_SESSION *taken = tickets_take(tickets, 0, 0);
        assert_ptr_equal(taken, newest);
        SSL_SESSION_free(taken);
    }
    tickets_free(tickets);
    SSL_CTX_free(ctx);
}

static void what_has_expired_is_not_offered(void **state)
{
    (void)state;
    static const uint16_t protocols[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    for (size_t i = 0; i < COUNT_OF(protocols); i++) {
        struct tickets *tickets = tickets_new(1, 0);
        SSL_SESSION *fresh = make_session(ctx, protocols[i]);
        SSL_SESSION *stale = make_session(ctx, protocols[i]);
        SSL_SESSION_set_time(stale, (uint64_t)time(NULL) - 100);
        SSL_SESSION_set_timeout(stale, 50);
        tickets_put(tickets, 0, 0, fresh);
        tickets_put(tickets, 0, 0, stale);
        SSL_SESSION *taken = tickets_take(tickets, 0, 0);
        /* Of TLS 1.2 sessions only the newest was kept. */
        assert_ptr_equal(taken, protocols[i] == TLS1_3_VERSION ? fresh : NULL);
        SSL_SESSION_free(taken);
        assert_null(tickets_take(tickets, 0, 0));
        tickets_free(tickets);
    }
    SSL_CTX_free(ctx);
}

static void identities_do_not_share_tickets(void **state)
{
    (void)state;
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    struct tickets *tickets = tickets_new(3, 0);
    tickets_put(tickets, 1, 0, make_session(ctx, TLS1_3_VERSION));
    assert_null(tickets_take(tickets, 0, 0));
    assert_null(tickets_take(tickets, 2, 0));
    SSL_SESSION *taken = tickets_take(tickets, 1, 0);
    assert_non_null(taken);
    SSL_SESSION_free(taken);
    tickets_free(tickets);
    SSL_CTX_free(ctx);
}

static void tickets_of_addresses_are_told_apart(void **state)
{
    (void)state;
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    struct tickets *tickets = tickets_new(2, 3);
    for (size_t i = 0; i < 2; i++) {
        assert_false(tickets_has(tickets, i, 2));
        tickets_put(tickets, i, 2, make_session(ctx, TLS1_3_VERSION));
        assert_true(tickets_has(tickets, i, 2));
        assert_null(tickets_take(tickets, i, 1));
        SSL_SESSION *taken = tickets_take(tickets, i, 2);
        assert_non_null(taken);
        SSL_SESSION_free(taken);
        assert_null(tickets_take(tickets, i, 2));
        assert_false(tickets_has(tickets, i, 2));
        assert_false(tickets_has(tickets, i, 1));
    }
    tickets_free(tickets);
    SSL_CTX_free(ctx);
}

/* The sanitizers check that the oldest are freed. */
static void an_identity_keeps_a_bounded_number_of_tickets(void **state)
{
    (void)state;
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    struct tickets *tickets = tickets_new(1, 0);
    SSL_SESSION *newest = NULL, *taken;
    size_t count = 0;
    for (int i = 0; i < 1000; i++) {
        newest = make_session(ctx, TLS1_3_VERSION);
        tickets_put(tickets, 0, 0, newest);
    }
    while ((taken = tickets_take(tickets, 0, 0)) != NULL) {
        assert_true(count > 0 || taken == newest);
        SSL_SESSION_free(taken);
        count++;
    }
    assert_int_equal(count, 256);
    tickets_free(tickets);
    tickets_free(NULL);
    SSL_CTX_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_resumed_where_there_is_a_ticket_and_it_is_wanted),
        cmocka_unit_test(a_ticket_that_the_server_declines_is_seen_as_declined),
        cmocka_unit_test(tickets_that_nobody_takes_do_not_pile_up),
        cmocka_unit_test(a_server_without_tickets_gives_nothing_to_resume),
        cmocka_unit_test(a_tls_1_3_ticket_is_given_once_the_newest_first),
        cmocka_unit_test(a_tls_1_2_session_is_given_again_and_again_until_a_newer_one_comes),
        cmocka_unit_test(what_has_expired_is_not_offered),
        cmocka_unit_test(identities_do_not_share_tickets),
        cmocka_unit_test(tickets_of_addresses_are_told_apart),
        cmocka_unit_test(an_identity_keeps_a_bounded_number_of_tickets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
