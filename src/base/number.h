/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Minimum and maximum of two whole numbers, for which C has no function.
 */
#ifndef PINLOAD_BASE_NUMBER_H
#define PINLOAD_BASE_NUMBER_H

#include <stdint.h>

static inline uint64_t number_min(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static inline uint64_t number_max(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

#endif
