/* SPDX-License-Identifier: Apache-2.0 */
#include "http/target.h"

#include "unit.h"

#define LABEL_63 "a23456789012345678901234567890123456789012345678901234567890123"

static void a_good_url_is_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *url, *host, *authority, *path, *rewritten;
        uint16_t port;
        bool is_ip;
    } cases[] = {
        {"https://localhost", "localhost", "localhost", "/", "https://localhost/", 443, false},
        {"https://localhost/", "localhost", "localhost", "/", "https://localhost/", 443, false},
        {"https://localhost:8443", "localhost", "localhost:8443", "/", "https://localhost:8443/",
         8443, false},
        {"https://h:443/a", "h", "h", "/a", "https://h/a", 443, false},
        {"https://h:00443/a", "h", "h", "/a", "https://h/a", 443, false},
        {"https://h:1/", "h", "h:1", "/", "https://h:1/", 1, false},
        {"https://h:65535/", "h", "h:65535", "/", "https://h:65535/", 65535, false},
        {"HTTPS://Example.COM/Path", "example.com", "example.com", "/Path",
         "https://example.com/Path", 443, false},
        {"https://h/a/b?x=1&y=2", "h", "h", "/a/b?x=1&y=2", "https://h/a/b?x=1&y=2", 443, false},
        {"https://h?x=1", "h", "h", "/?x=1", "https://h/?x=1", 443, false},
        {"https://h/a?b#c", "h", "h", "/a?b", "https://h/a?b", 443, false},
        {"https://h#c", "h", "h", "/", "https://h/", 443, false},
        {"https://h/?a=https://b@c:99/", "h", "h", "/?a=https://b@c:99/",
         "https://h/?a=https://b@c:99/", 443, false},
        {"https://h/%20%C3%A9", "h", "h", "/%20%C3%A9", "https://h/%20%C3%A9", 443, false},
        {"https://h//a/../b", "h", "h", "//a/../b", "https://h//a/../b", 443, false},
        {"https://127.0.0.1:8443/", "127.0.0.1", "127.0.0.1:8443", "/", "https://127.0.0.1:8443/",
         8443, true},
        {"https://[::1]/", "::1", "[::1]", "/", "https://[::1]/", 443, true},
        {"https://[2001:DB8::A]:8443/x", "2001:db8::a", "[2001:db8::a]:8443", "/x",
         "https://[2001:db8::a]:8443/x", 8443, true},
        {"https://[::ffff:192.0.2.1]", "::ffff:192.0.2.1", "[::ffff:192.0.2.1]", "/",
         "https://[::ffff:192.0.2.1]/", 443, true},
        {"https://my_service-1.internal/", "my_service-1.internal", "my_service-1.internal", "/",
         "https://my_service-1.internal/", 443, false},
        {"https://xn--bcher-kva.example/", "xn--bcher-kva.example", "xn--bcher-kva.example", "/",
         "https://xn--bcher-kva.example/", 443, false},
        {"https://1host.2example/", "1host.2example", "1host.2example", "/",
         "https://1host.2example/", 443, false},
        {"https://api.test./", "api.test.", "api.test.", "/", "https://api.test./", 443, false},
        {"https://" LABEL_63 ".x/", LABEL_63 ".x", LABEL_63 ".x", "/", "https://" LABEL_63 ".x/",
         443, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct target target;
        struct error err = {{0}};
        if (!target_parse(&target, cases[i].url, &err))
            fail_msg("%s", err.text);
        assert_string_equal(target.host, cases[i].host);
        assert_string_equal(target.authority, cases[i].authority);
        assert_string_equal(target.path, cases[i].path);
        assert_string_equal(target.url, cases[i].rewritten);
        assert_int_equal(target.port, cases[i].port);
        assert_int_equal(target.is_ip, cases[i].is_ip);
        target_cleanup(&target);
    }
}

