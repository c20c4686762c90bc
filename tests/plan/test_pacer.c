/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/pacer.h"

#include "base/clock.h"
#include "unit.h"

#include <math.h>

#define START_NS 123456789012345ull

static void pacer_constant(struct pacer *pacer, double rate, uint64_t ramp_ns)
{
    pacer_init(pacer, ARRIVAL_CONSTANT, rate, ramp_ns, START_NS, 0, 1, 1);
}

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

static void a_constant_schedules_nth_arrival_is_n_periods_after_the_start(void **state)
{
    (void)state;
    static const uint64_t periods_ns[] = {1000,    5000,     333333,       1000000,
                                          7000000, NS_PER_S, 61 * NS_PER_S};
    for (size_t i = 0; i < COUNT_OF(periods_ns); i++) {
        struct pacer pacer;
        pacer_constant(&pacer, (double)NS_PER_S / (double)periods_ns[i], 0);
        for (uint64_t n = 0; n < 1000; n++) {
            assert_true(distance(pacer_next(&pacer), START_NS + n * periods_ns[i]) <= 1);
            pacer_advance(&pacer);
        }
    }
}

static void after_ten_million_arrivals_nothing_has_drifted(void **state)
{
    (void)state;
    struct pacer pacer;
    uint64_t last_ns = 0;
    pacer_constant(&pacer, 30000, 0); /* a period that no double has exactly */
    for (uint64_t n = 0; n < 10000000; n++)
        pacer_advance(&pacer);
    assert_true(distance(pacer_next(&pacer), START_NS + 333333333333ull) <= 1);
    pacer_constant(&pacer, 1e6, 0);
    for (uint64_t n = 0; n < 10000000; n++) {
        uint64_t next_ns = pacer_next(&pacer);
        assert_true(next_ns > last_ns);
        last_ns = next_ns;
        pacer_advance(&pacer);
    }
    assert_true(distance(pacer_next(&pacer), START_NS + 10 * NS_PER_S) <= 1);
}

/* With rate r and ramp T the nth arrival is at sqrt(2nT/r) within the ramp, which has rT/2 of them,
 * and then one follows every 1/r. */
static void a_ramp_has_half_the_arrivals_and_then_the_full_rate(void **state)
{
    (void)state;
    struct pacer pacer;
    pacer_constant(&pacer, 100, 2 * NS_PER_S);
    uint64_t last_gap_ns = 0, last_ns = pacer_next(&pacer);
    assert_int_equal(last_ns, START_NS);
    pacer_advance(&pacer);
    for (int n = 1; n < 300; n++) {
        uint64_t next_ns = pacer_next(&pacer);
        double expected_s = n <= 100 ? sqrt(2.0 * n * 2 / 100) : 2 + (n - 100) / 100.0;
        assert_true(fabs((double)(next_ns - START_NS) / 1e9 - expected_s) < 1e-8);
        assert_true(n == 1 || next_ns - last_ns <= last_gap_ns + 2); /* rounded down */
        last_gap_ns = next_ns - last_ns;
        last_ns = next_ns;
        pacer_advance(&pacer);
    }
    assert_true(distance(last_gap_ns, 10 * NS_PER_MS) <= 1);
}

static void the_shares_of_several_takers_interleave_to_the_whole_schedule(void **state)
{
    (void)state;
    static const unsigned counts[] = {1, 2, 3, 7, 64};
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        struct pacer whole, shares[64];
        pacer_constant(&whole, 1234.5, NS_PER_S);
        for (unsigned share = 0; share < counts[i]; share++)
            pacer_init(&shares[share], ARRIVAL_CONSTANT, 1234.5, NS_PER_S, START_NS, share,
                       counts[i], 1);
        for (unsigned n = 0; n < 5000; n++) {
            struct pacer *share = &shares[n % counts[i]];
            assert_int_equal(pacer_next(share), pacer_next(&whole));
            pacer_advance(share);
            pacer_advance(&whole);
        }
    }
}

