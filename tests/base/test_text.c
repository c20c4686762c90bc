/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include "unit.h"

#include <inttypes.h>

#define REFUSED UINT64_MAX

struct number_case {
    const char *text;
    uint64_t expected;
};

static void a_count_takes_an_si_suffix_and_nothing_else(void **state)
{
    (void)state;
    static const struct number_case cases[] = {
        {"0", 0},
        {"64", 64},
        {"007", 7},
        {"10k", 10000},
        {"10K", 10000},
        {"1.5M", 1500000},
        {"2G", 2000000000},
        {"1.0", 1},
        {"1.001k", 1001},
        {"2.007k", 2007},
        {"1.000001M", 1000001},
        {"4.35k", 4350},
        {"9000000000000000", 9000000000000000},
        {"", REFUSED},
        {"-1", REFUSED},
        {"+1", REFUSED},
        {" 1", REFUSED},
        {"1 ", REFUSED},
        {"1.5", REFUSED},
        {"1.0001k", REFUSED},
        {".5k", REFUSED},
        {"1.k", REFUSED},
        {"1.2.3", REFUSED},
        {"k", REFUSED},
        {"1kk", REFUSED},
        {"1m", REFUSED},
        {"0x10", REFUSED},
        {"1e3", REFUSED},
        {"inf", REFUSED},
        {"nan", REFUSED},
        {"9000000000000001", REFUSED},
        {"9999999G", REFUSED},
        {"1234567890123456789012345678901", REFUSED},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint64_t count = REFUSED;
        bool accepted = text_parse_count(cases[i].text, &count);
        if (accepted != (cases[i].expected != REFUSED) || count != cases[i].expected)
            fail_msg("\"%s\" was read as %" PRIu64, cases[i].text, count);
    }
}

static void a_decimal_keeps_its_fraction(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double expected;
    } cases[] = {{"0", 0}, {"0.5", 0.5}, {"1.5k", 1500}, {"2.007k", 2007}, {"12.25", 12.25}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        double value = -1;
        assert_true(text_parse_decimal(cases[i].text, &value));
        assert_true(value == cases[i].expected);
    }
    double value;
    assert_false(text_parse_decimal("-0.5", &value));
    assert_false(text_parse_decimal("0,5", &value));
}

static void a_duration_takes_a_unit_and_means_seconds_without_one(void **state)
{
    (void)state;
    static const struct number_case cases[] = {
        {"0", 0},
        {"3", 3000000000},
        {"1ns", 1},
        {"500us", 500000},
        {"500ms", 500000000},
        {"1.5s", 1500000000},
        {"5m", 300000000000},
        {"1min", 60000000000},
        {"2h", 7200000000000},
        {"0.1s", 100000000},
        {"0.0000000004", 0},
        {"1m30s", 90000000000},
        {"1h2min3s4ms5us6ns", 3723004005006},
        {"1.5h30m", 7200000000000},
        {"0m30s", 30000000000},
        {"", REFUSED},
        {"s", REFUSED},
        {"-1s", REFUSED},
        {"1 s", REFUSED},
        {"1d", REFUSED},
        {"1S", REFUSED},
        {"1sec", REFUSED},
        {"99999999h", REFUSED},
        {"1m99999999h", REFUSED},
        {"1m30", REFUSED},
        {"30 1m", REFUSED},
        {"30s1m", REFUSED},
        {"1m1m", REFUSED},
        {"1m1min", REFUSED},
        {"1m30x", REFUSED},
        {"1m-30s", REFUSED},
        {"1m 30s", REFUSED},
        {"1m.5s", REFUSED},
        {"m30s", REFUSED},
        {"2400000h99999999m", REFUSED},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint64_t ns = REFUSED;
        bool accepted = text_parse_duration(cases[i].text, &ns);
        if (accepted != (cases[i].expected != REFUSED) || ns != cases[i].expected)
            fail_msg("\"%s\" was read as %" PRIu64, cases[i].text, ns);
    }
}

static void hex_takes_both_cases_and_colons_between_bytes(void **state)
{
    (void)state;
    static const uint8_t expected[] = {0x00, 0xab, 0xCD, 0x19};
    static const char *const good[] = {"00abcd19", "00ABCD19", "00:ab:cd:19", "00ab:cd19"};
    static const char *const bad[] = {"0",  "00:",   ":00",        "00::ab", "0:0ab",
                                      "0g", "00 ab", "00abcd1900", "0x00"};
    uint8_t out[4];
    size_t len;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_true(text_hex_decode(good[i], strlen(good[i]), out, sizeof out, &len));
        assert_int_equal(len, sizeof expected);
        assert_memory_equal(out, expected, sizeof expected);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(text_hex_decode(bad[i], strlen(bad[i]), out, sizeof out, &len));
    assert_true(text_hex_decode("", 0, out, sizeof out, &len));
    assert_int_equal(len, 0);
}

