/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identities and trust anchors that change while a run goes on: a thread that waits for SIGHUP, for
 * changed files or for an interval, reads everything again, and puts it in force for all workers at
 * one moment. A set that cannot be used leaves the one before in force, and is told. It keeps what
 * each identity's certificates were, for the report.
 */
#ifndef PINLOAD_ENGINE_RELOADER_H
#define PINLOAD_ENGINE_RELOADER_H

#include "base/buffer.h"
#include "base/error.h"
#include "engine/revision.h"

#include <stdbool.h>

struct plan;
struct reloader;
struct result;

/* What was read again. */
struct reloaded {
    struct identity_set *identities;
    struct buffer anchors; /* the content of the plan's cacert, if it has one */
};

/* How to read the files again, in the reloader's thread. */
struct reload_source {
    bool (*read)(void *arg, struct reloaded *out, struct error *err);
    void *arg;
};

/* reloader_new prepares the reloads of PLAN, with a desk for each of its threads. NULL sets ERR. */
struct reloader *reloader_new(const struct plan *plan, const struct reload_source *source,
                              struct error *err);
struct revision_desk *reloader_desk(struct reloader *reloader, unsigned thread);

/* reloader_start starts the thread, at START_NS of the run; reloader_stop ends it, and waits for
 * it. */
bool reloader_start(struct reloader *reloader, uint64_t start_ns, struct error *err);
void reloader_stop(struct reloader *reloader);

/* reloader_fill adds the generations of each identity, and the reloads, to RESULT. */
void reloader_fill(const struct reloader *reloader, struct result *result);
void reloader_free(struct reloader *reloader);

#endif
