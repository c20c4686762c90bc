/* SPDX-License-Identifier: Apache-2.0 */
#include "find/edge.h"

#include "unit.h"

#include <math.h>

static double width(const struct edge *edge)
{
    return edge_quantile(edge, 0.975) / edge_quantile(edge, 0.025) - 1;
}

static void at_first_every_rate_is_as_likely(void **state)
{
    (void)state;
    struct edge *edge = edge_new(100, 400, 0.002);
    assert_float_equal(edge_quantile(edge, 0.5), 200, 1);
    assert_float_equal(edge_quantile(edge, 0.025), 100 * pow(4, 0.025), 1);
    assert_float_equal(edge_quantile(edge, 0.975), 100 * pow(4, 0.975), 1);
    edge_free(edge);
}

static void stages_that_hold_raise_it_and_stages_that_break_lower_it(void **state)
{
    (void)state;
    struct edge *edge = edge_new(100, 400, 0.002);
    edge_learn(edge, 200, true, 1);
    double raised = edge_quantile(edge, 0.5);
    assert_true(raised > 220);
    edge_learn(edge, 300, false, 1);
    assert_true(edge_quantile(edge, 0.5) < raised);
    assert_in_range((long)edge_quantile(edge, 0.5), 210, 290);
    edge_free(edge);
}

static void one_accident_does_not_outweigh_many_stages(void **state)
{
    (void)state;
    struct edge *edge = edge_new(100, 400, 0.002);
    for (int i = 0; i < 6; i++) {
        edge_learn(edge, 250, true, 1);
        edge_learn(edge, 260, false, 1);
    }
    edge_learn(edge, 150, false, 1);
    assert_true(edge_quantile(edge, 0.5) > 245 && edge_quantile(edge, 0.5) < 265);
    assert_true(width(edge) < 0.1);
    edge_free(edge);
}

/* What breaks a stage now and then is likely in a long one, which therefore says less. */
static void a_long_stage_that_breaks_says_less(void **state)
{
    (void)state;
    double middle[2];
    for (int i = 0; i < 2; i++) {
        struct edge *edge = edge_new(100, 400, 0.002);
        edge_learn(edge, 250, true, 1);
        edge_learn(edge, 252, true, 1);
        edge_learn(edge, 240, false, i == 0 ? 1 : 20);
        middle[i] = edge_quantile(edge, 0.5);
        edge_free(edge);
    }
    assert_true(middle[1] > middle[0]);
}

static void a_hint_is_forgotten_where_stages_say_otherwise(void **state)
{
    (void)state;
    struct edge *edge = edge_new(100, 400, 0.002);
    edge_hint(edge, 200);
    assert_float_equal(edge_quantile(edge, 0.5), 200, 5);
    for (int i = 0; i < 3; i++) {
        edge_learn(edge, 300, true, 1);
        edge_learn(edge, 310, false, 1);
    }
    assert_true(edge_quantile(edge, 0.5) > 295 && edge_quantile(edge, 0.5) < 315);
    edge_free(edge);
}

static void the_most_telling_stage_is_where_the_edge_may_be(void **state)
{
    (void)state;
    struct edge *edge = edge_new(100, 400, 0.002);
    for (int i = 0; i < 3; i++) {
        edge_learn(edge, 250, true, 1);
        edge_learn(edge, 270, false, 1);
    }
    double rate = edge_telling(edge, 1e6);
    assert_true(rate > 240 && rate < 280);
    assert_true(edge_telling(edge, 200) == 200);
    edge_free(edge);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_first_every_rate_is_as_likely),
        cmocka_unit_test(stages_that_hold_raise_it_and_stages_that_break_lower_it),
        cmocka_unit_test(one_accident_does_not_outweigh_many_stages),
        cmocka_unit_test(a_long_stage_that_breaks_says_less),
        cmocka_unit_test(a_hint_is_forgotten_where_stages_say_otherwise),
        cmocka_unit_test(the_most_telling_stage_is_where_the_edge_may_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