static void a_rewritten_url_is_read_as_itself(void **state)
{
    (void)state;
    static const char *const urls[] = {"https://H?q#f", "https://[::1]:99", "https://h:443/a/b"};
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct target first, second;
        struct error err;
        assert_true(target_parse(&first, urls[i], &err));
        assert_true(target_parse(&second, first.url, &err));
        assert_string_equal(first.url, second.url);
        target_cleanup(&first);
        target_cleanup(&second);
    }
}

static void assert_quotes(const struct error *err, const char *text, const char *hint,
                          const char *accepted)
{
    if (strstr(err->text, text) == NULL || strstr(err->text, hint) == NULL ||
        strstr(err->text, accepted) == NULL || strchr(err->text, '\n') != NULL)
        fail_msg("the error for \"%s\" should say \"%s\", and is: %s", text, hint, err->text);
}

static void a_bad_url_is_quoted_with_what_is_wrong_and_what_is_accepted(void **state)
{
    (void)state;
    static const struct {
        const char *url, *hint;
    } cases[] = {
        {"", "no scheme"},
        {"localhost", "no scheme"},
        {"localhost:8443/", "no scheme"},
        {"//localhost/", "no scheme"},
        {"https:/localhost/", "no scheme"},
        {"http://localhost/", "scheme is not https"},
        {"ftp://localhost/", "scheme is not https"},
        {"httpss://localhost/", "scheme is not https"},
        {"https://", "host is missing"},
        {"https:///path", "host is missing"},
        {"https://:8443/", "host is missing"},
        {"https://?x", "host is missing"},
        {"https://h:/", "port is not a number from 1 to 65535"},
        {"https://h:0/", "port is not a number from 1 to 65535"},
        {"https://h:65536/", "port is not a number from 1 to 65535"},
        {"https://h:99999999999999999999/", "port is not a number from 1 to 65535"},
        {"https://h:-1/", "port is not a number from 1 to 65535"},
        {"https://h:+1/", "port is not a number from 1 to 65535"},
        {"https://h:80x/", "port is not a number from 1 to 65535"},
        {"https://user@h/", "user information"},
        {"https://user:password@h/", "user information"},
        {"https://@h/", "user information"},
        {"https://h/a b", "space or a control character"},
        {" https://h/", "space or a control character"},
        {"https://h\\evil/", "character other than"},
        {"https://h_\"q\"/", "character other than"},
        {"https://%68ost/", "character other than"},
        {"https://::1/", "more than one colon"},
        {"https://2001:db8::1:443/", "more than one colon"},
        {"https://[::1/", "no ']'"},
        {"https://[]/", "not an IPv6 address"},
        {"https://[localhost]/", "not an IPv6 address"},
        {"https://[127.0.0.1]/", "not an IPv6 address"},
        {"https://[::1%25lo]/", "not an IPv6 address"},
        {"https://[1:2:3:4:5:6:7:8:9]/", "not an IPv6 address"},
        {"https://[::1]8443/", "only a port can follow"},
        {"https://[::1]:/", "port is not a number"},
        {"https://256.0.0.1/", "not a valid IPv4 address"},
        {"https://1.2.3/", "not a valid IPv4 address"},
        {"https://2130706433/", "not a valid IPv4 address"},
        {"https://0x7f000001/", "not a valid IPv4 address"},
        {"https://1.2.3.4./", "not a valid IPv4 address"},
        {"https://a..b/", "empty label"},
        {"https://a../", "empty label"},
        {"https://./", "empty label"},
        {"https://.b/", "empty label"},
        {"https://a" LABEL_63 ".x/", "more than 63 characters"},
        {"https://" LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63 "/", "longer than 253"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct target target;
        struct error err = {{0}};
        if (target_parse(&target, cases[i].url, &err))
            fail_msg("%s was accepted", cases[i].url);
        assert_quotes(&err, cases[i].hint, "\"", "expected https://HOST[:PORT]/PATH");
        if (strlen(cases[i].url) < 200)
            assert_quotes(&err, cases[i].url, cases[i].hint, "expected ");
        assert_null(target.host);
    }
}

static void bytes_that_are_not_plain_are_refused_and_shown_as_hex(void **state)
{
    (void)state;
    static const struct {
        const char *url, *shown, *hint;
    } cases[] = {
        {"https://b\xc3\xbc"
         "cher.example/",
         "https://b\\xc3\\xbccher.example/", "punycode"},
        {"https://h/\xc3\xa9", "https://h/\\xc3\\xa9", "percent-encode"},
        {"https://h/\x1b[31m", "https://h/\\x1b[31m", "control character"},
        {"https://h/\r\nX: y", "https://h/\\x0d\\x0aX: y", "control character"},
        {"https://h/\x7f", "https://h/\\x7f", "control character"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct target target;
        struct error err = {{0}};
        assert_false(target_parse(&target, cases[i].url, &err));
        assert_quotes(&err, cases[i].shown, cases[i].hint, "expected ");
    }
}

static void a_url_of_any_length_makes_one_sentence(void **state)
{
    (void)state;
    char url[5000] = "http://";
    memset(url + strlen(url), 'a', sizeof url - strlen(url) - 1);
    url[sizeof url - 1] = '\0';
    struct target target;
    struct error err = {{0}};
    assert_false(target_parse(&target, url, &err));
    assert_quotes(&err, "http://aaa", "...", "expected https://HOST[:PORT]/PATH");
}

static void a_target_is_safe_to_clean_up_twice_and_when_zeroed(void **state)
{
    (void)state;
    struct target target = {0};
    struct error err;
    target_cleanup(&target);
    assert_true(target_parse(&target, "https://h/", &err));
    target_cleanup(&target);
    target_cleanup(&target);
}

static void a_host_and_a_port_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host;
        uint16_t port;
    } cases[] = {
        {"localhost:8443", "localhost", 8443},
        {"LOCALHOST:1", "localhost", 1},
        {"127.0.0.1:65535", "127.0.0.1", 65535},
        {"[::1]:443", "::1", 443},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *host = NULL;
        uint16_t port = 0;
        struct error err;
        assert_true(target_parse_host_port(cases[i].text, &host, &port, &err));
        assert_string_equal(host, cases[i].host);
        assert_int_equal(port, cases[i].port);
        free(host);
    }
}

