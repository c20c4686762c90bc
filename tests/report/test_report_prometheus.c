/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats/report_prometheus.h"

#include "base/memory.h"
#include "report/golden.h"
#include "report/samples.h"
#include "unit.h"

static void a_typical_run_is_metrics(void **state)
{
    (void)state;
    golden_check("typical.prom", report_prometheus, sample_typical());
}

static void an_empty_run_is_metrics(void **state)
{
    (void)state;
    golden_check("empty.prom", report_prometheus, sample_empty());
}

static void an_interrupted_run_is_metrics(void **state)
{
    (void)state;
    golden_check("interrupted.prom", report_prometheus, sample_interrupted());
}

static void a_failing_run_is_metrics(void **state)
{
    (void)state;
    golden_check("failing.prom", report_prometheus, sample_failing());
}

static void what_a_terminal_would_act_on_is_hidden(void **state)
{
    (void)state;
    struct result *result = sample_typical();
    free(result->identities[0].name);
    result->identities[0].name = memory_text("a\x1b[2J\xc2\x9b\xe2\x80\xaez");
    char *text = golden_capture(report_prometheus, result);
    assert_non_null(strstr(text, "a?[2J??z"));
    assert_null(strchr(text, 0x1b));
    free(text);
    result_free(result);
}

static void a_full_disk_is_noticed(void **state)
{
    (void)state;
    struct result *result = sample_typical();
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    setvbuf(full, NULL, _IONBF, 0);
    assert_false(report_prometheus(full, result));
    fclose(full);
    result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_typical_run_is_metrics),
        cmocka_unit_test(an_empty_run_is_metrics),
        cmocka_unit_test(an_interrupted_run_is_metrics),
        cmocka_unit_test(a_failing_run_is_metrics),
        cmocka_unit_test(what_a_terminal_would_act_on_is_hidden),
        cmocka_unit_test(a_full_disk_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
