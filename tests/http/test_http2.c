/* SPDX-License-Identifier: Apache-2.0 */
/* The exchange with HTTP/2, in memory, with a server on nghttp2. */
#include "base/memory.h"
#include "base/version.h"
#include "http/event_queue.h"
#include "http/exchange.h"
#include "http/request.h"
#include "http/target.h"
#include "http2_server.h"
#include "unit.h"

#define MAX_STREAMS 100
#define WINDOW 65535
#define WHOLE SIZE_MAX
#define UPLOAD_LEN 3000000u
#define MAX_TAGS 512

/* Wrapped by the linker's --wrap: counts allocations by our own code. */
static unsigned num_allocations;
void *__real_memory_new(size_t count, size_t size);
void *__real_memory_resize(void *memory, size_t len);
void *__wrap_memory_new(size_t count, size_t size);
void *__wrap_memory_resize(void *memory, size_t len);

void *__wrap_memory_new(size_t count, size_t size)
{
    num_allocations++;
    return __real_memory_new(count, size);
}

void *__wrap_memory_resize(void *memory, size_t len)
{
    num_allocations++;
    return __real_memory_resize(memory, len);
}

/* What has become of each request, by its tag. */
struct fate {
    unsigned num_first_bytes;
    unsigned num_responses;
    unsigned num_failures;
    unsigned num_declined;
    struct exchange_event response;
};

struct fixture {
    struct exchange *exchange;
    struct event_queue events;
    struct http2_server *server;
    struct buffer to_server;
    struct buffer to_client;
    size_t piece_len; /* how much the client is fed at a time */
    struct fate fates[MAX_TAGS];
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture->exchange = exchange_new(&fixture->events);
    fixture->piece_len = WHOLE;
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    exchange_free(fixture->exchange);
    event_queue_cleanup(&fixture->events);
    if (fixture->server != NULL)
        http2_server_free(fixture->server);
    buffer_cleanup(&fixture->to_server);
    buffer_cleanup(&fixture->to_client);
    free(fixture);
    return 0;
}

static struct request *make_request(const char *path, const char *method, const uint8_t *body,
                                    size_t body_len)
{
    struct target target;
    struct error err;
    char url[100];
    snprintf(url, sizeof url, "https://example.com:8443%s", path);
    assert_true(target_parse(&target, url, &err));
    struct request *request = request_new(&target, method, NULL, 0, body, body_len, &err);
    assert_non_null(request);
    target_cleanup(&target);
    return request;
}

static void begin(struct fixture *fixture, uint32_t max_streams)
{
    if (fixture->server != NULL)
        http2_server_free(fixture->server);
    fixture->server = http2_server_new(max_streams, WINDOW);
    buffer_clear(&fixture->to_server);
    buffer_clear(&fixture->to_client);
    memset(fixture->fates, 0, sizeof fixture->fates);
    exchange_reset(fixture->exchange, HTTP_2, &fixture->to_server);
}

static void take_events(struct fixture *fixture)
{
    struct exchange_event event;
    while (exchange_next(fixture->exchange, &event)) {
        struct fate *fate = &fixture->fates[event.tag % MAX_TAGS];
        assert_int_equal(fate->num_responses + fate->num_failures + fate->num_declined, 0);
        switch (event.kind) {
        case EXCHANGE_FIRST_BYTE:
            assert_int_equal(fate->num_first_bytes++, 0);
            break;
        case EXCHANGE_RESPONSE:
            assert_int_equal(fate->num_first_bytes, 1);
            fate->num_responses++;
            fate->response = event;
            break;
        case EXCHANGE_FAILED:
            fate->num_failures++;
            break;
        case EXCHANGE_DECLINED:
            assert_int_equal(fate->num_first_bytes, 0);
            fate->num_declined++;
            break;
        }
    }
}

