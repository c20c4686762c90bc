/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A search as text, JSON, CSV and JUnit XML, against the files of tests/find/golden; with
 * PINLOAD_UPDATE_GOLDEN=1 in the environment they are written anew, to be looked at in the diff.
 */
#include "base/memory.h"
#include "find/find_result.h"
#include "golden_file.h"
#include "report/formats/find_csv.h"
#include "report/formats/find_junit.h"
#include "report/html/find_html.h"
#include "report/json/find_json.h"
#include "report/text/find_text.h"
#include "unit.h"

#include <math.h>
#include <signal.h>

static char *const command[] = {
    "pinload", "find", "--slo", "session.p99 < 20ms", "https://localhost/", NULL};

static const struct find_slo slos[] = {
    {"session.p99 < 20ms", "session.p99", true, 20e6},
    {"sessions.per_second > 5", "sessions.per_second", false, 5},
};

static void add(struct find_result *result, double load, double p99_ms, enum stage_cause cause,
                const char *why)
{
    struct find_stage stage = {.load = load,
                               .seconds = 5,
                               .began_s = 6.0 * (double)result->num_stages,
                               .scheduled = (uint64_t)(5 * load),
                               .started = (uint64_t)(5 * load),
                               .succeeded = (uint64_t)(5 * load),
                               .kept = result->by_connections ? NAN : 1,
                               .per_second = load,
                               .p50_ns = p99_ms * 0.5e6,
                               .p99_ns = p99_ms * 1e6,
                               .cause = cause,
                               .why = why != NULL ? memory_text(why) : NULL};
    if (result->num_slos > 0) {
        stage.slo_values = memory_new(result->num_slos, sizeof *stage.slo_values);
        stage.slo_values[0] = stage.p99_ns;
        stage.slo_values[1] = load;
    }
    find_result_add(result, &stage);
}

static struct find_result made(size_t num_slos)
{
    struct find_result result = {.version = "1.0.0",
                                 .boringssl = "e2a57cfb4d91",
                                 .libuv = "1.44.2",
                                 .command = command,
                                 .plan = "command = \"find\"\n",
                                 .url = "https://localhost/",
                                 .started_wall_ns = 1795392000000000000,
                                 .spent_s = 88.25,
                                 .terms = {.start = 100,
                                           .least = 1,
                                           .most = 1e6,
                                           .within = 0.02,
                                           .stage_s = 5,
                                           .confirm_s = 30,
                                           .budget_s = 300},
                                 .num_slos = num_slos,
                                 .latency = "session",
                                 .latency_limit_ns = num_slos > 0 ? 20e6 : NAN,
                                 .alone_ns = 1.5e6};
    result.slos = memory_new(num_slos + 1, sizeof *result.slos);
    for (size_t i = 0; i < num_slos; i++)
        result.slos[i] = slos[i];
    return result;
}

static struct find_result found(void)
{
    struct find_result result = made(2);
    add(&result, 100, 2, STAGE_HELD, NULL);
    add(&result, 200, 4, STAGE_HELD, NULL);
    add(&result, 400, 8, STAGE_HELD, NULL);
    add(&result, 800, 900, STAGE_SERVER_RATE,
        "the server served 590 a second; 210 more are in flight each second");
    add(&result, 560, 24, STAGE_SLO, "session.p99 is 24.0 ms");
    add(&result, 512, 16, STAGE_HELD, NULL);
    add(&result, 520, 20.5, STAGE_SLO, "session.p99 is 20.5 ms");
    add(&result, 510, 16.5, STAGE_HELD, NULL);
    result.stages[result.num_stages - 1].confirms = true;
    result.answer = (struct search_answer){SEARCH_FOUND, 510, 517, 511.5, 523.25};
    return result;
}

static bool write_text(FILE *out, const struct find_result *result)
{
    find_text(out, result);
    return !ferror(out);
}

static bool write_failure(FILE *out, const struct find_result *result)
{
    find_text_failure(out, result);
    return !ferror(out);
}

static char *capture(bool (*write)(FILE *, const struct find_result *),
                     const struct find_result *result)
{
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    assert_true(write(file, result));
    assert_int_equal(fclose(file), 0);
    return text;
}

static void check_golden(const char *name, bool (*write)(FILE *, const struct find_result *),
                         const struct find_result *result)
{
    char path[256];
    snprintf(path, sizeof path, "tests/find/golden/%s", name);
    golden_file_check(path, capture(write, result));
}

