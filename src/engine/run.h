/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run: its workers, one thread each, started together, joined, their tallies merged into a
 * result. SIGINT and SIGTERM end it early, with a result, also while workers are being created; the
 * second one ends it at once.
 */
#ifndef PINLOAD_ENGINE_RUN_H
#define PINLOAD_ENGINE_RUN_H

#include "base/error.h"
#include "base/notices.h"
#include "engine/reloader.h"
#include "engine/worker.h"
#include "measure/progress_moment.h"
#include "measure/story.h"
#include "plan/plan.h"
#include "result/result.h"

struct run_hooks {
    /* Called once a second in the calling thread, and a last time at the end; may be NULL. */
    void (*on_progress)(void *arg, const struct progress_moment *moment, bool is_last);
    void *arg;
    struct reload_source reload;    /* if the plan has reloads */
    const struct worker_arms *arms; /* NULL: the plan's own verification */
};

/* run_plan carries out PLAN and returns its result, without verdict, command and report settings;
 * *out_stories gets the first sessions' traces. NULL sets ERR: nothing was sent. */
struct result *run_plan(const struct plan *plan, const struct run_hooks *hooks,
                        struct stories *out_stories, struct error *err);

#endif
