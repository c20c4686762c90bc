/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread of a run: a loop, its session slots, its share of the plan, its own keys, trust store,
 * TLS context and tally. Nothing in it is shared in the hot path; others may only read counters
 * that it alone writes.
 */
#ifndef PINLOAD_ENGINE_WORKER_H
#define PINLOAD_ENGINE_WORKER_H

#include "base/error.h"
#include "measure/sample.h"
#include "measure/story.h"
#include "measure/tally.h"
#include "plan/plan.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct digest;
struct headcount;
struct revision_desk;

/* What a worker publishes while it runs. */
struct worker_progress {
    _Atomic uint64_t ended, in_flight, established, responses;
    _Atomic uint64_t outcomes[NUM_OUTCOMES];
    /* The last finished second of the run, and its handshakes; NULL: none. */
    _Atomic uint64_t last_second;
    _Atomic(const struct digest *) tls_handshake;
};

struct worker;

/* Several arms in one run, for compare, that differ in how they verify, or in their plans: which one a session uses, and who is notified. A
 * run has one way and notifies nobody. Borrowed; the functions are called in the worker's
 * thread. */
struct worker_arms {
    const struct verify_policy *policies; /* trust and host are set by the worker */
    const struct plan *const *plans;      /* of each policy; all have the load of the run's plan.
                                           * NULL: the run's plan is that of all */
    unsigned num_policies;
    const unsigned *policy_of; /* by arm: two arms with the same policy share it */
    /* pick returns the arm of the worker's session SERIAL. */
    unsigned (*pick)(void *arg, uint64_t serial);
    uint64_t first_serial;          /* the run continues another */
    unsigned sessions_per_identity; /* successive sessions that share an identity: a block; at least
                                     * 1 */
    void (*observe)(void *arg, const struct sample *sample);
    void (*begin)(void *arg);            /* the thread starts */
    uint64_t (*read_counter)(void *arg); /* reads the count of instructions; NULL: none */
    void *arg;
};

/* What the workers of a run share. Borrowed. */
struct worker_shared {
    const struct plan *plan;
    const struct worker_arms *arms; /* may be NULL */
    struct headcount *established;
    struct revision_desk *desks;    /* of each worker, or NULL: its keys stay as they are */
    _Atomic uint64_t *num_turns;    /* taken by sessions, where the plan has turns */
    const _Atomic bool *called_off; /* no more workers are to be created */
};

/* worker_new creates worker INDEX; preferably in the thread that will run it, so that its memory is
 * local. NULL sets ERR; if the run is cancelled meanwhile, it returns NULL and leaves ERR as it
 * is. */
struct worker *worker_new(const struct worker_shared *shared, unsigned index, struct error *err);

/* worker_free frees a worker that has run or never did; true if its loop was left empty. */
bool worker_free(struct worker *worker);

/* worker_run runs this worker's share of the plan from START_NS to its end. */
void worker_run(struct worker *worker, uint64_t start_ns);

/* worker_stop ends the run early, from any thread: gently, sessions in flight finish; otherwise
 * they are cut off. */
void worker_stop(struct worker *worker, bool gently);

/* After worker_run has returned. */
struct tally *worker_tally(struct worker *worker);
const struct stories *worker_stories(const struct worker *worker);
const struct address *worker_address(const struct worker *worker); /* that worked last */
uint64_t worker_stopped_ns(const struct worker *worker);           /* start of the drain */
uint64_t worker_ended_ns(const struct worker *worker);             /* end of the drain */
double worker_busy(const struct worker *worker);                   /* 0 to 1 */
double worker_paused(const struct worker *worker);                 /* slots, in seconds */
void worker_cpu(const struct worker *worker, double *out_user_s, double *out_system_s);

const struct worker_progress *worker_progress(const struct worker *worker);

#endif
