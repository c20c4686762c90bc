/* SPDX-License-Identifier: Apache-2.0 */
/* The header that every test file includes: cmocka, preceded by the headers that it needs. */
#ifndef PINLOAD_TESTS_UNIT_H
#define PINLOAD_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
