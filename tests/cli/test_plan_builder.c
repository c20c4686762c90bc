/* SPDX-License-Identifier: Apache-2.0 */
/* The plans of good command lines. Bad ones are in test_bad_input.c. */
#include "cli/built.h"

#include "base/clock.h"
#include "cli/plan_settings.h"
#include "result/result.h"
#include "tls/fixtures.h"
#include "tls/identity.h"
#include "tls/pinset.h"

#include <sched.h>

static void what_there_is_to_check_with_implies_the_mode(void **state)
{
    (void)state;
    static const struct {
        const char *args[MAX_ARGS];
        enum verify_mode mode;
        size_t num_pins, num_notices;
    } cases[] = {
        {{"--pin", PIN, URL}, VERIFY_PIN, 1, 0},
        {{"--pinnedpubkey", "sha256//" PIN, URL}, VERIFY_PIN, 1, 0},
        {{"--cacert", FIXTURE("ca.crt"), URL}, VERIFY_CHAIN, 0, 0},
        {{"--cacert", "system", URL}, VERIFY_CHAIN, 0, 0},
        {{"--cacert", FIXTURE("ca.crt"), "--pin", PIN, "--pin", "spki-sha256:" PIN, URL},
         VERIFY_CHAIN_PIN,
         2,
         0},
        {{"--cacert", FIXTURE("ca.crt"), "--pin", "ca-sha256:" PIN, URL}, VERIFY_CHAIN_PIN, 1, 0},
        {{"--verify", "none", URL}, VERIFY_NONE, 0, 0},
        /* An explicit mode decides, and there is a warning about what is then not checked. */
        {{"--verify", "none", "--pin", PIN, URL}, VERIFY_NONE, 1, 1},
        {{"--verify", "pin", "--pin", PIN, "--cacert", FIXTURE("ca.crt"), URL}, VERIFY_PIN, 1, 1},
        {{"--verify", "chain", "--pin", PIN, "--cacert", FIXTURE("ca.crt"), URL},
         VERIFY_CHAIN,
         1,
         1},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct built built;
        build(&built, cases[i].args);
        assert_int_equal(built.plan.verify, cases[i].mode);
        assert_int_equal(pinset_count(built.plan.pins), cases[i].num_pins);
        assert_int_equal(built.notices.count, cases[i].num_notices);
        assert_int_equal(built.plan.cacert != NULL, verify_mode_has_chain(cases[i].mode));
        release(&built);
    }
}

