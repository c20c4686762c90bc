/* SPDX-License-Identifier: Apache-2.0 */
#include "result/merge.h"

#include "base/memory.h"
#include "report/golden.h"
#include "report/json/report_json.h"
#include "report/samples.h"
#include "unit.h"

#include <math.h>

#define assert_near(actual, expected) assert_true(fabs((actual) - (expected)) < 1e-6 * (expected))

static void nothing_cannot_be_merged(void **state)
{
    (void)state;
    struct error err;
    assert_null(results_merge(NULL, 0, false, &err));
    assert_non_null(strstr(err.text, "no result to merge"));
}

static void a_single_result_merges_into_itself(void **state)
{
    (void)state;
    struct result *(*const samples[])(void) = {sample_typical, sample_interrupted, sample_failing};
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct result *one = samples[i]();
        struct error err;
        struct result *merged = results_merge(&one, 1, false, &err);
        result_set_number(one, "merged_results", 1);
        one->parts = memory_new(1, sizeof *one->parts);
        one->parts[one->num_parts++] = merged->parts[0];
        char *expected = golden_capture(report_json, one);
        char *actual = golden_capture(report_json, merged);
        assert_string_equal(actual, expected);
        free(expected);
        free(actual);
        one->num_parts = 0; /* it is the other's */
        result_free(one);
        result_free(merged);
    }
}

static void counts_add_and_distributions_merge(void **state)
{
    (void)state;
    struct result *parts[] = {sample_typical(), sample_typical()};
    struct error err;
    name_counts_add(&parts[1]->identities[3].sigalgs, "ecdsa_secp384r1_sha384", 5);
    name_counts_add(&parts[1]->server_certificate_types, "raw_public_key", 3);
    struct result *merged = results_merge(parts, 2, false, &err);
    assert_non_null(merged);
    assert_true(result_balances(merged));
    assert_int_equal(merged->started, 2 * 18412);
    assert_int_equal(merged->outcomes[OUTCOME_SUCCEEDED], 2 * 18412);
    assert_int_equal(merged->versions.count, 1);
    assert_int_equal(merged->versions.items[0].count, 2 * 18412);
    assert_int_equal(merged->pins_by_pin.items[0].count, 2 * 18412);
    assert_int_equal(latency_count(merged->latencies[LATENCY_TLS_HANDSHAKE]), 2 * 18412);
    assert_int_equal(merged->wire_full[WIRE_SENT].num, 2);
    assert_int_equal(value_counts_num(&merged->wire_full[WIRE_SENT]), 2 * 18412);
    assert_true(value_counts_sum(&merged->wire_full[WIRE_SENT]) ==
                2 * value_counts_sum(&parts[0]->wire_full[WIRE_SENT]));
    assert_near(merged->sessions_per_second, 2 * parts[0]->sessions_per_second);
    assert_near(merged->cpu_per_session_us, 255.5);
    assert_near(merged->cpu_user_s, 7.0);
    assert_int_equal(merged->connections, 128);
    assert_int_equal(merged->num_thread_uses, 2);
    assert_int_equal(merged->num_identities, 4);
    assert_int_equal(merged->identities[3].sessions, 2 * 4603);
    assert_int_equal(merged->identities[3].tls_handshake.count, 2 * 4603);
    assert_int_equal(merged->identities[3].sigalgs.count, 2);
    assert_int_equal(merged->identities[3].sigalgs.items[0].count, 2 * 4603);
    assert_int_equal(merged->identities[3].sigalgs.items[1].count, 5);
    assert_int_equal(merged->server_certificate_types.items[0].count, 2 * 18412);
    assert_int_equal(merged->server_certificate_types.items[1].count, 3);
    assert_true(merged->identities[3].tls_handshake.p50 ==
                parts[0]->identities[3].tls_handshake.p50);
    assert_int_equal(merged->series[9].sessions, 2 * 1841);
    assert_true(isnan(merged->series[9].tls_handshake_p50_ns));
    assert_true(merged->passed);
    for (size_t i = 0; i < 2; i++)
        result_free(parts[i]);
    result_free(merged);
}

