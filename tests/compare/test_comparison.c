/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/comparison.h"

#include "base/random.h"
#include "measure/latency.h"
#include "unit.h"

#include <math.h>

#define NUM_BLOCKS 400

static struct arms arms;

static int make_arms(void **state)
{
    (void)state;
    struct error err;
    return arms_parse(&arms, "none,pin,chain", NULL, 1, &err) ? 0 : -1;
}

static int drop_arms(void **state)
{
    (void)state;
    arms_cleanup(&arms);
    return 0;
}

/* What each arm (none, pin, chain, control) adds to the measures, in ns. */
static const double costs[4] = {0, 300, 65000, 0};

/* Fills COMPARISON with noisy blocks; the control is off by CONTROL_OFF in every measure. */
static void fill(struct comparison *comparison, size_t num_blocks, double control_off)
{
    struct random random;
    random_init(&random, 3);
    for (size_t block = 0; block < num_blocks; block++) {
        for (unsigned arm = 0; arm < arms.count; arm++) {
            double off = costs[arm] + (arm == arms.control ? control_off : 0);
            double values[NUM_MEASURES] = {50 + off + 20 * random_unit(&random),
                                           100000 + off + 200 * random_unit(&random),
                                           200000 + off + 400 * random_unit(&random), NAN};
            comparison_add(comparison, block, arm, values);
        }
    }
}

static const struct difference *find(const struct comparison *comparison, unsigned arm,
                                     enum measure measure)
{
    for (size_t i = 0; i < comparison->num_differences; i++) {
        const struct difference *difference = &comparison->differences[i];
        if (difference->arm == arm && difference->measure == measure)
            return difference;
    }
    return NULL;
}

static void each_arm_but_baseline_and_control_has_a_difference_in_each_measure(void **state)
{
    (void)state;
    struct comparison comparison;
    comparison_init(&comparison, &arms, false);
    fill(&comparison, NUM_BLOCKS, 0);
    comparison_judge(&comparison);
    assert_int_equal(comparison.num_differences, 2 * 3);
    for (unsigned arm = 1; arm <= 2; arm++) {
        for (int m = 0; m < MEASURE_INSTRUCTIONS; m++) {
            const struct difference *difference = find(&comparison, arm, (enum measure)m);
            assert_non_null(difference);
            assert_true(difference->is_known && difference->distinguishable);
            assert_true(fabs(difference->estimate.estimate - costs[arm]) < 50);
        }
    }
    assert_true(comparison.trusted);
    comparison_cleanup(&comparison);
}

/* How often arms that do not differ are told apart. */
static unsigned count_claims(unsigned num_runs)
{
    unsigned num_claiming = 0;
    struct random random;
    random_init(&random, 5);
    for (unsigned run = 0; run < num_runs; run++) {
        struct comparison comparison;
        bool claims = false;
        comparison_init(&comparison, &arms, false);
        for (size_t i = 0; i < NUM_BLOCKS * (size_t)arms.count; i++) {
            double values[NUM_MEASURES] = {1000 + 300 * random_unit(&random),
                                           100000 + 300 * random_unit(&random),
                                           200000 + 300 * random_unit(&random), NAN};
            comparison_add(&comparison, i / arms.count, (unsigned)(i % arms.count), values);
        }
        comparison_judge(&comparison);
        for (size_t i = 0; i < comparison.num_differences; i++)
            claims |= comparison.differences[i].distinguishable;
        num_claiming += claims;
        comparison_cleanup(&comparison);
    }
    return num_claiming;
}

/* With six differences, each judged alone, it would be every fourth run. */
static void equal_arms_are_told_apart_in_one_run_of_twenty_at_most(void **state)
{
    (void)state;
    assert_in_range(count_claims(60), 0, 6); /* 3 expected at most */
}

