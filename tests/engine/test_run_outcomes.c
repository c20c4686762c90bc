/* SPDX-License-Identifier: Apache-2.0 */
/* The outcomes of sessions, by the manner in which a server treats them. */
#include "base/clock.h"
#include "engine/trial.h"
#include "net/listener.h"
#include "tls/fixtures.h"
#include "tls/identity.h"
#include "tls/pinset.h"

#include <signal.h>

#define CLIENT_CA FIXTURE("client-ca.crt")
#define OTHER_CLIENT_CA FIXTURE("other-client-ca.crt")

static const struct tls_server_config plain = {0};
static const struct tls_server_config asking = {.client_ca = CLIENT_CA};
static const struct tls_server_config refusing = {.client_ca = OTHER_CLIENT_CA};

static void every_session_succeeds_and_both_sides_count_the_same(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &asking);
    trial_identity(&trial, "client-p256");
    trial_identity(&trial, "client-rsa");
    trial_identity(&trial, "client-chain");
    trial.plan.connections = 4;
    trial.plan.sessions = 41;
    trial.plan.requests = 3;
    trial_run(&trial);
    const struct service_seen *seen = service_seen(trial.service);
    const struct result *result = trial.result;
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(result->started, 41);
    assert_int_equal(result->pins_matched, 41);
    assert_int_equal(result->handshakes_full, 41);
    assert_int_equal(result->requests_succeeded, 3 * 41);
    assert_int_equal(seen->connections, 41);
    assert_int_equal(seen->with_client_cert, 41);
    assert_int_equal(seen->requests, 3 * 41);
    for (size_t i = 0; i < 3; i++) {
        assert_in_range(result->identities[i].sessions, 13, 14);
        assert_int_equal(result->identities[i].by_class[CLASS_SUCCEEDED],
                         result->identities[i].sessions);
        assert_true(result->identities[i].as_expected);
    }
    assert_true(result->bytes_read > 0 && result->bytes_written > 0);
    assert_non_null(strstr(trial.stories.first, "as client-"));
    trial_cleanup(&trial);
}

/* Linked in place of identity_set_apply: as if BoringSSL rejected the certificate. */
static bool is_applied = true;
bool __real_identity_set_apply(const struct identity_set *set, size_t index, struct ssl_st *ssl);
bool __wrap_identity_set_apply(const struct identity_set *set, size_t index, struct ssl_st *ssl);

bool __wrap_identity_set_apply(const struct identity_set *set, size_t index, struct ssl_st *ssl)
{
    return is_applied && __real_identity_set_apply(set, index, ssl);
}

static void no_session_goes_on_without_the_certificate_that_it_should_have(void **state)
{
    (void)state;
    static const struct tls_server_config indifferent = {.client_ca = CLIENT_CA,
                                                         .client_cert_optional = true};
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &indifferent);
    trial_identity(&trial, "client-p256");
    is_applied = false;
    trial_run(&trial);
    is_applied = true;
    assert_int_equal(trial.result->outcomes[OUTCOME_SUCCEEDED], 0);
    assert_int_equal(service_seen(trial.service)->handshakes, 0);
    trial_cleanup(&trial);
}

static void a_wrong_pin_ends_every_session_before_the_server_sees_anything_of_us(void **state)
{
    (void)state;
    static const uint8_t wrong[FINGERPRINT_LEN];
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &asking);
    trial_identity(&trial, "client-p256");
    pinset_free(trial.plan.pins);
    trial.plan.pins = pinset_new();
    pinset_add_fingerprint(trial.plan.pins, PIN_CERT, wrong);
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_PIN_MISMATCH);
    assert_int_equal(trial.result->pins_mismatched, 4);
    assert_int_equal(trial.result->handshakes_completed, 0);
    assert_int_equal(trial.result->requests_started, 0);
    assert_string_equal(trial.result->alerts_sent.items[0].name, "certificate_unknown");
    assert_int_equal(service_seen(trial.service)->handshakes, 0);
    assert_int_equal(service_seen(trial.service)->with_client_cert, 0);
    assert_int_equal(service_seen(trial.service)->requests, 0);
    trial_cleanup(&trial);
}

/* A server's manner, what it requests, the client, and the expected outcome. */
struct row {
    enum manner manner;
    const struct tls_server_config *server;
    const char *client; /* NULL: no certificate */
    uint16_t version;   /* the highest; 0: any */
    uint64_t requests;
    enum outcome outcome;
};

