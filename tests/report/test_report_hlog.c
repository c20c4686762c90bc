/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats/report_hlog.h"

#include "report/golden.h"
#include "report/samples.h"
#include "unit.h"

static void a_typical_run_is_a_log_of_its_latencies(void **state)
{
    (void)state;
    golden_check("typical.hlog", report_hlog, sample_typical());
}

static void an_empty_run_is_a_log_of_its_latencies(void **state)
{
    (void)state;
    golden_check("empty.hlog", report_hlog, sample_empty());
}

static void an_interrupted_run_is_a_log_of_its_latencies(void **state)
{
    (void)state;
    golden_check("interrupted.hlog", report_hlog, sample_interrupted());
}

static void a_failing_run_is_a_log_of_its_latencies(void **state)
{
    (void)state;
    golden_check("failing.hlog", report_hlog, sample_failing());
}

static void a_full_disk_is_noticed(void **state)
{
    (void)state;
    struct result *result = sample_typical();
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    setvbuf(full, NULL, _IONBF, 0);
    assert_false(report_hlog(full, result));
    fclose(full);
    result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_typical_run_is_a_log_of_its_latencies),
        cmocka_unit_test(an_empty_run_is_a_log_of_its_latencies),
        cmocka_unit_test(an_interrupted_run_is_a_log_of_its_latencies),
        cmocka_unit_test(a_failing_run_is_a_log_of_its_latencies),
        cmocka_unit_test(a_full_disk_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
