/* SPDX-License-Identifier: Apache-2.0 */
/* Student's distribution against tables (Abramowitz and Stegun, table 26.10; NIST). */
#include "compare/student.h"
#include "unit.h"

#include <math.h>

static void assert_near(double value, double expected, double within)
{
    if (!(fabs(value - expected) <= within))
        fail_msg("%.10g is not %.10g", value, expected);
}

static void quantiles_are_those_of_the_tables(void **state)
{
    (void)state;
    static const struct {
        double tail, df, t;
    } rows[] = {
        {0.25, 1, 1},          {0.025, 1, 12.706}, {0.0005, 1, 636.619}, {0.025, 2, 4.303},
        {0.0005, 2, 31.599},   {0.05, 5, 2.015},   {0.025, 10, 2.228},   {0.0005, 10, 4.587},
        {0.025, 19, 2.093},    {0.005, 30, 2.750}, {0.025, 120, 1.980},  {0.0005, 120, 3.373},
        {0.025, 1e7, 1.95996},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_near(student_quantile(rows[i].tail, rows[i].df), rows[i].t,
                    rows[i].t > 100 ? 0.001 : 0.0006);
}

static void a_tail_is_what_its_quantile_leaves(void **state)
{
    (void)state;
    static const double dfs[] = {0.7, 1, 2.5, 4, 11.3, 40, 1000};
    for (size_t i = 0; i < COUNT_OF(dfs); i++) {
        for (double tail = 0.4; tail > 1e-9; tail /= 7)
            assert_near(student_tail(student_quantile(tail, dfs[i]), dfs[i]) / tail, 1, 1e-6);
    }
}

static void the_tails_are_alike_and_the_ends_are_nothing(void **state)
{
    (void)state;
    assert_near(student_tail(0, 3), 0.5, 1e-12);
    assert_near(student_tail(-1.5, 3) + student_tail(1.5, 3), 1, 1e-12);
    assert_true(student_tail(INFINITY, 3) == 0);
    assert_true(student_tail(-INFINITY, 3) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_those_of_the_tables),
        cmocka_unit_test(a_tail_is_what_its_quantile_leaves),
        cmocka_unit_test(the_tails_are_alike_and_the_ends_are_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