static void a_rate_is_of_the_longest_window(void **state)
{
    (void)state;
    struct result *parts[] = {sample_typical(), sample_typical()};
    parts[1]->duration_s = 5;
    parts[1]->sessions_per_second = 100;
    parts[1]->num_series = 5;
    parts[1]->series[4].length_s = 0.25; /* the other goes on */
    parts[0]->series[9].length_s = 0.75;
    parts[1]->series[2].open = NAN;
    struct error err;
    struct result *merged = results_merge(parts, 2, false, &err);
    assert_near(merged->sessions_per_second, parts[0]->sessions_per_second + 50);
    assert_near(merged->duration_s, 10.0);
    assert_int_equal(merged->num_series, 10);
    assert_true(isnan(merged->series[4].tls_handshake_p50_ns));
    assert_true(merged->series[5].tls_handshake_p50_ns == parts[0]->series[5].tls_handshake_p50_ns);
    assert_near(merged->series[9].t_s, 9.0);
    assert_near(merged->series[4].length_s, 1.0);
    assert_near(merged->series[9].length_s, 0.75);
    assert_near(merged->series[3].open, 128.0);
    assert_near(merged->series[7].open, 64.0); /* the other has ended */
    assert_true(isnan(merged->series[2].open));
    for (size_t i = 0; i < 2; i++)
        result_free(parts[i]);
    result_free(merged);
}

static void a_steady_rate_is_of_results_that_all_have_one(void **state)
{
    (void)state;
    struct result *parts[] = {sample_typical(), sample_typical()};
    struct error err;
    parts[0]->steady = (struct result_steady){2, 8, 100, 300};
    parts[1]->steady = (struct result_steady){2, 4, 50, 80};
    struct result *merged = results_merge(parts, 2, false, &err);
    assert_near(merged->steady.from_s, 2.0);
    assert_near(merged->steady.duration_s, 8.0);
    assert_near(merged->steady.sessions_per_second, 125.0);
    assert_near(merged->steady.requests_per_second, 340.0);
    result_free(merged);
    parts[1]->steady = (struct result_steady){2, 0, NAN, NAN};
    merged = results_merge(parts, 2, false, &err);
    assert_true(isnan(merged->steady.sessions_per_second));
    for (size_t i = 0; i < 2; i++)
        result_free(parts[i]);
    result_free(merged);
}

static void what_was_served_until_the_end_adds_up(void **state)
{
    (void)state;
    struct result *parts[] = {sample_kept(), sample_kept()};
    struct error err;
    struct result *merged = results_merge(parts, 2, false, &err);
    assert_int_equal(merged->cut_off_served, 16);
    assert_int_equal(merged->cut_off_responses, 2 * 191731);
    assert_int_equal(merged->identities[1].cut_off_served, 8);
    for (size_t i = 0; i < 2; i++)
        result_free(parts[i]);
    result_free(merged);
}

static uint64_t count_in(const struct interval_row *interval, enum latency_kind kind)
{
    struct latency *latency = latency_decode(interval->hdr[kind], 0);
    uint64_t count = latency_count(latency);
    latency_free(latency);
    return count;
}

static void intervals_merge_and_tell_the_percentiles_of_their_second(void **state)
{
    (void)state;
    struct result *parts[] = {sample_interrupted(), sample_interrupted()};
    struct error err;
    struct result *merged = results_merge(parts, 2, false, &err);
    assert_int_equal(merged->num_intervals, 2);
    assert_near(merged->intervals[1].t_s, 2.0);
    assert_near(merged->intervals[1].length_s, 1.0);
    assert_int_equal(count_in(&merged->intervals[1], LATENCY_TLS_HANDSHAKE), 3000);
    assert_int_equal(count_in(&merged->intervals[1], LATENCY_CONNECT), 3000);
    assert_true(isnan(merged->series[0].tls_handshake_p50_ns)); /* the warm-up */
    assert_true(fabs(merged->series[2].tls_handshake_p50_ns / 36e6 - 1) < 0.01);
    assert_true(fabs(merged->series[2].tls_handshake_p99_ns / 39e6 - 1) < 0.01);
    for (size_t i = 0; i < 2; i++)
        result_free(parts[i]);
    result_free(merged);
}

