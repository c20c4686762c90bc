/* SPDX-License-Identifier: Apache-2.0 */
/* What runs tell of their handshakes' bytes and round trips, and ClientHellos in two segments. */
#include "base/clock.h"
#include "engine/service.h"
#include "engine/trial.h"
#include "net/listener.h"
#include "tls/fixtures.h"

#include <signal.h>
#include <unistd.h>

#define CLOSE_NOTIFY_LEN 24 /* TLS 1.3: head, alert, content type, tag */
#define CCS_LEN 6
#define HEAD_LEN 5
#define PAUSE_NS (300 * NS_PER_MS) /* so long that a busy listener reads the first segment alone */

static const struct tls_server_config plain = {.limits = {.alpn = TLS_ALPN_BOTH}};
static const struct tls_server_config willing = {
    .client_ca = FIXTURE("client-ca.crt"),
    .tickets = true,
    .early_data = true,
    .limits = {.alpn = TLS_ALPN_BOTH},
};

static void expect_counts(const struct result *result)
{
    for (int i = 0; i < NUM_WIRE; i++) {
        assert_int_equal(value_counts_num(&result->wire_full[i]), result->handshakes_full);
        assert_int_equal(value_counts_num(&result->wire_resumed[i]), result->handshakes_resumed);
    }
}

static uint64_t sum_of(const struct value_counts *counts)
{
    return (uint64_t)value_counts_sum(counts);
}

/* Without a request, all that is written is the handshake's and close_notify. */
static void what_is_sent_of_handshakes_is_what_connections_wrote(void **state)
{
    (void)state;
    struct trial trial;
    struct service *service = service_start(MANNER_SERVE, &plain);
    trial_plan(&trial, service);
    trial.plan.requests = 0;
    trial.plan.threads = 2;
    trial.plan.sessions = 12;
    trial_run(&trial);
    const struct result *result = trial.result;
    assert_int_equal(result->handshakes_full, 12);
    expect_counts(result);
    assert_int_equal(result->bytes_written,
                     sum_of(&result->wire_full[WIRE_SENT]) + UINT64_C(12) * CLOSE_NOTIFY_LEN);
    assert_true(result->bytes_read >= sum_of(&result->wire_full[WIRE_RECEIVED]));
    assert_int_equal(sum_of(&result->wire_full[WIRE_ROUND_TRIPS]), 12);
    assert_non_null(strstr(trial.stories.first, " bytes, written at once; "));
    assert_non_null(strstr(trial.stories.first, " 1 round trip\n"));
    trial_cleanup(&trial);
    service_stop(service);
}

static void make_early(struct trial *trial)
{
    trial_identity(trial, "client-p256");
    trial->plan.connections = 1;
    trial->plan.sessions = 10;
    trial->plan.session_mode = SESSION_EARLY;
    trial->plan.tls.keep_tickets = true;
    trial->plan.tls.early_data = true;
}

/* The early data itself is none of the handshake, the ChangeCipherSpec that goes with it is. */
static void with_early_data_no_round_trip_is_waited_for(void **state)
{
    (void)state;
    struct trial trial;
    struct service *service = service_start(MANNER_SERVE, &willing);
    trial_plan(&trial, service);
    make_early(&trial);
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    const struct value_counts *wire = trial.result->wire_resumed;
    expect_counts(trial.result);
    assert_int_equal(trial.result->early_accepted, 9);
    assert_int_equal(sum_of(&wire[WIRE_ROUND_TRIPS]), 0);
    assert_int_equal(sum_of(&wire[WIRE_SENT]), sum_of(&wire[WIRE_CLIENT_HELLO]) +
                                                   sum_of(&wire[WIRE_LAST_FLIGHT]) +
                                                   9 * (HEAD_LEN + CCS_LEN));
    trial_cleanup(&trial);
    service_stop(service);
}

static void rejected_early_data_is_a_round_trip_again(void **state)
{
    (void)state;
    struct trial trial;
    struct service *service = service_start(MANNER_FORGETFUL, &willing);
    trial_plan(&trial, service);
    make_early(&trial);
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(trial.result->early_rejected, 9);
    assert_int_equal(sum_of(&trial.result->wire_full[WIRE_ROUND_TRIPS]), 10);
    trial_cleanup(&trial);
    service_stop(service);
}

static void the_warm_up_has_sizes_too(void **state)
{
    (void)state;
    struct trial trial;
    struct service *service = service_start(MANNER_SERVE, &plain);
    trial_plan(&trial, service);
    trial.plan.warm_up_ns = 60 * NS_PER_S;
    trial_run(&trial);
    assert_int_equal(latency_count(trial.result->latencies[LATENCY_TLS_HANDSHAKE]), 0);
    assert_int_equal(trial.result->handshakes_full, 4);
    expect_counts(trial.result);
    trial_cleanup(&trial);
    service_stop(service);
}

/* --- in two segments ------------------------------------------------------------------------- */

/* What a server read of one connection, and when. */
struct reads {
    ssize_t lens[2];
    uint64_t at_ns[2];
};