static void the_names_that_are_sent_and_verified_come_from_the_url_or_sni(void **state)
{
    (void)state;
    static const struct {
        const char *args[MAX_ARGS];
        const char *sni, *verify_host;
        bool is_ip;
        const char *address;
    } cases[] = {
        {{"https://127.0.0.1/"}, NULL, "127.0.0.1", true, "127.0.0.1:443"},
        {{"https://[::1]:8443/"}, NULL, "::1", true, "[::1]:8443"},
        {{"--connect-to", "127.0.0.1:1", "https://Example.INVALID/"},
         "example.invalid",
         "example.invalid",
         false,
         "127.0.0.1:1"},
        {{"--connect-to", "[::1]:2", "https://example.invalid/"},
         "example.invalid",
         "example.invalid",
         false,
         "[::1]:2"},
        {{"--connect-to", "127.0.0.1:1", "https://example.invalid./"},
         "example.invalid",
         "example.invalid",
         false,
         "127.0.0.1:1"},
        {{"--sni", "other.example.", "https://127.0.0.1:3/"},
         "other.example",
         "other.example",
         false,
         "127.0.0.1:3"},
        {{"--sni", "other.example", "https://127.0.0.1:3/"},
         "other.example",
         "other.example",
         false,
         "127.0.0.1:3"},
        {{"--resolve", "example.invalid:443:127.0.0.9", "https://example.invalid/"},
         "example.invalid",
         "example.invalid",
         false,
         "127.0.0.9:443"},
        {{"--resolve", "EXAMPLE.invalid:443:[::1]", "https://example.invalid/"},
         "example.invalid",
         "example.invalid",
         false,
         "[::1]:443"},
        {{"--resolve", "example.invalid:443:::1", "https://example.invalid/"},
         "example.invalid",
         "example.invalid",
         false,
         "[::1]:443"},
        /* With or without the dot of the root it is the same name, on either side. */
        {{"--resolve", "example.invalid:443:127.0.0.9", "https://example.invalid./"},
         "example.invalid",
         "example.invalid",
         false,
         "127.0.0.9:443"},
        {{"--resolve", "example.invalid.:443:127.0.0.9", "https://example.invalid/"},
         "example.invalid",
         "example.invalid",
         false,
         "127.0.0.9:443"},
        {{"--resolve", "e.test:1:::1", "--resolve", "e.test.:1:[0:0::1]", "https://e.test:1/"},
         "e.test",
         "e.test",
         false,
         "[::1]:1"},
        {{"--resolve", "127.0.0.1:444:127.0.0.7", "--resolve", "127.0.0.1:443:127.0.0.8",
          "--resolve", "127.0.0.1:445:127.0.0.9", "https://127.0.0.1/"},
         NULL,
         "127.0.0.1",
         true,
         "127.0.0.8:443"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *args[MAX_ARGS] = {"--verify", "none"};
        struct built built;
        char address[ADDRESS_TEXT_LEN];
        memcpy(args + 2, cases[i].args, (MAX_ARGS - 2) * sizeof *args);
        build(&built, args);
        if (cases[i].sni == NULL)
            assert_null(built.plan.sni);
        else
            assert_string_equal(built.plan.sni, cases[i].sni);
        assert_string_equal(built.plan.verify_host, cases[i].verify_host);
        assert_int_equal(built.plan.verify_host_is_ip, cases[i].is_ip);
        address_text(&built.plan.addresses.items[0], address);
        assert_string_equal(address, cases[i].address);
        release(&built);
    }
}

static void the_window_is_ten_seconds_unless_it_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *args[MAX_ARGS];
        uint64_t duration_ns, sessions;
    } cases[] = {
        {{"--verify", "none", URL}, 10 * NS_PER_S, 0},
        {{"--verify", "none", "-n", "5", URL}, 0, 5},
        {{"--verify", "none", "-d", "1.5s", URL}, 1500 * NS_PER_MS, 0},
        {{"--verify", "none", "-d", "2m", "-n", "1k", URL}, 120 * NS_PER_S, 1000},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct built built;
        build(&built, cases[i].args);
        assert_int_equal(built.plan.duration_ns, cases[i].duration_ns);
        assert_int_equal(built.plan.sessions, cases[i].sessions);
        release(&built);
    }
}

static void every_thread_of_every_shard_has_a_connection(void **state)
{
    (void)state;
    static const struct {
        const char *connections, *threads, *shard;
        unsigned expected;
    } cases[] = {
        {"10", "4", "0/1", 4}, {"2", "4", "0/1", 2}, {"4", "4", "1/2", 2},
        {"5", "4", "1/2", 2},  {"2", "2", "1/2", 1}, {"9", "256", "2/3", 3},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const args[] = {
            "--verify",     "none", "-c", cases[i].connections, "-t", cases[i].threads, "--shard",
            cases[i].shard, URL,    NULL};
        struct built built;
        build(&built, args);
        assert_int_equal(built.plan.threads, cases[i].expected);
        assert_true(built.plan.threads * built.plan.num_shards <= built.plan.connections);
        release(&built);
    }
}

static void auto_is_a_thread_for_each_processor_that_this_process_may_run_on(void **state)
{
    (void)state;
    static const char *const args[] = {"--verify", "none", "-c", "300", "-t", "auto", URL, NULL};
    cpu_set_t all, one;
    struct built built;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    build(&built, args);
    assert_int_equal(built.plan.threads, CPU_COUNT(&all));
    release(&built);
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++) {
        if (CPU_ISSET(i, &all))
            CPU_SET(i, &one);
    }
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    build(&built, args);
    assert_int_equal(built.plan.threads, 1);
    release(&built);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
}