static void intervals_become_as_long_as_the_longest(void **state)
{
    (void)state;
    struct result *parts[] = {sample_interrupted(), sample_interrupted()};
    struct error err;
    parts[1]->intervals[0].t_s = 0;
    parts[1]->intervals[0].length_s = parts[1]->intervals[1].length_s = 2;
    struct result *merged = results_merge(parts, 2, false, &err);
    assert_int_equal(merged->num_intervals, 2);
    assert_near(merged->intervals[1].t_s, 2.0);
    assert_near(merged->intervals[1].length_s, 2.0);
    assert_int_equal(count_in(&merged->intervals[0], LATENCY_CONNECT), 3000);
    assert_true(isnan(merged->series[2].tls_handshake_p50_ns));
    for (size_t i = 0; i < 2; i++)
        result_free(parts[i]);
    result_free(merged);
}

static void what_one_does_not_tell_is_told_of_none(void **state)
{
    (void)state;
    struct result *parts[] = {sample_interrupted(), sample_typical(), sample_empty()};
    struct error err;
    struct result *merged = results_merge(parts, 3, true, &err);
    assert_int_equal(merged->num_intervals, 0);
    result_free(merged);
    struct result *with_empty[] = {parts[0], parts[2]};
    merged = results_merge(with_empty, 2, true, &err);
    assert_int_equal(merged->num_intervals, 2); /* an empty one has nothing to tell */
    for (size_t i = 0; i < 3; i++)
        result_free(parts[i]);
    result_free(merged);
}

static void identities_are_joined_by_name_wherever_they_stand(void **state)
{
    (void)state;
    struct result *parts[] = {sample_typical(), sample_typical()};
    free(parts[1]->identities[0].name);
    parts[1]->identities[0].name = strdup("client9");
    parts[1]->identities[1].as_expected = false;
    struct error err;
    struct result *merged = results_merge(parts, 2, false, &err);
    assert_int_equal(merged->num_identities, 5);
    assert_int_equal(merged->identities[0].sessions, 4603);
    assert_int_equal(merged->identities[1].sessions, 2 * 4603);
    assert_int_equal(merged->identities[1].responses[STATUS_2XX], 2 * 4603);
    assert_false(merged->identities[1].as_expected);
    assert_string_equal(merged->identities[4].name, "client9");
    for (size_t i = 0; i < 2; i++)
        result_free(parts[i]);
    result_free(merged);
}

static void what_one_part_does_not_hold_the_whole_does_not(void **state)
{
    (void)state;
    struct result *parts[] = {sample_typical(), sample_typical()};
    parts[1]->passed = false;
    result_add_check(parts[1], CHECK_THRESHOLD, "connect.p99 > 1ms", "connect.p99 is 2.00 ms");
    free(parts[1]->checks[0].violation);
    parts[1]->checks[0].violation = strdup("3 sessions failed");
    parts[1]->by_class[CLASS_FAILED] = parts[1]->outcomes[OUTCOME_RESET] = 3;
    struct error err;
    struct result *merged = results_merge(parts, 2, false, &err);
    assert_int_equal(merged->num_checks, 3);
    assert_string_equal(merged->checks[0].name, "no session failed");
    assert_string_equal(merged->checks[0].violation, "3 sessions failed: 3 reset");
    assert_null(merged->checks[1].violation);
    assert_string_equal(merged->checks[2].violation, "connect.p99 is 2.00 ms");
    assert_int_equal(merged->num_violations, 3);
    for (size_t i = 0; i < 2; i++)
        result_free(parts[i]);
    result_free(merged);
}

