/* SPDX-License-Identifier: Apache-2.0 */
/* The summary's matrix of whose tickets the addresses of a host take. */
#ifndef PINLOAD_REPORT_TEXT_REPORT_TEXT_TICKETS_H
#define PINLOAD_REPORT_TEXT_REPORT_TEXT_TICKETS_H

#include <stdio.h>

struct result;

/* report_text_tickets writes it, an empty line before it: a row for each address that issued tickets,
 * a column for each that was offered them. Nothing where addresses took no turns. */
void report_text_tickets(FILE *out, const struct result *r);

#endif