static void a_shard_takes_its_part_of_the_identities_and_of_what_is_expected(void **state)
{
    (void)state;
    static const struct {
        const char *shard;
        size_t count;
        const char *first;
        bool first_refused;
    } cases[] = {
        {"0/1", 6, "client1", false}, {"0/2", 3, "client1", false}, {"1/2", 3, "client4", true},
        {"2/3", 2, "client5", false}, {"5/7", 6, "client1", false}, /* fewer than shards: all */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const args[] = {"--verify",
                                    "none",
                                    "--identities",
                                    FIXTURE("directory"),
                                    "--pass",
                                    "pass:julio",
                                    "--expect-refused",
                                    "client4",
                                    "-c",
                                    "10",
                                    "--shard",
                                    cases[i].shard,
                                    "--expect-status",
                                    "client4=404",
                                    URL,
                                    NULL};
        struct built built;
        build(&built, args);
        assert_int_equal(identity_set_count(built.plan.identities), cases[i].count);
        assert_string_equal(identity_set_name(built.plan.identities, 0), cases[i].first);
        assert_int_equal(plan_expects_refusal(&built.plan, 0), cases[i].first_refused);
        assert_int_equal(plan_expects_status(&built.plan, 0, 404), cases[i].first_refused);
        assert_int_equal(plan_expects_status(&built.plan, 0, 200), !cases[i].first_refused);
        assert_int_equal(built.notices.count, 1); /* the certificate without a key */
        release(&built);
    }
}

static void who_has_no_certificate_has_a_name_too(void **state)
{
    (void)state;
    static const char *const args[] = {
        "--verify", "none", "--expect-refused", "(none)", "--expect-status", "(none)=404",
        URL,        NULL};
    struct built built;
    build(&built, args);
    assert_true(plan_expects_refusal(&built.plan, 0));
    assert_true(plan_expects_status(&built.plan, 0, 404));
    assert_false(plan_expects_status(&built.plan, 0, 200));
    release(&built);
}

static void a_password_is_wiped_from_the_arguments_after_use(void **state)
{
    (void)state;
    static const char *const args[] = {
        "--verify", "none",       "-E", FIXTURE("client-p256.enc.pem"),
        "--pass",   "pass:julio", URL,  NULL};
    struct built built;
    build(&built, args);
    assert_string_equal(built.argv[5], "pass:");
    assert_memory_equal(built.argv[5] + 5, "\0\0\0\0\0", 5);
    assert_string_equal(identity_set_name(built.plan.identities, 0), "client");
    release(&built);
}

static void failures_may_be_forgiven_by_number_or_percentage(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double max;
        bool is_percent;
    } cases[] = {{"0", 0, false},     {"10", 10, false},   {"1k", 1000, false},
                 {"0.5%", 0.5, true}, {"100%", 100, true}, {"0%", 0, true}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const args[] = {"--verify", "none", "--max-failures", cases[i].text, URL, NULL};
        struct built built;
        build(&built, args);
        assert_true(built.plan.max_failures == cases[i].max);
        assert_int_equal(built.plan.max_failures_is_percent, cases[i].is_percent);
        release(&built);
    }
}

static void what_is_said_of_tls_and_http_reaches_the_plan(void **state)
{
    (void)state;
    static const char *const args[] = {"--verify",
                                       "none",
                                       "--tls-min",
                                       "1.3",
                                       "--http",
                                       "auto",
                                       "--session-mode",
                                       "mixed:80",
                                       "--expect-status",
                                       "200,404",
                                       "--close",
                                       "rst",
                                       "-m",
                                       "7",
                                       URL,
                                       NULL};
    struct built built;
    build(&built, args);
    assert_int_equal(built.plan.tls.version_min, TLS_VERSION_1_3);
    assert_int_equal(built.plan.tls.version_max, TLS_VERSION_1_3);
    assert_int_equal(built.plan.tls.alpn, TLS_ALPN_BOTH);
    assert_int_equal(built.plan.http, CHOOSE_HTTP_AUTO);
    assert_int_equal(built.plan.streams, 7);
    assert_int_equal(built.plan.session_mode, SESSION_MIXED);
    assert_true(built.plan.resume_percent == 80);
    assert_true(built.plan.tls.keep_tickets);
    assert_false(built.plan.tls.early_data);
    assert_true(built.plan.close_by_reset);
    assert_true(plan_expects_status(&built.plan, 0, 404));
    assert_false(plan_expects_status(&built.plan, 0, 204));
    release(&built);
}