/* A generator with COUNT failures in second T_S. */
static struct result *failing_generator(uint64_t count, size_t t_s)
{
    struct result *r = sample_typical();
    char text[100];
    r->started += count;
    r->scheduled += count;
    r->by_class[CLASS_FAILED] = r->outcomes[OUTCOME_CONNECT_REFUSED] = count;
    r->series[t_s].failed = count;
    r->passed = count == 0;
    snprintf(text, sizeof text, "%d sessions failed: %d connect_refused, between %zu s and %zu s",
             (int)count, (int)count, t_s, t_s + 1);
    result_add_check(r, CHECK_RUN, "no session failed", count > 0 ? text : NULL);
    return r;
}

static void assert_violations(const struct result *r, const char *const *expected, size_t count)
{
    assert_int_equal(r->num_violations, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(r->violations[i], expected[i]);
}

static void failures_are_said_of_all_together_and_of_each_generator(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "50 sessions failed: 50 connect_refused, between 3 s and 7 s",
        "generator 1: 20 sessions failed: 20 connect_refused, between 3 s and 4 s",
        "generator 3: 30 sessions failed: 30 connect_refused, between 6 s and 7 s", "the last"};
    struct result *parts[] = {failing_generator(20, 3), failing_generator(0, 0),
                              failing_generator(30, 6)};
    struct error err;
    result_add_violation(parts[2], "the last");
    struct result *merged = results_merge(parts, 3, false, &err);
    assert_violations(merged, expected, 4);
    assert_string_equal(merged->checks[0].violation, expected[0]);
    assert_null(merged->parts[1].failure);
    assert_string_equal(merged->parts[2].failure, expected[2] + strlen("generator 3: "));

    /* Merged again, with one more. */
    static const char *const again[] = {
        "51 sessions failed: 51 connect_refused, between 3 s and 9 s",
        "generator 1: 20 sessions failed: 20 connect_refused, between 3 s and 4 s",
        "generator 3: 30 sessions failed: 30 connect_refused, between 6 s and 7 s",
        "generator 4: 1 sessions failed: 1 connect_refused, between 8 s and 9 s", "the last"};
    struct result *pair[] = {merged, failing_generator(1, 8)};
    struct result *whole = results_merge(pair, 2, false, &err);
    assert_violations(whole, again, 5);
    for (size_t i = 0; i < 3; i++)
        result_free(parts[i]);
    result_free(pair[0]);
    result_free(pair[1]);
    result_free(whole);
}

static void a_rate_of_no_window_is_no_number(void **state)
{
    (void)state;
    struct result *parts[] = {sample_empty(), sample_empty()};
    struct error err;
    struct result *merged = results_merge(parts, 2, false, &err);
    assert_true(isnan(merged->sessions_per_second));
    assert_true(isnan(merged->requests_per_second));
    assert_true(isnan(merged->handshakes_per_second));
    assert_true(isnan(merged->cpu_per_session_us));
    for (size_t i = 0; i < 2; i++)
        result_free(parts[i]);
    result_free(merged);
}

static void one_failed_part_fails_the_whole(void **state)
{
    (void)state;
    struct result *parts[] = {sample_typical(), sample_typical()};
    parts[1]->passed = false;
    parts[1]->saturated = true;
    parts[0]->slots_paused_s = 1.5;
    parts[1]->slots_paused_s = 2;
    parts[1]->limit = strdup("ports");
    result_add_violation(parts[0], "first");
    result_add_violation(parts[1], "second %%");
    struct error err;
    struct result *merged = results_merge(parts, 2, false, &err);
    assert_false(merged->passed);
    assert_true(merged->saturated);
    assert_true(merged->slots_paused_s == 3.5);
    assert_string_equal(merged->limit, "ports");
    assert_int_equal(merged->num_violations, 2);
    assert_string_equal(merged->violations[1], "second %");
    for (size_t i = 0; i < 2; i++)
        result_free(parts[i]);
    result_free(merged);
}

