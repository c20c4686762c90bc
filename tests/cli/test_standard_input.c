/* SPDX-License-Identifier: Apache-2.0 */
/* Reading from standard input. That two options cannot share it is tested in test_bad_input.c. */
#include "cli/plan_builder.h"

#include "http/request.h"
#include "tls/pinset.h"

#include "unit.h"

#include <unistd.h>

#define URL "https://127.0.0.1:8443/path"
#define PIN "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static void build(struct plan *plan, const char *option, const char *value)
{
    char *argv[] = {(char *)(uintptr_t)option,      (char *)(uintptr_t)value,
                    (char *)(uintptr_t) "--verify", (char *)(uintptr_t) "none",
                    (char *)(uintptr_t)URL,         NULL};
    struct options options;
    struct notices notices = {0};
    struct error err = {{0}};
    if (!options_parse(&options, COMMAND_RUN, 5, argv, &err) ||
        !plan_build(plan, &options, &notices, &err))
        fail_msg("%s", err.text);
    notices_cleanup(&notices);
    options_cleanup(&options);
}

/* Puts TEXT into standard input; returns its previous content. */
static int feed_stdin(const char *text)
{
    int before = dup(STDIN_FILENO), ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    clearerr(stdin);
    return before;
}

static void build_from_stdin(struct plan *plan, const char *text, const char *option,
                             const char *value)
{
    int before = feed_stdin(text);
    build(plan, option, value);
    dup2(before, STDIN_FILENO);
    close(before);
}

static void a_body_may_be_standard_input(void **state)
{
    (void)state;
    static const char *const values[] = {"@-", "@/dev/stdin"};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct plan plan;
        size_t len;
        build_from_stdin(&plan, "a=1&b=2", "--data", values[i]);
        const uint8_t *body = request_body(plan.request, &len);
        assert_int_equal(len, 7);
        assert_memory_equal(body, "a=1&b=2", 7);
        plan_cleanup(&plan);
    }
}

static void pins_may_be_standard_input(void **state)
{
    (void)state;
    static const char *const values[] = {"-", "/dev/stdin"};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct plan plan;
        build_from_stdin(&plan, "# two\n" PIN "\nspki-sha256:" PIN "\n", "--pin-file", values[i]);
        assert_int_equal(pinset_count(plan.pins), 2);
        plan_cleanup(&plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_may_be_standard_input),
        cmocka_unit_test(pins_may_be_standard_input),
    };
    unsetenv("SSLKEYLOGFILE");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
