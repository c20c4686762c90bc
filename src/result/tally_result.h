/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a merged tally to a result: names in place of codes, rows in place of counters.
 */
#ifndef PINLOAD_RESULT_TALLY_RESULT_H
#define PINLOAD_RESULT_TALLY_RESULT_H

struct result;
struct tally;

/* tally_fill writes what was counted into RESULT; what is per second, is over MEASURED_S. Of a
 * tally that others were merged into. */
void tally_fill(struct tally *tally, struct result *result, double measured_s);

#endif
