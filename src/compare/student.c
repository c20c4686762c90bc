/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/student.h"

#include <math.h>

#define MOST_TERMS 500
#define PRECISION 1e-14

/* The continued fraction of the incomplete beta function, from its front by Lentz's method. */
static double beta_fraction(double x, double a, double b)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double value = d;
    for (int m = 1; m < MOST_TERMS; m++) {
        const double terms[] = {m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                                -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))};
        double change = 1;
        for (int i = 0; i < 2; i++) {
            d = 1 + terms[i] * d;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = 1 + terms[i] / c;
            c = fabs(c) < tiny ? tiny : c;
            change = c * d;
            value *= change;
        }
        if (fabs(change - 1) < PRECISION)
            break;
    }
    return value;
}

/* I_x(a, b); where the fraction would be slow, by that of the other side. */
static double incomplete_beta(double x, double a, double b)
{
    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(x, a, b) / a;
    return 1 - front * beta_fraction(1 - x, b, a) / b;
}

double student_tail(double t, double df)
{
    if (isinf(t))
        return t > 0 ? 0 : 1;
    double upper = incomplete_beta(df / (df + t * t), df / 2, 0.5) / 2;
    return t >= 0 ? upper : 1 - upper;
}

double student_quantile(double tail, double df)
{
    double low = 0, high = 1;
    while (student_tail(high, df) > tail && high < 1e15)
        high *= 2;
    for (int i = 0; i < 200 && high - low > 1e-13 * high; i++) {
        double middle = (low + high) / 2;
        if (student_tail(middle, df) > tail)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}