static void read_twice(int fd, void *arg)
{
    struct reads *reads = arg;
    uint8_t bytes[4096];
    for (int i = 0; i < 2; i++) {
        reads->lens[i] = read(fd, bytes, sizeof bytes);
        reads->at_ns[i] = clock_now_ns();
    }
    close(fd);
}

static void a_split_hello_comes_in_two_segments_a_moment_apart(void **state)
{
    (void)state;
    struct trial trial;
    struct listener listener;
    struct reads reads = {0};
    listener_open(&listener, 1, read_twice, &reads);
    trial_plan(&trial, NULL);
    trial.plan.addresses.items[0] = listener.address;
    trial.plan.sessions = trial.plan.connections = 1;
    trial.plan.hello_pause_ns = PAUSE_NS;
    trial_run(&trial);
    listener_join(&listener);
    size_t hello = (size_t)(reads.lens[0] + reads.lens[1]) - HEAD_LEN;
    assert_int_equal(reads.lens[0], hello / 2);
    assert_in_range(reads.at_ns[1] - reads.at_ns[0], PAUSE_NS / 2, 20 * NS_PER_S);
    assert_int_equal(trial.result->bytes_written, hello + HEAD_LEN);
    char expected[80];
    snprintf(expected, sizeof expected, "ClientHello of %zu bytes in two segments, 300 ms apart;",
             hello);
    if (strstr(trial.stories.first, expected) == NULL)
        fail_msg("'%s' is not in: %s", expected, trial.stories.first);
    trial_cleanup(&trial);
}

static void sessions_with_a_split_hello_succeed(void **state)
{
    (void)state;
    static const uint16_t versions[] = {TLS_VERSION_1_2, TLS_VERSION_1_3};
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        struct trial trial;
        struct service *service = service_start(MANNER_SERVE, &plain);
        trial_plan(&trial, service);
        trial.plan.hello_pause_ns = 10 * NS_PER_MS;
        trial.plan.tls.version_min = trial.plan.tls.version_max = versions[i];
        trial_run(&trial);
        trial_expect(&trial, OUTCOME_SUCCEEDED);
        const struct latency *latency = trial.result->latencies[LATENCY_TLS_HANDSHAKE];
        assert_true(latency_percentile(latency, 1) >= 9.9 * NS_PER_MS);
        trial_cleanup(&trial);
        service_stop(service);
    }
}

static void early_data_follows_a_split_hello(void **state)
{
    (void)state;
    struct trial trial;
    struct service *service = service_start(MANNER_SERVE, &willing);
    trial_plan(&trial, service);
    make_early(&trial);
    trial.plan.hello_pause_ns = 10 * NS_PER_MS;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(trial.result->early_accepted, 9);
    assert_int_equal(service_seen(service)->requests, 10);
    trial_cleanup(&trial);
    service_stop(service);
}

static void a_server_that_ends_it_at_the_first_segment_gets_no_second_one(void **state)
{
    (void)state;
    struct trial trial;
    struct service *service = service_start(MANNER_CLOSE_AT_ONCE, &plain);
    trial_plan(&trial, service);
    trial.plan.hello_pause_ns = PAUSE_NS;
    trial_run(&trial);
    const struct result *result = trial.result;
    assert_int_equal(result->outcomes[OUTCOME_SUCCEEDED], 0);
    assert_int_equal(result->handshakes_completed, 0);
    assert_true(trial.took_s < 20);
    assert_in_range(result->bytes_written, 4 * 50, 4 * 1000); /* halves */
    assert_non_null(strstr(trial.stories.first, " bytes, of which the first half of "));
    trial_cleanup(&trial);
    service_stop(service);
}

static void a_server_that_is_silent_about_it_is_waited_for_as_ever(void **state)
{
    (void)state;
    struct trial trial;
    struct service *service = service_start(MANNER_STALL_AT_ONCE, &plain);
    trial_plan(&trial, service);
    trial.plan.hello_pause_ns = 10 * NS_PER_MS;
    trial.plan.timeout_ns = 500 * NS_PER_MS;
    trial.plan.sessions = 2;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_HANDSHAKE_TIMEOUT);
    assert_true(trial.took_s >= 0.49);
    trial_cleanup(&trial);
    service_stop(service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_of_handshakes_is_what_connections_wrote),
        cmocka_unit_test(with_early_data_no_round_trip_is_waited_for),
        cmocka_unit_test(rejected_early_data_is_a_round_trip_again),
        cmocka_unit_test(the_warm_up_has_sizes_too),
        cmocka_unit_test(a_split_hello_comes_in_two_segments_a_moment_apart),
        cmocka_unit_test(sessions_with_a_split_hello_succeed),
        cmocka_unit_test(early_data_follows_a_split_hello),
        cmocka_unit_test(a_server_that_ends_it_at_the_first_segment_gets_no_second_one),
        cmocka_unit_test(a_server_that_is_silent_about_it_is_waited_for_as_ever),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
