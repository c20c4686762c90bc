/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A diff as text, JSON and JUnit XML, against the files of tests/diff/golden; with
 * PINLOAD_UPDATE_GOLDEN=1 in the environment they are written anew, to be looked at in the diff.
 * The figures are set by hand, so that no library's last digit is in the files.
 */
#include "base/memory.h"
#include "diff/diff_result.h"
#include "diff/worse_limit.h"
#include "golden_file.h"
#include "report/formats/diff_junit.h"
#include "report/html/diff_html.h"
#include "report/json/diff_json.h"
#include "report/text/diff_text.h"
#include "unit.h"
#include "virtual_run.h"

#include <math.h>

static char *const command[] = {"pinload", "diff", "old.json", "new.json", NULL};

static void fill_side(struct diff_side *side, const char *name, size_t count)
{
    static const struct virtual_noise noise = {"", 6, 20, 0, 0, 0, 0};
    struct random random;
    random_init(&random, 1);
    side->count = count;
    side->paths = memory_new(count, sizeof *side->paths);
    side->results = memory_new(count, sizeof *side->results);
    for (size_t i = 0; i < count; i++) {
        char path[32];
        snprintf(path, sizeof path, "%s%zu.json", name, i + 1);
        side->paths[i] = memory_text(path);
        side->results[i] = virtual_run(&random, &noise, 1, 1);
        side->results[i]->started = 1200;
        side->results[i]->started_wall_ns = 1795392000000000000;
    }
}

static const struct diff_figure typical[] = {
    {.name = "tls_handshake.mean",
     .group = "tls_handshake",
     .label = "mean",
     .scale = DIFF_TIME,
     .better = -1,
     .values = {1.25e6, 1.5e6},
     .difference = 0.2,
     .ci95 = {0.15, 0.25},
     .p_value = 1e-6,
     .p_adjusted = 5e-6,
     .least_seen = 0.0875,
     .seconds = 12.5,
     .num_results = NAN,
     .verdict = DIFF_WORSE},
    {.name = "tls_handshake.p99",
     .group = "tls_handshake",
     .label = "p99",
     .scale = DIFF_TIME,
     .better = -1,
     .values = {2.5e6, 2.75e6},
     .difference = 0.1,
     .ci95 = {-0.05, 0.25},
     .p_value = 0.125,
     .p_adjusted = 0.5,
     .least_seen = 0.25,
     .seconds = 240,
     .num_results = NAN,
     .verdict = DIFF_NONE_SEEN},
    {.name = "tls_handshake.p999",
     .group = "tls_handshake",
     .label = "p999",
     .scale = DIFF_TIME,
     .better = -1,
     .values = {5e6, 8e6},
     .why_unknown = "too few values",
     .p_value = 1,
     .p_adjusted = 1},
    {.name = "sessions.per_second",
     .group = "sessions",
     .label = "per_second",
     .scale = DIFF_RATE,
     .better = 1,
     .values = {200, 250},
     .difference = 0.25,
     .ci95 = {0.125, 0.375},
     .p_value = 0.0009765625,
     .p_adjusted = 0.00390625,
     .least_seen = 0.0625,
     .seconds = 7.5,
     .num_results = NAN,
     .verdict = DIFF_BETTER},
    {.name = "sessions.failed",
     .group = "sessions",
     .label = "failed",
     .scale = DIFF_SHARE,
     .better = -1,
     .values = {0, 0.0005},
     .difference = 0.0005,
     .ci95 = {-0.001, 0.002},
     .p_value = 0.75,
     .p_adjusted = 1,
     .least_seen = 12,
     .seconds = NAN,
     .num_results = NAN,
     .verdict = DIFF_NONE_SEEN},
};

static void set_figures(struct diff_result *diff, size_t count)
{
    diff->figures = memory_new(count, sizeof *diff->figures);
    memcpy(diff->figures, typical, count * sizeof *diff->figures);
    diff->num_figures = count;
}

static struct diff_result make(size_t num_old, size_t num_new, size_t num_figures)
{
    struct diff_result diff = {.terms = {0.02, 0.1}, .command = command, .passed = true};
    fill_side(&diff.sides[SIDE_OLD], "old", num_old);
    fill_side(&diff.sides[SIDE_NEW], "new", num_new);
    set_figures(&diff, num_figures);
    return diff;
}

static void judge(struct diff_result *diff, const char *text)
{
    struct worse_limit limit;
    struct error err;
    assert_true(worse_limit_parse(&limit, text, &err));
    worse_limit_judge(&limit, false, diff);
}

static bool write_text(FILE *out, const struct diff_result *diff)
{
    diff_text(out, diff);
    return !ferror(out);
}

static bool write_failure(FILE *out, const struct diff_result *diff)
{
    diff_text_failure(out, diff);
    return !ferror(out);
}