static void each_p_is_corrected_for_those_before_it(void **state)
{
    (void)state;
    struct comparison comparison;
    double last = 0;
    comparison_init(&comparison, &arms, false);
    fill(&comparison, NUM_BLOCKS, 0);
    for (size_t block = 0; block < NUM_BLOCKS; block++) /* an arm like the baseline */
        for (int m = 0; m < MEASURE_INSTRUCTIONS; m++)
            comparison.samples[1].values[m][block] -= (float)costs[1];
    comparison_judge(&comparison);
    for (size_t i = 0; i < comparison.num_differences; i++) {
        const struct difference *difference = &comparison.differences[i];
        double p = difference->estimate.p_value;
        assert_true(difference->p_adjusted >= p && difference->p_adjusted <= fmin(6 * p, 1));
        assert_int_equal(difference->distinguishable, difference->arm == 2);
        last = fmax(last, difference->p_adjusted);
    }
    assert_true(last > 0.05);
    assert_true(comparison.control[0].p_adjusted == comparison.control[0].estimate.p_value);
    comparison_cleanup(&comparison);
}

static void a_callbacks_percentage_is_of_the_handshakes_cpu(void **state)
{
    (void)state;
    struct comparison comparison;
    comparison_init(&comparison, &arms, false);
    fill(&comparison, NUM_BLOCKS, 0);
    comparison_judge(&comparison);
    static const double expected[] = {0.3, 0.3, 0.15};
    for (int m = 0; m < MEASURE_INSTRUCTIONS; m++) {
        double percent = find(&comparison, 1, (enum measure)m)->percent;
        assert_true(fabs(percent - expected[m]) < 0.03);
    }
    comparison_cleanup(&comparison);
}

static void a_control_off_zero_is_not_trusted(void **state)
{
    (void)state;
    struct comparison comparison;
    comparison_init(&comparison, &arms, false);
    fill(&comparison, NUM_BLOCKS, 40);
    comparison_judge(&comparison);
    assert_false(comparison.trusted);
    assert_true(comparison.control[MEASURE_VERIFY_CALLBACK].distinguishable);
    comparison_cleanup(&comparison);
}

static void a_control_within_half_a_step_of_the_clock_is_zero(void **state)
{
    (void)state;
    struct comparison comparison;
    comparison_init(&comparison, &arms, false);
    fill(&comparison, 4000, 12);
    comparison_judge(&comparison);
    assert_false(comparison.trusted);
    assert_true(comparison_is_off(&comparison, MEASURE_HANDSHAKE_CPU));
    comparison.steps[MEASURE_VERIFY_CALLBACK] = comparison.steps[MEASURE_HANDSHAKE_CPU] =
        comparison.steps[MEASURE_TLS_HANDSHAKE] = 40;
    comparison_judge(&comparison);
    assert_true(comparison.trusted);
    comparison_cleanup(&comparison);
}

/* Identical arms differ by half a nanosecond, which a clock of single nanoseconds would find. */
static void five_nanoseconds_in_the_callback_are_zero_however_fine_the_clock(void **state)
{
    (void)state;
    static const double offs[] = {0.5, 4, 6};
    for (size_t i = 0; i < COUNT_OF(offs); i++) {
        struct comparison comparison;
        comparison_init(&comparison, &arms, false);
        comparison.steps[MEASURE_VERIFY_CALLBACK] = 1;
        fill(&comparison, 4000, offs[i]);
        comparison_judge(&comparison);
        assert_true(comparison_margin(&comparison, MEASURE_VERIFY_CALLBACK) == 5);
        assert_int_equal(comparison_is_off(&comparison, MEASURE_VERIFY_CALLBACK), offs[i] > 5);
        comparison_cleanup(&comparison);
    }
}

static void too_few_pairs_are_not_known_and_not_trusted(void **state)
{
    (void)state;
    struct comparison comparison;
    double needed;
    comparison_init(&comparison, &arms, false);
    fill(&comparison, STATISTICS_MIN_PAIRS - 1, 0);
    comparison_judge(&comparison);
    assert_false(find(&comparison, 1, MEASURE_HANDSHAKE_CPU)->is_known);
    assert_false(find(&comparison, 1, MEASURE_HANDSHAKE_CPU)->distinguishable);
    assert_false(comparison.trusted);
    assert_true(isinf(comparison_least_seen(&comparison, MEASURE_HANDSHAKE_CPU, 1000, &needed)));
    assert_true(isinf(needed));
    comparison_cleanup(&comparison);
}

