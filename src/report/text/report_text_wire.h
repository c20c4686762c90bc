/* SPDX-License-Identifier: Apache-2.0 */
/* The summary's table of what handshakes were on the wire. */
#ifndef PINLOAD_REPORT_TEXT_REPORT_TEXT_WIRE_H
#define PINLOAD_REPORT_TEXT_REPORT_TEXT_WIRE_H

#include <stdio.h>

struct result;

/* report_text_wire writes the table, an empty line before it: the median of full and of resumed
 * handshakes, and the most where that is more. Nothing where no handshake completed. */
void report_text_wire(FILE *out, const struct result *r);

#endif