static bool feed_client(struct fixture *fixture)
{
    const struct buffer *bytes = &fixture->to_client;
    for (size_t start = 0; start < bytes->len;) {
        size_t len = bytes->len - start;
        if (len > fixture->piece_len)
            len = fixture->piece_len;
        bool valid =
            exchange_feed(fixture->exchange, bytes->data + start, len, &fixture->to_server);
        take_events(fixture);
        if (!valid)
            return false;
        start += len;
    }
    buffer_clear(&fixture->to_client);
    return true;
}

/* Moves bytes in both directions until neither side has any more. */
static bool pump(struct fixture *fixture)
{
    bool valid = true;
    do {
        assert_true(
            http2_server_feed(fixture->server, fixture->to_server.data, fixture->to_server.len));
        buffer_clear(&fixture->to_server);
        http2_server_drain(fixture->server, &fixture->to_client);
        valid = feed_client(fixture);
    } while (valid && fixture->to_server.len > 0);
    return valid;
}

static void send_one(struct fixture *fixture, const struct request *request, uint32_t tag)
{
    assert_true(exchange_can_send(fixture->exchange));
    exchange_send(fixture->exchange, request, tag, &fixture->to_server);
}

/* One request on a connection of its own. */
static struct fate *ask(struct fixture *fixture, const char *path, const char *method)
{
    struct request *request = make_request(path, method, NULL, 0);
    begin(fixture, MAX_STREAMS);
    send_one(fixture, request, 7);
    assert_true(pump(fixture));
    request_free(request);
    return &fixture->fates[7];
}

static void each_kind_of_response_is_complete_with_its_status(void **state)
{
    static const struct {
        const char *path, *method;
        unsigned status;
        uint64_t body_bytes;
        bool refused;
    } cases[] = {
        {"/ok", "GET", 200, 2, false},       {"/head", "HEAD", 200, 0, false},
        {"/empty", "GET", 204, 0, false},    {"/interim", "GET", 200, 2, false},
        {"/trailers", "GET", 200, 2, false}, {"/refused", "GET", 400, 68, true},
        {"/early", "GET", 413, 8, false},
    };
    static const size_t piece_lens[] = {WHOLE, 1, 2, 3, 5, 9, 10, 17};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT_OF(cases) * COUNT_OF(piece_lens); i++) {
        size_t c = i % COUNT_OF(cases);
        fixture->piece_len = piece_lens[i / COUNT_OF(cases)];
        const struct fate *fate = ask(fixture, cases[c].path, cases[c].method);
        assert_int_equal(fate->num_responses, 1);
        assert_int_equal(fate->response.tag, 7);
        assert_int_equal(fate->response.status, cases[c].status);
        assert_int_equal(fate->response.body_bytes, cases[c].body_bytes);
        assert_int_equal(fate->response.client_cert_refused, cases[c].refused);
        assert_false(exchange_is_over(fixture->exchange));
        assert_true(exchange_can_send(fixture->exchange));
        assert_true(exchange_end(fixture->exchange));
        assert_true(exchange_is_over(fixture->exchange));
    }
}

static void a_stream_that_does_not_end_properly_has_failed_or_was_declined(void **state)
{
    static const struct {
        const char *path;
        unsigned num_first_bytes, num_declined;
    } cases[] = {{"/reset", 0, 0},      {"/reset-midway", 1, 0}, {"/reset-gently", 0, 0},
                 {"/bad-length", 1, 0}, {"/low-status", 1, 0},   {"/declined", 0, 1}};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct fate *fate = ask(fixture, cases[i].path, "GET");
        assert_int_equal(fate->num_failures, 1 - cases[i].num_declined);
        assert_int_equal(fate->num_declined, cases[i].num_declined);
        assert_int_equal(fate->num_first_bytes, cases[i].num_first_bytes);
        assert_true(exchange_can_send(fixture->exchange));
        assert_true(exchange_end(fixture->exchange));
    }
}

