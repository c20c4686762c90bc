/* SPDX-License-Identifier: Apache-2.0 */
/* The exchange with HTTP/1.1: the result must not depend on how the bytes are split. */
#include "base/memory.h"
#include "http/event_queue.h"
#include "http/exchange.h"
#include "http/request.h"
#include "http/target.h"

#include "unit.h"

#define TAG 77
#define MAX_PIECES 3
#define SSL_ERROR_PAGE                                                                             \
    "<html>\r\n<head><title>400 The SSL certificate error</title></head>\r\n</html>\r\n"
#define NO_CERT_PAGE                                                                               \
    "<html>\r\n<center>No required SSL certificate was sent</center>\r\n</html>\r\n"

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

struct fixture {
    struct target target;
    struct request *get;
    struct request *head;
    struct exchange *exchange;
    struct event_queue events;
    struct buffer out;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct error err;
    assert_true(target_parse(&fixture->target, "https://h/", &err));
    fixture->get = request_new(&fixture->target, "GET", NULL, 0, NULL, 0, &err);
    fixture->head = request_new(&fixture->target, "HEAD", NULL, 0, NULL, 0, &err);
    fixture->exchange = exchange_new(&fixture->events);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    exchange_free(fixture->exchange);
    event_queue_cleanup(&fixture->events);
    request_free(fixture->get);
    request_free(fixture->head);
    target_cleanup(&fixture->target);
    buffer_cleanup(&fixture->out);
    free(fixture);
    return 0;
}

/* How an exchange of one request ends. */
enum ending {
    PERSISTS,     /* complete, and another request could follow */
    OVER,         /* complete, and none can */
    OVER_AT_END,  /* complete when the server ends the stream, not before */
    CUT_SHORT,    /* valid so far, but incomplete when the stream ends */
    INVALID,      /* rejected before it is complete */
    INVALID_TAIL, /* complete, and then unrequested bytes */
};

struct conversation {
    const char *name;
    const char *bytes;
    enum ending ending;
    unsigned status;
    uint64_t body_bytes;
    bool is_head;
    bool refused;
};

struct observed {
    enum ending ending;
    unsigned num_first_bytes;
    unsigned num_responses;
    struct exchange_event response;
};

static void take_events(struct exchange *exchange, struct observed *observed)
{
    struct exchange_event event;
    while (exchange_next(exchange, &event)) {
        assert_int_equal(event.tag, TAG);
        assert_int_not_equal(event.kind, EXCHANGE_FAILED);
        if (event.kind == EXCHANGE_FIRST_BYTE) {
            assert_int_equal(observed->num_responses, 0);
            observed->num_first_bytes++;
        } else {
            observed->num_responses++;
            observed->response = event;
        }
    }
}

static bool feed_in_pieces(struct fixture *fixture, const char *bytes, const size_t *cuts,
                           struct observed *observed)
{
    size_t start = 0;
    for (size_t i = 0; i < MAX_PIECES; i++) {
        size_t len = cuts[i] - start;
        bool valid =
            exchange_feed(fixture->exchange, (const uint8_t *)bytes + start, len, &fixture->out);
        take_events(fixture->exchange, observed);
        if (!valid)
            return false;
        start += len;
    }
    return true;
}

static bool feed_byte_by_byte(struct fixture *fixture, const char *bytes, const size_t *cuts,
                              struct observed *observed)
{
    (void)cuts;
    for (size_t i = 0; bytes[i] != '\0'; i++) {
        bool valid = exchange_feed(fixture->exchange, (const uint8_t *)bytes + i, 1, &fixture->out);
        take_events(fixture->exchange, observed);
        if (!valid)
            return false;
    }
    return true;
}

typedef bool feeder(struct fixture *, const char *, const size_t *, struct observed *);

static enum ending find_ending(struct exchange *exchange, struct observed *observed, bool valid)
{
    if (!valid) {
        assert_true(exchange_is_over(exchange));
        assert_false(exchange_can_send(exchange));
        return observed->num_responses > 0 ? INVALID_TAIL : INVALID;
    }
    if (observed->num_responses > 0) {
        bool over = exchange_is_over(exchange);
        assert_int_equal(exchange_can_send(exchange), !over);
        assert_true(exchange_end(exchange));
        return over ? OVER : PERSISTS;
    }
    bool complete = exchange_end(exchange);
    take_events(exchange, observed);
    assert_int_equal(observed->response.until_end, complete);
    return complete ? OVER_AT_END : CUT_SHORT;
}