static void a_host_without_a_port_and_the_like_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *hint;
    } cases[] = {
        {"", "host is missing"},
        {"localhost", "port is missing"},
        {"[::1]", "port is missing"},
        {"localhost:", "port is not a number"},
        {"localhost:x", "port is not a number"},
        {"::1:443", "more than one colon"},
        {"https://h:443", "more than one colon"},
        {"a/b:443", "character other than"},
        {"a@b:443", "character other than"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *host = NULL;
        uint16_t port = 0;
        struct error err = {{0}};
        if (target_parse_host_port(cases[i].text, &host, &port, &err))
            fail_msg("%s was accepted", cases[i].text);
        assert_quotes(&err, cases[i].text, cases[i].hint, "expected HOST:PORT or [IPV6]:PORT");
        assert_null(host);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_url_is_taken_apart),
        cmocka_unit_test(a_rewritten_url_is_read_as_itself),
        cmocka_unit_test(a_bad_url_is_quoted_with_what_is_wrong_and_what_is_accepted),
        cmocka_unit_test(bytes_that_are_not_plain_are_refused_and_shown_as_hex),
        cmocka_unit_test(a_url_of_any_length_makes_one_sentence),
        cmocka_unit_test(a_target_is_safe_to_clean_up_twice_and_when_zeroed),
        cmocka_unit_test(a_host_and_a_port_are_read),
        cmocka_unit_test(a_host_without_a_port_and_the_like_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
