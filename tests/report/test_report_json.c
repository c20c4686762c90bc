/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json/report_json.h"

#include "base/memory.h"
#include "report/golden.h"
#include "report/html/report_html.h"
#include "report/samples.h"
#include "unit.h"

static void a_typical_run_is_json(void **state)
{
    (void)state;
    golden_check("typical.json", report_json, sample_typical());
}

static void an_empty_run_is_json_without_figures(void **state)
{
    (void)state;
    golden_check("empty.json", report_json, sample_empty());
}

static void an_interrupted_run_is_json(void **state)
{
    (void)state;
    golden_check("interrupted.json", report_json, sample_interrupted());
}

static void a_failing_run_is_json_with_any_bytes_in_its_names(void **state)
{
    (void)state;
    golden_check("failing.json", report_json, sample_failing());
}

static void a_full_disk_is_noticed(void **state)
{
    (void)state;
    struct result *result = sample_typical();
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    setvbuf(full, NULL, _IONBF, 0);
    assert_false(report_json(full, result));
    fclose(full);
    result_free(result);
}

static void the_page_hides_what_changes_the_direction_of_its_text(void **state)
{
    (void)state;
    struct result *result = sample_typical();
    free(result->url);
    result->url = memory_text("https://a\xc2\x9b\xe2\x80\xae\xe2\x81\xa6z/");
    char *page = golden_capture(report_html, result);
    assert_non_null(strstr(page, "\"url\":\"https://a???z/\""));
    assert_null(strstr(page, "\xe2\x80\xae"));
    free(page);
    result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_typical_run_is_json),
        cmocka_unit_test(an_empty_run_is_json_without_figures),
        cmocka_unit_test(an_interrupted_run_is_json),
        cmocka_unit_test(a_failing_run_is_json_with_any_bytes_in_its_names),
        cmocka_unit_test(the_page_hides_what_changes_the_direction_of_its_text),
        cmocka_unit_test(a_full_disk_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
