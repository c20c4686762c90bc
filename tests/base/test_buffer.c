/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"

#include "unit.h"

static void a_zeroed_buffer_is_empty_text(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    assert_string_equal(buffer_text(&buffer), "");
    assert_int_equal(buffer.len, 0);
    buffer_cleanup(&buffer);
}

static void a_zeroed_buffer_is_safe_to_clean_up_twice(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    buffer_cleanup(&buffer);
    buffer_cleanup(&buffer);
    assert_null(buffer.data);
}

static void what_is_appended_stands_in_order(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    buffer_append(&buffer, "ab", 2);
    buffer_append(&buffer, NULL, 0);
    buffer_append_text(&buffer, "cd");
    buffer_format(&buffer, "%s-%d", "ef", 7);
    assert_string_equal(buffer_text(&buffer), "abcdef-7");
    assert_int_equal(buffer.len, 8);
    buffer_cleanup(&buffer);
}

static void bytes_may_be_zero(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    buffer_append(&buffer, "a\0b", 3);
    assert_int_equal(buffer.len, 3);
    assert_memory_equal(buffer.data, "a\0b", 3);
    buffer_cleanup(&buffer);
}

static void a_hundred_thousand_bytes_one_by_one_are_all_there(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    for (unsigned i = 0; i < 100000; i++)
        buffer_append(&buffer, &(uint8_t){(uint8_t)(i * 7)}, 1);
    assert_int_equal(buffer.len, 100000);
    for (unsigned i = 0; i < 100000; i++)
        assert_int_equal(buffer.data[i], (uint8_t)(i * 7));
    buffer_cleanup(&buffer);
}

static void clearing_keeps_the_memory(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    buffer_reserve(&buffer, 5000);
    const uint8_t *data = buffer.data;
    size_t capacity = buffer.capacity;
    for (int i = 0; i < 10; i++) {
        buffer_clear(&buffer);
        memset(buffer_reserve(&buffer, 5000), i, 5000);
        buffer.len += 5000;
    }
    assert_ptr_equal(buffer.data, data);
    assert_int_equal(buffer.capacity, capacity);
    buffer_cleanup(&buffer);
}

static void a_format_that_fits_exactly_is_not_cut(void **state)
{
    (void)state;
    char word[512];
    for (size_t len = 250; len < 262; len++) {
        struct buffer buffer = {0};
        memset(word, 'x', len);
        word[len] = '\0';
        buffer_format(&buffer, "%s", word);
        assert_int_equal(buffer.len, len);
        assert_string_equal(buffer_text(&buffer), word);
        buffer_cleanup(&buffer);
    }
}

static void nothing_can_be_reserved_in_an_empty_buffer(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    assert_non_null(buffer_reserve(&buffer, 0));
    assert_int_equal(buffer.len, 0);
    buffer_cleanup(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_can_be_reserved_in_an_empty_buffer),
        cmocka_unit_test(a_zeroed_buffer_is_empty_text),
        cmocka_unit_test(a_zeroed_buffer_is_safe_to_clean_up_twice),
        cmocka_unit_test(what_is_appended_stands_in_order),
        cmocka_unit_test(bytes_may_be_zero),
        cmocka_unit_test(a_hundred_thousand_bytes_one_by_one_are_all_there),
        cmocka_unit_test(clearing_keeps_the_memory),
        cmocka_unit_test(a_format_that_fits_exactly_is_not_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