static void the_server_sees_the_fields_that_were_built(void **state)
{
    struct fixture *fixture = *state;
    ask(fixture, "/ok", "GET");
    struct buffer fields = http2_server_seen(fixture->server)->fields;
    assert_string_equal(buffer_text(&fields),
                        ":method=GET;:scheme=https;:authority=example.com:8443;:path=/ok;"
                        "user-agent=pinload/" PINLOAD_VERSION ";accept=*/*;");
}

static void ten_thousand_requests_share_a_hundred_streams(void **state)
{
    struct fixture *fixture = *state;
    struct request *request = make_request("/ok", NULL, NULL, 0);
    uint32_t sent = 0, answered = 0;
    begin(fixture, MAX_STREAMS);
    assert_true(pump(fixture));
    while (answered < 10000) {
        uint32_t first = sent;
        while (exchange_can_send(fixture->exchange) && sent < 10000)
            send_one(fixture, request, sent++);
        assert_int_equal(sent - first, MAX_STREAMS);
        assert_true(pump(fixture));
        for (uint32_t tag = first; tag < sent; tag++) {
            struct fate *fate = &fixture->fates[tag % MAX_TAGS];
            assert_int_equal(fate->num_responses, 1);
            assert_int_equal(fate->response.tag, tag);
            *fate = (struct fate){0};
            answered++;
        }
    }
    assert_int_equal(http2_server_seen(fixture->server)->num_requests, 10000);
    assert_int_equal(http2_server_seen(fixture->server)->most_open, MAX_STREAMS);
    request_free(request);
}

static void the_servers_limit_of_streams_is_kept(void **state)
{
    struct fixture *fixture = *state;
    struct request *request = make_request("/hold", NULL, NULL, 0);
    begin(fixture, 3);
    assert_true(pump(fixture));
    for (uint32_t tag = 0; tag < 3; tag++)
        send_one(fixture, request, tag);
    assert_false(exchange_can_send(fixture->exchange));
    assert_false(exchange_is_over(fixture->exchange));
    assert_true(pump(fixture));
    assert_int_equal(http2_server_seen(fixture->server)->num_open, 3);
    assert_false(exchange_end(fixture->exchange));
    request_free(request);
}

static void requests_beyond_a_limit_that_comes_later_are_declined(void **state)
{
    struct fixture *fixture = *state;
    struct request *request = make_request("/ok", NULL, NULL, 0);
    unsigned num_declined = 0;
    begin(fixture, 2);
    for (uint32_t tag = 0; tag < 5; tag++)
        send_one(fixture, request, tag); /* the server's SETTINGS are not here yet */
    pump(fixture);
    for (uint32_t tag = 0; tag < 5; tag++) {
        const struct fate *fate = &fixture->fates[tag];
        assert_int_equal(fate->num_responses + fate->num_declined, 1);
        num_declined += fate->num_declined;
    }
    assert_int_equal(num_declined, 3);
    assert_false(exchange_is_over(fixture->exchange));
    assert_true(exchange_end(fixture->exchange));
    request_free(request);
}

static void a_reset_stream_leaves_the_others_alone(void **state)
{
    struct fixture *fixture = *state;
    struct request *ok = make_request("/ok", NULL, NULL, 0);
    struct request *reset = make_request("/reset-midway", NULL, NULL, 0);
    begin(fixture, MAX_STREAMS);
    for (uint32_t tag = 0; tag < 40; tag++)
        send_one(fixture, tag % 3 == 0 ? reset : ok, tag);
    assert_true(pump(fixture));
    for (uint32_t tag = 0; tag < 40; tag++) {
        assert_int_equal(fixture->fates[tag].num_failures, tag % 3 == 0);
        assert_int_equal(fixture->fates[tag].num_responses, tag % 3 != 0);
    }
    request_free(ok);
    request_free(reset);
}

