/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Student's distribution, whose tails are what few values know of their own spread. Pure functions;
 * degrees of freedom need not be whole.
 */
#ifndef PINLOAD_COMPARE_STUDENT_H
#define PINLOAD_COMPARE_STUDENT_H

/* student_tail returns the probability that a variate with DF degrees of freedom (over 0) is above
 * T, by the incomplete beta function's continued fraction (Abramowitz and Stegun, 26.5.8, 26.7.1). */
double student_tail(double t, double df);

/* student_quantile returns the value that is exceeded with probability TAIL (over 0, to 0.5). */
double student_quantile(double tail, double df);

#endif
