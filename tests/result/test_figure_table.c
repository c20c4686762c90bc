/* SPDX-License-Identifier: Apache-2.0 */
#include "result/figure_table.h"

#include "unit.h"

static const struct metric *metric_named(const char *name)
{
    for (size_t i = 0; i < metric_table_len; i++) {
        if (strcmp(metric_table[i].name, name) == 0)
            return &metric_table[i];
    }
    return NULL;
}

/* Those are sums of figures that have a metric. */
static bool is_a_sum(const char *path)
{
    return strcmp(path, "sessions.started") == 0 || strcmp(path, "handshakes.completed") == 0 ||
           strcmp(path, "pins.checked") == 0;
}

static void each_figure_has_a_metric_or_is_a_sum(void **state)
{
    (void)state;
    for (size_t i = 0; i < figure_table_len; i++) {
        const struct figure *figure = &figure_table[i];
        if (figure->metric == NULL && is_a_sum(figure->path))
            continue;
        if (figure->metric == NULL || metric_named(figure->metric) == NULL)
            fail_msg("%s has no metric", figure->path);
    }
}

static void each_metric_has_a_figure(void **state)
{
    (void)state;
    for (size_t i = 0; i < metric_table_len; i++) {
        size_t num = 0;
        for (size_t k = 0; k < figure_table_len; k++)
            num += figure_table[k].metric != NULL &&
                   strcmp(figure_table[k].metric, metric_table[i].name) == 0;
        if (num == 0 || (num > 1 && metric_table[i].label == NULL))
            fail_msg("%s has %zu figures", metric_table[i].name, num);
    }
}

/* Figures that share a metric are distinguished by its label. */
static void what_has_a_label_has_its_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < figure_table_len; i++) {
        const struct figure *figure = &figure_table[i];
        if (figure->metric == NULL || figure->label == NULL)
            continue;
        assert_non_null(metric_named(figure->metric)->label);
        for (size_t k = 0; k < i; k++) {
            if (figure_table[k].metric != NULL && figure_table[k].label != NULL &&
                strcmp(figure_table[k].metric, figure->metric) == 0)
                assert_string_not_equal(figure_table[k].label, figure->label);
        }
    }
}

static void each_place_and_path_is_one_figures(void **state)
{
    (void)state;
    for (size_t i = 0; i < figure_table_len; i++) {
        assert_true(strlen(figure_table[i].path) < FIGURE_PATH_LEN);
        assert_true(strlen(figure_table[i].meaning) > 0);
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(figure_table[i].offset, figure_table[k].offset);
            assert_string_not_equal(figure_table[i].path, figure_table[k].path);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_figure_has_a_metric_or_is_a_sum),
        cmocka_unit_test(each_metric_has_a_figure),
        cmocka_unit_test(what_has_a_label_has_its_value),
        cmocka_unit_test(each_place_and_path_is_one_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
