/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/digest.h"

#include "measure/latency.h"
#include "unit.h"

#include <math.h>

/* COUNT values around MEDIAN_NS, distributed like latencies: evenly in rank, with a long tail. */
static struct digest *scattered(uint64_t count, double median_ns, size_t most)
{
    struct latency *latency = latency_new(2);
    for (uint64_t i = 0; i < count; i++) {
        double q = ((double)i + 0.5) / (double)count;
        latency_record(latency, (uint64_t)(median_ns * pow(q / (1 - q), 0.25)));
    }
    struct digest *digest = digest_of(latency, most);
    latency_free(latency);
    return digest;
}

static uint64_t count_of(const struct digest *digest)
{
    uint64_t count = 0;
    for (size_t i = 0; i < digest->len; i++)
        count += digest->buckets[i].count;
    return count;
}

static void expect_near(double value, double expected, double share)
{
    if (!(fabs(value / expected - 1) <= share))
        fail_msg("%g is not within %g of %g", value, share, expected);
}

static void nothing_is_null_and_has_no_percentile(void **state)
{
    (void)state;
    struct latency *latency = latency_new(2);
    assert_null(digest_of(latency, DIGEST_SHORT));
    assert_null(digest_merged(NULL, NULL, DIGEST_SHORT));
    assert_true(isnan(digest_percentile(NULL, 50)));
    digest_add_to(NULL, latency);
    assert_int_equal(latency_count(latency), 0);
    latency_free(latency);
}

static void a_few_values_are_kept_as_they_are(void **state)
{
    (void)state;
    struct digest *digest = scattered(20, 3e6, DIGEST_SHORT);
    struct digest *whole = scattered(20, 3e6, DIGEST_WHOLE);
    assert_int_equal(digest->len, whole->len);
    assert_memory_equal(digest->buckets, whole->buckets, whole->len * sizeof *whole->buckets);
    free(digest);
    free(whole);
}

static void a_short_one_is_short_rises_and_knows_its_percentiles(void **state)
{
    (void)state;
    static const double percents[] = {50, 99};
    for (uint64_t count = 100; count <= 1000000; count *= 10) {
        struct digest *whole = scattered(count, 3e6, DIGEST_WHOLE);
        struct digest *digest = scattered(count, 3e6, DIGEST_SHORT);
        assert_true(digest->len <= DIGEST_SHORT);
        assert_int_equal(count_of(digest), count);
        for (size_t i = 1; i < digest->len; i++)
            assert_true(digest->buckets[i - 1].value_ns < digest->buckets[i].value_ns);
        for (size_t i = 0; i < COUNT_OF(percents); i++)
            expect_near(digest_percentile(digest, percents[i]),
                        digest_percentile(whole, percents[i]), 0.02);
        expect_near(digest_percentile(digest, 50), 3e6, 0.012);
        free(digest);
        free(whole);
    }
}

static void those_of_many_threads_have_the_percentiles_of_all(void **state)
{
    (void)state;
    struct digest *sum = NULL, *all = NULL;
    for (int i = 0; i < 16; i++) {
        struct digest *part = scattered(3000, 3e6, DIGEST_SHORT);
        struct digest *whole = scattered(3000, 3e6, DIGEST_WHOLE);
        struct digest *merged = digest_merged(sum, part, DIGEST_SHORT);
        struct digest *merged_whole = digest_merged(all, whole, DIGEST_WHOLE);
        free(sum), free(all), free(part), free(whole);
        sum = merged, all = merged_whole;
    }
    assert_true(sum->len <= DIGEST_SHORT);
    assert_int_equal(count_of(sum), 48000);
    expect_near(digest_percentile(sum, 50), digest_percentile(all, 50), 0.02);
    expect_near(digest_percentile(sum, 99), digest_percentile(all, 99), 0.03);
    free(sum);
    free(all);
}

static void a_whole_one_gives_a_distribution_back(void **state)
{
    (void)state;
    struct digest *whole = scattered(5000, 3e6, DIGEST_WHOLE);
    struct latency *latency = latency_new(2);
    digest_add_to(whole, latency);
    struct digest *again = digest_of(latency, DIGEST_WHOLE);
    assert_int_equal(again->len, whole->len);
    assert_memory_equal(again->buckets, whole->buckets, whole->len * sizeof *whole->buckets);
    free(whole);
    free(again);
    latency_free(latency);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_null_and_has_no_percentile),
        cmocka_unit_test(a_few_values_are_kept_as_they_are),
        cmocka_unit_test(a_short_one_is_short_rises_and_knows_its_percentiles),
        cmocka_unit_test(those_of_many_threads_have_the_percentiles_of_all),
        cmocka_unit_test(a_whole_one_gives_a_distribution_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
