/* SPDX-License-Identifier: Apache-2.0 */
/* Synthetic results for the tests of reports. The caller frees them. */
#ifndef PINLOAD_TESTS_REPORT_SAMPLES_H
#define PINLOAD_TESTS_REPORT_SAMPLES_H

#include "result/result.h"

/* sample_typical: a closed loop of ten seconds in which everything went well. */
struct result *sample_typical(void);

/* sample_empty: a run that was ended before anything started. */
struct result *sample_empty(void);

/* sample_interrupted: an open loop with warm-up, resumption and early data, ended by Ctrl-C. */
struct result *sample_interrupted(void);

/* sample_failing: several failures and violations, names that need escaping, verify none. */
struct result *sample_failing(void);

/* sample_crowded: 30 identities, of which two are not as expected. */
struct result *sample_crowded(void);

/* sample_kept: 8 sessions of two identities, kept alive until the run ended. */
struct result *sample_kept(void);

#endif
