/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes a run read its identities again: SIGHUP, a changed file in one of some directories, or
 * time. One descriptor that becomes readable.
 */
#ifndef PINLOAD_ENGINE_RELOAD_TRIGGER_H
#define PINLOAD_ENGINE_RELOAD_TRIGGER_H

#include "base/error.h"
#include "plan/reload.h"

#include <stdbool.h>

struct reload_trigger {
    enum reload_kind kind;
    int fd;
};

/* reload_trigger_init opens the descriptor of RELOAD. SIGHUP must be blocked. False sets ERR. */
bool reload_trigger_init(struct reload_trigger *trigger, const struct reload *reload,
                         struct error *err);
void reload_trigger_cleanup(struct reload_trigger *trigger);

/* reload_trigger_read reads what made the descriptor readable. Of changed files it waits until they
 * have been quiet for a moment, or STOP_FD is readable: several that change are one change. */
bool reload_trigger_read(struct reload_trigger *trigger, int stop_fd);

#endif
