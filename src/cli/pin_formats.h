/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pins of certificates in the forms that other programs take (--format of pinload pin).
 */
#ifndef PINLOAD_CLI_PIN_FORMATS_H
#define PINLOAD_CLI_PIN_FORMATS_H

#include <stdio.h>

struct probe;

/* pin_formats_write writes the pins of PROBE's certificates, or of its key, to OUT in the FORMAT
 * okhttp, rfc7469, tlsa, envoy, android or ios. The first three are pin files as well. */
void pin_formats_write(FILE *out, const char *format, const struct probe *probe);

#endif