static void what_changes_nothing_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *args[MAX_ARGS];
        const char *notice; /* NULL: none */
    } cases[] = {
        {{"-m", "10", "--http", "2", URL}, NULL},
        {{"-m", "10", "--http", "auto", URL}, NULL},
        {{"-m", "1", URL}, NULL},
        {{"-m", "10", URL}, "-m 10 has no effect"},
        {{"-t", "2", "-c", "2", URL}, NULL},
        {{"-t", "auto", "-c", "1", URL}, NULL},
        {{"-t", "4", "-c", "2", URL}, "-t 4 becomes -t 2"},
        {{"--resolve", "127.0.0.1:8443:127.0.0.1", URL}, NULL},
        {{"--resolve", "127.0.0.1:443:127.0.0.1", URL},
         "--resolve '127.0.0.1:443:127.0.0.1' has no effect: it is not for 127.0.0.1:8443"},
        {{"--resolve", "a.test:8443:127.0.0.1", URL}, "it is not for 127.0.0.1:8443"},
        {{"--connect-to", "127.0.0.1:1", "--resolve", "127.0.0.1:8443:127.0.0.1", URL},
         "has no effect: --connect-to says where to connect"},
        {{"-r", "0", "--refusal-status", "403", URL}, "-r 0 sends no request"},
        {{"-r", "0", "--expect-status", "403", URL}, "-r 0 sends no request"},
        {{"--session-mode", "early", URL}, NULL},
        {{"--session-mode", "early", "--data", "x", URL}, "only requests with a safe method"},
        {{"--session-mode", "early", "-r", "0", URL}, "-r 0 sends no request"},
        {{"--session-mode", "early", "--tls-max", "1.2", URL}, "TLS 1.2 (--tls-max) has none"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *args[MAX_ARGS] = {"--verify", "none"};
        struct built built;
        memcpy(args + 2, cases[i].args, (MAX_ARGS - 2) * sizeof *args);
        build(&built, args);
        assert_int_equal(built.notices.count, cases[i].notice != NULL);
        if (cases[i].notice != NULL && strstr(built.notices.texts[0], cases[i].notice) == NULL)
            fail_msg("case %zu: %s", i, built.notices.texts[0]);
        release(&built);
    }
}

static void a_key_log_is_announced_and_ours_alone_to_read(void **state)
{
    (void)state;
    static const char *const args[] = {"--verify",          "none", "--keylog",
                                       FIXTURE("keys.log"), URL,    NULL};
    struct built built;
    remove(FIXTURE("keys.log"));
    build(&built, args);
    assert_non_null(built.plan.tls.keylog);
    assert_int_equal(built.notices.count, 1);
    assert_non_null(strstr(built.notices.texts[0], FIXTURE("keys.log")));
    release(&built);
    remove(FIXTURE("keys.log"));
}

/* The setting NAME of a run with ARGS as text, to be freed; "" if it is null. */
static char *setting_of(const char *const *args, const char *name)
{
    struct built built;
    struct result *result = result_new();
    char *text = NULL;
    build(&built, args);
    plan_settings(result, &built.plan, &built.options);
    for (size_t i = 0; i < result->num_settings; i++) {
        if (strcmp(result->settings[i].name, name) == 0)
            text = strdup(result->settings[i].text != NULL ? result->settings[i].text : "");
    }
    result_free(result);
    release(&built);
    assert_non_null(text);
    return text;
}