static char *capture(bool (*write)(FILE *, const struct diff_result *),
                     const struct diff_result *diff)
{
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    assert_true(write(file, diff));
    assert_int_equal(fclose(file), 0);
    return text;
}

static void check_golden(const char *name, bool (*write)(FILE *, const struct diff_result *),
                         const struct diff_result *diff)
{
    char path[256];
    snprintf(path, sizeof path, "tests/diff/golden/%s", name);
    golden_file_check(path, capture(write, diff));
}

static void check_all(const char *name, const struct diff_result *diff)
{
    char file[64];
    snprintf(file, sizeof file, "%s.txt", name);
    check_golden(file, write_text, diff);
    snprintf(file, sizeof file, "%s.json", name);
    check_golden(file, diff_json, diff);
    snprintf(file, sizeof file, "%s.xml", name);
    check_golden(file, diff_junit, diff);
}

static void a_diff_reads_as_it_should(void **state)
{
    (void)state;
    struct diff_result diff = make(1, 1, COUNT_OF(typical));
    judge(&diff, "tls_handshake.mean > 5%");
    judge(&diff, "sessions.per_second > 5%");
    diff_result_remark(&diff, "only the new side had this TLS version: %s", "TLSv1.2");
    check_all("typical", &diff);
    diff_result_cleanup(&diff);
}

static void several_results_a_side_need_others_and_not_longer_ones(void **state)
{
    (void)state;
    struct diff_result diff = make(3, 2, 2);
    diff.figures[0].verdict = DIFF_NONE_SEEN;
    for (size_t i = 0; i < 2; i++) {
        diff.figures[i].seconds = NAN;
        diff.figures[i].num_results = i == 0 ? 3 : NAN;
    }
    diff.num_plan_differences = 1;
    diff.plan_differences = memory_new(1, sizeof *diff.plan_differences);
    diff.plan_differences[0] =
        memory_text("connections is 10 in \"old1.json\" and 20 in \"new1.json\"");
    judge(&diff, "tls_handshake.p99 > 5%");
    check_all("several", &diff);
    diff_result_cleanup(&diff);
}

static void a_diff_of_which_nothing_is_known_says_so(void **state)
{
    (void)state;
    struct diff_result diff = make(1, 1, 3);
    for (size_t i = 0; i < 3; i++) {
        diff.figures[i].why_unknown = "too few seconds";
        diff.figures[i].verdict = DIFF_UNKNOWN;
    }
    judge(&diff, "tls_handshake.p99 > 5%");
    check_all("unknown", &diff);
    diff_result_cleanup(&diff);
}

static void without_a_summary_only_what_fails_is_said(void **state)
{
    (void)state;
    struct diff_result diff = make(1, 1, COUNT_OF(typical));
    judge(&diff, "sessions.failed > 1%");
    char *text = capture(write_failure, &diff);
    assert_string_equal(text, "");
    free(text);
    judge(&diff, "tls_handshake.mean > 5%");
    text = capture(write_failure, &diff);
    assert_non_null(strstr(text, "violation   tls_handshake.mean is worse by 20%, and"));
    assert_non_null(strstr(text, "\nFAIL\n"));
    free(text);
    diff_result_cleanup(&diff);
}

static void no_line_of_the_text_is_wider_than_a_terminal(void **state)
{
    (void)state;
    struct diff_result diff = make(3, 3, COUNT_OF(typical));
    diff.figures[0].ci95 = (struct interval){-0.99, 25};
    char *text = capture(write_text, &diff);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        size_t columns = 0;
        for (const char *p = line; *p != '\0'; p++)
            columns += ((unsigned char)*p & 0xc0) != 0x80;
        if (columns > 80)
            fail_msg("%zu columns: %s", columns, line);
    }
    free(text);
    diff_result_cleanup(&diff);
}

static void the_page_has_both_curves(void **state)
{
    (void)state;
    struct diff_result diff = make(2, 1, COUNT_OF(typical));
    char *page = capture(diff_html, &diff);
    assert_non_null(strstr(page, "<title>WORSE · https://localhost/ · pinload diff</title>"));
    assert_non_null(strstr(page, "\"page\":{\"curves\":{\"tls_handshake\":{\"old\":{\"x\":[1.0"));
    free(page);
    diff_result_cleanup(&diff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_diff_reads_as_it_should),
        cmocka_unit_test(several_results_a_side_need_others_and_not_longer_ones),
        cmocka_unit_test(a_diff_of_which_nothing_is_known_says_so),
        cmocka_unit_test(without_a_summary_only_what_fails_is_said),
        cmocka_unit_test(no_line_of_the_text_is_wider_than_a_terminal),
        cmocka_unit_test(the_page_has_both_curves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
