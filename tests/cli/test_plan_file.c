/* SPDX-License-Identifier: Apache-2.0 */
/* Plan files: what they may say, what wins, and that what is printed is read again. */
#include "base/clock.h"
#include "cli/option_table.h"
#include "cli/options.h"
#include "cli/plan_builder.h"
#include "cli/plan_print.h"
#include "cli/plan_values.h"
#include "unit.h"

#include <unistd.h>

#define MAX_ARGS 12

static char directory[] = "/tmp/pinload-plan-XXXXXX";

static void write_file(char path[static 128], const char *name, const char *text)
{
    snprintf(path, 128, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

/* Parses ARGS (NULL at their end) after --plan PATH. */
static bool parse(struct options *options, enum command command, const char *path,
                  const char *const *args, struct error *err)
{
    char *argv[MAX_ARGS + 2] = {(char *)"--plan", (char *)(uintptr_t)path};
    int argc = 2;
    for (; args != NULL && *args != NULL; args++)
        argv[argc++] = (char *)(uintptr_t)*args;
    *err = (struct error){{0}};
    return options_parse(options, command, argc, argv, err);
}

/* The options of a plan file with TEXT, which is good, under ARGS. */
static void take(struct options *options, enum command command, const char *name, const char *text,
                 const char *const *args)
{
    char path[128];
    struct error err;
    write_file(path, name, text);
    if (!parse(options, command, path, args, &err))
        fail_msg("%s", err.text);
    unlink(path);
}

/* --- good files ------------------------------------------------------------------------------- */

static const char in_toml[] = "# a plan\n"
                              "command = \"run\"\n"
                              "url = \"https://127.0.0.1:8443/\"\n"
                              "connections = 64\n"
                              "rate = 2e3\n"
                              "duration = \"1.5s\"\n"
                              "timeout = 2\n"
                              "requests = inf\n"
                              "http = 1.1\n"
                              "tls-min = 1.3\n"
                              "quiet = true\n"
                              "refusal-by-close = false\n"
                              "start-at = 2100-01-01T00:00:00Z\n"
                              "pin = [\"a\", 'b',\n  \"c\", # three\n]\n"
                              "header = \"X: y\"\n";

static const char in_json[] =
    "\n{\"command\": \"run\", \"url\": \"https://127.0.0.1:8443/\", \"connections\": \"64\",\n"
    " \"rate\": 2000.0, \"duration\": \"1.5s\", \"timeout\": 2, \"requests\": \"inf\", \"http\": "
    "\"1.1\",\n"
    " \"tls-min\": 1.3, \"quiet\": true, \"refusal-by-close\": false, \"start-at\": "
    "\"2100-01-01T00:00:00Z\",\n"
    " \"pin\": [\"a\", \"b\", \"c\"], \"header\": [\"X: y\"]}";

static void check_all(const struct options *options)
{
    assert_int_equal(options->operands.count, 1);
    assert_string_equal(options->operands.items[0], "https://127.0.0.1:8443/");
    assert_int_equal(options->connections, 64);
    assert_true(options->rate == 2000);
    assert_int_equal(options->duration_ns, NS_PER_S * 3 / 2);
    assert_int_equal(options->timeout_ns, NS_PER_S * 2);
    assert_true(options->requests == UINT64_MAX);
    assert_string_equal(options->http, "1.1");
    assert_string_equal(options->tls_min, "1.3");
    assert_string_equal(options->tls_max, "1.3");
    assert_true(options->quiet);
    assert_false(options->refusal_by_close);
    assert_string_equal(options->start_at, "2100-01-01T00:00:00Z");
    assert_int_equal(options->pins.count, 3);
    assert_string_equal(options->pins.items[2], "c");
    assert_int_equal(options->headers.count, 1);
    assert_true(options_given(options, "connections") && options_given(options, "pin"));
    assert_false(options_given(options, "seed") || options_given(options, "refusal-by-close"));
}

static void a_plan_sets_what_would_be_typed_in_either_form(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
    } cases[] = {{"a.toml", in_toml}, {"a.json", in_json}, {"toml", in_toml}, {"json", in_json}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct options options;
        take(&options, COMMAND_RUN, cases[i].name, cases[i].text, NULL);
        check_all(&options);
        options_cleanup(&options);
    }
}

static void a_mark_before_the_text_and_an_empty_file_are_good(void **state)
{
    (void)state;
    struct options options;
    take(&options, COMMAND_RUN, "m.toml",
         "\xef\xbb\xbf"
         "connections = 7\r\n",
         NULL);
    assert_int_equal(options.connections, 7);
    options_cleanup(&options);
    take(&options, COMMAND_RUN, "m.json",
         "\xef\xbb\xbf"
         "{\"connections\": 7}",
         NULL);
    assert_int_equal(options.connections, 7);
    options_cleanup(&options);
    take(&options, COMMAND_RUN, "e", "", NULL);
    assert_int_equal(options.connections, 10);
    options_cleanup(&options);
}

static void the_command_line_wins_and_replaces_lists_and_operands(void **state)
{
    (void)state;
    static const char *const args[] = {"-c", "5", "--pin", "z", "https://other/", NULL};
    static const char *const flags[] = {"-v", NULL};
    struct options options;
    take(&options, COMMAND_RUN, "a.toml", in_toml, args);
    assert_int_equal(options.connections, 5);
    assert_int_equal(options.pins.count, 1);
    assert_string_equal(options.pins.items[0], "z");
    assert_int_equal(options.operands.count, 1);
    assert_string_equal(options.operands.items[0], "https://other/");
    assert_true(options.rate == 2000);
    options_cleanup(&options);
    take(&options, COMMAND_RUN, "a.toml", in_toml, flags);
    assert_true(options.verbose && options.quiet);
    options_cleanup(&options);
    /* what is not taken from the file is not judged */
    take(&options, COMMAND_RUN, "b.toml", "connections = 0", args);
    assert_int_equal(options.connections, 5);
    options_cleanup(&options);
}

static void other_commands_have_plans_too(void **state)
{
    (void)state;
    struct options options;
    take(&options, COMMAND_COMPARE, "c.toml",
         "in-process = true\narms = 'none,pin'\nsessions = '2k'", NULL);
    assert_true(options.in_process);
    assert_string_equal(options.arms, "none,pin");
    assert_int_equal(options.sessions, 2000);
    options_cleanup(&options);
    take(&options, COMMAND_MERGE, "m.toml", "results = ['/a.json', '/b.json']\njson = '-'", NULL);
    assert_int_equal(options.operands.count, 2);
    assert_string_equal(options.operands.items[1], "/b.json");
    options_cleanup(&options);
    take(&options, COMMAND_PIN, "p.toml", "file = '/a.crt'", NULL);
    assert_string_equal(options.operands.items[0], "/a.crt");
    options_cleanup(&options);
}

/* --- file names ------------------------------------------------------------------------------- */

static void expect_in_directory(const char *value, const char *form)
{
    char expected[512];
    snprintf(expected, sizeof expected, form, directory, directory);
    assert_string_equal(value, expected);
}

static void relative_file_names_are_relative_to_the_plan(void **state)
{
    (void)state;
    struct options options;
    char path[128];
    write_file(path, "here.ech", "x");
    take(&options, COMMAND_RUN, "f.toml",
         "identity = ['a=a.crt,a.key', 'b=b.p12', 'c=/c.pem', 'odd']\n"
         "identities = 'clients'\ncacert = 'ca/ca.crt'\npin-file = ['pins', '-']\n"
         "pass = 'file:secret'\ndata = '@body'\nech = 'here.ech'\njson = '-'\nhtml = 'out.html'\n"
         "csv = '/abs.csv'\nsni = 'name'\n",
         NULL);
    expect_in_directory(options.identities.items[0], "a=%s/a.crt,%s/a.key");
    expect_in_directory(options.identities.items[1], "b=%s/b.p12");
    assert_string_equal(options.identities.items[2], "c=/c.pem");
    assert_string_equal(options.identities.items[3], "odd");
    expect_in_directory(options.identities_directory, "%s/clients");
    expect_in_directory(options.cacert, "%s/ca/ca.crt");
    expect_in_directory(options.pin_files.items[0], "%s/pins");
    assert_string_equal(options.pin_files.items[1], "-");
    expect_in_directory(options.pass, "file:%s/secret");
    expect_in_directory(options.data, "@%s/body");
    expect_in_directory(options.ech, "%s/here.ech");
    assert_string_equal(options.json, "-");
    expect_in_directory(options.html, "%s/out.html");
    assert_string_equal(options.csv, "/abs.csv");
    assert_string_equal(options.sni, "name");
    options_cleanup(&options);
    unlink(path);
    take(&options, COMMAND_RUN, "g.toml",
         "cacert = 'system'\ndata = 'text'\npass = 'env:X'\nech = 'grease'", NULL);
    assert_string_equal(options.cacert, "system");
    assert_string_equal(options.data, "text");
    assert_string_equal(options.pass, "env:X");
    assert_string_equal(options.ech, "grease");
    options_cleanup(&options);
}

/* --- bad files -------------------------------------------------------------------------------- */

static const struct bad_row {
    const char *name, *text;
    const char *where; /* after the file's name */
    const char *said;
    enum command command; /* run, if not given */
} bad_rows[] = {
    {"a.toml", "connections = 5\nconections = 5", ":2: ", "did you mean 'connections'?"},
    {"a.toml", "max_failures = 5", ":1: ", "did you mean 'max-failures'?"},
    {"a.toml", "c = 5", ":1: ", "did you mean 'connections'?"},
    {"a.toml", "\"--rate\" = 5", ":1: ", "did you mean 'rate'?"},
    {"a.toml", "xyzzy = 5", ":1: ", "'xyzzy' is not an option of 'pinload run'; expected long"},
    {"a.toml", "\n\narms = 'none'", ":3: ", "'arms' is for 'pinload compare', not"},
    {"a.toml", "rate = 5", ":1: ", "'rate' is for 'pinload run', not", COMMAND_COMPARE},
    {"a.toml", "url = 'https://h/'", ":1: ", "'url' is for 'pinload run', not", COMMAND_MERGE},
    {"a.toml", "command = 'compare'", ":1: ", "this plan is for 'pinload compare', not for"},
    {"a.toml", "command = 5", ":1: ", "expected \"run\""},
    {"a.toml", "command = []", ":1: ", "expected \"run\""},
    {"a.toml", "plan = 'b.toml'", ":1: ", "'plan' is for the command line alone"},
    {"a.toml", "help = true", ":1: ", "'help' is for the command line alone"},
    {"a.toml", "print-plan = true", ":1: ", "'print-plan' is for the command line alone"},
    {"a.toml", "rate = 5\nconnections = 0", ":2: ", "'0' is not a value for -c, --connections"},
    {"a.toml", "duration = 'long'", ":1: ", "'long' is not a value for -d, --duration"},
    {"a.toml", "http = 3", ":1: ", "'3' is not a value for --http; expected 1.1, 2, auto"},
    {"a.toml", "connections = 1.5", ":1: ", "'1.5' is not a value for -c, --connections"},
    {"a.toml", "connections = true", ":1: ", "is true; expected text or a number"},
    {"a.toml", "connections = [5]", ":1: ", "is an array; expected one value"},
    {"a.toml", "rate = -1", ":1: ", "'-1' is not a value for -R, --rate"},
    {"a.toml", "rate = nan", ":1: ", "'nan' is not a value for -R, --rate"},
    {"a.toml", "quiet = 'yes'", ":1: ", "the value of 'quiet' is text; expected true or false"},
    {"a.toml", "quiet = 1", ":1: ", "the value of 'quiet' is the number 1; expected true"},
    {"a.toml", "quiet = [true]", ":1: ", "is an array; expected true or false"},
    {"a.toml", "pin = [\n'a',\n['b']]", ":3: ", "an array in an array; expected text"},
    {"a.toml", "pin = {a = 1}", ":1: ", "is a table; expected text"},
    {"a.toml", "[load]\nconnections = 5", ":1: ", "'load' is a table; expected options without"},
    {"a.toml", "load.connections = 5", ":1: ", "'load' is a table; expected options without"},
    {"a.toml", "json = \"a\\u0000b\"", ":1: ", "text with a NUL in it"},
    {"a.toml", "rate = 5\nconnections =", ":2: ", "this is not TOML: "},
    {"a.toml", "rate = 5\n\nrate = 6", ":3: ", "this is not TOML: "},
    {"a.toml", "{\"rate\": 5}", ":1: ", "this is not TOML: "},
    {"a.toml", "json = \"\xff\"", ":1: ", "this is not TOML: "},
    {"a.toml", "cert = 'a'\ncert = 'b'", ":2: ", "this is not TOML: "},
    {"a.json", "{\"rate\": 5,\n\"rate\": 6}", ":2: ", "this is not a JSON object: duplicate"},
    {"a.json", "{\"rate\": 5,\n}", ":2: ", "this is not a JSON object: "},
    {"a.json", "", ":1: ", "this is not a JSON object: "},
    {"a.json", "rate = 5", ":1: ", "this is not a JSON object: "},
    {"a.json", "[5]", ": ", "this is not a JSON object: "},
    {"a.json", "{\"conections\": 5}", ": ", "did you mean 'connections'?"},
    {"a.json", "{\"rate\": null}", ": ", "is null; expected text or a number"},
    {"a.json", "{\"rate\": {}}", ": ", "is an object; expected text or a number"},
    {"a.json", "{\"xyzzy\": {}}", ": ", "is an object; expected options without tables"},
    {"a.json", "{\"pin\": [[]]}", ": ", "an array in an array"},
    {"a.json", "{\"json\": \"a\\u0000b\"}", ": ", "text with a NUL in it"},
    {"a.json", "{\"connections\": 0}", ": ", "'0' is not a value for -c, --connections"},
    {"a.json", "{\"quiet\": \"true\"}", ": ", "is text; expected true or false"},
};

static void what_a_plan_may_not_say_is_told_with_its_line(void **state)
{
    (void)state;
    unsigned num_offences = 0;
    for (size_t i = 0; i < COUNT_OF(bad_rows); i++) {
        const struct bad_row *row = &bad_rows[i];
        struct options options;
        struct error err;
        char path[128], where[160];
        write_file(path, row->name, row->text);
        snprintf(where, sizeof where, "%s%s", path, row->where);
        bool taken = parse(&options, row->command, path, NULL, &err);
        options_cleanup(&options);
        if (taken || strncmp(err.text, where, strlen(where)) != 0 ||
            strstr(err.text, row->said) == NULL) {
            print_error("row %zu (%s): %s\n", i, row->text, taken ? "taken" : err.text);
            num_offences++;
        }
        unlink(path);
    }
    assert_int_equal(num_offences, 0);
}

static void files_that_cannot_be_read_are_named(void **state)
{
    (void)state;
    struct options options;
    struct error err;
    assert_false(parse(&options, COMMAND_RUN, "/nonexistent/plan", NULL, &err));
    options_cleanup(&options);
    assert_non_null(strstr(err.text, "the plan file '/nonexistent/plan' cannot be opened"));
    assert_false(parse(&options, COMMAND_RUN, directory, NULL, &err));
    options_cleanup(&options);
    assert_non_null(strstr(err.text, "cannot be read"));
    assert_false(parse(&options, COMMAND_RUN, "/dev/zero", NULL, &err));
    options_cleanup(&options);
    assert_non_null(strstr(err.text, "is a device"));
}

static void a_password_is_not_in_the_sentence(void **state)
{
    (void)state;
    struct options options;
    struct error err;
    char path[128];
    write_file(path, "p.toml", "pass = ['pass:hush']");
    assert_false(parse(&options, COMMAND_RUN, path, NULL, &err));
    assert_null(strstr(err.text, "hush"));
    options_cleanup(&options);
    unlink(path);
}

static void one_option_alone_reads_standard_input(void **state)
{
    (void)state;
    static const char *const args[] = {"--data", "@-", "https://h/", NULL};
    static const char *const operand[] = {"-", NULL};
    int saved = dup(STDIN_FILENO);
    struct options options;
    struct error err;
    assert_non_null(freopen("/dev/null", "r", stdin));
    assert_true(parse(&options, COMMAND_RUN, "-", args, &err));
    assert_false(plan_check_stdin(&options, &err));
    assert_non_null(strstr(err.text, "--plan and --data '-' would both read standard input"));
    options_cleanup(&options);
    assert_false(parse(&options, COMMAND_PIN, "-", operand, &err));
    assert_non_null(strstr(err.text, "--plan and the operand '-' would both read"));
    options_cleanup(&options);
    dup2(saved, STDIN_FILENO);
    close(saved);
}

/* --- printing --------------------------------------------------------------------------------- */

/* A value for each kind of option, unlike its default. */
static const char *value_for(const struct option_row *row, unsigned turn)
{
    static const char *const odd[] = {"a \"b\" \\c\n\t\x01 \xc3\xa9 # [x]", "", "'", "/a=b,/c"};
    static const char *const times[] = {"1500ms", "7us", "1h", "1234567ns"};
    static const char *const rates[] = {"0.00001", "123.456", "1M", "0.1"};
    static char first[40];
    switch (row->kind) {
    case OPTION_CHOICE:
        if (row->default_value != NULL)
            return row->default_value;
        snprintf(first, sizeof first, "%.*s", (int)strcspn(row->choices, "|"), row->choices);
        return first;
    case OPTION_COUNT:
    case OPTION_COUNT_RAMP:
        return row->max < 1234 ? "123" : "1234";
    case OPTION_ENDLESS:
        return turn % 2 == 0 ? "inf" : "7";
    case OPTION_DURATION:
        return row->min > 1000 ? "1500ms" : times[turn];
    case OPTION_DECIMAL:
    case OPTION_DECIMAL_RAMP:
        return rates[turn];
    default:
        return odd[turn];
    }
}

/* Gives every option that a plan can hold, lists twice. */
static int give_all(char **argv, enum command command, unsigned turn)
{
    int argc = 0;
    for (size_t i = 0; i < option_table_len; i++) {
        const struct option_row *row = &option_table[i];
        char word[400];
        if ((row->commands & 1u << command) == 0 || strstr("help plan print-plan", row->name))
            continue;
        for (int k = 0; k < (row->kind == OPTION_LIST ? 2 : 1); k++) {
            snprintf(word, sizeof word, "--%s%s%s", row->name, row->argument != NULL ? "=" : "",
                     row->argument != NULL ? value_for(row, (turn + (unsigned)k) % 4) : "");
            argv[argc++] = strdup(word);
        }
    }
    argv[argc++] = strdup(command == COMMAND_PIN ? "/a.crt" : "https://h/%20\"x\"");
    return argc;
}

/* The plan is read in its own directory, so relative file names stay as they are. */
static void what_is_printed_is_read_again_as_the_same(void **state)
{
    (void)state;
    assert_int_equal(chdir(directory), 0);
    for (unsigned turn = 0; turn < 4 * NUM_COMMANDS; turn++) {
        enum command command = (enum command)(turn / 4);
        char *argv[200], path[128];
        struct options typed, again;
        struct error err = {{0}};
        int argc = give_all(argv, command, turn % 4);
        if (!options_parse(&typed, command, argc, argv, &err))
            fail_msg("%s", err.text);
        char *text = plan_print_text(&typed, command, true);
        write_file(path, "r.toml", text);
        if (!parse(&again, command, "r.toml", NULL, &err))
            fail_msg("%s\n%s", err.text, text);
        assert_int_equal(again.operands.count, 1);
        assert_string_equal(again.operands.items[0], typed.operands.items[0]);
        for (size_t i = 0; i < option_table_len; i++)
            if (strcmp(option_table[i].name, "plan") != 0)
                assert_int_equal(options_given(&typed, option_table[i].name),
                                 options_given(&again, option_table[i].name));
        char *second = plan_print_text(&again, command, true);
        assert_string_equal(text, second);
        free(text);
        free(second);
        options_cleanup(&typed);
        options_cleanup(&again);
        unlink(path);
        for (int i = 0; i < argc; i++)
            free(argv[i]);
    }
}

static void the_values_are_those_that_were_typed(void **state)
{
    (void)state;
    static const char *const args[] = {
        "-H", "X: \"a\\\" \t\xc3\xa9", "-H", "Y: z", "--show-secrets", "-d", "1500us", "https://h/",
        NULL};
    struct options typed, again;
    take(&typed, COMMAND_RUN, "t.toml", "rate = 0.1\nseed = 12345678901", args);
    char *text = plan_print_text(&typed, COMMAND_RUN, false);
    take(&again, COMMAND_RUN, "u.toml", text, NULL);
    assert_int_equal(again.headers.count, 2);
    assert_string_equal(again.headers.items[0], typed.headers.items[0]);
    assert_string_equal(again.headers.items[1], "Y: z");
    assert_int_equal(again.duration_ns, 1500000);
    assert_true(again.rate == 0.1);
    assert_true(again.seed == 12345678901);
    assert_null(strstr(text, "connections"));
    free(text);
    options_cleanup(&typed);
    options_cleanup(&again);
}

static void secrets_are_not_printed(void **state)
{
    (void)state;
    static const char *const show[] = {"--show-secrets", NULL};
    static const char text[] =
        "pass = 'pass:hush'\nheader = ['Authorization: quiet']\ndata = 'calm'";
    struct options options;
    take(&options, COMMAND_RUN, "s.toml", text, NULL);
    char *printed = plan_print_text(&options, COMMAND_RUN, true);
    assert_null(strstr(printed, "hush"));
    assert_null(strstr(printed, "quiet"));
    assert_null(strstr(printed, "calm"));
    assert_non_null(strstr(printed, "pass = \"pass:***\""));
    assert_non_null(strstr(printed, "\"Authorization: ***\""));
    assert_non_null(strstr(printed, "# *** stands for a password"));
    free(printed);
    options_cleanup(&options);
    take(&options, COMMAND_RUN, "s.toml", text, show);
    printed = plan_print_text(&options, COMMAND_RUN, true);
    assert_null(strstr(printed, "hush"));
    assert_non_null(strstr(printed, "quiet"));
    assert_non_null(strstr(printed, "calm"));
    free(printed);
    options_cleanup(&options);
}

static void defaults_are_comments(void **state)
{
    (void)state;
    static const char *const args[] = {"https://h/", "-c", "10", NULL};
    struct options options;
    take(&options, COMMAND_RUN, "d.toml", "", args);
    char *text = plan_print_text(&options, COMMAND_RUN, true);
    assert_non_null(strstr(text, "\nconnections = 10\n"));
    assert_non_null(strstr(text, "\n# timeout = \"10s\"\n"));
    assert_null(strstr(text, "help"));
    free(text);
    options_cleanup(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_sets_what_would_be_typed_in_either_form),
        cmocka_unit_test(a_mark_before_the_text_and_an_empty_file_are_good),
        cmocka_unit_test(the_command_line_wins_and_replaces_lists_and_operands),
        cmocka_unit_test(other_commands_have_plans_too),
        cmocka_unit_test(relative_file_names_are_relative_to_the_plan),
        cmocka_unit_test(what_a_plan_may_not_say_is_told_with_its_line),
        cmocka_unit_test(files_that_cannot_be_read_are_named),
        cmocka_unit_test(a_password_is_not_in_the_sentence),
        cmocka_unit_test(one_option_alone_reads_standard_input),
        cmocka_unit_test(what_is_printed_is_read_again_as_the_same),
        cmocka_unit_test(the_values_are_those_that_were_typed),
        cmocka_unit_test(secrets_are_not_printed),
        cmocka_unit_test(defaults_are_comments),
    };
    if (mkdtemp(directory) == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(directory);
    return failed;
}
