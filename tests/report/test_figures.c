/* SPDX-License-Identifier: Apache-2.0 */
#include "report/figures.h"

#include "unit.h"

static void thousands_stand_apart(void **state)
{
    (void)state;
    static const struct {
        uint64_t count;
        const char *text;
    } table[] = {
        {0, "0"},
        {999, "999"},
        {1000, "1,000"},
        {123456, "123,456"},
        {1234567, "1,234,567"},
        {UINT64_MAX, "18,446,744,073,709,551,615"},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char text[FIGURE_LEN];
        figure_count(text, table[i].count);
        assert_string_equal(text, table[i].text);
    }
}

static void a_time_has_the_unit_that_keeps_it_short(void **state)
{
    (void)state;
    static const struct {
        double time_ns;
        const char *text;
    } table[] = {
        {0, "0.00 µs"},        {312, "0.31 µs"},    {9994, "9.99 µs"},   {9996, "10.0 µs"},
        {42100, "42.1 µs"},    {99960, "100 µs"},   {999400, "999 µs"},  {999600, "1.00 ms"},
        {33123000, "33.1 ms"}, {999.6e6, "1.00 s"}, {61.26e9, "61.3 s"}, {3600e9, "3,600 s"},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char text[FIGURE_LEN];
        figure_time(text, table[i].time_ns);
        assert_string_equal(text, table[i].text);
    }
}

static void rates_bytes_and_seconds_are_short(void **state)
{
    (void)state;
    char text[FIGURE_LEN];
    figure_rate(text, 1841.2);
    assert_string_equal(text, "1,841/s");
    figure_rate(text, 0.25);
    assert_string_equal(text, "0.25/s");
    figure_bytes(text, 999);
    assert_string_equal(text, "999 B");
    figure_bytes(text, 999999);
    assert_string_equal(text, "1.00 MB");
    figure_bytes(text, 12345678);
    assert_string_equal(text, "12.3 MB");
    figure_seconds(text, 10);
    assert_string_equal(text, "10.0 s");
    figure_seconds(text, 86400);
    assert_string_equal(text, "86,400 s");
}

static void a_moment_is_iso_8601_in_utc(void **state)
{
    (void)state;
    char text[FIGURE_LEN];
    figure_utc(text, 1769851800250000000ull);
    assert_string_equal(text, "2026-01-31T09:30:00.250Z");
    figure_utc(text, 0);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
}

static void many_requests_a_session_are_what_is_counted(void **state)
{
    (void)state;
    assert_false(figures_count_requests(0, 0));
    assert_true(figures_count_requests(0, 1));
    assert_false(figures_count_requests(10, 10));
    assert_false(figures_count_requests(10, 20));
    assert_true(figures_count_requests(10, 21));
    assert_true(figures_count_requests(10, UINT64_MAX));
    assert_false(figures_count_requests(UINT64_MAX, UINT64_MAX));
}

static void a_column_is_a_character_not_a_byte(void **state)
{
    (void)state;
    assert_int_equal(figure_columns("33 µs …"), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thousands_stand_apart),
        cmocka_unit_test(a_time_has_the_unit_that_keeps_it_short),
        cmocka_unit_test(rates_bytes_and_seconds_are_short),
        cmocka_unit_test(a_moment_is_iso_8601_in_utc),
        cmocka_unit_test(many_requests_a_session_are_what_is_counted),
        cmocka_unit_test(a_column_is_a_character_not_a_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
