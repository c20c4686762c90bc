/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/latency.h"

#include "unit.h"

#include <math.h>

#define HOUR_NS (3600ull * 1000000000ull)

static void assert_near(double actual, double expected, double relative)
{
    if (fabs(actual - expected) > expected * relative)
        fail_msg("%f is not within %f of %f", actual, relative, expected);
}

static struct latency *filled(int digits)
{
    struct latency *latency = latency_new(digits);
    for (uint64_t us = 1; us <= 1000; us++)
        latency_record(latency, us * 1000);
    return latency;
}

static void an_empty_distribution_has_no_values(void **state)
{
    (void)state;
    struct latency *latency = latency_new(3);
    struct latency_summary summary;
    latency_summarize(latency, &summary);
    assert_int_equal(summary.count, 0);
    assert_int_equal(summary.clamped, 0);
    assert_true(summary.min == 0 && summary.max == 0 && summary.mean == 0 && summary.stdev == 0);
    assert_true(summary.p50 == 0 && summary.p999 == 0);
    assert_true(latency_percentile(latency, 50) == 0);
    latency_free(latency);
    latency_free(NULL);
}

static void percentiles_are_those_of_the_values_within_the_digits(void **state)
{
    (void)state;
    static const double relative[] = {0, 0.1, 0.01, 0.001};
    for (int digits = 1; digits <= 3; digits++) {
        struct latency *latency = filled(digits);
        struct latency_summary summary;
        latency_summarize(latency, &summary);
        assert_int_equal(summary.count, 1000);
        assert_true(summary.min > 500 && summary.min <= 1000);
        assert_near(summary.max, 1000000, relative[digits]);
        assert_near(summary.mean, 500500, relative[digits]);
        assert_near(summary.stdev, 288675, relative[digits]);
        assert_near(summary.p50, 500000, relative[digits]);
        assert_near(summary.p75, 750000, relative[digits]);
        assert_near(summary.p90, 900000, relative[digits]);
        assert_near(summary.p95, 950000, relative[digits]);
        assert_near(summary.p99, 990000, relative[digits]);
        assert_near(summary.p999, 999000, relative[digits]);
        assert_near(latency_percentile(latency, 100), 1000000, relative[digits]);
        assert_true(latency_percentile(latency, 99.9) == summary.p999);
        latency_free(latency);
    }
}

static void a_percentile_is_the_least_value_with_that_share_at_or_below_it(void **state)
{
    (void)state;
    struct latency *latency = latency_new(3);
    for (uint64_t ns = 1; ns <= 1000; ns++)
        latency_record(latency, ns);
    static const struct {
        double percent, value_ns;
    } table[] = {
        {0, 1}, {0.1, 1}, {0.11, 2}, {50, 500}, {50.05, 501}, {99, 990}, {99.9, 999}, {100, 1000},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++)
        assert_true(latency_percentile(latency, table[i].percent) == table[i].value_ns);
    latency_free(latency);
}

static void no_percentile_is_beyond_the_extremes(void **state)
{
    (void)state;
    for (int digits = 1; digits <= 3; digits++) {
        struct latency *latency = latency_new(digits);
        latency_record(latency, 33123457);
        struct latency_summary summary;
        latency_summarize(latency, &summary);
        assert_true(summary.min <= summary.p50 && summary.p50 <= summary.max);
        assert_true(summary.p999 <= summary.max);
        assert_true(summary.min <= summary.mean && summary.mean <= summary.max);
        assert_true(summary.stdev == 0);
        latency_free(latency);
    }
}

static void a_value_beyond_the_range_is_clamped_and_counted(void **state)
{
    (void)state;
    struct latency *latency = latency_new(3);
    latency_record(latency, HOUR_NS);
    latency_record(latency, HOUR_NS + 1);
    latency_record(latency, UINT64_MAX);
    struct latency_summary summary;
    latency_summarize(latency, &summary);
    assert_int_equal(summary.count, 3);
    assert_int_equal(summary.clamped, 2);
    assert_near(summary.max, (double)HOUR_NS, 0.001);
    assert_near(summary.min, (double)HOUR_NS, 0.001);
    latency_free(latency);
}