static void what_is_skipped_is_what_would_have_been_walked_over(void **state)
{
    (void)state;
    static const struct {
        enum arrival arrival;
        double rate;
        uint64_t ramp_ns, until_ns, most;
    } cases[] = {
        {ARRIVAL_CONSTANT, 1000, 0, NS_PER_S, UINT64_MAX},
        {ARRIVAL_CONSTANT, 1000, 0, NS_PER_S + 1, UINT64_MAX},
        {ARRIVAL_CONSTANT, 1000, 0, NS_PER_S, 77},
        {ARRIVAL_CONSTANT, 1000, 0, 0, UINT64_MAX},
        {ARRIVAL_CONSTANT, 30000, 0, 3333333333, UINT64_MAX},
        {ARRIVAL_CONSTANT, 1234.5, 2 * NS_PER_S, NS_PER_S, UINT64_MAX},
        {ARRIVAL_CONSTANT, 1234.5, 2 * NS_PER_S, 5 * NS_PER_S, UINT64_MAX},
        {ARRIVAL_POISSON, 1234.5, 2 * NS_PER_S, 5 * NS_PER_S, UINT64_MAX},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (unsigned share = 0; share < 3; share++) {
            struct pacer jumper, walker;
            pacer_init(&jumper, cases[i].arrival, cases[i].rate, cases[i].ramp_ns, START_NS, share,
                       3, 1);
            walker = jumper;
            uint64_t until_ns = START_NS + cases[i].until_ns, walked = 0;
            for (; walked < cases[i].most && pacer_next(&walker) < until_ns; walked++)
                pacer_advance(&walker);
            assert_int_equal(pacer_skip(&jumper, until_ns, cases[i].most), walked);
            assert_int_equal(pacer_next(&jumper), pacer_next(&walker));
        }
    }
}

static void an_hour_of_a_thousand_million_a_second_is_skipped_at_once(void **state)
{
    (void)state;
    struct pacer pacer;
    pacer_constant(&pacer, 1e9, 0);
    assert_int_equal(pacer_skip(&pacer, START_NS + 3600 * NS_PER_S, UINT64_MAX), 3600000000000ull);
    assert_int_equal(pacer_next(&pacer), START_NS + 3600 * NS_PER_S);
}