static struct observed observe(struct fixture *fixture, const struct conversation *conversation,
                               feeder *feed, const size_t *cuts)
{
    struct observed observed = {0};
    struct exchange *exchange = fixture->exchange;
    buffer_clear(&fixture->out);
    exchange_reset(exchange, HTTP_1_1, &fixture->out);
    assert_int_equal(fixture->out.len, 0);
    assert_true(exchange_can_send(exchange));
    exchange_send(exchange, conversation->is_head ? fixture->head : fixture->get, TAG,
                  &fixture->out);
    assert_false(exchange_can_send(exchange));
    bool valid = feed(fixture, conversation->bytes, cuts, &observed);
    observed.ending = find_ending(exchange, &observed, valid);
    assert_true(exchange_is_over(exchange));
    assert_false(exchange_can_send(exchange));
    return observed;
}

static void check(const struct conversation *expected, const struct observed *observed,
                  const size_t *cuts)
{
    bool completes = expected->ending != CUT_SHORT && expected->ending != INVALID;
    bool begins = expected->bytes[0] != '\0';
    if (observed->ending != expected->ending || observed->num_first_bytes != begins ||
        observed->num_responses != completes ||
        (completes && (observed->response.status != expected->status ||
                       observed->response.body_bytes != expected->body_bytes ||
                       observed->response.client_cert_refused != expected->refused)))
        fail_msg("%s, cut at %zu and %zu: ending %d, %u first bytes, %u responses, status %u, "
                 "%llu bytes, refused %d",
                 expected->name, cuts[0], cuts[1], observed->ending, observed->num_first_bytes,
                 observed->num_responses, observed->response.status,
                 (unsigned long long)observed->response.body_bytes,
                 observed->response.client_cert_refused);
}

static void try_every_cut(struct fixture *fixture, const struct conversation *conversation)
{
    size_t len = strlen(conversation->bytes);
    struct observed observed =
        observe(fixture, conversation, feed_byte_by_byte, (const size_t[]){0, 0, 0});
    check(conversation, &observed, (const size_t[]){1, 2, 3});
    for (size_t first = 0; first <= len; first++) {
        for (size_t second = first; second <= len; second += 1 + (len - second) / 8) {
            const size_t cuts[MAX_PIECES] = {first, second, len};
            observed = observe(fixture, conversation, feed_in_pieces, cuts);
            check(conversation, &observed, cuts);
        }
    }
}

static void try_all(struct fixture *fixture, const struct conversation *conversations, size_t count)
{
    for (size_t i = 0; i < count; i++)
        try_every_cut(fixture, &conversations[i]);
}

