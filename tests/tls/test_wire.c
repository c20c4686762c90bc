/* SPDX-License-Identifier: Apache-2.0 */
/* What a connection tells of its handshake, against the bytes that passed between the two. */
#include "tls/wire.h"

#include "base/buffer.h"
#include "base/number.h"
#include "tls/fixtures.h"
#include "tls/pair.h"

static const struct verify_policy nothing = {.mode = VERIFY_NONE};

#define CLIENT_CA FIXTURE("client-ca.crt")
#define ONLY(version) .version_min = version, .version_max = version

/* What passed until the client's handshake was complete. */
struct passed {
    size_t to_server, to_client, last_to_server, client_hello;
};

static size_t u24(const uint8_t *bytes)
{
    return (size_t)bytes[0] << 16 | (size_t)bytes[1] << 8 | bytes[2];
}

/* Hands what FROM put out to CONN, STEP bytes at a time; returns how many there were. */
static size_t hand_over(struct tls_context *from, struct tls_conn *conn, size_t step,
                        enum tls_status *status)
{
    struct buffer bytes = *tls_context_output(from);
    *tls_context_output(from) = (struct buffer){0};
    for (size_t at = 0; at < bytes.len; at += step) {
        assert_int_equal(*status, TLS_WANT_READ);
        tls_conn_feed(conn, bytes.data + at, (size_t)number_min(step, bytes.len - at));
        *status = tls_conn_handshake(conn);
    }
    size_t len = bytes.len;
    buffer_cleanup(&bytes);
    return len;
}

static struct passed shake_hands(struct pair *pair, bool offer_ticket, size_t step)
{
    struct passed passed = {0};
    enum tls_status client = TLS_WANT_READ, server = TLS_WANT_READ;
    bool has_identity = identity_set_count(pair->identities) > 0;
    tls_conn_stop(pair->client);
    tls_conn_stop(pair->server);
    buffer_clear(tls_context_output(pair->client_context));
    buffer_clear(tls_context_output(pair->server_context));
    tls_conn_start(pair->client, has_identity ? 0 : TLS_NO_IDENTITY, &nothing, offer_ticket);
    tls_conn_start(pair->server, TLS_NO_IDENTITY, NULL, false);
    client = tls_conn_handshake(pair->client);
    passed.client_hello = 4 + u24(tls_context_output(pair->client_context)->data + 6);
    for (int turns = 0; client == TLS_WANT_READ || server == TLS_WANT_READ; turns++) {
        assert_true(turns < 10);
        size_t len = hand_over(pair->client_context, pair->server, step, &server);
        if (len > 0)
            passed.last_to_server = len;
        passed.to_server += len;
        if (client == TLS_WANT_READ)
            passed.to_client += hand_over(pair->server_context, pair->client, step, &client);
    }
    assert_int_equal(client, TLS_OK);
    assert_int_equal(server, TLS_OK);
    return passed;
}

static void expect(const struct pair *pair, const struct passed *passed, uint32_t round_trips)
{
    const uint32_t *wire = pair_client(pair)->wire;
    assert_int_equal(wire[WIRE_CLIENT_HELLO], passed->client_hello);
    assert_int_equal(wire[WIRE_SENT], passed->to_server);
    assert_int_equal(wire[WIRE_LAST_FLIGHT], passed->last_to_server);
    assert_int_equal(wire[WIRE_RECEIVED], passed->to_client);
    assert_int_equal(wire[WIRE_ROUND_TRIPS], round_trips);
}

static const size_t steps[] = {1, 5, 100, SIZE_MAX / 2};