static void goaway_declines_what_it_does_not_cover(void **state)
{
    struct fixture *fixture = *state;
    struct request *hold = make_request("/hold", NULL, NULL, 0);
    begin(fixture, MAX_STREAMS);
    for (uint32_t tag = 0; tag < 4; tag++) /* streams 1, 3, 5 and 7 */
        send_one(fixture, hold, tag);
    assert_true(pump(fixture));
    http2_server_goaway(fixture->server, 3);
    assert_true(pump(fixture));
    assert_true(exchange_is_over(fixture->exchange));
    assert_false(exchange_can_send(fixture->exchange));
    for (uint32_t tag = 0; tag < 4; tag++)
        assert_int_equal(fixture->fates[tag].num_declined, tag >= 2);
    assert_false(exchange_end(fixture->exchange)); /* two answers are still missing */
    request_free(hold);
}

static void goaway_with_an_error_is_the_servers_word_that_the_protocol_is_broken(void **state)
{
    static const uint8_t frame[] = {0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 11};
    struct fixture *fixture = *state;
    assert_int_equal(ask(fixture, "/ok", NULL)->num_responses, 1);
    assert_false(exchange_feed(fixture->exchange, frame, sizeof frame, &fixture->to_server));
    assert_true(exchange_is_over(fixture->exchange));
    assert_true(exchange_end(fixture->exchange));
}

static void goaway_lets_what_it_covers_be_answered(void **state)
{
    struct fixture *fixture = *state;
    struct request *big = make_request("/big", NULL, NULL, 0);
    begin(fixture, MAX_STREAMS);
    send_one(fixture, big, 0);
    http2_server_goaway(fixture->server, 1);
    assert_true(pump(fixture));
    assert_int_equal(fixture->fates[0].num_responses, 1);
    assert_int_equal(fixture->fates[0].response.body_bytes, BIG_BODY_LEN);
    assert_true(exchange_is_over(fixture->exchange));
    assert_true(exchange_end(fixture->exchange));
    request_free(big);
}

static void large_bodies_come_whole_on_many_streams(void **state)
{
    static const size_t piece_lens[] = {WHOLE, 16384, 1000};
    struct fixture *fixture = *state;
    struct request *big = make_request("/big", NULL, NULL, 0);
    for (size_t i = 0; i < COUNT_OF(piece_lens); i++) {
        fixture->piece_len = piece_lens[i];
        begin(fixture, MAX_STREAMS);
        for (uint32_t tag = 0; tag < 8; tag++)
            send_one(fixture, big, tag);
        assert_true(pump(fixture));
        for (uint32_t tag = 0; tag < 8; tag++)
            assert_int_equal(fixture->fates[tag].response.body_bytes, BIG_BODY_LEN);
    }
    request_free(big);
}

static void the_server_need_not_wait_for_a_window(void **state)
{
    struct fixture *fixture = *state;
    struct request *big = make_request("/big", NULL, NULL, 0);
    begin(fixture, MAX_STREAMS);
    for (uint32_t tag = 0; tag < 8; tag++)
        send_one(fixture, big, tag);
    assert_true(
        http2_server_feed(fixture->server, fixture->to_server.data, fixture->to_server.len));
    http2_server_drain(fixture->server, &fixture->to_client);
    assert_true(fixture->to_client.len > 8 * BIG_BODY_LEN);
    request_free(big);
}

/* 1,500 MB through a window of 1 GiB: the window must have been opened again. */
static void the_connections_window_never_runs_dry(void **state)
{
    struct fixture *fixture = *state;
    struct request *big = make_request("/big", NULL, NULL, 0);
    begin(fixture, MAX_STREAMS);
    for (uint32_t i = 0; i < 1000; i++) {
        fixture->fates[0] = (struct fate){0};
        send_one(fixture, big, 0);
        assert_true(pump(fixture));
        assert_int_equal(fixture->fates[0].response.body_bytes, BIG_BODY_LEN);
    }
    request_free(big);
}

static uint8_t *make_upload(uint64_t *out_sum)
{
    uint8_t *body = malloc(UPLOAD_LEN);
    *out_sum = 0;
    for (uint32_t i = 0; i < UPLOAD_LEN; i++) {
        body[i] = (uint8_t)(i * 31 + i / 7);
        *out_sum += body[i];
    }
    return body;
}