static void a_complete_response_is_the_same_wherever_it_is_cut(void **state)
{
    static const struct conversation conversations[] = {
        {"content-length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", PERSISTS, 200, 5},
        {"no reason phrase", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", PERSISTS, 200, 2},
        {"an empty body", "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", PERSISTS, 201, 0},
        {"server error", "HTTP/1.1 503 Busy\r\ncontent-length: 1\r\n\r\n.", PERSISTS, 503, 1},
        {"chunked",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
         PERSISTS, 200, 11},
        {"chunked with extension and trailer",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
         "A;x=y\r\n0123456789\r\n000\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n",
         PERSISTS, 200, 10},
        {"interim responses",
         "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
         "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
         PERSISTS, 200, 2},
        {"an interim response with a length",
         "HTTP/1.1 102 Processing\r\nContent-Length: 9\r\nConnection: close\r\n\r\n"
         "HTTP/1.1 204 No Content\r\n\r\n",
         PERSISTS, 204, 0},
        {"204 with a length", "HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", PERSISTS, 204,
         0},
        {"204 without one", "HTTP/1.1 204 No Content\r\n\r\n", PERSISTS, 204, 0},
        {"304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 999\r\n\r\n", PERSISTS,
         304, 0},
        {"HEAD with a length", "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", PERSISTS, 200, 0,
         .is_head = true},
        {"HEAD chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", PERSISTS, 200, 0,
         .is_head = true},
        {"HEAD without a length", "HTTP/1.1 200 OK\r\n\r\n", PERSISTS, 200, 0, .is_head = true},
        {"HEAD and close", "HTTP/1.1 404 No\r\nConnection: close\r\n\r\n", OVER, 404, 0,
         .is_head = true},
        {"Connection: close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
         OVER, 200, 2},
        {"close among others",
         "HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 2\r\n\r\nok", OVER, 200, 2},
        {"close behind the length",
         "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", OVER, 200, 2},
        {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", OVER, 200, 2},
        {"HTTP/1.0 keep-alive",
         "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", PERSISTS, 200,
         2},
        {"until the end", "HTTP/1.1 200 OK\r\n\r\nall there is", OVER_AT_END, 200, 12},
        {"nothing until the end", "HTTP/1.1 200 OK\r\n\r\n", OVER_AT_END, 200, 0},
        {"HTTP/1.0 until the end", "HTTP/1.0 200 OK\r\nServer: x\r\n\r\nbody", OVER_AT_END, 200, 4},
        {"upgrade offered, not done",
         "HTTP/1.1 200 OK\r\nUpgrade: h2\r\nConnection: upgrade\r\nContent-Length: 2\r\n\r\nok",
         PERSISTS, 200, 2},
    };
    try_all(*state, conversations, COUNT_OF(conversations));
}

static void a_refused_client_certificate_is_told_from_other_errors(void **state)
{
    static const struct conversation conversations[] = {
        {"bad certificate",
         "HTTP/1.1 400 Bad Request\r\nContent-Length: 76\r\nConnection: close\r\n\r\n" SSL_ERROR_PAGE,
         OVER, 400, 76, .refused = true},
        {"no certificate", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n" NO_CERT_PAGE,
         OVER_AT_END, 400, strlen(NO_CERT_PAGE), .refused = true},
        {"split over chunks",
         "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n"
         "7\r\nThe SSL\r\n12\r\n certificate error\r\n0\r\n\r\n",
         PERSISTS, 400, 25, .refused = true},
        {"495", "HTTP/1.1 495 X\r\nContent-Length: 25\r\n\r\nThe SSL certificate error", PERSISTS,
         495, 25, .refused = true},
        {"496", "HTTP/1.1 496 X\r\nContent-Length: 36\r\n\r\nNo required SSL certificate was sent",
         PERSISTS, 496, 36, .refused = true},
        {"the words in a 200",
         "HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\nThe SSL certificate error", PERSISTS, 200,
         25},
        {"the words in a 403",
         "HTTP/1.1 403 No\r\nContent-Length: 25\r\n\r\nThe SSL certificate error", PERSISTS, 403,
         25},
        {"another 400", "HTTP/1.1 400 Bad Request\r\nContent-Length: 11\r\n\r\nBad Request",
         PERSISTS, 400, 11},
    };
    try_all(*state, conversations, COUNT_OF(conversations));
}

static void what_ends_too_early_is_cut_short(void **state)
{
    static const struct conversation conversations[] = {
        {"no answer", "", CUT_SHORT},
        {"one letter", "H", CUT_SHORT},
        {"in the status line", "HTTP/1.1 20", CUT_SHORT},
        {"in the header block", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", CUT_SHORT},
        {"before the body", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", CUT_SHORT},
        {"in the body", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no", CUT_SHORT},
        {"in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", CUT_SHORT},
        {"before the last chunk",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", CUT_SHORT},
        {"before the last line end",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n", CUT_SHORT},
        {"after an interim response", "HTTP/1.1 100 Continue\r\n\r\n", CUT_SHORT},
    };
    try_all(*state, conversations, COUNT_OF(conversations));
}

static void what_is_not_a_response_is_invalid(void **state)
{
    static const struct conversation conversations[] = {
        {"another protocol", "SSH-2.0-OpenSSH_9.2\r\n", INVALID},
        {"a request", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", INVALID},
        {"HTTP/0.9", "HTTP/0.9 200 OK\r\nContent-Length: 0\r\n\r\n", INVALID},
        {"HTTP/2 in letters", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", INVALID},
        {"an upgrade", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
         INVALID},
        {"101 alone", "HTTP/1.1 101 Switching\r\n\r\n", INVALID},
        {"a status of letters", "HTTP/1.1 abc\r\n\r\n", INVALID},
        {"a status below 100", "HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n", INVALID},
        {"a status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n", INVALID},
        {"a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", INVALID},
        {"a length with letters", "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello", INVALID},
        {"a length beyond 64 bits",
         "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", INVALID},
        {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
         INVALID},
        {"two equal lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
         INVALID},
        {"a length and chunks",
         "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         INVALID},
        {"a chunk size of letters",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n", INVALID},
        {"a chunk longer than it says",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n", INVALID},
        {"a header name with a bracket", "HTTP/1.1 200 OK\r\nX(Y: z\r\n\r\n", INVALID},
        {"a bare carriage return", "HTTP/1.1 200 OK\r\nX: y\rz\r\n\r\n", INVALID},
    };
    try_all(*state, conversations, COUNT_OF(conversations));
}

static void bytes_behind_a_complete_response_are_invalid(void **state)
{
    static const struct conversation conversations[] = {
        {"one byte", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokx", INVALID_TAIL, 200, 2},
        {"a line end", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok\r\n", INVALID_TAIL, 200, 2},
        {"behind chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nx",
         INVALID_TAIL, 200, 0},
        {"a second response",
         "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: "
         "0\r\n\r\n",
         INVALID_TAIL, 200, 2},
        {"a body behind HEAD's", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", INVALID_TAIL,
         200, 0, .is_head = true},
        {"a body behind 204", "HTTP/1.1 204 OK\r\nContent-Length: 2\r\n\r\nok", INVALID_TAIL, 204,
         0},
        {"behind close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nokx",
         INVALID_TAIL, 200, 2},
    };
    try_all(*state, conversations, COUNT_OF(conversations));
}

static void bytes_before_any_request_are_invalid(void **state)
{
    struct fixture *fixture = *state;
    exchange_reset(fixture->exchange, HTTP_1_1, &fixture->out);
    assert_false(exchange_feed(fixture->exchange, (const uint8_t *)"H", 1, &fixture->out));
    assert_true(exchange_is_over(fixture->exchange));
}

static void nothing_follows_an_invalid_response(void **state)
{
    struct fixture *fixture = *state;
    struct exchange *exchange = fixture->exchange;
    static const char good[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    exchange_reset(exchange, HTTP_1_1, &fixture->out);
    exchange_send(exchange, fixture->get, TAG, &fixture->out);
    assert_false(exchange_feed(exchange, (const uint8_t *)"garbage", 7, &fixture->out));
    assert_false(exchange_feed(exchange, (const uint8_t *)good, strlen(good), &fixture->out));
    struct exchange_event event;
    assert_true(exchange_next(exchange, &event));
    assert_int_equal(event.kind, EXCHANGE_FIRST_BYTE);
    assert_false(exchange_next(exchange, &event));
}

static void an_empty_feed_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct exchange_event event;
    exchange_reset(fixture->exchange, HTTP_1_1, &fixture->out);
    assert_true(exchange_feed(fixture->exchange, NULL, 0, &fixture->out));
    exchange_send(fixture->exchange, fixture->get, TAG, &fixture->out);
    assert_true(exchange_feed(fixture->exchange, NULL, 0, &fixture->out));
    assert_false(exchange_next(fixture->exchange, &event));
}

static bool endless_is_refused(struct fixture *fixture, const char *beginning, const char *piece)
{
    struct exchange *exchange = fixture->exchange;
    exchange_reset(exchange, HTTP_1_1, &fixture->out);
    exchange_send(exchange, fixture->get, TAG, &fixture->out);
    assert_true(
        exchange_feed(exchange, (const uint8_t *)beginning, strlen(beginning), &fixture->out));
    for (size_t fed = 0; fed < 200000; fed += strlen(piece)) {
        if (!exchange_feed(exchange, (const uint8_t *)piece, strlen(piece), &fixture->out))
            return true;
    }
    return false;
}

static void a_header_block_without_end_is_refused(void **state)
{
    static const struct {
        const char *beginning, *piece;
    } cases[] = {
        {"HTTP/1.1 200 ", "OK "},
        {"HTTP/1.1 200 OK\r\n", "X: y\r\n"},
        {"HTTP/1.1 200 OK\r\nX", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
        {"HTTP/1.1 200 OK\r\nX: ", "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "xxxxxxxxxxxxxxxxxxxxxxxx"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n"},
        {"\r\n", "\r\n"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (!endless_is_refused(*state, cases[i].beginning, cases[i].piece))
            fail_msg("endless \"%s\" is taken", cases[i].piece);
    }
}

static void run_session(struct fixture *fixture, uint32_t num_requests)
{
    static const char *const responses[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    };
    static const unsigned statuses[] = {200, 204, 404, 200};
    struct exchange *exchange = fixture->exchange;
    struct exchange_event event;
    exchange_reset(exchange, HTTP_1_1, &fixture->out);
    for (uint32_t i = 0; i < num_requests; i++) {
        const char *bytes = responses[i % COUNT_OF(responses)];
        buffer_clear(&fixture->out);
        exchange_send(exchange, fixture->get, i, &fixture->out);
        assert_true(exchange_feed(exchange, (const uint8_t *)bytes, strlen(bytes), &fixture->out));
        assert_true(exchange_next(exchange, &event));
        assert_int_equal(event.kind, EXCHANGE_FIRST_BYTE);
        assert_true(exchange_next(exchange, &event));
        assert_int_equal(event.kind, EXCHANGE_RESPONSE);
        assert_int_equal(event.tag, i);
        assert_int_equal(event.status, statuses[i % COUNT_OF(statuses)]);
        assert_false(exchange_next(exchange, &event));
    }
    exchange_abandon(exchange);
}

static void the_request_goes_out_as_it_was_built(void **state)
{
    struct fixture *fixture = *state;
    size_t len;
    const uint8_t *bytes = request_bytes(fixture->get, &len);
    exchange_reset(fixture->exchange, HTTP_1_1, &fixture->out);
    exchange_send(fixture->exchange, fixture->get, TAG, &fixture->out);
    assert_int_equal(fixture->out.len, len);
    assert_memory_equal(fixture->out.data, bytes, len);
}

static void a_connection_carries_one_request_after_another(void **state)
{
    run_session(*state, 1000);
}

static void nothing_is_allocated_in_steady_state(void **state)
{
    run_session(*state, 4);
    unsigned before = num_allocations;
    assert_true(before > 0);
    for (int session = 0; session < 100; session++)
        run_session(*state, 8);
    assert_int_equal(num_allocations, before);
}

static void an_abandoned_exchange_forgets_and_can_begin_anew(void **state)
{
    struct fixture *fixture = *state;
    struct exchange_event event;
    exchange_reset(fixture->exchange, HTTP_1_1, &fixture->out);
    exchange_send(fixture->exchange, fixture->get, TAG, &fixture->out);
    assert_true(exchange_feed(fixture->exchange, (const uint8_t *)"HTTP", 4, &fixture->out));
    exchange_abandon(fixture->exchange);
    assert_false(exchange_next(fixture->exchange, &event));
    assert_true(exchange_is_over(fixture->exchange));
    assert_false(exchange_can_send(fixture->exchange));
    run_session(fixture, 3);
}

static void a_new_exchange_is_over_until_it_is_reset(void **state)
{
    (void)state;
    struct event_queue events = {0};
    struct exchange *exchange = exchange_new(&events);
    assert_true(exchange_is_over(exchange));
    assert_false(exchange_can_send(exchange));
    exchange_abandon(exchange);
    exchange_free(exchange);
    exchange_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_complete_response_is_the_same_wherever_it_is_cut),
        TEST(a_refused_client_certificate_is_told_from_other_errors),
        TEST(what_ends_too_early_is_cut_short),
        TEST(what_is_not_a_response_is_invalid),
        TEST(bytes_behind_a_complete_response_are_invalid),
        TEST(bytes_before_any_request_are_invalid),
        TEST(nothing_follows_an_invalid_response),
        TEST(an_empty_feed_changes_nothing),
        TEST(a_header_block_without_end_is_refused),
        TEST(the_request_goes_out_as_it_was_built),
        TEST(a_connection_carries_one_request_after_another),
        TEST(nothing_is_allocated_in_steady_state),
        TEST(an_abandoned_exchange_forgets_and_can_begin_anew),
        TEST(a_new_exchange_is_over_until_it_is_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
