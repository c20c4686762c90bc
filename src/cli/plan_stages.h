/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stages of the load as people type them: --stages, and a ramp of --rate or --connections, which is
 * cut into RAMP_ROWS stages so that each has its row in the reports.
 */
#ifndef PINLOAD_CLI_PLAN_STAGES_H
#define PINLOAD_CLI_PLAN_STAGES_H

#include "cli/options.h"
#include "plan/plan.h"

#define RAMP_ROWS 10 /* fewer if they would be shorter than a second */

/* plan_stages_read reads "200x30s,0:400x1m" or "10cx30s,10:500cx1m". */
bool plan_stages_read(struct stages *out, const char *text, struct error *err);

/* plan_build_stages sets the stages of PLAN, its duration, and its highest rate or most connections.
 * What does not go together with stages is an error. Without stages it does nothing. */
bool plan_build_stages(struct plan *plan, const struct options *options, struct error *err);

/* plan_stages_text writes the stages as --stages takes them, to be freed; NULL: there are none. */
char *plan_stages_text(const struct plan *plan, const struct options *options);

#endif