static void change_url(struct result *r)
{
    strcpy(r->url, "https://localhost:9443/");
}

static void change_verify(struct result *r)
{
    strcpy(r->verify, "pin");
}

static void change_pin(struct result *r)
{
    r->pins_by_pin.items[0].name[12] = 'x';
}

static void change_loop(struct result *r)
{
    r->open_loop = true;
}

static void change_setting(struct result *r)
{
    result_set_number(r, "requests", 2);
}

static void add_setting(struct result *r)
{
    result_set_text(r, "method", "POST");
}

static void change_request(struct result *r)
{
    result_set_text(r, "request_sha256", "00");
}

static void plans_that_differ_are_merged_only_by_force(void **state)
{
    (void)state;
    static const struct {
        void (*change)(struct result *);
        const char *says;
    } table[] = {
        {change_url, "result 2 has the URL \"https://localhost:9443/\""},
        {change_verify, "result 2 has the verify mode \"pin\", the first one \"chain+pin\""},
        {change_pin, "in its pins"},
        {change_loop, "in its kind of loop"},
        {change_setting, "in its requests"},
        {add_setting, "in its method"},
        {change_request, "in its request_sha256"},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct result *parts[] = {sample_typical(), sample_typical()};
        table[i].change(parts[1]);
        struct error err;
        assert_null(results_merge(parts, 2, false, &err));
        assert_non_null(strstr(err.text, table[i].says));
        assert_non_null(strstr(err.text, "--force"));
        struct result *merged = results_merge(parts, 2, true, &err);
        assert_non_null(merged);
        assert_true(result_balances(merged));
        result_free(merged);
        for (size_t k = 0; k < 2; k++)
            result_free(parts[k]);
    }
}

static void what_belongs_to_a_shard_is_no_difference(void **state)
{
    (void)state;
    struct result *parts[] = {sample_typical(), sample_typical()};
    for (int i = 0; i < 2; i++) {
        result_set_text(parts[i], "shard", i == 0 ? "0/2" : "1/2");
        result_set_number(parts[i], "sessions", 500);
        result_set_number(parts[i], "seed", i);
        result_set_text(parts[i], "start_at", i == 0 ? "@1" : "@2");
        result_set_text(parts[i], "resolve", i == 0 ? "a:1:127.0.0.1" : "a:1:127.0.0.2");
        result_set_text(parts[i], "keylog", i == 0 ? "one" : "two");
    }
    struct error err;
    struct result *merged = results_merge(parts, 2, false, &err);
    assert_non_null(merged);
    for (size_t i = 0; i < merged->num_settings; i++) {
        const struct setting *setting = &merged->settings[i];
        if (strcmp(setting->name, "shard") == 0 || strcmp(setting->name, "seed") == 0)
            assert_int_equal(setting->type, SETTING_NULL);
        if (strcmp(setting->name, "sessions") == 0)
            assert_near(setting->number, 1000.0);
        if (strcmp(setting->name, "http") == 0)
            assert_string_equal(setting->text, "1.1");
    }
    for (size_t i = 0; i < 2; i++)
        result_free(parts[i]);
    result_free(merged);
}

static void what_was_merged_can_be_merged_again(void **state)
{
    (void)state;
    struct result *parts[] = {sample_typical(), sample_typical(), NULL};
    struct error err;
    parts[2] = results_merge(parts, 2, false, &err);
    assert_non_null(parts[2]);
    struct result *merged = results_merge(parts, 3, false, &err);
    assert_non_null(merged);
    assert_int_equal(merged->started, 4 * 18412);
    assert_int_equal(merged->num_parts, 4);
    assert_int_equal(merged->parts[3].command_len, 5);
    assert_string_equal(merged->parts[3].command[4], "https://localhost:8443/");
    for (size_t i = 0; i < 3; i++)
        result_free(parts[i]);
    result_free(merged);
}

