/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/progress.h"

#include "report/figures.h"
#include "unit.h"

#include <math.h>

static struct progress_moment moment_at(double elapsed_s)
{
    return (struct progress_moment){
        .elapsed_s = elapsed_s, .ended = 9205, .in_flight = 64, .p50_ns = 33.1e6, .p99_ns = 38.2e6};
}

static struct progress progress_of(unsigned columns)
{
    return (struct progress){
        .columns = columns, .duration_s = 30, .last_elapsed_s = 4, .last_ended = 7364};
}

static void expect_line(const struct progress *progress, const struct progress_moment *moment,
                        const char *expected)
{
    char line[1024];
    progress_line(progress, moment, line, sizeof line);
    assert_string_equal(line, expected);
}

static void a_line_tells_how_the_run_goes(void **state)
{
    (void)state;
    struct progress progress = progress_of(79);
    struct progress_moment moment = moment_at(5);
    expect_line(&progress, &moment, "5 s 25 s left  1,841/s  64 open  p50 33.1 ms p99 38.2 ms");
    moment.failures[OUTCOME_CONNECT_REFUSED] = 12;
    expect_line(&progress, &moment,
                "5 s 25 s left  1,841/s  64 open  p50 33.1 ms p99 38.2 ms  12 connect_refused");
    moment.p50_ns = moment.p99_ns = NAN;
    expect_line(&progress, &moment, "5 s 25 s left  1,841/s  64 open  12 connect_refused");
}

static void refusals_have_a_place_of_their_own(void **state)
{
    (void)state;
    struct progress progress = progress_of(79);
    struct progress_moment moment = moment_at(5);
    moment.refused = 9205;
    moment.p50_ns = moment.p99_ns = NAN;
    expect_line(&progress, &moment, "5 s 25 s left  1,841/s  64 open  9,205 refused");
}

static void the_rate_of_kept_alive_sessions_is_that_of_their_requests(void **state)
{
    (void)state;
    struct progress progress = progress_of(79);
    struct progress_moment moment = moment_at(5);
    progress.last_responses = 1000000;
    moment.responses = 1100000;
    expect_line(&progress, &moment,
                "5 s 25 s left  100,000 requests/s  64 open  p50 33.1 ms p99 38.2 ms");
}

static void before_it_begins_a_line_tells_when_it_will(void **state)
{
    (void)state;
    struct progress progress = progress_of(79);
    struct progress_moment moment = moment_at(-3.2);
    expect_line(&progress, &moment, "starts in 3 s");
}

static void without_a_bound_nothing_is_left_and_a_count_is_a_bound(void **state)
{
    (void)state;
    struct progress progress = progress_of(79);
    struct progress_moment moment = moment_at(5);
    progress.duration_s = 0;
    expect_line(&progress, &moment, "5 s  1,841/s  64 open  p50 33.1 ms p99 38.2 ms");
    progress.total_sessions = 2 * moment.ended;
    expect_line(&progress, &moment, "5 s 5 s left  1,841/s  64 open  p50 33.1 ms p99 38.2 ms");
}

static void a_rate_is_rounded_and_not_cut_off(void **state)
{
    (void)state;
    struct progress progress = {.last_elapsed_s = 1, .last_ended = 100};
    struct progress_moment moment = {.elapsed_s = 2.0003, .ended = 160, .p50_ns = NAN};
    expect_line(&progress, &moment, "2 s  60/s  0 open");
}

static void failures_are_told_by_name_the_most_frequent_first(void **state)
{
    (void)state;
    struct progress progress = progress_of(0);
    struct progress_moment moment = moment_at(5);
    moment.failures[OUTCOME_RESET] = 3;
    moment.failures[OUTCOME_CONNECT_REFUSED] = 1200;
    moment.failures[OUTCOME_PIN_MISMATCH] = 4;
    expect_line(&progress, &moment,
                "5 s 25 s left  1,841/s  64 open  p50 33.1 ms p99 38.2 ms"
                "  1,200 connect_refused, 4 pin_mismatch, 3 reset");
}

static void what_is_needed_least_is_left_out_where_there_is_no_room(void **state)
{
    (void)state;
    static const struct {
        unsigned columns;
        const char *line;
    } cases[] = {
        {92,
         "5 s 25 s left  1,841/s  64 open  p50 33.1 ms p99 38.2 ms  12 connect_refused, 3 reset"},
        {84,
         "5 s 25 s left  1,841/s  64 open  p50 33.1 ms p99 38.2 ms  12 connect_refused, 3 more"},
        {79, "5 s 25 s left  1,841/s  p50 33.1 ms p99 38.2 ms  12 connect_refused, 3 more"},
        {70, "5 s  1,841/s  p50 33.1 ms p99 38.2 ms  12 connect_refused, 3 more"},
        {60, "5 s  1,841/s  p50 33.1 ms p99 38.2 ms  15 failed"},
        {30, "5 s  1,841/s  15 failed"},
        {20, "5 s  15 failed"},
    };
    struct progress_moment moment = moment_at(5);
    moment.failures[OUTCOME_CONNECT_REFUSED] = 12;
    moment.failures[OUTCOME_RESET] = 3;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct progress progress = progress_of(cases[i].columns);
        expect_line(&progress, &moment, cases[i].line);
    }
}

static void no_line_is_longer_than_a_row_of_80_columns(void **state)
{
    (void)state;
    struct progress progress = {.columns = 79, .duration_s = 86400, .total_sessions = 1000000000};
    struct progress_moment moment = {.elapsed_s = 43210,
                                     .ended = 999999999,
                                     .in_flight = 1000000,
                                     .p50_ns = 999e9,
                                     .p99_ns = 3599e9};
    char line[1024];
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        moment.failures[i] = 100000000 - (uint64_t)i;
        progress_line(&progress, &moment, line, sizeof line);
        assert_true(figure_columns(line) <= 79);
        assert_non_null(strstr(line, "43210 s"));
        assert_true(strstr(line, outcome_name((enum outcome)0)) != NULL ||
                    strstr(line, " failed") != NULL);
    }
}

static void only_failures_are_coloured_and_only_where_it_is_wanted(void **state)
{
    (void)state;
    struct progress progress = progress_of(79);
    struct progress_moment moment = moment_at(5);
    progress.colour = true;
    expect_line(&progress, &moment, "5 s 25 s left  1,841/s  64 open  p50 33.1 ms p99 38.2 ms");
    moment.failures[OUTCOME_RESET] = 1;
    expect_line(&progress, &moment,
                "5 s 25 s left  1,841/s  64 open  p50 33.1 ms p99 38.2 ms\033[31m  1 reset\033[0m");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_tells_how_the_run_goes),
        cmocka_unit_test(refusals_have_a_place_of_their_own),
        cmocka_unit_test(the_rate_of_kept_alive_sessions_is_that_of_their_requests),
        cmocka_unit_test(before_it_begins_a_line_tells_when_it_will),
        cmocka_unit_test(without_a_bound_nothing_is_left_and_a_count_is_a_bound),
        cmocka_unit_test(a_rate_is_rounded_and_not_cut_off),
        cmocka_unit_test(failures_are_told_by_name_the_most_frequent_first),
        cmocka_unit_test(what_is_needed_least_is_left_out_where_there_is_no_room),
        cmocka_unit_test(no_line_is_longer_than_a_row_of_80_columns),
        cmocka_unit_test(only_failures_are_coloured_and_only_where_it_is_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
