/* SPDX-License-Identifier: Apache-2.0 */
#include "http/request.h"

#include "base/buffer.h"
#include "base/version.h"
#include "http/target.h"

#include "unit.h"

#define MAX_GIVEN 4
#define AGENT "User-Agent: pinload/" PINLOAD_VERSION "\r\n"

struct plan {
    const char *method;
    const char *headers[MAX_GIVEN];
    const char *body;
};

static struct request *make(const struct plan *plan, struct error *err)
{
    struct target target;
    size_t num_headers = 0;
    assert_true(target_parse(&target, "https://example.com:8443/a?b", err));
    while (num_headers < MAX_GIVEN && plan->headers[num_headers] != NULL)
        num_headers++;
    struct request *request =
        request_new(&target, plan->method, plan->headers, num_headers, (const uint8_t *)plan->body,
                    plan->body != NULL ? strlen(plan->body) : 0, err);
    target_cleanup(&target);
    return request;
}

static struct request *make_good(const struct plan *plan)
{
    struct error err = {{0}};
    struct request *request = make(plan, &err);
    if (request == NULL)
        fail_msg("%s", err.text);
    return request;
}

static void http1_bytes_are_as_expected(void **state)
{
    (void)state;
    static const struct {
        struct plan plan;
        const char *expected;
    } cases[] = {
        {{NULL, {NULL}, NULL},
         "GET /a?b HTTP/1.1\r\nHost: example.com:8443\r\n" AGENT "Accept: */*\r\n\r\n"},
        {{NULL, {NULL}, "x=1"},
         "POST /a?b HTTP/1.1\r\nHost: example.com:8443\r\n" AGENT
         "Accept: */*\r\nContent-Length: 3\r\n\r\nx=1"},
        {{NULL, {NULL}, ""},
         "POST /a?b HTTP/1.1\r\nHost: example.com:8443\r\n" AGENT
         "Accept: */*\r\nContent-Length: 0\r\n\r\n"},
        {{"PUT", {NULL}, NULL},
         "PUT /a?b HTTP/1.1\r\nHost: example.com:8443\r\n" AGENT
         "Accept: */*\r\nContent-Length: 0\r\n\r\n"},
        {{"DELETE", {NULL}, NULL},
         "DELETE /a?b HTTP/1.1\r\nHost: example.com:8443\r\n" AGENT "Accept: */*\r\n\r\n"},
        {{"GET", {"user-agent: me", "ACCEPT:text/html", "host:other"}, NULL},
         "GET /a?b HTTP/1.1\r\nHost: other\r\nuser-agent: me\r\nACCEPT: text/html\r\n\r\n"},
        {{"GET", {"X-A:  b \t", "X-A: c\td", "X-Empty:"}, NULL},
         "GET /a?b HTTP/1.1\r\nHost: example.com:8443\r\n" AGENT
         "Accept: */*\r\nX-A: b\r\nX-A: c\td\r\nX-Empty: \r\n\r\n"},
        {{"POST", {"Content-Length: 2", "Connection: close"}, "ab"},
         "POST /a?b HTTP/1.1\r\nHost: example.com:8443\r\n" AGENT
         "Accept: */*\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct request *request = make_good(&cases[i].plan);
        size_t len;
        const uint8_t *bytes = request_bytes(request, &len);
        struct buffer text = {0};
        buffer_append(&text, bytes, len);
        assert_string_equal(buffer_text(&text), cases[i].expected);
        buffer_cleanup(&text);
        request_free(request);
    }
}

static void http2_fields_are_as_expected(void **state)
{
    (void)state;
    static const struct {
        struct plan plan;
        const char *expected;
    } cases[] = {
        {{NULL, {NULL}, NULL},
         ":method=GET;:scheme=https;:authority=example.com:8443;:path=/a?b;"
         "user-agent=pinload/" PINLOAD_VERSION ";accept=*/*;"},
        {{"PATCH", {"X-Thing: 1", "User-Agent: me", "Accept: a"}, "abc"},
         ":method=PATCH;:scheme=https;:authority=example.com:8443;:path=/a?b;"
         "x-thing=1;user-agent=me;accept=a;content-length=3;"},
        {{"GET", {"Host: other:1", "Connection: keep-alive", "Keep-Alive: 5", "TE: gzip"}, NULL},
         ":method=GET;:scheme=https;:authority=other:1;:path=/a?b;"
         "user-agent=pinload/" PINLOAD_VERSION ";accept=*/*;"},
        {{"GET", {"TE: trailers", "Proxy-Connection: close"}, NULL},
         ":method=GET;:scheme=https;:authority=example.com:8443;:path=/a?b;"
         "user-agent=pinload/" PINLOAD_VERSION ";accept=*/*;te=trailers;"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct request *request = make_good(&cases[i].plan);
        size_t count;
        const struct http_field *fields = request_fields(request, &count);
        struct buffer text = {0};
        for (size_t f = 0; f < count; f++) {
            assert_int_equal(fields[f].name_len, strlen(fields[f].name));
            assert_int_equal(fields[f].value_len, strlen(fields[f].value));
            buffer_format(&text, "%s=%s;", fields[f].name, fields[f].value);
        }
        assert_string_equal(buffer_text(&text), cases[i].expected);
        buffer_cleanup(&text);
        request_free(request);
    }
}

static void a_body_may_hold_any_bytes_and_is_copied(void **state)
{
    (void)state;
    uint8_t body[] = {0, 13, 10, 255, 0};
    static const uint8_t expected[] = {0, 13, 10, 255, 0};
    struct target target;
    struct error err;
    assert_true(target_parse(&target, "https://h/", &err));
    struct request *request = request_new(&target, NULL, NULL, 0, body, sizeof body, &err);
    memset(body, 'x', sizeof body);
    size_t len;
    const uint8_t *kept = request_body(request, &len);
    assert_int_equal(len, sizeof expected);
    assert_memory_equal(kept, expected, sizeof expected);
    request_free(request);
    target_cleanup(&target);
}

static void a_bad_method_or_header_is_quoted_with_what_is_accepted(void **state)
{
    (void)state;
    static const struct {
        struct plan plan;
        const char *quoted;
    } cases[] = {
        {{"", {NULL}, NULL}, "\"\""},
        {{"GE T", {NULL}, NULL}, "\"GE T\""},
        {{"GET\r\nX: y", {NULL}, NULL}, "\"GET\\x0d\\x0aX: y\""},
        {{"G\xc3\x8bT", {NULL}, NULL}, "\"G\\xc3\\x8bT\""},
        {{"CONNECT", {NULL}, NULL}, "\"CONNECT\""},
        {{NULL, {""}, NULL}, "\"\""},
        {{NULL, {"X-Thing"}, NULL}, "\"X-Thing\""},
        {{NULL, {": x"}, NULL}, "\": x\""},
        {{NULL, {":path: /"}, NULL}, "\":path: /\""},
        {{NULL, {"X Thing: 1"}, NULL}, "\"X Thing: 1\""},
        {{NULL, {"X-Thing : 1"}, NULL}, "\"X-Thing : 1\""},
        {{NULL, {"X-Thing: 1\r\nEvil: 2"}, NULL}, "\"X-Thing: 1\\x0d\\x0aEvil: 2\""},
        {{NULL, {"X-Thing: 1\n"}, NULL}, "\"X-Thing: 1\\x0a\""},
        {{NULL, {"X-Thing: \x01"}, NULL}, "\"X-Thing: \\x01\""},
        {{NULL, {"Transfer-Encoding: chunked"}, NULL}, "\"Transfer-Encoding: chunked\""},
        {{NULL, {"upgrade: websocket"}, NULL}, "\"upgrade: websocket\""},
        {{NULL, {"HTTP2-Settings: AAAA"}, NULL}, "\"HTTP2-Settings: AAAA\""},
        {{NULL, {"Connection: upgrade"}, NULL}, "\"Connection: upgrade\""},
        {{NULL, {"Connection: close, X-Thing"}, NULL}, "\"Connection: close, X-Thing\""},
        {{NULL, {"Content-Length: 4"}, "abc"}, "\"Content-Length: 4\""},
        {{NULL, {"Content-Length: 03"}, "abc"}, "\"Content-Length: 03\""},
        {{NULL, {"Content-Length: 3", "content-length: 3"}, "abc"}, "\"content-length: 3\""},
        {{NULL, {"Host: a", "Host: a"}, NULL}, "\"Host: a\""},
        {{NULL, {"Host:"}, NULL}, "\"Host:\""},
        {{NULL, {"Host: a/b"}, NULL}, "\"Host: a/b\""},
        {{NULL, {"Host: user@a"}, NULL}, "\"Host: user@a\""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error err = {{0}};
        struct request *request = make(&cases[i].plan, &err);
        if (request != NULL)
            fail_msg("%s was accepted", cases[i].quoted);
        if (strstr(err.text, cases[i].quoted) == NULL || strstr(err.text, "expected ") == NULL)
            fail_msg("%s is not explained: %s", cases[i].quoted, err.text);
    }
}

static struct request *make_with_headers(size_t count, const char *header, struct error *err)
{
    const char **headers = calloc(count, sizeof *headers);
    struct target target;
    assert_true(target_parse(&target, "https://h/", err));
    for (size_t i = 0; i < count; i++)
        headers[i] = header;
    struct request *request = request_new(&target, NULL, headers, count, NULL, 0, err);
    target_cleanup(&target);
    free(headers);
    return request;
}

static void a_hundred_headers_are_accepted_and_no_more(void **state)
{
    (void)state;
    struct error err = {{0}};
    struct request *request = make_with_headers(REQUEST_MAX_HEADERS, "X: y", &err);
    assert_non_null(request);
    size_t count;
    request_fields(request, &count);
    assert_int_equal(count, REQUEST_MAX_HEADERS + 6);
    request_free(request);
    assert_null(make_with_headers(REQUEST_MAX_HEADERS + 1, "X: y", &err));
    assert_string_equal(err.text, "101 headers were given; expected at most 100");
}

static void a_head_that_http2_could_not_carry_is_refused(void **state)
{
    (void)state;
    char header[1000] = "X: ";
    memset(header + 3, 'y', sizeof header - 4);
    header[sizeof header - 1] = '\0';
    struct error err = {{0}};
    struct request *request = make_with_headers(50, header, &err);
    assert_non_null(request);
    request_free(request);
    assert_null(make_with_headers(70, header, &err));
    assert_non_null(strstr(err.text, "60000"));
}

static void head_and_safe_methods_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *method;
        bool is_head, is_safe;
    } cases[] = {{"GET", false, true},     {"HEAD", true, true},   {"OPTIONS", false, true},
                 {"TRACE", false, true},   {"POST", false, false}, {"PUT", false, false},
                 {"DELETE", false, false}, {"head", false, false}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct request *request = make_good(&(struct plan){.method = cases[i].method});
        assert_int_equal(request_is_head(request), cases[i].is_head);
        assert_int_equal(request_is_safe(request), cases[i].is_safe);
        request_free(request);
    }
}

static void no_request_is_safe_to_free(void **state)
{
    (void)state;
    request_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(http1_bytes_are_as_expected),
        cmocka_unit_test(http2_fields_are_as_expected),
        cmocka_unit_test(a_body_may_hold_any_bytes_and_is_copied),
        cmocka_unit_test(a_bad_method_or_header_is_quoted_with_what_is_accepted),
        cmocka_unit_test(a_hundred_headers_are_accepted_and_no_more),
        cmocka_unit_test(a_head_that_http2_could_not_carry_is_refused),
        cmocka_unit_test(head_and_safe_methods_are_told),
        cmocka_unit_test(no_request_is_safe_to_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