static const struct row rows[] = {
    /* Refusals: an alert in the handshake, one after it, a page. */
    {MANNER_SERVE, &refusing, "client-p256", 0x0303, 1, OUTCOME_CLIENT_CERT_REFUSED},
    {MANNER_SERVE, &refusing, "client-p256", 0x0304, 1, OUTCOME_CLIENT_CERT_REFUSED},
    {MANNER_SERVE, &asking, NULL, 0x0303, 1, OUTCOME_CLIENT_CERT_REFUSED},
    {MANNER_SERVE, &asking, NULL, 0x0304, 1, OUTCOME_CLIENT_CERT_REFUSED},
    {MANNER_SERVE, &asking, "client-expired", 0x0303, 1, OUTCOME_CLIENT_CERT_REFUSED},
    {MANNER_SERVE, &asking, "client-expired", 0x0304, 1, OUTCOME_CLIENT_CERT_REFUSED},
    {MANNER_REFUSAL_PAGE, &asking, "client-p256", 0x0303, 1, OUTCOME_CLIENT_CERT_REFUSED},
    {MANNER_REFUSAL_PAGE, &asking, "client-p256", 0x0304, 1, OUTCOME_CLIENT_CERT_REFUSED},
    {MANNER_REFUSAL_PAGE, &plain, NULL, 0, 1, OUTCOME_CLIENT_CERT_REFUSED},
    /* Without a request there is a refusal or no result. */
    {MANNER_SERVE, &refusing, "client-p256", 0x0303, 0, OUTCOME_CLIENT_CERT_REFUSED},
    {MANNER_SERVE, &refusing, "client-p256", 0x0304, 0, OUTCOME_CLIENT_CERT_REFUSED},
    {MANNER_SERVE, &asking, NULL, 0x0304, 0, OUTCOME_CLIENT_CERT_REFUSED},
    {MANNER_SERVE, &asking, "client-p256", 0x0303, 0, OUTCOME_UNCONFIRMED},
    {MANNER_SERVE, &asking, "client-p256", 0x0304, 0, OUTCOME_UNCONFIRMED},
    {MANNER_SERVE, &plain, NULL, 0, 0, OUTCOME_UNCONFIRMED},
    {MANNER_CLOSE_WORDLESSLY, &asking, "client-p256", 0x0304, 0, OUTCOME_UNCONFIRMED},
    /* A server that closes. */
    {MANNER_CLOSE_AT_ONCE, &plain, NULL, 0, 1, OUTCOME_CLOSED_EARLY},
    {MANNER_CLOSE_AT_ONCE, &asking, "client-p256", 0, 1, OUTCOME_CLOSED_EARLY},
    {MANNER_CLOSE_WORDLESSLY, &asking, "client-p256", 0x0303, 1, OUTCOME_CLOSED_BEFORE_ACCEPT},
    {MANNER_CLOSE_WORDLESSLY, &asking, "client-p256", 0x0304, 1, OUTCOME_CLOSED_BEFORE_ACCEPT},
    {MANNER_CLOSE_WORDLESSLY, &plain, NULL, 0, 1, OUTCOME_CLOSED_EARLY},
    {MANNER_CUT_SHORT, &asking, "client-p256", 0, 1, OUTCOME_CLOSED_EARLY},
    {MANNER_UNTIL_FIN, &asking, "client-p256", 0x0303, 1, OUTCOME_CLOSED_EARLY},
    {MANNER_UNTIL_FIN, &asking, "client-p256", 0x0304, 1, OUTCOME_CLOSED_EARLY},
    {MANNER_UNTIL_FIN, &plain, NULL, 0, 3, OUTCOME_CLOSED_EARLY},
    {MANNER_CHUNKS_UNTIL_FIN, &plain, NULL, 0, 1, OUTCOME_CLOSED_EARLY},
    {MANNER_REFUSAL_UNTIL_FIN, &asking, "client-p256", 0, 1, OUTCOME_CLIENT_CERT_REFUSED},
    {MANNER_STATUS_UNTIL_FIN, &asking, "client-p256", 0, 1, OUTCOME_UNEXPECTED_STATUS},
    {MANNER_RESET_AT_REQUEST, &plain, NULL, 0, 1, OUTCOME_RESET},
    {MANNER_RESET_AT_REQUEST, &asking, "client-p256", 0x0304, 1, OUTCOME_CLOSED_BEFORE_ACCEPT},
    /* The server's data are not valid, or not as expected. */
    {MANNER_NO_TLS, &plain, NULL, 0, 1, OUTCOME_TLS_PROTOCOL},
    {MANNER_NO_HTTP, &plain, NULL, 0, 1, OUTCOME_BAD_RESPONSE},
    {MANNER_BYTES_BEHIND, &plain, NULL, 0, 3, OUTCOME_BAD_RESPONSE},
    {MANNER_BYTES_BEHIND, &plain, NULL, 0, 1, OUTCOME_SUCCEEDED},
    {MANNER_STATUS_500, &asking, "client-p256", 0, 1, OUTCOME_UNEXPECTED_STATUS},
    /* Other forms of responses that are good ones. */
    {MANNER_UNTIL_CLOSE, &asking, "client-p256", 0, 1, OUTCOME_SUCCEEDED},
    {MANNER_LAST_RESPONSE, &asking, "client-p256", 0, 1, OUTCOME_SUCCEEDED},
};

