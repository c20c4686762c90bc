/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings of a run as its report shows them: the config of the JSON result.
 */
#ifndef PINLOAD_CLI_PLAN_SETTINGS_H
#define PINLOAD_CLI_PLAN_SETTINGS_H

struct options;
struct plan;
struct result;

/* plan_settings writes PLAN's settings into RESULT, and values of OPTIONS that a plan keeps only by
 * their effect. No password is among them. */
void plan_settings(struct result *result, const struct plan *plan, const struct options *options);

/* plan_settings_empty returns a result without values that has every figure that PLAN's will have. */
struct result *plan_settings_empty(const struct plan *plan, const struct options *options);

#endif