static int compare_moments(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* A worker of a shard with T threads has share SHARD + SHARDS * INDEX of SHARDS * T. */
static void shards_with_other_numbers_of_threads_make_up_the_whole_schedule_too(void **state)
{
    (void)state;
    static const unsigned threads[] = {2, 4, 1};
    enum { SHARDS = COUNT_OF(threads), EACH = 400 };
    static uint64_t moments[SHARDS * EACH];
    struct pacer whole, pacer;
    size_t count = 0;
    for (unsigned shard = 0; shard < SHARDS; shard++) {
        for (unsigned i = 0; i < threads[shard]; i++) {
            pacer_init(&pacer, ARRIVAL_CONSTANT, 300, 0, START_NS, shard + SHARDS * i,
                       SHARDS * threads[shard], 1);
            for (unsigned n = 0; n < EACH / threads[shard]; n++, pacer_advance(&pacer))
                moments[count++] = pacer_next(&pacer);
        }
    }
    qsort(moments, count, sizeof *moments, compare_moments);
    pacer_constant(&whole, 300, 0);
    for (size_t n = 0; n < count; n++, pacer_advance(&whole))
        assert_int_equal(moments[n], pacer_next(&whole));
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* The greatest distance between the empirical distribution of N gaps and the exponential one. */
static double kolmogorov_smirnov(double *gaps, int n)
{
    double most = 0;
    qsort(gaps, (size_t)n, sizeof *gaps, compare_doubles);
    for (int i = 0; i < n; i++) {
        double expected = 1 - exp(-gaps[i]);
        most =
            fmax(most, fmax(fabs((double)i / n - expected), fabs((double)(i + 1) / n - expected)));
    }
    return most;
}

#define NUM_GAPS 20000
#define KS_CRITICAL                                                                                \
    (1.949 / sqrt(NUM_GAPS)) /* at a significance of 0.1%, since there are ten seeds */

static void poisson_gaps_are_exponential_by_the_kolmogorov_smirnov_test(void **state)
{
    (void)state;
    static double gaps[NUM_GAPS];
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct pacer pacer;
        double rate = 500, sum = 0;
        pacer_init(&pacer, ARRIVAL_POISSON, rate, 0, START_NS, 0, 1, seed);
        uint64_t last_ns = START_NS;
        for (int i = 0; i < NUM_GAPS; i++) {
            gaps[i] = (double)(pacer_next(&pacer) - last_ns) / 1e9 * rate;
            sum += gaps[i];
            last_ns = pacer_next(&pacer);
            pacer_advance(&pacer);
        }
        assert_true(fabs(sum / NUM_GAPS - 1) < 3.0 / sqrt(NUM_GAPS));
        assert_true(kolmogorov_smirnov(gaps, NUM_GAPS) < KS_CRITICAL);
    }
}

/* With a ramp, the images of the arrivals under the expected count are a process of rate 1. */
static void poisson_arrivals_follow_the_ramp(void **state)
{
    (void)state;
    static double gaps[NUM_GAPS];
    struct pacer pacer;
    double last = 0;
    pacer_init(&pacer, ARRIVAL_POISSON, 1000, 20 * NS_PER_S, START_NS, 0, 1, 3);
    for (int i = 0; i < NUM_GAPS; i++) {
        double t = (double)(pacer_next(&pacer) - START_NS) / 1e9;
        double count = t <= 20 ? 1000 * t * t / 40 : 1000 * (t - 10);
        gaps[i] = count - last;
        last = count;
        pacer_advance(&pacer);
    }
    assert_true(kolmogorov_smirnov(gaps, NUM_GAPS) < KS_CRITICAL);
}

static void the_shares_of_a_poisson_schedule_add_up_to_its_rate(void **state)
{
    (void)state;
    uint64_t count = 0;
    for (unsigned share = 0; share < 4; share++) {
        struct pacer pacer;
        pacer_init(&pacer, ARRIVAL_POISSON, 1000, 0, START_NS, share, 4, 1);
        for (; pacer_next(&pacer) < START_NS + 40 * NS_PER_S; pacer_advance(&pacer))
            count++;
    }
    assert_in_range(count, 40000 - 3 * 200, 40000 + 3 * 200); /* three standard deviations */
}

static void the_same_seed_repeats_and_no_two_streams_are_alike(void **state)
{
    (void)state;
    uint64_t firsts[64];
    size_t count = 0;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        for (unsigned share = 0; share < 8; share++) {
            struct pacer pacer, again;
            pacer_init(&pacer, ARRIVAL_POISSON, 1, 0, START_NS, share, 8, seed);
            pacer_init(&again, ARRIVAL_POISSON, 1, 0, START_NS, share, 8, seed);
            firsts[count] = pacer_next(&pacer);
            for (size_t i = 0; i < count; i++) {
                if (firsts[i] == firsts[count])
                    fail_msg("seed %d, share %u repeats seed %zu, share %zu", (int)seed, share,
                             i / 8 + 1, i % 8);
            }
            count++;
            for (int i = 0; i < 100; i++) {
                assert_int_equal(pacer_next(&pacer), pacer_next(&again));
                pacer_advance(&pacer);
                pacer_advance(&again);
            }
        }
    }
}

static void an_arrival_beyond_all_time_never_comes(void **state)
{
    (void)state;
    struct pacer pacer;
    pacer_constant(&pacer, 1e-12, 0);
    assert_int_equal(pacer_next(&pacer), START_NS);
    pacer_advance(&pacer);
    assert_int_equal(pacer_next(&pacer), UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_constant_schedules_nth_arrival_is_n_periods_after_the_start),
        cmocka_unit_test(after_ten_million_arrivals_nothing_has_drifted),
        cmocka_unit_test(a_ramp_has_half_the_arrivals_and_then_the_full_rate),
        cmocka_unit_test(the_shares_of_several_takers_interleave_to_the_whole_schedule),
        cmocka_unit_test(what_is_skipped_is_what_would_have_been_walked_over),
        cmocka_unit_test(an_hour_of_a_thousand_million_a_second_is_skipped_at_once),
        cmocka_unit_test(shards_with_other_numbers_of_threads_make_up_the_whole_schedule_too),
        cmocka_unit_test(poisson_gaps_are_exponential_by_the_kolmogorov_smirnov_test),
        cmocka_unit_test(poisson_arrivals_follow_the_ramp),
        cmocka_unit_test(the_shares_of_a_poisson_schedule_add_up_to_its_rate),
        cmocka_unit_test(the_same_seed_repeats_and_no_two_streams_are_alike),
        cmocka_unit_test(an_arrival_beyond_all_time_never_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