static void each_manner_of_a_server_comes_out_as_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct trial trial;
        print_message("row %zu: %s\n", i, outcome_name(rows[i].outcome));
        trial_start(&trial, rows[i].manner, rows[i].server);
        if (rows[i].client != NULL)
            trial_identity(&trial, rows[i].client);
        trial.plan.requests = rows[i].requests;
        trial.plan.tls.version_max = rows[i].version;
        trial_run(&trial);
        trial_expect(&trial, rows[i].outcome);
        assert_int_equal(trial.result->started, 4);
        trial_cleanup(&trial);
    }
}

static void
a_response_that_ends_without_close_notify_is_complete_where_that_is_allowed(void **state)
{
    (void)state;
    static const struct {
        enum manner manner;
        enum outcome outcome;
        uint64_t unclosed;
    } cases[] = {
        {MANNER_UNTIL_FIN, OUTCOME_SUCCEEDED, 4},
        {MANNER_UNTIL_CLOSE, OUTCOME_SUCCEEDED, 0},
        {MANNER_LAST_RESPONSE, OUTCOME_SUCCEEDED, 0},
        {MANNER_CHUNKS_UNTIL_FIN, OUTCOME_CLOSED_EARLY, 0},
        {MANNER_CUT_SHORT, OUTCOME_CLOSED_EARLY, 0},
        {MANNER_REFUSAL_UNTIL_FIN, OUTCOME_CLIENT_CERT_REFUSED, 0},
        {MANNER_STATUS_UNTIL_FIN, OUTCOME_UNEXPECTED_STATUS, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct trial trial;
        trial_start(&trial, cases[i].manner, &asking);
        trial_identity(&trial, "client-p256");
        trial.plan.allow_missing_close_notify = true;
        trial_run(&trial);
        trial_expect(&trial, cases[i].outcome);
        assert_int_equal(trial.result->requests_unclosed, cases[i].unclosed);
        trial_cleanup(&trial);
    }
}

static void a_response_cut_by_a_fin_is_none_and_its_story_says_why(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_UNTIL_FIN, &plain);
    trial_run(&trial);
    assert_int_equal(trial.result->requests_succeeded, 0);
    assert_int_equal(trial.result->requests_failed, 4);
    assert_int_equal(trial.result->statuses.count, 0);
    assert_int_equal(latency_count(trial.result->latencies[LATENCY_REQUEST]), 0);
    assert_non_null(strstr(trial.stories.first, "without close_notify"));
    trial_cleanup(&trial);
}

static void refusal_by_close_makes_a_close_without_alert_a_refusal(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_CLOSE_WORDLESSLY, &asking);
    trial_identity(&trial, "client-p256");
    trial_expect_refused(&trial, 0);
    trial.plan.refusal_by_close = true;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_CLOSED_BEFORE_ACCEPT);
    assert_int_equal(trial.result->by_class[CLASS_REFUSED], 4);
    assert_int_equal(trial.result->by_class[CLASS_FAILED], 0);
    assert_true(trial.result->identities[0].as_expected);
    trial_cleanup(&trial);
}

static void a_server_that_stalls_runs_into_the_deadline_of_its_stage(void **state)
{
    (void)state;
    static const struct {
        enum manner manner;
        enum outcome outcome;
    } cases[] = {
        {MANNER_STALL_AT_ONCE, OUTCOME_HANDSHAKE_TIMEOUT},
        {MANNER_STALL_AT_REQUEST, OUTCOME_RESPONSE_TIMEOUT},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct trial trial;
        trial_start(&trial, cases[i].manner, &plain);
        trial.plan.sessions = 2;
        trial.plan.timeout_ns = 700 * NS_PER_MS;
        trial_run(&trial);
        trial_expect(&trial, cases[i].outcome);
        assert_true(trial.took_s >= 0.7 && trial.took_s < 10);
        trial_cleanup(&trial);
    }
}

