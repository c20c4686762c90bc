/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the identities and trust anchors of a plan again, from the options that it was built from.
 */
#ifndef PINLOAD_CLI_PLAN_RELOAD_H
#define PINLOAD_CLI_PLAN_RELOAD_H

#include "base/error.h"
#include "engine/reloader.h"

#include <stdbool.h>

struct options;
struct plan;

/* Both outlive the run. */
struct plan_reload {
    const struct options *options;
    const struct plan *plan;
};

/* plan_reload_read is the read function of a reload_source, whose argument is a plan_reload. */
bool plan_reload_read(void *arg, struct reloaded *out, struct error *err);

#endif