static void check_all(const char *name, const struct find_result *result)
{
    char file[64];
    snprintf(file, sizeof file, "%s.txt", name);
    check_golden(file, write_text, result);
    snprintf(file, sizeof file, "%s.json", name);
    check_golden(file, find_json, result);
    snprintf(file, sizeof file, "%s.csv", name);
    check_golden(file, find_csv, result);
    snprintf(file, sizeof file, "%s.xml", name);
    check_golden(file, find_junit, result);
}

static void expect_text(const struct find_result *result, const char *text)
{
    char *written = capture(write_text, result);
    if (strstr(written, text) == NULL)
        fail_msg("'%s' is not in:\n%s", text, written);
    free(written);
}

static void a_search_reads_as_it_should(void **state)
{
    (void)state;
    struct find_result result = found();
    check_all("found", &result);
    assert_int_equal(find_result_cause(&result), STAGE_SLO);
    assert_true(find_result_limit(&result)->load == 520);
    assert_false(find_result_is_at_least(&result));
    assert_true(find_result_is_answered(&result));
    char *failure = capture(write_failure, &result);
    assert_string_equal(failure, "");
    free(failure);
    find_result_cleanup(&result);
}

static void where_the_generator_was_the_limit_it_says_at_least(void **state)
{
    (void)state;
    struct find_result result = made(0);
    add(&result, 100, 2, STAGE_HELD, NULL);
    add(&result, 200, 80, STAGE_GENERATOR, "the generator did not keep the schedule");
    add(&result, 150, 70, STAGE_GENERATOR, "the generator did not keep the schedule");
    result.answer = (struct search_answer){SEARCH_FOUND, 125, 127, 124, 130};
    check_all("generator", &result);
    assert_true(find_result_is_at_least(&result));
    find_result_cleanup(&result);
}

static void as_far_as_was_allowed_is_at_least(void **state)
{
    (void)state;
    struct find_result result = made(0);
    result.by_connections = true;
    result.terms.most = 200;
    add(&result, 100, 2, STAGE_HELD, NULL);
    add(&result, 200, 3, STAGE_HELD, NULL);
    result.answer = (struct search_answer){SEARCH_AT_LEAST, 200, 0, 200, INFINITY};
    check_all("most", &result);
    find_result_cleanup(&result);
}

static void what_does_not_hold_says_why(void **state)
{
    (void)state;
    struct find_result result = made(0);
    expect_text(&result, "NOTHING HOLDS: no stage has ended");
    add(&result, 100, 2, STAGE_FAILURES, "4 of 500 sessions failed: 4 reset");
    add(&result, 25, 2, STAGE_FAILURES, "1 of 125 sessions failed: 1 reset");
    result.answer.end = SEARCH_NONE_HOLDS;
    expect_text(&result, "NOTHING HOLDS: not even 25.0/s held");
    expect_text(&result, "failures: at 25.0/s 1 of 125 sessions failed: 1 reset");
    assert_false(find_result_is_answered(&result));
    find_result_cleanup(&result);
}

static void an_answer_that_is_none_yet_is_doubted(void **state)
{
    (void)state;
    struct find_result result = found();
    result.answer.end = SEARCH_UNCONFIRMED;
    expect_text(&result, "but         stages of 5 s hold it, but none of 30 s did\n");
    result.answer.end = SEARCH_UNFINISHED;
    expect_text(&result, "--budget 300 s was too short");
    result.interrupted_by = SIGINT;
    expect_text(&result, "the search was interrupted");
    find_result_cleanup(&result);
}

static void nothing_in_a_page_ends_its_data(void **state)
{
    (void)state;
    struct find_result result = found();
    result.url = "https://localhost/</script><script>alert(1)</script>";
    char *page = capture(find_html, &result);
    assert_null(strstr(page, "<script>alert"));
    assert_non_null(strstr(page, "holds 510/s"));
    free(page);
    find_result_cleanup(&result);
}

/* The page of the search, for a browser, as the file that PINLOAD_FIND_PAGE names. */
static void the_page_is_written(void **state)
{
    (void)state;
    const char *path = getenv("PINLOAD_FIND_PAGE");
    struct find_result result = found();
    FILE *file = path != NULL ? fopen(path, "wb") : tmpfile();
    assert_non_null(file);
    assert_true(find_html(file, &result));
    assert_int_equal(fclose(file), 0);
    find_result_cleanup(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_search_reads_as_it_should),
        cmocka_unit_test(where_the_generator_was_the_limit_it_says_at_least),
        cmocka_unit_test(as_far_as_was_allowed_is_at_least),
        cmocka_unit_test(what_does_not_hold_says_why),
        cmocka_unit_test(an_answer_that_is_none_yet_is_doubted),
        cmocka_unit_test(nothing_in_a_page_ends_its_data),
        cmocka_unit_test(the_page_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