static void a_connection_that_does_not_come_about_runs_into_its_own_deadline(void **state)
{
    (void)state;
    struct trial trial;
    struct listener silent;
    listener_open_silent(&silent);
    trial_plan(&trial, NULL);
    trial.plan.addresses.items[0] = silent.address;
    trial.plan.sessions = 2;
    trial.plan.connect_timeout_ns = 200 * NS_PER_MS;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_CONNECT_TIMEOUT);
    assert_int_equal(trial.result->pins_not_checked, 2);
    assert_non_null(strstr(trial.stories.first, ": timed out"));
    trial_cleanup(&trial);
    listener_join(&silent);
}

static void where_nobody_listens_every_session_is_refused(void **state)
{
    (void)state;
    struct trial trial;
    trial_plan(&trial, NULL);
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_CONNECT_REFUSED);
    assert_int_equal(trial.result->bytes_written, 0);
    trial_cleanup(&trial);
}

static void a_list_of_expected_statuses_decides_what_is_a_success(void **state)
{
    (void)state;
    static const struct {
        unsigned status;
        enum outcome outcome;
    } cases[] = {{500, OUTCOME_SUCCEEDED}, {204, OUTCOME_UNEXPECTED_STATUS}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct trial trial;
        trial_start(&trial, MANNER_STATUS_500, &plain);
        trial.plan.expect_statuses = (struct status_list){malloc(sizeof(unsigned)), 1};
        trial.plan.expect_statuses.codes[0] = cases[i].status;
        trial_run(&trial);
        trial_expect(&trial, cases[i].outcome);
        trial_cleanup(&trial);
    }
}

static void a_status_is_a_refusal_where_a_certificate_was_asked_for(void **state)
{
    (void)state;
    static const struct {
        const struct tls_server_config *config;
        enum outcome outcome;
    } cases[] = {{&asking, OUTCOME_REFUSED_BY_STATUS}, {&plain, OUTCOME_UNEXPECTED_STATUS}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct trial trial;
        trial_start(&trial, MANNER_STATUS_500, cases[i].config);
        trial_identity(&trial, "client-p256");
        trial_expect_refused(&trial, 0);
        trial.plan.refusal_statuses = (struct status_list){malloc(sizeof(unsigned)), 1};
        trial.plan.refusal_statuses.codes[0] = 500;
        trial_run(&trial);
        trial_expect(&trial, cases[i].outcome);
        assert_int_equal(trial.result->passed, cases[i].config == &asking);
        trial_cleanup(&trial);
    }
}

static void where_a_run_cannot_be_set_up_the_reason_is_said_and_nothing_is_sent(void **state)
{
    (void)state;
    static const struct run_hooks no_hooks;
    struct trial trial;
    struct error err = {{0}};
    trial_start(&trial, MANNER_SERVE, &plain);
    trial.plan.threads = 2;
    trial.plan.tls.groups = "P-999";
    assert_null(run_plan(&trial.plan, &no_hooks, &trial.stories, &err));
    assert_non_null(strstr(err.text, "P-999"));
    trial.plan.tls.groups = NULL;
    trial.plan.cacert = strdup(FIXTURE("no-such.crt"));
    assert_null(run_plan(&trial.plan, &no_hooks, &trial.stories, &err));
    assert_non_null(strstr(err.text, "no-such.crt"));
    assert_int_equal(service_seen(trial.service)->connections, 0);
    trial_cleanup(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_session_succeeds_and_both_sides_count_the_same),
        cmocka_unit_test(no_session_goes_on_without_the_certificate_that_it_should_have),
        cmocka_unit_test(a_wrong_pin_ends_every_session_before_the_server_sees_anything_of_us),
        cmocka_unit_test(each_manner_of_a_server_comes_out_as_what_it_is),
        cmocka_unit_test(
            a_response_that_ends_without_close_notify_is_complete_where_that_is_allowed),
        cmocka_unit_test(a_response_cut_by_a_fin_is_none_and_its_story_says_why),
        cmocka_unit_test(refusal_by_close_makes_a_close_without_alert_a_refusal),
        cmocka_unit_test(a_server_that_stalls_runs_into_the_deadline_of_its_stage),
        cmocka_unit_test(a_connection_that_does_not_come_about_runs_into_its_own_deadline),
        cmocka_unit_test(where_nobody_listens_every_session_is_refused),
        cmocka_unit_test(a_list_of_expected_statuses_decides_what_is_a_success),
        cmocka_unit_test(a_status_is_a_refusal_where_a_certificate_was_asked_for),
        cmocka_unit_test(where_a_run_cannot_be_set_up_the_reason_is_said_and_nothing_is_sent),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
