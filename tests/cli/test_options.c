/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/option_table.h"
#include "cli/other_tools.h"
#include "unit.h"

#define MAX_ARGS 8

/* Parses ARGS (NULL at their end) for run; an error ends the test. The strings must outlive
 * OPTIONS. */
static void parse(struct options *options, const char *const *args)
{
    char *argv[MAX_ARGS + 1];
    struct error err = {{0}};
    int argc = 0;
    for (; args[argc] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)args[argc];
    if (!options_parse(options, COMMAND_RUN, argc, argv, &err))
        fail_msg("%s", err.text);
}

static void an_option_is_written_in_any_of_its_forms(void **state)
{
    (void)state;
    static const char *const forms[][MAX_ARGS] = {
        {"-c", "64", "-q"},
        {"-c64", "-q"},
        {"-qc64"},
        {"-qc", "64"},
        {"--connections", "64", "--quiet"},
        {"--connections=64", "-q"},
        {"-q", "--connections=0.064k"},
    };
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        struct options options;
        parse(&options, forms[i]);
        assert_int_equal(options.connections, 64);
        assert_true(options.quiet);
        assert_int_equal(options.operands.count, 0);
        options_cleanup(&options);
    }
}

static void options_and_operands_come_in_any_order(void **state)
{
    (void)state;
    static const struct {
        const char *args[MAX_ARGS];
        const char *operand;
    } cases[] = {
        {{"https://a/", "-c", "5"}, "https://a/"},
        {{"-c", "5", "https://a/"}, "https://a/"},
        {{"-c", "5", "--", "-x"}, "-x"},
        {{"-c", "5", "-"}, "-"},
        {{"-c5", "--", "--"}, "--"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct options options;
        parse(&options, cases[i].args);
        assert_int_equal(options.connections, 5);
        assert_int_equal(options.operands.count, 1);
        assert_string_equal(options.operands.items[0], cases[i].operand);
        options_cleanup(&options);
    }
}

static void what_was_not_typed_has_its_default_and_is_not_given(void **state)
{
    (void)state;
    static const char *const nothing[] = {NULL};
    static const char *const some[] = {"-c", "10", "--pin", "a", "--pin", "b", "-T", "1.5s", NULL};
    struct options options;
    parse(&options, nothing);
    assert_int_equal(options.connections, 10);
    assert_int_equal(options.timeout_ns, 10 * NS_PER_S);
    assert_int_equal(options.requests, 1);
    assert_string_equal(options.rotate, "round-robin");
    assert_null(options.verify);
    assert_true(options.rate == 0);
    assert_false(options_given(&options, "connections"));
    options_cleanup(&options);
    parse(&options, some);
    assert_true(options_given(&options, "connections"));
    assert_true(options_given(&options, "pin"));
    assert_false(options_given(&options, "duration"));
    assert_false(options_given(&options, "no-such-option"));
    assert_int_equal(options.pins.count, 2);
    assert_string_equal(options.pins.items[1], "b");
    assert_int_equal(options.timeout_ns, 1500 * NS_PER_MS);
    options_cleanup(&options);
}

static void an_options_value_may_look_like_an_option(void **state)
{
    (void)state;
    static const char *const args[] = {"-H", "-X: y", "--data", "--", "--sni=--a=b", NULL};
    struct options options;
    parse(&options, args);
    assert_string_equal(options.headers.items[0], "-X: y");
    assert_string_equal(options.data, "--");
    assert_string_equal(options.sni, "--a=b");
    options_cleanup(&options);
}

static void an_option_that_is_repeated_takes_the_last_value(void **state)
{
    (void)state;
    static const char *const args[] = {"-c", "5", "--connections", "6", "-d", "1min", "-d2s", NULL};
    struct options options;
    parse(&options, args);
    assert_int_equal(options.connections, 6);
    assert_int_equal(options.duration_ns, 2 * NS_PER_S);
    options_cleanup(&options);
}

/* If the word is an option here, its answer would never be used. */
static void what_is_called_otherwise_elsewhere_is_no_option_of_run(void **state)
{
    (void)state;
    for (size_t i = 0; i < option_table_len; i++) {
        const struct option_row *row = &option_table[i];
        if (row->commands & 1u << COMMAND_RUN)
            assert_null(other_tools_option(row->name, strlen(row->name)));
        if (row->commands & 1u << COMMAND_RUN && row->letter != 0)
            assert_null(other_tools_option(&row->letter, 1));
    }
}

static void every_row_of_the_table_is_sound(void **state)
{
    (void)state;
    assert_true(option_table_len <= 8 * sizeof(((struct options *)NULL)->given));
    for (size_t i = 0; i < option_table_len; i++) {
        const struct option_row *row = &option_table[i];
        assert_true(row->commands != 0 && strlen(row->help) > 5);
        assert_true(row->offset < sizeof(struct options));
        assert_int_equal(row->kind == OPTION_FLAG, row->argument == NULL);
        assert_int_equal(row->kind == OPTION_CHOICE, row->choices != NULL);
        for (int command = 0; command < NUM_COMMANDS; command++) {
            if ((row->commands & 1u << command) == 0)
                continue;
            /* No second row has the name or the letter. */
            assert_ptr_equal(option_find((enum command)command, row->name, strlen(row->name)), row);
            if (row->letter != 0)
                assert_ptr_equal(option_find_letter((enum command)command, row->letter), row);
        }
    }
}

static void every_commands_help_tells_of_all_its_options_and_no_others(void **state)
{
    (void)state;
    for (int command = 0; command < NUM_COMMANDS; command++) {
        static char text[65536];
        FILE *file = tmpfile();
        help_print(file, (enum command)command);
        rewind(file);
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
        for (size_t i = 0; i < option_table_len; i++) {
            const struct option_row *row = &option_table[i];
            char head[64];
            if (row->letter != 0)
                snprintf(head, sizeof head, "\n  -%c, --%s%c", row->letter, row->name,
                         row->argument != NULL ? ' ' : '\n');
            else
                snprintf(head, sizeof head, "\n  --%s%c", row->name,
                         row->argument != NULL ? ' ' : '\n');
            bool is_told = strstr(text, head) != NULL;
            /* A command may have a row of its own, with another default. */
            bool is_taken =
                option_find((enum command)command, row->name, strlen(row->name)) != NULL;
            if (is_told != is_taken)
                fail_msg("%s's help %s --%s", command_table[command].name,
                         is_told ? "has" : "lacks", row->name);
        }
    }
}

static void a_command_has_its_own_defaults(void **state)
{
    (void)state;
    static const struct {
        enum command command;
        uint64_t connections, duration_ns;
    } cases[] = {
        {COMMAND_RUN, 10, 0}, {COMMAND_COMPARE, 10, 0}, {COMMAND_FIND, 1000, 5 * NS_PER_S}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char url[] = "https://localhost/";
        char *argv[] = {url};
        struct options options;
        struct error err;
        assert_true(options_parse(&options, cases[i].command, 1, argv, &err));
        assert_int_equal(options.connections, cases[i].connections);
        assert_int_equal(options.duration_ns, cases[i].duration_ns);
        assert_false(options_given(&options, "connections"));
        options_cleanup(&options);
    }
}

static void passwords_are_redacted_wherever_they_stand(void **state)
{
    (void)state;
    static const struct {
        const char *args[4];
        const char *redacted[4];
    } cases[] = {
        {{"--pass", "pass:geheim", "x"}, {"--pass", "pass:***", "x"}},
        {{"--pass=pass:geheim", "x"}, {"--pass=pass:***", "x"}},
        {{"--pass", "pass:"}, {"--pass", "pass:***"}},
        {{"--pass", "env:VAR"}, {"--pass", "env:VAR"}},
        {{"--pass", "file:/a/b"}, {"--pass", "file:/a/b"}},
        {{"--pass=file:/a/b"}, {"--pass=file:/a/b"}},
        {{"-H", "pass:x", "--pass"}, {"-H", "pass:***", "--pass"}},
        {{"-H", "Authorization: Bearer x"}, {"-H", "Authorization: ***"}},
        {{"-HCookie:a=b", "x"}, {"-HCookie:***", "x"}},
        {{"-qvH", "Cookie: a"}, {"-qvH", "Cookie: ***"}},
        {{"-qHCookie: a", "x"}, {"-qHCookie: ***", "x"}},
        {{"-EH", "x"}, {"-EH", "x"}},
        {{"--header=", "x"}, {"--header=", "x"}},
        {{"--header=X-Key: geheim"}, {"--header=X-Key: ***"}},
        {{"--header", "geheim"}, {"--header", "***"}},
        {{"--data", "geheim"}, {"--data", "***"}},
        {{"--data=geheim"}, {"--data=***"}},
        {{"--data", "@body.json"}, {"--data", "@body.json"}},
        {{"--show-secrets", "-H", "A: b"}, {"--show-secrets", "-H", "A: b"}},
        {{"-H", "A: b", "--show-secrets"}, {"-H", "A: b", "--show-secrets"}},
        {{"--show-secrets", "--pass=pass:x"}, {"--show-secrets", "--pass=pass:***"}},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *argv[4];
        int argc = 0;
        for (; argc < 4 && cases[i].args[argc] != NULL; argc++)
            argv[argc] = (char *)(uintptr_t)cases[i].args[argc];
        char **copy = options_redact(argc, argv);
        for (int j = 0; j < argc; j++) {
            assert_string_equal(copy[j], cases[i].redacted[j]);
            free(copy[j]);
        }
        assert_null(copy[argc]);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_option_is_written_in_any_of_its_forms),
        cmocka_unit_test(options_and_operands_come_in_any_order),
        cmocka_unit_test(what_was_not_typed_has_its_default_and_is_not_given),
        cmocka_unit_test(an_options_value_may_look_like_an_option),
        cmocka_unit_test(an_option_that_is_repeated_takes_the_last_value),
        cmocka_unit_test(what_is_called_otherwise_elsewhere_is_no_option_of_run),
        cmocka_unit_test(every_row_of_the_table_is_sound),
        cmocka_unit_test(every_commands_help_tells_of_all_its_options_and_no_others),
        cmocka_unit_test(a_command_has_its_own_defaults),
        cmocka_unit_test(passwords_are_redacted_wherever_they_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
