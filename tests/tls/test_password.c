/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/password.h"

#include "tls/fixtures.h"

#include <unistd.h>

static void every_source_gives_its_password(void **state)
{
    (void)state;
    static const struct {
        const char *source, *content, *password;
    } cases[] = {
        {"pass:julio", NULL, "julio"},
        {"pass:", NULL, ""},
        {"pass: with spaces:and=signs ", NULL, " with spaces:and=signs "},
        {"env:PINLOAD_TEST_PASSWORD", NULL, "from the environment"},
        {"env:PINLOAD_TEST_EMPTY", NULL, ""},
        {"file:" FIXTURE("password"), "julio\n", "julio"},
        {"file:" FIXTURE("password"), "julio", "julio"},
        {"file:" FIXTURE("password"), "\xef\xbb\xbfjulio\r\n", "julio"},
        {"file:" FIXTURE("password"), "julio\r\nsecond line\n", "julio"},
        {"file:" FIXTURE("password"), " spaces stay \n", " spaces stay "},
        {"file:" FIXTURE("password"), "", ""},
        {"file:" FIXTURE("password"), "\n", ""},
    };
    setenv("PINLOAD_TEST_PASSWORD", "from the environment", 1);
    setenv("PINLOAD_TEST_EMPTY", "", 1);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct password password = {0};
        struct error err = {{0}};
        if (cases[i].content != NULL)
            fixture_write(FIXTURE("password"), cases[i].content, strlen(cases[i].content));
        if (!password_read(&password, cases[i].source, &err))
            fail_msg("%s: %s", cases[i].source, err.text);
        assert_true(password.given);
        assert_string_equal(password.text, cases[i].password);
        assert_int_equal(password.len, strlen(cases[i].password));
    }
    remove(FIXTURE("password"));
}

static void a_source_that_gives_none_is_named_and_a_password_is_not_shown(void **state)
{
    (void)state;
    char too_long[1100] = "pass:";
    memset(too_long + 5, 'x', sizeof too_long - 6);
    too_long[sizeof too_long - 1] = '\0';
    const struct {
        const char *source, *hint, *secret;
    } cases[] = {
        {"julio", "env:VAR, file:PATH or pass:TEXT", "julio"},
        {"", "env:VAR, file:PATH or pass:TEXT", NULL},
        {"PASS:julio", "env:VAR, file:PATH or pass:TEXT", "julio"},
        {"stdin", "env:VAR, file:PATH or pass:TEXT", "stdin"},
        {"env:PINLOAD_TEST_UNSET", "'PINLOAD_TEST_UNSET'", NULL},
        {"file:/nonexistent/password", "'/nonexistent/password'", NULL},
        {"file:" FIXTURES, "'" FIXTURES "'", NULL},
        {"file:/dev/zero", "'/dev/zero' is a device; expected a file or a pipe", NULL},
        {"file:/dev/null", "'/dev/null' is a device", NULL},
        {too_long, "up to 1023 bytes", "xxx"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct password password = {0};
        struct error err = {{0}};
        if (password_read(&password, cases[i].source, &err))
            fail_msg("%s was accepted", cases[i].source);
        if (strstr(err.text, cases[i].hint) == NULL)
            fail_msg("'%s' does not say '%s'", err.text, cases[i].hint);
        if (cases[i].secret != NULL && strstr(err.text, cases[i].secret) != NULL)
            fail_msg("'%s' shows the password", err.text);
        assert_false(password.given);
    }
}

static void a_password_file_with_a_nul_is_refused(void **state)
{
    (void)state;
    struct password password = {0};
    struct error err = {{0}};
    fixture_write(FIXTURE("password"), "jul\0io\n", 7);
    assert_false(password_read(&password, "file:" FIXTURE("password"), &err));
    assert_non_null(strstr(err.text, "has a NUL byte in its first line"));
    assert_false(password.given);
    remove(FIXTURE("password"));
}

static void a_password_comes_out_of_a_pipe_and_leaves_the_rest_in_it(void **state)
{
    (void)state;
    struct password password = {0};
    struct error err = {{0}};
    int ends[2];
    char source[64], rest[8] = "";
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "julio\nrest", 10), 10);
    snprintf(source, sizeof source, "file:/dev/fd/%d", ends[0]);
    assert_true(password_read(&password, source, &err));
    assert_string_equal(password.text, "julio");
    assert_int_equal(read(ends[0], rest, sizeof rest), 4);
    assert_string_equal(rest, "rest");
    close(ends[0]);
    close(ends[1]);
}

static void a_wiped_password_leaves_nothing_behind(void **state)
{
    (void)state;
    struct password password = {0};
    struct error err;
    static const struct password nothing;
    assert_true(password_read(&password, "pass:julio", &err));
    password_wipe(&password);
    assert_memory_equal(&password, &nothing, sizeof nothing);
}

static void a_password_in_the_command_line_is_wiped_there_too(void **state)
{
    (void)state;
    char text[] = "pass:julio", path[] = "file:julio";
    password_wipe_source(text);
    password_wipe_source(path);
    password_wipe_source(NULL);
    assert_memory_equal(text, "pass:\0\0\0\0\0", sizeof text);
    assert_string_equal(path, "file:julio");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_source_gives_its_password),
        cmocka_unit_test(a_source_that_gives_none_is_named_and_a_password_is_not_shown),
        cmocka_unit_test(a_password_file_with_a_nul_is_refused),
        cmocka_unit_test(a_password_comes_out_of_a_pipe_and_leaves_the_rest_in_it),
        cmocka_unit_test(a_wiped_password_leaves_nothing_behind),
        cmocka_unit_test(a_password_in_the_command_line_is_wiped_there_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
