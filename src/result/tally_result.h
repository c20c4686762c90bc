/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a merged tally to a result: names instead of codes, rows instead of counters.
 */
#ifndef PINLOAD_RESULT_TALLY_RESULT_H
#define PINLOAD_RESULT_TALLY_RESULT_H

struct result;
struct tally;

/* tally_fill writes the counts into RESULT; rates are over MEASURED_S. Call it on a tally that
 * others were merged into. */
void tally_fill(struct tally *tally, struct result *result, double measured_s);

#endif
