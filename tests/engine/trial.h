/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run in a test: a plan with sensible small values, carried out by run_plan. The counts of
 * every trial add up, and each of its loops ends empty (uv_loop_close() == 0).
 */
#ifndef PINLOAD_TESTS_LOAD_TRIAL_H
#define PINLOAD_TESTS_LOAD_TRIAL_H

#include "engine/run.h"
#include "engine/service.h"
#include "measure/story.h"
#include "plan/plan.h"
#include "result/result.h"

#include <stdbool.h>

struct trial {
    struct service *service; /* its own, or NULL */
    struct plan plan;
    struct run_hooks hooks;
    struct result *result;
    struct stories stories;
    double took_s;
};

/* trial_plan prepares a plan against SERVICE (NULL: an address at which nothing listens): 4
 * sessions on 2 connections, one request each, no certificate, pinned to the fixture "server". */
void trial_plan(struct trial *trial, const struct service *service);

/* trial_start starts a service of the trial's own and prepares such a plan against it. */
void trial_start(struct trial *trial, enum manner manner, const struct tls_server_config *config);

/* trial_identity adds the fixture NAME as an identity of the same name. */
void trial_identity(struct trial *trial, const char *name);

/* trial_http2 makes it HTTP/2 with STREAMS at a time, asking for PATH. */
void trial_http2(struct trial *trial, const char *path, unsigned streams);

/* trial_expect_refused says that identity INDEX must be refused. */
void trial_expect_refused(struct trial *trial, size_t index);

/* trial_run carries it out. */
void trial_run(struct trial *trial);

/* trial_expect asserts that all sessions have OUTCOME. */
void trial_expect(const struct trial *trial, enum outcome outcome);

/* trial_cleanup frees what there is, and stops the trial's own service. */
void trial_cleanup(struct trial *trial);

#endif