static void a_large_body_goes_up_through_a_small_window(void **state)
{
    struct fixture *fixture = *state;
    uint64_t sum;
    uint8_t *body = make_upload(&sum);
    struct request *upload = make_request("/upload", NULL, body, UPLOAD_LEN);
    free(body);
    begin(fixture, MAX_STREAMS);
    for (uint32_t tag = 0; tag < 3; tag++)
        send_one(fixture, upload, tag);
    assert_true(fixture->to_server.len < 2 * WINDOW); /* the rest waits for the window */
    assert_true(pump(fixture));
    for (uint32_t tag = 0; tag < 3; tag++)
        assert_int_equal(fixture->fates[tag].response.status, 200);
    const struct http2_server_seen *seen = http2_server_seen(fixture->server);
    assert_true(seen->upload_bytes == 3ull * UPLOAD_LEN);
    assert_true(seen->upload_sum == 3 * sum);
    request_free(upload);
}

static void an_early_answer_stops_the_upload(void **state)
{
    struct fixture *fixture = *state;
    uint64_t sum;
    uint8_t *body = make_upload(&sum);
    struct request *early = make_request("/early", NULL, body, UPLOAD_LEN);
    free(body);
    begin(fixture, MAX_STREAMS);
    send_one(fixture, early, 0);
    assert_true(pump(fixture));
    assert_int_equal(fixture->fates[0].response.status, 413);
    assert_int_equal(fixture->fates[0].response.body_bytes, 8);
    const struct http2_server_seen *seen = http2_server_seen(fixture->server);
    assert_int_equal(seen->num_cancelled, 1);
    assert_int_equal(seen->num_open, 0);
    assert_true(seen->upload_bytes < UPLOAD_LEN);
    assert_true(exchange_can_send(fixture->exchange));
    request_free(early);
}

static void a_ping_is_answered(void **state)
{
    struct fixture *fixture = *state;
    begin(fixture, MAX_STREAMS);
    assert_true(pump(fixture));
    http2_server_ping(fixture->server);
    http2_server_drain(fixture->server, &fixture->to_client);
    assert_true(feed_client(fixture));
    assert_int_equal(fixture->to_server.len, 17);
    assert_true(pump(fixture));
}

static void what_is_not_http2_is_invalid(void **state)
{
    static const char *const answers[] = {
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n",
    };
    struct fixture *fixture = *state;
    struct request *ok = make_request("/ok", NULL, NULL, 0);
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        begin(fixture, MAX_STREAMS);
        send_one(fixture, ok, 0);
        buffer_append_text(&fixture->to_client, answers[i]);
        assert_false(feed_client(fixture));
        assert_true(exchange_is_over(fixture->exchange));
        assert_false(exchange_can_send(fixture->exchange));
        assert_false(feed_client(fixture));
        assert_int_equal(fixture->fates[0].num_responses + fixture->fates[0].num_failures, 0);
    }
    request_free(ok);
}

/* A DATA frame on a stream that was never opened. */
static void a_broken_protocol_is_answered_with_goaway(void **state)
{
    static const uint8_t frame[] = {0, 0, 1, 0, 0, 0, 0, 0, 9, 'x'};
    struct fixture *fixture = *state;
    begin(fixture, MAX_STREAMS);
    assert_true(pump(fixture));
    assert_false(exchange_feed(fixture->exchange, frame, sizeof frame, &fixture->to_server));
    assert_true(fixture->to_server.len >= 17);
    assert_int_equal(fixture->to_server.data[3], 7); /* GOAWAY */
    assert_true(exchange_is_over(fixture->exchange));
}