static void a_coarse_distribution_begins_at_a_microsecond(void **state)
{
    (void)state;
    struct latency *latency = latency_new(1);
    latency_record(latency, 999);
    latency_record(latency, 1000);
    struct latency_summary summary;
    latency_summarize(latency, &summary);
    assert_int_equal(summary.count, 2);
    assert_int_equal(summary.clamped, 1);
    assert_near(summary.max, 1000, 0.03);
    latency_free(latency);
}

static void zero_is_a_value_of_a_fine_distribution(void **state)
{
    (void)state;
    struct latency *latency = latency_new(3);
    latency_record(latency, 0);
    latency_record(latency, 7);
    struct latency_summary summary;
    latency_summarize(latency, &summary);
    assert_int_equal(summary.count, 2);
    assert_int_equal(summary.clamped, 0);
    assert_true(summary.min == 0 && summary.p50 == 0 && summary.max == 7 && summary.mean == 3.5);
    latency_free(latency);
}

static void a_reset_empties(void **state)
{
    (void)state;
    struct latency *latency = filled(3);
    latency_record(latency, UINT64_MAX);
    latency_reset(latency);
    struct latency_summary summary;
    latency_summarize(latency, &summary);
    assert_int_equal(summary.count, 0);
    assert_int_equal(summary.clamped, 0);
    latency_free(latency);
}

static void merging_adds_the_values_and_the_clamped(void **state)
{
    (void)state;
    struct latency *one = filled(3), *other = filled(3), *both = filled(3);
    for (uint64_t us = 1; us <= 1000; us++)
        latency_record(both, us * 1000);
    latency_record(other, UINT64_MAX);
    latency_record(both, UINT64_MAX);
    latency_merge(one, other);
    latency_merge(one, NULL);
    struct latency_summary merged, expected;
    latency_summarize(one, &merged);
    latency_summarize(both, &expected);
    assert_memory_equal(&merged, &expected, sizeof merged);
    latency_free(one);
    latency_free(other);
    latency_free(both);
}

static void merging_keeps_the_precision_of_the_coarser(void **state)
{
    (void)state;
    static const double relative[] = {0, 0.1, 0.01, 0.001};
    for (int to = 1; to <= 3; to++) {
        for (int from = 1; from <= 3; from++) {
            struct latency *latency = latency_new(to), *source = filled(from);
            latency_merge(latency, source);
            assert_int_equal(latency_count(latency), 1000);
            double within = relative[to < from ? to : from] * 2;
            assert_near(latency_percentile(latency, 50), 500000, within);
            assert_near(latency_percentile(latency, 99), 990000, within);
            latency_free(latency);
            latency_free(source);
        }
    }
}

static void add_up(void *arg, double value_ns, uint64_t count)
{
    double *sums = arg;
    assert_true(value_ns > sums[2]);
    sums[0] += (double)count;
    sums[1] += value_ns * (double)count;
    sums[2] = value_ns;
}

static void each_bucket_is_visited_once_rising(void **state)
{
    (void)state;
    struct latency *latency = filled(3);
    double sums[3] = {0};
    latency_each(latency, add_up, sums);
    assert_true(sums[0] == 1000);
    assert_near(sums[1], 500500.0 * 1000, 0.001);
    latency_free(latency);
}

static void encoding_and_decoding_keep_all_that_is_reported(void **state)
{
    (void)state;
    for (int digits = 1; digits <= 3; digits++) {
        struct latency *latency = filled(digits);
        latency_record(latency, 0);
        latency_record(latency, UINT64_MAX);
        struct latency_summary before, after;
        latency_summarize(latency, &before);
        char *text = latency_encode(latency);
        struct latency *decoded = latency_decode(text, before.clamped);
        assert_non_null(decoded);
        latency_summarize(decoded, &after);
        assert_memory_equal(&before, &after, sizeof before);
        char *again = latency_encode(decoded);
        assert_string_equal(text, again);
        free(text);
        free(again);
        latency_free(latency);
        latency_free(decoded);
    }
}