static void an_empty_comparison_can_be_judged(void **state)
{
    (void)state;
    struct comparison comparison;
    comparison_init(&comparison, &arms, false);
    comparison_judge(&comparison);
    assert_false(comparison.trusted);
    comparison_cleanup(&comparison);
    comparison_cleanup(&comparison);
}

static void what_does_not_count_is_in_no_figure(void **state)
{
    (void)state;
    struct comparison comparison;
    comparison_init(&comparison, &arms, false);
    fill(&comparison, NUM_BLOCKS, 0);
    static const double nothing[NUM_MEASURES] = {NAN, NAN, NAN, NAN};
    for (size_t block = 0; block < 50; block++)
        comparison_add(&comparison, block, 1, nothing); /* the first sessions were not resumed */
    comparison_add_failure(&comparison, 1);
    comparison_judge(&comparison);
    assert_int_equal(find(&comparison, 1, MEASURE_HANDSHAKE_CPU)->estimate.num_pairs,
                     NUM_BLOCKS - 50);
    assert_int_equal(find(&comparison, 2, MEASURE_HANDSHAKE_CPU)->estimate.num_pairs, NUM_BLOCKS);
    assert_int_equal(comparison.samples[1].sessions, NUM_BLOCKS + 50 + 1);
    assert_int_equal(comparison.samples[1].failed, 1);
    assert_int_equal(latency_count(comparison.samples[1].latencies[MEASURE_HANDSHAKE_CPU]),
                     NUM_BLOCKS);
    comparison_cleanup(&comparison);
}

static void blocks_may_come_in_any_order(void **state)
{
    (void)state;
    struct comparison comparison;
    comparison_init(&comparison, &arms, false);
    static const double values[NUM_MEASURES] = {1, 2, 3, NAN};
    comparison_add(&comparison, 5000, 0, values);
    comparison_add(&comparison, 17, 2, values);
    assert_int_equal(comparison.num_blocks, 5001);
    assert_true(comparison.samples[0].values[1][5000] == 2);
    assert_true(comparison.samples[2].values[0][17] == 1);
    assert_true(isnan(comparison.samples[1].values[0][17]));
    comparison_cleanup(&comparison);
}

static void the_widest_interval_says_how_many_pairs_it_would_take(void **state)
{
    (void)state;
    struct comparison comparison;
    double needed, least_ns;
    comparison_init(&comparison, &arms, false);
    fill(&comparison, NUM_BLOCKS, 0);
    comparison_judge(&comparison);
    least_ns = comparison_least_seen(&comparison, MEASURE_HANDSHAKE_CPU, 1, &needed);
    assert_true(least_ns > 1 && least_ns < 50);
    double expected = NUM_BLOCKS * least_ns * least_ns;
    assert_true(fabs(needed - expected) < 1);
    comparison_least_seen(&comparison, MEASURE_HANDSHAKE_CPU, least_ns, &needed);
    assert_true(fabs(needed - NUM_BLOCKS) < 1);
    comparison_cleanup(&comparison);
}

static void a_baseline_alone_is_resolved_by_its_control(void **state)
{
    (void)state;
    struct arms lonely;
    struct error err;
    struct comparison comparison;
    double needed;
    assert_true(arms_parse(&lonely, "none", NULL, 1, &err));
    comparison_init(&comparison, &lonely, false);
    comparison_judge(&comparison);
    assert_true(isinf(comparison_least_seen(&comparison, MEASURE_HANDSHAKE_CPU, 1000, &needed)));
    for (size_t block = 0; block < NUM_BLOCKS; block++) {
        for (unsigned arm = 0; arm < lonely.count; arm++) {
            double values[NUM_MEASURES] = {50, 1e5 + (double)(block * (arm + 1) % 7), 2e5, NAN};
            comparison_add(&comparison, block, arm, values);
        }
    }
    comparison_judge(&comparison);
    double least_ns = comparison_least_seen(&comparison, MEASURE_HANDSHAKE_CPU, 1000, &needed);
    assert_true(least_ns > 0 && least_ns < 10);
    comparison_cleanup(&comparison);
    arms_cleanup(&lonely);
}