static void bytes_and_round_trips_are_those_that_passed(void **state)
{
    (void)state;
    static const struct {
        struct tls_config client, server;
        const char *identity;
        uint32_t round_trips;
    } cases[] = {
        {{0}, {0}, "client-p256", 1},
        {{0}, {0}, NULL, 1},
        {{.groups = "X25519"}, {0}, "client-rsa", 1},
        {{.groups = "X25519:P-384"}, {.groups = "P-384"}, "client-p256", 2}, /* HelloRetryRequest */
        {{ONLY(TLS_VERSION_1_2)}, {0}, "client-p256", 2},
        {{ONLY(TLS_VERSION_1_2)}, {0}, NULL, 2},
    };
    for (size_t i = 0; i < COUNT_OF(cases) * COUNT_OF(steps); i++) {
        struct pair pair;
        size_t row = i / COUNT_OF(steps);
        struct pair_config config = {.client = cases[row].identity,
                                     .client_ca = CLIENT_CA,
                                     .client_cert_optional = cases[row].identity == NULL,
                                     .client_tls = cases[row].client,
                                     .server_tls = cases[row].server};
        pair_open(&pair, &config);
        struct passed passed = shake_hands(&pair, false, steps[i % COUNT_OF(steps)]);
        expect(&pair, &passed, cases[row].round_trips);
        pair_close(&pair);
    }
}

static void a_resumed_handshake_is_one_round_trip_and_sends_no_certificate(void **state)
{
    (void)state;
    static const uint16_t versions[] = {TLS_VERSION_1_2, TLS_VERSION_1_3};
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        struct pair pair;
        struct pair_config config = {
            .tickets = true,
            .client = "client-p256",
            .client_ca = CLIENT_CA,
            .client_tls = {.version_min = versions[i], .version_max = versions[i]}};
        pair_open(&pair, &config);
        pair_meet(&pair, &nothing, true);
        uint32_t full_last = pair_client(&pair)->wire[WIRE_LAST_FLIGHT];
        struct passed passed = shake_hands(&pair, true, 100);
        assert_true(pair_client(&pair)->resumed);
        expect(&pair, &passed, 1);
        assert_true(pair_client(&pair)->wire[WIRE_LAST_FLIGHT] < full_last / 2);
        pair_close(&pair);
    }
}

/* What follows a handshake is none of it: tickets, data, close_notify. */
static void what_comes_after_the_handshake_does_not_count(void **state)
{
    (void)state;
    struct pair pair;
    struct pair_config config = {.tickets = true, .client = "client-p256", .client_ca = CLIENT_CA};
    pair_open(&pair, &config);
    shake_hands(&pair, false, 100);
    struct tls_facts before = *pair_client(&pair);
    assert_int_equal(pair_meet(&pair, &nothing, false).client, TLS_OK);
    assert_int_equal(pair_client(&pair)->num_tickets > 0, true);
    assert_int_equal(pair_client(&pair)->wire[WIRE_CLIENT_HELLO], before.wire[WIRE_CLIENT_HELLO]);
    assert_int_equal(pair_client(&pair)->wire[WIRE_ROUND_TRIPS], 1);
    uint32_t received = pair_client(&pair)->wire[WIRE_RECEIVED]; /* signatures differ by a byte */
    assert_in_range(received, before.wire[WIRE_RECEIVED] - 8, before.wire[WIRE_RECEIVED] + 8);
    pair_close(&pair);
}

static void of_a_handshake_that_fails_the_hello_is_known(void **state)
{
    (void)state;
    struct pair pair;
    struct pair_config config = {.client_tls = {ONLY(TLS_VERSION_1_2)},
                                 .server_tls = {ONLY(TLS_VERSION_1_3)}};
    pair_open(&pair, &config);
    assert_int_equal(pair_meet(&pair, &nothing, false).client, TLS_FAILED);
    assert_true(pair_client(&pair)->wire[WIRE_CLIENT_HELLO] > 100);
    assert_int_equal(pair_client(&pair)->wire[WIRE_RECEIVED], 7); /* an alert */
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_and_round_trips_are_those_that_passed),
        cmocka_unit_test(a_resumed_handshake_is_one_round_trip_and_sends_no_certificate),
        cmocka_unit_test(what_comes_after_the_handshake_does_not_count),
        cmocka_unit_test(of_a_handshake_that_fails_the_hello_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