static void endless_requests_are_told_by_their_word(void **state)
{
    (void)state;
    static const char *const runs[][MAX_ARGS] = {
        {"--verify", "none", "-r", "inf", URL},
        {"--verify", "none", "-r", "inf", "-n", "4", "-d", "3s", URL},
    };
    for (size_t i = 0; i < COUNT_OF(runs); i++) {
        struct built built;
        build(&built, runs[i]);
        assert_true(built.plan.requests == REQUESTS_ENDLESS);
        assert_true(built.plan.duration_ns > 0);
        release(&built);
        char *text = setting_of(runs[i], "requests");
        assert_string_equal(text, "inf");
        free(text);
    }
}

static void what_is_sent_is_told_by_its_hash(void **state)
{
    (void)state;
    static const char *const requests[][MAX_ARGS] = {
        {"--verify", "none", URL},
        {"--verify", "none", "-X", "HEAD", URL},
        {"--verify", "none", "-H", "X-One: 1", URL},
        {"--verify", "none", "-H", "X-One: 2", URL},
        {"--verify", "none", "--data", "one", URL},
        {"--verify", "none", "--data", "two", URL},
        {"--verify", "none", "--data", "@" FIXTURE("ca.crt"), URL},
    };
    char *hashes[COUNT_OF(requests)];
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        hashes[i] = setting_of(requests[i], "request_sha256");
        char *again = setting_of(requests[i], "request_sha256");
        assert_int_equal(strlen(hashes[i]), 64);
        assert_string_equal(again, hashes[i]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(hashes[i], hashes[k]);
        free(again);
    }
    for (size_t i = 0; i < COUNT_OF(requests); i++)
        free(hashes[i]);
    static const char *const none[] = {"--verify", "none", "-r", "0", URL, NULL};
    char *hash = setting_of(none, "request_sha256");
    assert_string_equal(hash, "");
    free(hash);
}

static void settings_are_as_they_were_typed(void **state)
{
    (void)state;
    static const char *const args[] = {"--verify",   "none",
                                       "--start-at", "@4000000000",
                                       "--resolve",  "127.0.0.1:1:127.0.0.2",
                                       "--resolve",  "a:2:127.0.0.3",
                                       "--keylog",   "/dev/null",
                                       URL,          NULL};
    static const struct {
        const char *name, *text;
    } cases[] = {
        {"start_at", "@4000000000"},
        {"resolve", "127.0.0.1:1:127.0.0.2,a:2:127.0.0.3"},
        {"keylog", "/dev/null"},
        {"source", ""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *text = setting_of(args, cases[i].name);
        assert_string_equal(text, cases[i].text);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_there_is_to_check_with_implies_the_mode),
        cmocka_unit_test(the_names_that_are_sent_and_verified_come_from_the_url_or_sni),
        cmocka_unit_test(the_window_is_ten_seconds_unless_it_is_said),
        cmocka_unit_test(every_thread_of_every_shard_has_a_connection),
        cmocka_unit_test(auto_is_a_thread_for_each_processor_that_this_process_may_run_on),
        cmocka_unit_test(a_shard_takes_its_part_of_the_identities_and_of_what_is_expected),
        cmocka_unit_test(who_has_no_certificate_has_a_name_too),
        cmocka_unit_test(a_password_is_wiped_from_the_arguments_after_use),
        cmocka_unit_test(failures_may_be_forgiven_by_number_or_percentage),
        cmocka_unit_test(what_is_said_of_tls_and_http_reaches_the_plan),
        cmocka_unit_test(what_changes_nothing_is_said),
        cmocka_unit_test(a_key_log_is_announced_and_ours_alone_to_read),
        cmocka_unit_test(endless_requests_are_told_by_their_word),
        cmocka_unit_test(what_is_sent_is_told_by_its_hash),
        cmocka_unit_test(settings_are_as_they_were_typed),
    };
    unsetenv("SSLKEYLOGFILE");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
