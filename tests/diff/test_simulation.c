/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a diff keeps its promises, by virtual runs whose noise is known: seconds that resemble
 * their neighbours, stalls, runs that differ as a whole. Where nothing changed, "worse" is said of
 * at most one diff in twenty, for all figures together and without a margin; where p99 became worse
 * by a tenth, it is found in nineteen of twenty by runs as long as a first diff said. 0.05 of 200 is
 * passed by chance in one of a hundred if the truth is 0.03, as it is seen to be.
 */
#include "base/memory.h"
#include "diff/diff.h"
#include "diff/diff_result.h"
#include "diff/worse_limit.h"
#include "unit.h"
#include "virtual_run.h"

#include <math.h>

#define NUM_DIFFS 200
#define NUM_FINDS 40

static void fill_side(struct diff_side *side, struct random *random,
                      const struct virtual_noise *noise, size_t count, double tail)
{
    side->count = count;
    side->paths = memory_new(count, sizeof *side->paths);
    side->results = memory_new(count, sizeof *side->results);
    for (size_t i = 0; i < count; i++) {
        side->paths[i] = memory_text("virtual.json");
        side->results[i] = virtual_run(random, noise, 1, tail);
    }
}

/* A diff of COUNT runs a side, of which the new ones' tails are TAIL times as long. */
static struct diff_result make(struct random *random, const struct virtual_noise *noise,
                               size_t count, double tail, double margin)
{
    struct diff_result diff = {.terms = {.margin = margin, .detect = 0.1}};
    struct error err;
    fill_side(&diff.sides[SIDE_OLD], random, noise, count, 1);
    fill_side(&diff.sides[SIDE_NEW], random, noise, count, tail);
    assert_true(diff_make(&diff, false, &err));
    return diff;
}

static void check_silence(const struct virtual_noise *noise, size_t count)
{
    struct random random;
    unsigned num_worse = 0, num_other = 0;
    random_init(&random, 1);
    for (unsigned i = 0; i < NUM_DIFFS; i++) {
        struct diff_result diff = make(&random, noise, count, 1, 0);
        enum diff_verdict verdict = diff_result_verdict(&diff);
        num_worse += verdict == DIFF_WORSE;
        num_other += verdict == DIFF_BETTER;
        assert_int_not_equal(verdict, DIFF_UNKNOWN);
        diff_result_cleanup(&diff);
    }
    print_message("%s, %zu a side: %u of %d are worse, %u better\n", noise->name, count, num_worse,
                  NUM_DIFFS, num_other);
    assert_in_range(num_worse, 0, NUM_DIFFS / 20);
}

static void where_nothing_changed_one_diff_in_twenty_says_worse(void **state)
{
    (void)state;
    static const struct virtual_noise kinds[] = {
        {"independent seconds", 12, 60, 0, 0.03, 0, 0},
        {"neighbours alike", 30, 60, 0.6, 0.05, 0, 0},
        {"neighbours much alike, and stalls", 40, 60, 0.8, 0.05, 0.1, 0},
        {"five seconds", 5, 100, 0.6, 0.05, 0, 0},
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        check_silence(&kinds[i], 1);
}

static void where_runs_differ_as_a_whole_several_a_side_tell(void **state)
{
    (void)state;
    static const struct virtual_noise kinds[] = {
        {"runs alike", 8, 40, 0.5, 0.05, 0, 0},
        {"runs that differ", 8, 40, 0.5, 0.05, 0, 0.05},
        {"runs of a second", 1, 200, 0, 0, 0, 0.05},
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        check_silence(&kinds[i], 3);
}

/* How long runs must be, by one diff of a minute in which nothing changed. */
static double seconds_needed(struct random *random, struct virtual_noise noise)
{
    noise.seconds = 60;
    struct diff_result diff = make(random, &noise, 1, 1, 0.02);
    double seconds = diff_result_find(&diff, "tls_handshake.p99")->seconds;
    diff_result_cleanup(&diff);
    return seconds;
}

static void a_tenth_is_found_at_the_length_that_is_said_to_be_needed(void **state)
{
    (void)state;
    struct virtual_noise noise = {"a tenth worse", 60, 500, 0.5, 0.02, 0, 0};
    struct random random;
    unsigned num_found = 0;
    double sum = 0;
    random_init(&random, 2);
    for (unsigned i = 0; i < NUM_FINDS; i++) {
        double seconds = seconds_needed(&random, noise);
        assert_true(seconds > 5 && seconds < 600);
        noise.seconds = (unsigned)ceil(seconds);
        struct diff_result diff = make(&random, &noise, 1, 1.1, 0.02);
        num_found += diff_result_find(&diff, "tls_handshake.p99")->verdict == DIFF_WORSE;
        sum += seconds;
        diff_result_cleanup(&diff);
    }
    print_message("found in %u of %d, by runs of %.0f s on average\n", num_found, NUM_FINDS,
                  sum / NUM_FINDS);
    assert_in_range(num_found, NUM_FINDS * 19 / 20, NUM_FINDS);
}

/* Where runs are as long as that, a limit of 5 % lets what did not change pass, stops a tenth, and
 * lets 3 % pass, however sure that is. */
static void a_limit_stops_what_is_beyond_it_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        double tail;
        unsigned least, most; /* of 20 that fail */
    } rows[] = {{1, 0, 1}, {1.03, 0, 3}, {1.1, 19, 20}};
    static const struct virtual_noise noise = {"a limit", 200, 500, 0.5, 0.02, 0, 0};
    struct worse_limit limit;
    struct error err;
    struct random random;
    random_init(&random, 3);
    assert_true(worse_limit_parse(&limit, "tls_handshake.p99 > 5%", &err));
    for (size_t row = 0; row < COUNT_OF(rows); row++) {
        unsigned num_failed = 0;
        for (unsigned i = 0; i < 20; i++) {
            struct diff_result diff = make(&random, &noise, 1, rows[row].tail, 0.02);
            worse_limit_judge(&limit, false, &diff);
            num_failed += !diff.passed;
            diff_result_cleanup(&diff);
        }
        print_message("p99 times %g: %u of 20 fail\n", rows[row].tail, num_failed);
        assert_in_range(num_failed, rows[row].least, rows[row].most);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_nothing_changed_one_diff_in_twenty_says_worse),
        cmocka_unit_test(where_runs_differ_as_a_whole_several_a_side_tell),
        cmocka_unit_test(a_tenth_is_found_at_the_length_that_is_said_to_be_needed),
        cmocka_unit_test(a_limit_stops_what_is_beyond_it_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