static void hex_comes_back_as_it_went(void **state)
{
    (void)state;
    uint8_t bytes[256], decoded[256];
    char text[513];
    size_t len;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    text_hex_encode(text, bytes, sizeof bytes);
    assert_int_equal(strlen(text), 512);
    assert_true(text_hex_decode(text, strlen(text), decoded, sizeof decoded, &len));
    assert_memory_equal(decoded, bytes, sizeof bytes);
}

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static void natural_order_counts_as_a_person_does(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int expected;
    } cases[] = {
        {"client2", "client10", -1},
        {"client10", "client10", 0},
        {"client", "client1", -1},
        {"", "a", -1},
        {"a2b3", "a2b20", -1},
        {"a", "b", -1},
        {"9", "10", -1},
        {"99999999999999999999999", "100000000000000000000000", -1},
        {"x", "x0", -1},
        {"10a", "10b", -1},
        {"1a", "a1", -1},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int order = text_natural_compare(cases[i].a, cases[i].b);
        assert_int_equal(sign(order), cases[i].expected);
        assert_int_equal(sign(text_natural_compare(cases[i].b, cases[i].a)), -cases[i].expected);
    }
}

static void different_texts_never_compare_as_equal(void **state)
{
    (void)state;
    assert_int_not_equal(text_natural_compare("client01", "client1"), 0);
    assert_int_equal(sign(text_natural_compare("client01", "client1")),
                     -sign(text_natural_compare("client1", "client01")));
}

static void the_edit_distance_counts_a_swap_as_one(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        size_t expected;
    } cases[] = {
        {"", "", 0},       {"abc", "abc", 0}, {"", "abc", 3},          {"abc", "abd", 1},
        {"abc", "acb", 1}, {"abc", "ab", 1},  {"verfiy", "verify", 1}, {"kitten", "sitting", 3}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(text_edit_distance(cases[i].a, cases[i].b), cases[i].expected);
        assert_int_equal(text_edit_distance(cases[i].b, cases[i].a), cases[i].expected);
    }
}

static void the_distance_of_a_very_long_word_is_too_far_to_be_meant(void **state)
{
    (void)state;
    char longer[200];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(text_edit_distance(longer, "a"), 200);
}

static void a_slip_of_the_finger_finds_its_word(void **state)
{
    (void)state;
    static const char *const words[] = {"connections", "cacert", "cert", "duration", "rate"};
    static const struct {
        const char *word, *expected;
    } cases[] = {{"conections", "connections"},
                 {"cacrt", "cacert"},
                 {"dration", "duration"},
                 {"rtae", "rate"},
                 {"xyzzy", NULL},
                 {"", NULL}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *nearest = text_nearest(cases[i].word, words, COUNT_OF(words));
        if (cases[i].expected == NULL)
            assert_null(nearest);
        else
            assert_string_equal(nearest, cases[i].expected);
    }
    assert_null(text_nearest("rate", words, 0));
}

static void beginnings_and_ends_are_told(void **state)
{
    (void)state;
    assert_true(text_starts_with("client1.crt", "client"));
    assert_true(text_starts_with("client", ""));
    assert_false(text_starts_with("cli", "client"));
    assert_true(text_ends_with("client1.crt", ".crt"));
    assert_true(text_ends_with(".crt", ".crt"));
    assert_false(text_ends_with("crt", ".crt"));
    assert_false(text_ends_with("client1.crt.bak", ".crt"));
}

static void what_a_terminal_would_act_on_is_hidden(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown;
    } table[] = {
        {"", ""},
        {"plain \xc3\xa9 \xf0\x9f\x98\x80", "plain \xc3\xa9 \xf0\x9f\x98\x80"},
        {"two\n\tlines", "two\n\tlines"},
        {"\x1b[31mred\x7f\r", "?[31mred??"},
        {"\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "???\xc2\xa0"},
        {"\xe2\x80\xaa\xe2\x80\xae\xe2\x80\xaf", "??\xe2\x80\xaf"},
        {"\xe2\x81\xa5\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa", "\xe2\x81\xa5??\xe2\x81\xaa"},
        {"\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "\xe2\x80\x8d???"},
        {"a\x9b"
         "b\xe2\x80",
         "a?b??"},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char text[64];
        snprintf(text, sizeof text, "%s", table[i].text);
        assert_string_equal(text_hide_controls(text), table[i].shown);
    }
}

static void one_line_stays_one_line(void **state)
{
    (void)state;
    char text[] = "a\nb\tc\r\x1b[2Jd\n";
    assert_string_equal(text_one_line(text), "a?b?c??[2Jd?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_count_takes_an_si_suffix_and_nothing_else),
        cmocka_unit_test(a_decimal_keeps_its_fraction),
        cmocka_unit_test(a_duration_takes_a_unit_and_means_seconds_without_one),
        cmocka_unit_test(hex_takes_both_cases_and_colons_between_bytes),
        cmocka_unit_test(hex_comes_back_as_it_went),
        cmocka_unit_test(natural_order_counts_as_a_person_does),
        cmocka_unit_test(different_texts_never_compare_as_equal),
        cmocka_unit_test(the_edit_distance_counts_a_swap_as_one),
        cmocka_unit_test(the_distance_of_a_very_long_word_is_too_far_to_be_meant),
        cmocka_unit_test(a_slip_of_the_finger_finds_its_word),
        cmocka_unit_test(what_a_terminal_would_act_on_is_hidden),
        cmocka_unit_test(one_line_stays_one_line),
        cmocka_unit_test(beginnings_and_ends_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