static void an_empty_distribution_can_be_encoded(void **state)
{
    (void)state;
    struct latency *latency = latency_new(3);
    char *text = latency_encode(latency);
    struct latency *decoded = latency_decode(text, 0);
    assert_non_null(decoded);
    assert_int_equal(latency_count(decoded), 0);
    free(text);
    latency_free(latency);
    latency_free(decoded);
}

static void what_is_no_encoded_distribution_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "A",
        "AAAA",
        "====",
        "AA=A",
        "AAAAAAAAAAAAAAAAAAAA",
        "not base64 at all!",
        /* good heads, with a body that is too long or no zlib stream */
        "HISTFP////8=",
        "HISTFAAAAAQAAAAA",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_null(latency_decode(texts[i], 0));
}

/* So that merging any number of files does not overflow. */
static void a_distribution_of_too_many_values_is_refused(void **state)
{
    (void)state;
    for (int above = 0; above < 2; above++) {
        struct latency *latency = latency_new(2);
        latency_add(latency, 1000, ((uint64_t)1 << 53) + (uint64_t)above);
        char *text = latency_encode(latency);
        struct latency *decoded = latency_decode(text, 0);
        assert_int_equal(decoded == NULL, above);
        latency_free(decoded);
        free(text);
        latency_free(latency);
    }
}

/* With each single character changed, it either is rejected or changes nothing out of bounds. */
static void a_damaged_text_never_gets_through_unnoticed(void **state)
{
    (void)state;
    struct latency *latency = filled(2);
    char *text = latency_encode(latency);
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        char kept = text[i];
        text[i] = kept == 'A' ? 'B' : 'A';
        struct latency *decoded = latency_decode(text, 0);
        if (decoded != NULL)
            assert_int_equal(latency_count(decoded), 1000);
        latency_free(decoded);
        text[i] = kept;
        if (i > 0 && i % 4 == 0) {
            char *part = strndup(text, i);
            assert_null(latency_decode(part, 0));
            free(part);
        }
    }
    free(text);
    latency_free(latency);
}

static void a_log_has_a_head_and_a_line_for_each_entry(void **state)
{
    (void)state;
    struct latency *latency = filled(3);
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    latency_log_begin(file, 1700000000250000000ull);
    assert_true(latency_log_entry(file, latency, "connect", 0, 10.5));
    fclose(file);
    char *encoded = latency_encode(latency);
    assert_non_null(strstr(text, "#[Histogram log format version 1.2]\n"));
    assert_non_null(strstr(text, "#[StartTime: 1700000000.250 (seconds since epoch)"));
    assert_non_null(strstr(text, "\nTag=connect,0.000,10.500,1000447.0,"));
    assert_non_null(strstr(text, encoded));
    free(encoded);
    free(text);
    latency_free(latency);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_distribution_has_no_values),
        cmocka_unit_test(percentiles_are_those_of_the_values_within_the_digits),
        cmocka_unit_test(a_percentile_is_the_least_value_with_that_share_at_or_below_it),
        cmocka_unit_test(no_percentile_is_beyond_the_extremes),
        cmocka_unit_test(a_value_beyond_the_range_is_clamped_and_counted),
        cmocka_unit_test(a_coarse_distribution_begins_at_a_microsecond),
        cmocka_unit_test(zero_is_a_value_of_a_fine_distribution),
        cmocka_unit_test(a_reset_empties),
        cmocka_unit_test(merging_adds_the_values_and_the_clamped),
        cmocka_unit_test(merging_keeps_the_precision_of_the_coarser),
        cmocka_unit_test(each_bucket_is_visited_once_rising),
        cmocka_unit_test(encoding_and_decoding_keep_all_that_is_reported),
        cmocka_unit_test(an_empty_distribution_can_be_encoded),
        cmocka_unit_test(what_is_no_encoded_distribution_is_refused),
        cmocka_unit_test(a_distribution_of_too_many_values_is_refused),
        cmocka_unit_test(a_damaged_text_never_gets_through_unnoticed),
        cmocka_unit_test(a_log_has_a_head_and_a_line_for_each_entry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