static void a_share_of_nothing_is_not_known(void **state)
{
    (void)state;
    struct comparison comparison;
    comparison_init(&comparison, &arms, false);
    for (size_t block = 0; block < 200; block++) {
        for (unsigned arm = 0; arm < arms.count; arm++) {
            double values[NUM_MEASURES] = {50 + costs[arm], 0, 2e5, NAN}; /* a clock of ticks */
            comparison_add(&comparison, block, arm, values);
        }
    }
    comparison_judge(&comparison);
    assert_true(find(&comparison, 1, MEASURE_VERIFY_CALLBACK)->distinguishable);
    assert_true(isnan(find(&comparison, 1, MEASURE_VERIFY_CALLBACK)->percent));
    comparison_cleanup(&comparison);
}

static void instructions_are_a_measure_where_they_are_counted(void **state)
{
    (void)state;
    struct comparison comparison;
    comparison_init(&comparison, &arms, true);
    for (size_t block = 0; block < 200; block++) {
        for (unsigned arm = 0; arm < arms.count; arm++) {
            double values[NUM_MEASURES] = {50, 1e5, 2e5, 400000 + costs[arm]};
            comparison_add(&comparison, block, arm, values);
        }
    }
    comparison_judge(&comparison);
    assert_int_equal(comparison.num_differences, 2 * NUM_MEASURES);
    const struct difference *pin = find(&comparison, 1, MEASURE_INSTRUCTIONS);
    assert_true(pin->estimate.estimate == 300 && pin->distinguishable);
    assert_true(comparison_instructions(&comparison, 1) == 400300);
    assert_true(comparison.trusted);
    comparison.has_instructions = false; /* the count was lost during the run */
    comparison_judge(&comparison);
    assert_int_equal(comparison.num_differences, 2 * MEASURE_INSTRUCTIONS);
    assert_true(isnan(comparison_instructions(&comparison, 1)));
    assert_true(comparison.trusted);
    comparison_cleanup(&comparison);
}

static void every_measure_has_its_name(void **state)
{
    (void)state;
    static const char *const names[] = {"verify_callback", "handshake_cpu", "tls_handshake",
                                        "instructions"};
    for (int m = 0; m < NUM_MEASURES; m++)
        assert_string_equal(measure_name((enum measure)m), names[m]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_arm_but_baseline_and_control_has_a_difference_in_each_measure),
        cmocka_unit_test(equal_arms_are_told_apart_in_one_run_of_twenty_at_most),
        cmocka_unit_test(each_p_is_corrected_for_those_before_it),
        cmocka_unit_test(a_callbacks_percentage_is_of_the_handshakes_cpu),
        cmocka_unit_test(a_control_off_zero_is_not_trusted),
        cmocka_unit_test(a_control_within_half_a_step_of_the_clock_is_zero),
        cmocka_unit_test(five_nanoseconds_in_the_callback_are_zero_however_fine_the_clock),
        cmocka_unit_test(too_few_pairs_are_not_known_and_not_trusted),
        cmocka_unit_test(an_empty_comparison_can_be_judged),
        cmocka_unit_test(what_does_not_count_is_in_no_figure),
        cmocka_unit_test(blocks_may_come_in_any_order),
        cmocka_unit_test(the_widest_interval_says_how_many_pairs_it_would_take),
        cmocka_unit_test(a_baseline_alone_is_resolved_by_its_control),
        cmocka_unit_test(a_share_of_nothing_is_not_known),
        cmocka_unit_test(instructions_are_a_measure_where_they_are_counted),
        cmocka_unit_test(every_measure_has_its_name),
    };
    return cmocka_run_group_tests(tests, make_arms, drop_arms);
}