static void a_sum_that_does_not_fit_is_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        size_t offset;
        const char *says;
    } table[] = {
        {offsetof(struct result, bytes_read), "bytes.read of these results"},
        {offsetof(struct result, started), "sessions.started of these results"},
        {offsetof(struct result, outcomes[OUTCOME_RESET]), "outcomes.reset of these results"},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct result *parts[3] = {sample_typical(), sample_typical(), sample_typical()};
        struct error err;
        for (size_t k = 0; k < 3; k++)
            *(uint64_t *)((char *)parts[k] + table[i].offset) = UINT64_MAX / 2;
        assert_null(results_merge(parts, 3, true, &err));
        assert_non_null(strstr(err.text, table[i].says));
        for (size_t k = 0; k < 3; k++)
            result_free(parts[k]);
    }
}

static void what_the_plans_add_up_to_fits_too(void **state)
{
    (void)state;
    struct result *parts[] = {sample_typical(), sample_typical()};
    struct error err;
    parts[0]->threads = parts[1]->threads = 1U << 31;
    assert_null(results_merge(parts, 2, false, &err));
    assert_non_null(strstr(err.text, "config.threads of these results"));
    parts[0]->threads = parts[1]->threads = 1;
    parts[0]->connections = parts[1]->connections = RESULT_COUNT_MOST;
    assert_null(results_merge(parts, 2, false, &err));
    assert_non_null(strstr(err.text, "config.connections of these results"));
    for (size_t k = 0; k < 2; k++)
        result_free(parts[k]);
}

static void what_is_counted_by_name_fits_too(void **state)
{
    (void)state;
    struct result *parts[] = {sample_typical(), sample_typical()};
    struct error err;
    parts[1]->versions.items[0].count = RESULT_COUNT_MOST;
    assert_null(results_merge(parts, 2, false, &err));
    assert_non_null(strstr(err.text, "handshakes.versions.TLSv1.3 of these results"));
    parts[1]->versions.items[0].count = 0;
    parts[1]->identities[0].sessions = RESULT_COUNT_MOST;
    assert_null(results_merge(parts, 2, false, &err));
    assert_non_null(strstr(err.text, "identities."));
    parts[1]->identities[0].sessions = 0;
    parts[1]->series[0].handshakes = UINT64_MAX;
    assert_null(results_merge(parts, 2, false, &err));
    assert_non_null(strstr(err.text, "series.handshakes"));
    for (size_t k = 0; k < 2; k++)
        result_free(parts[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_cannot_be_merged),
        cmocka_unit_test(a_single_result_merges_into_itself),
        cmocka_unit_test(counts_add_and_distributions_merge),
        cmocka_unit_test(a_rate_is_of_the_longest_window),
        cmocka_unit_test(a_steady_rate_is_of_results_that_all_have_one),
        cmocka_unit_test(what_was_served_until_the_end_adds_up),
        cmocka_unit_test(intervals_merge_and_tell_the_percentiles_of_their_second),
        cmocka_unit_test(intervals_become_as_long_as_the_longest),
        cmocka_unit_test(what_one_does_not_tell_is_told_of_none),
        cmocka_unit_test(identities_are_joined_by_name_wherever_they_stand),
        cmocka_unit_test(what_one_part_does_not_hold_the_whole_does_not),
        cmocka_unit_test(failures_are_said_of_all_together_and_of_each_generator),
        cmocka_unit_test(a_rate_of_no_window_is_no_number),
        cmocka_unit_test(one_failed_part_fails_the_whole),
        cmocka_unit_test(plans_that_differ_are_merged_only_by_force),
        cmocka_unit_test(what_belongs_to_a_shard_is_no_difference),
        cmocka_unit_test(what_was_merged_can_be_merged_again),
        cmocka_unit_test(a_sum_that_does_not_fit_is_refused_by_name),
        cmocka_unit_test(what_the_plans_add_up_to_fits_too),
        cmocka_unit_test(what_is_counted_by_name_fits_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
