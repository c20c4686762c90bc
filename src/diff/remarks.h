/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tells two sides apart beside their figures, and may be the reason for a difference: versions,
 * what was negotiated, a generator that was at its limit.
 */
#ifndef PINLOAD_DIFF_REMARKS_H
#define PINLOAD_DIFF_REMARKS_H

struct diff_result;

/* diff_remarks_fill adds a sentence to DIFF for each. */
void diff_remarks_fill(struct diff_result *diff);

#endif
