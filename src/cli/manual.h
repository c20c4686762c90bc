/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The man page, made from the table of options, so that it cannot contradict the parser. `pinload
 * help --man` prints it; the build runs that and installs pinload.1.
 */
#ifndef PINLOAD_CLI_MANUAL_H
#define PINLOAD_CLI_MANUAL_H

#include <stdio.h>

/* manual_print prints pinload(1) in mdoc(7). */
void manual_print(FILE *out);

#endif
