/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reports of pinload pin --check: a table as text, JSON and JUnit XML. They decide nothing.
 */
#ifndef PINLOAD_CLI_PIN_CHECK_REPORTS_H
#define PINLOAD_CLI_PIN_CHECK_REPORTS_H

#include <stdbool.h>
#include <stdio.h>

struct pin_check;

void pin_check_text(FILE *out, const struct pin_check *check);

/* False: it could not be written. */
bool pin_check_json(FILE *out, const struct pin_check *check);
bool pin_check_junit(FILE *out, const struct pin_check *check);

#endif
