/* SPDX-License-Identifier: Apache-2.0 */
/* Runs in which the first requests are sent as early data. */
#include "base/clock.h"
#include "engine/trial.h"
#include "http/request.h"
#include "tls/fixtures.h"
#include "tls/tls_conn.h"

#include <signal.h>

#define SESSIONS 20

static const struct tls_server_config willing = {
    .client_ca = FIXTURE("client-ca.crt"),
    .tickets = true,
    .early_data = true,
    .limits = {.alpn = TLS_ALPN_BOTH},
};

/* Wrapped by the linker's --wrap: a ticket with a lower limit than that of BoringSSL's servers. */
static size_t limit;
enum tls_status __real_tls_conn_write(struct tls_conn *conn, const uint8_t *bytes, size_t len,
                                      size_t *out_written);
enum tls_status __wrap_tls_conn_write(struct tls_conn *conn, const uint8_t *bytes, size_t len,
                                      size_t *out_written);

enum tls_status __wrap_tls_conn_write(struct tls_conn *conn, const uint8_t *bytes, size_t len,
                                      size_t *out_written)
{
    bool is_early = !tls_conn_facts(conn)->handshaken;
    if (!is_early || limit == 0 || len <= limit)
        return __real_tls_conn_write(conn, bytes, len, out_written);
    __real_tls_conn_write(conn, bytes, limit, out_written);
    return TLS_WANT_READ;
}

/* One connection after the other, so that all but the first have a ticket. */
static void prepare(struct trial *trial, enum manner manner)
{
    trial_start(trial, manner, &willing);
    trial_identity(trial, "client-p256");
    trial->plan.connections = 1;
    trial->plan.sessions = SESSIONS;
    trial->plan.session_mode = SESSION_EARLY;
    trial->plan.tls.keep_tickets = true;
    trial->plan.tls.early_data = true;
    trial->plan.timeout_ns = 5 * NS_PER_S;
}

static void expect_early(const struct trial *trial, uint64_t offered, uint64_t accepted)
{
    assert_int_equal(trial->result->early_offered, offered);
    assert_int_equal(trial->result->early_accepted, accepted);
}

static void what_is_sent_early_is_accepted_and_answered_once(void **state)
{
    (void)state;
    for (unsigned h2 = 0; h2 <= 1; h2++) {
        struct trial trial;
        prepare(&trial, MANNER_SERVE);
        if (h2)
            trial_http2(&trial, "/ok", 10);
        trial.plan.requests = 30;
        trial_run(&trial);
        trial_expect(&trial, OUTCOME_SUCCEEDED);
        expect_early(&trial, SESSIONS - 1, SESSIONS - 1);
        assert_int_equal(trial.result->handshakes_resumed, SESSIONS - 1);
        assert_int_equal(trial.result->pins_matched, SESSIONS);
        assert_int_equal(trial.result->requests_succeeded, SESSIONS * 30);
        assert_int_equal(service_seen(trial.service)->requests, SESSIONS * 30);
        trial_cleanup(&trial);
    }
}

static void what_the_server_rejects_is_sent_again_once(void **state)
{
    (void)state;
    for (unsigned h2 = 0; h2 <= 1; h2++) {
        struct trial trial;
        prepare(&trial, MANNER_FORGETFUL);
        if (h2)
            trial_http2(&trial, "/ok", 10);
        trial.plan.requests = 30;
        trial_run(&trial);
        trial_expect(&trial, OUTCOME_SUCCEEDED);
        expect_early(&trial, SESSIONS - 1, 0);
        assert_int_equal(trial.result->handshakes_full, SESSIONS);
        assert_int_equal(trial.result->tickets_declined, SESSIONS - 1);
        assert_int_equal(trial.result->requests_started, SESSIONS * 30);
        assert_int_equal(trial.result->requests_succeeded, SESSIONS * 30);
        assert_int_equal(service_seen(trial.service)->requests, SESSIONS * 30);
        trial_cleanup(&trial);
    }
}

/* RFC 8470. */
static void a_post_does_not_go_early_and_is_not_counted_as_if_it_had(void **state)
{
    (void)state;
    struct trial trial;
    struct error err;
    prepare(&trial, MANNER_SERVE);
    request_free(trial.plan.request);
    trial.plan.request = request_new(&trial.plan.target, "POST", NULL, 0, NULL, 0, &err);
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    expect_early(&trial, 0, 0);
    assert_int_equal(trial.result->handshakes_resumed, SESSIONS - 1);
    assert_int_equal(service_seen(trial.service)->requests, SESSIONS);
    trial_cleanup(&trial);
}

/* With HTTP/2, since its server detects a byte too many or too few. */
static void what_the_tickets_limit_leaves_follows_the_handshake(void **state)
{
    (void)state;
    static const size_t limits[] = {1, 24, 60, 100};
    static const enum manner manners[] = {MANNER_SERVE, MANNER_FORGETFUL};
    for (size_t i = 0; i < COUNT_OF(limits) * COUNT_OF(manners); i++) {
        struct trial trial;
        enum manner manner = manners[i / COUNT_OF(limits)];
        limit = limits[i % COUNT_OF(limits)];
        prepare(&trial, manner);
        trial_http2(&trial, "/ok", 10);
        trial.plan.requests = 15;
        trial_run(&trial);
        limit = 0;
        trial_expect(&trial, OUTCOME_SUCCEEDED);
        expect_early(&trial, SESSIONS - 1, manner == MANNER_SERVE ? SESSIONS - 1 : 0);
        assert_int_equal(trial.result->requests_succeeded, SESSIONS * 15);
        assert_int_equal(service_seen(trial.service)->requests, SESSIONS * 15);
        trial_cleanup(&trial);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_early_is_accepted_and_answered_once),
        cmocka_unit_test(what_the_server_rejects_is_sent_again_once),
        cmocka_unit_test(a_post_does_not_go_early_and_is_not_counted_as_if_it_had),
        cmocka_unit_test(what_the_tickets_limit_leaves_follows_the_handshake),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
