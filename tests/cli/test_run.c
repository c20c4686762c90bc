/* SPDX-License-Identifier: Apache-2.0 */
/* The binary from its command line to its JSON result, against a server in a thread. */
#include "engine/service.h"
#include "tls/fixtures.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const struct tls_server_config asking = {.client_ca = FIXTURE("client-ca.crt")};

static const struct tls_server_config plain = {0};

#define JSON_FILE FIXTURE("result.json")

/* Runs the binary with ARGS (NULL at their end) and the address of SERVICE; returns its status. */
static int run_binary(const char *const *args, const struct service *service)
{
    struct address address = service_address(service);
    char url[ADDRESS_TEXT_LEN + 16], authority[ADDRESS_TEXT_LEN];
    char *argv[32] = {PINLOAD_BINARY};
    posix_spawn_file_actions_t actions;
    int argc = 1, status;
    pid_t pid;
    for (; args[argc - 1] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)args[argc - 1];
    address_text(&address, authority);
    snprintf(url, sizeof url, "https://%s/", authority);
    argv[argc] = url;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, FIXTURE("stdout.txt"),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, FIXTURE("stderr.txt"),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(posix_spawn(&pid, argv[0], &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void expect_in_no_output(const char *secret)
{
    static const char *const paths[] = {JSON_FILE, FIXTURE("stdout.txt"), FIXTURE("stderr.txt")};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        static struct fixture_file file;
        fixture_read(&file, paths[i]);
        if (strstr((const char *)file.bytes, secret) != NULL)
            fail_msg("%s has the password", paths[i]);
    }
}

static void a_password_is_in_no_output_of_a_run(void **state)
{
    (void)state;
    static const char *const forms[][2] = {{"--pass", "pass:julio"}, {"--pass=pass:julio", "-v"}};
    static struct fixture_file json;
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        const char *const args[] = {
            "run",    "--verify", "none",      "-n",
            "2",      "-v",       "-E",        FIXTURE("client-p256.enc.pem"),
            "--json", JSON_FILE,  forms[i][0], forms[i][1],
            NULL};
        struct service *service = service_start(MANNER_SERVE, &asking);
        assert_int_equal(run_binary(args, service), 0);
        assert_int_equal(service_seen(service)->with_client_cert, 2);
        service_stop(service);
        expect_in_no_output("julio");
        fixture_read(&json, JSON_FILE);
        assert_non_null(strstr((const char *)json.bytes, "pass:***"));
    }
}

static void how_a_run_ended_is_its_exit_status(void **state)
{
    (void)state;
    static const struct {
        enum manner manner;
        const char *client, *expect_refused;
        int status;
    } cases[] = {
        {MANNER_SERVE, "c=" FIXTURE("client-p256.pem"), NULL, 0},
        {MANNER_SERVE, "c=" FIXTURE("client-p256.pem"), "c", 1},
        {MANNER_REFUSAL_PAGE, "c=" FIXTURE("client-p256.pem"), NULL, 1},
        {MANNER_REFUSAL_PAGE, "c=" FIXTURE("client-p256.pem"), "c", 0},
        {MANNER_STATUS_500, "c=" FIXTURE("client-p256.pem"), NULL, 1},
        {MANNER_CLOSE_AT_ONCE, "c=" FIXTURE("client-p256.pem"), NULL, 1},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const args[] = {"run",
                                    "--verify",
                                    "none",
                                    "-n",
                                    "2",
                                    "-q",
                                    "--identity",
                                    cases[i].client,
                                    cases[i].expect_refused != NULL ? "--expect-refused" : NULL,
                                    cases[i].expect_refused,
                                    NULL};
        struct service *service = service_start(cases[i].manner, &asking);
        int status = run_binary(args, service);
        service_stop(service);
        if (status != cases[i].status)
            fail_msg("case %zu: exit status %d", i, status);
    }
}

static void a_warm_up_that_leaves_nothing_is_said_to(void **state)
{
    (void)state;
    static const struct {
        const char *warm_up;
        bool leaves_nothing;
    } cases[] = {{"60s", true}, {"1us", false}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const args[] = {"run",       "--verify",       "none",   "-q",      "-n", "4",
                                    "--warm-up", cases[i].warm_up, "--json", JSON_FILE, NULL};
        static struct fixture_file file;
        struct service *service = service_start(MANNER_SERVE, &plain);
        assert_int_equal(run_binary(args, service), 0);
        service_stop(service);
        fixture_read(&file, FIXTURE("stderr.txt"));
        bool is_said = strstr((const char *)file.bytes, "within its --warm-up of 60 s") != NULL;
        assert_int_equal(is_said, cases[i].leaves_nothing);
        fixture_read(&file, JSON_FILE);
        bool is_null = strstr((const char *)file.bytes, "\"per_second\": null") != NULL;
        assert_int_equal(is_null, cases[i].leaves_nothing);
    }
}

/* --- thresholds and JUnit -------------------------------------------------------------------- */

#define JUNIT_FILE FIXTURE("junit.xml")

static bool junit_says(const char *text)
{
    static struct fixture_file file;
    fixture_read(&file, JUNIT_FILE);
    return strstr((const char *)file.bytes, text) != NULL;
}

static void any_figure_can_be_a_threshold(void **state)
{
    (void)state;
    static const struct {
        const char *condition;
        int status;
    } cases[] = {
        {"tls_handshake.p99 > 60s", 0},
        {"requests.statuses.503 > 0", 0},
        {"requests.statuses.200 >= 2", 1},
        {"handshakes.versions.TLSv1.3 == 2", 1},
        {"handshakes.versions.TLSv1.2 > 0", 0},
        {"handshakes.alerts.received.unknown_ca > 0", 0},
        {"handshakes.ciphers.TLS_AES_256_GCM_SHA384 == 2", 0},
        {"outcomes.succeeded < 2", 0},
        {"identities.c.d.sessions == 2", 1},
        {"identities.nobody.sessions == 2", 2},
        {"config.timeout_s > 1s", 1},
        {"pins.by_pin.cert-sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= == 0", 1},
        {"pins.by_pin.cert-sha256:BBBBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= == 0", 2},
        {"generator.limit > 0", 2},
        {"outcomes.nonesuch > 0", 2},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const args[] = {"run",
                                    "--pin",
                                    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                                    "--verify",
                                    "none",
                                    "-n",
                                    "2",
                                    "-q",
                                    "--identity",
                                    "c.d=" FIXTURE("client-p256.pem"),
                                    "--fail-if",
                                    cases[i].condition,
                                    NULL};
        struct service *service = service_start(MANNER_SERVE, &asking);
        int status = run_binary(args, service);
        service_stop(service);
        if (status != cases[i].status)
            fail_msg("'%s': exit status %d", cases[i].condition, status);
    }
}

static void junit_has_no_failure_exactly_where_the_status_is_0(void **state)
{
    (void)state;
    static const struct {
        enum manner manner;
        const char *options[6];
        int status;
    } cases[] = {
        {MANNER_SERVE, {"-n", "2"}, 0},
        {MANNER_SERVE, {"-n", "2", "--fail-if", "sessions.failed > 0"}, 0},
        {MANNER_SERVE, {"-n", "2", "--fail-if", "sessions.failed == 0"}, 1},
        {MANNER_SERVE, {"-n", "2", "--expect-refused", "c"}, 1},
        {MANNER_SERVE, {"-n", "1", "--identity", "d=" FIXTURE("client-p256.pem")}, 0},
        {MANNER_SERVE,
         {"-n", "1", "--require-all-identities", "--identity", "d=" FIXTURE("client-p256.pem")},
         1},
        {MANNER_CLOSE_AT_ONCE, {"-n", "2"}, 1},
        {MANNER_CLOSE_AT_ONCE, {"-n", "2", "--max-failures", "2"}, 1},
        {MANNER_CLOSE_AT_ONCE, {"-n", "2", "--max-failures", "2", "--allow-empty"}, 0},
        {MANNER_SERVE, {"-n", "2", "-r", "0", "--fail-if", "request.p99 > 1us"}, 1},
        {MANNER_CLOSE_AT_ONCE, {"-n", "2", "--max-failures", "50%"}, 1},
        {MANNER_SERVE, {"-d", "500ms", "-R", "200", "--hold", "100ms"}, 3},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const args[] = {"run",
                                    "--verify",
                                    "none",
                                    "-q",
                                    "-c",
                                    "1",
                                    "--identity",
                                    "c=" FIXTURE("client-p256.pem"),
                                    "--junit",
                                    JUNIT_FILE,
                                    cases[i].options[0],
                                    cases[i].options[1],
                                    cases[i].options[2],
                                    cases[i].options[3],
                                    cases[i].options[4],
                                    cases[i].options[5],
                                    NULL};
        struct service *service = service_start(cases[i].manner, &asking);
        int status = run_binary(args, service);
        service_stop(service);
        bool is_clean = junit_says("failures=\"0\" errors=\"0\"");
        if (status != cases[i].status || is_clean != (status == 0))
            fail_msg("case %zu: exit status %d, JUnit has %s", i, status,
                     is_clean ? "no failure" : "failures");
    }
}

/* --- without a summary ----------------------------------------------------------------------- */

static bool stderr_says(const char *text)
{
    static struct fixture_file file;
    fixture_read(&file, FIXTURE("stderr.txt"));
    return strstr((const char *)file.bytes, text) != NULL;
}

static void quiet_runs_say_why_they_are_not_as_they_should_be(void **state)
{
    (void)state;
    static const struct {
        const char *options[7], *said;
        int status;
    } cases[] = {
        {{"-n", "2"}, "", 0},
        {{"-n", "2", "--fail-if", "sessions.failed == 0"}, "\nFAIL\n", 1},
        {{"-d", "500ms", "-R", "200", "--hold", "100ms"},
         "saturated   the generator did not hold the requested rate",
         3},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *args[16] = {"run", "--verify", "none", "-q", "-c", "1"};
        memcpy(args + 6, cases[i].options, sizeof cases[i].options);
        struct service *service = service_start(MANNER_SERVE, &plain);
        int status = run_binary(args, service);
        service_stop(service);
        assert_int_equal(status, cases[i].status);
        assert_true(stderr_says(cases[i].said));
        assert_false(stderr_says("PASS"));
    }
}

static void shares_that_all_began_nothing_do_not_pass_together(void **state)
{
    (void)state;
    const char *const share[] = {"run",     "--verify", "none",   "-q",      "-n", "1",
                                 "--shard", "1/2",      "--json", JSON_FILE, NULL};
    struct service *service = service_start(MANNER_SERVE, &plain);
    assert_int_equal(run_binary(share, service), 0);
    service_stop(service);
    for (int allow_empty = 0; allow_empty < 2; allow_empty++) {
        char command[600];
        snprintf(command, sizeof command, "'%s' merge -q %s '%s' '%s' 2>'%s'", PINLOAD_BINARY,
                 allow_empty ? "--allow-empty" : "", JSON_FILE, JSON_FILE, FIXTURE("stderr.txt"));
        int status = system(command);
        assert_int_equal(WEXITSTATUS(status), !allow_empty);
        assert_int_equal(stderr_says("nothing was measured: of 0 sessions"), !allow_empty);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_is_in_no_output_of_a_run),
        cmocka_unit_test(how_a_run_ended_is_its_exit_status),
        cmocka_unit_test(a_warm_up_that_leaves_nothing_is_said_to),
        cmocka_unit_test(any_figure_can_be_a_threshold),
        cmocka_unit_test(junit_has_no_failure_exactly_where_the_status_is_0),
        cmocka_unit_test(quiet_runs_say_why_they_are_not_as_they_should_be),
        cmocka_unit_test(shares_that_all_began_nothing_do_not_pass_together),
    };
    unsetenv("SSLKEYLOGFILE");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