static void a_flood_of_pings_in_one_feed_is_invalid(void **state)
{
    static const uint8_t ping[17] = {0, 0, 8, 6};
    struct fixture *fixture = *state;
    begin(fixture, MAX_STREAMS);
    assert_true(pump(fixture));
    for (int i = 0; i < 5000; i++)
        buffer_append(&fixture->to_client, ping, sizeof ping);
    assert_false(feed_client(fixture));
    assert_true(exchange_is_over(fixture->exchange));
}

static void an_abandoned_connection_is_forgotten(void **state)
{
    struct fixture *fixture = *state;
    struct request *hold = make_request("/hold", NULL, NULL, 0);
    struct exchange_event event;
    for (int i = 0; i < 3; i++) {
        begin(fixture, MAX_STREAMS);
        for (uint32_t tag = 0; tag < 60; tag++)
            send_one(fixture, hold, tag);
        assert_true(pump(fixture));
        exchange_abandon(fixture->exchange);
        assert_false(exchange_next(fixture->exchange, &event));
        assert_true(exchange_is_over(fixture->exchange));
        assert_false(exchange_can_send(fixture->exchange));
    }
    request_free(hold);
    assert_int_equal(ask(fixture, "/ok", NULL)->num_responses, 1);
}

static void a_slot_can_change_its_version(void **state)
{
    static const char response[] = "HTTP/1.1 204 No Content\r\n\r\n";
    struct fixture *fixture = *state;
    struct request *ok = make_request("/ok", NULL, NULL, 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ask(fixture, "/ok", NULL)->num_responses, 1);
        memset(fixture->fates, 0, sizeof fixture->fates);
        exchange_reset(fixture->exchange, HTTP_1_1, &fixture->to_server);
        send_one(fixture, ok, 9);
        buffer_append_text(&fixture->to_client, response);
        assert_true(feed_client(fixture));
        assert_int_equal(fixture->fates[9].response.status, 204);
    }
    request_free(ok);
}

static void a_request_allocates_nothing_of_ours_in_steady_state(void **state)
{
    struct fixture *fixture = *state;
    struct request *ok = make_request("/ok", NULL, NULL, 0);
    unsigned before = 0;
    begin(fixture, MAX_STREAMS);
    for (uint32_t round = 0; round < 200; round++) {
        if (round == 2)
            before = num_allocations;
        memset(fixture->fates, 0, sizeof fixture->fates);
        for (uint32_t tag = 0; tag < 50; tag++)
            send_one(fixture, ok, tag);
        assert_true(pump(fixture));
        assert_int_equal(fixture->fates[49].num_responses, 1);
    }
    assert_true(before > 0);
    assert_int_equal(num_allocations, before);
    request_free(ok);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_kind_of_response_is_complete_with_its_status),
        TEST(a_stream_that_does_not_end_properly_has_failed_or_was_declined),
        TEST(the_server_sees_the_fields_that_were_built),
        TEST(ten_thousand_requests_share_a_hundred_streams),
        TEST(the_servers_limit_of_streams_is_kept),
        TEST(requests_beyond_a_limit_that_comes_later_are_declined),
        TEST(a_reset_stream_leaves_the_others_alone),
        TEST(goaway_declines_what_it_does_not_cover),
        TEST(goaway_with_an_error_is_the_servers_word_that_the_protocol_is_broken),
        TEST(goaway_lets_what_it_covers_be_answered),
        TEST(large_bodies_come_whole_on_many_streams),
        TEST(the_server_need_not_wait_for_a_window),
        TEST(the_connections_window_never_runs_dry),
        TEST(a_large_body_goes_up_through_a_small_window),
        TEST(an_early_answer_stops_the_upload),
        TEST(a_ping_is_answered),
        TEST(what_is_not_http2_is_invalid),
        TEST(a_broken_protocol_is_answered_with_goaway),
        TEST(a_flood_of_pings_in_one_feed_is_invalid),
        TEST(an_abandoned_connection_is_forgotten),
        TEST(a_slot_can_change_its_version),
        TEST(a_request_allocates_nothing_of_ours_in_steady_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
