/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a run reads its identities and trust anchors again.
 */
#ifndef PINLOAD_PLAN_RELOAD_H
#define PINLOAD_PLAN_RELOAD_H

#include <stddef.h>
#include <stdint.h>

enum reload_kind { RELOAD_NEVER, RELOAD_WATCH, RELOAD_SIGHUP, RELOAD_INTERVAL };

struct reload {
    enum reload_kind kind;
    uint64_t interval_ns;
    char **directories; /* those of the files, to watch */
    size_t num_directories;
};

#endif
