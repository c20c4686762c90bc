/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread of a run: a loop, its session slots, its share of the plan, its own keys, trust store,
 * TLS context and tally. Nothing of it is shared in the hot path; what others may read while it
 * runs is a row of counters that it alone writes.
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

/* What a worker lets others see while it runs. */
struct worker_progress {
    _Atomic uint64_t ended, in_flight, established, responses;
    _Atomic uint64_t outcomes[NUM_OUTCOMES];
    /* The last second of the run that is over here, and its handshakes; NULL: none. */
    _Atomic uint64_t last_second;
    _Atomic(const struct digest *) tls_handshake;
};

struct worker;

/* Several ways to verify in one run, for compare: which one a session takes, and who is told. A
 * run has one way and tells nobody. Borrowed; the functions are called in the worker's thread. */
struct worker_arms {
    const struct verify_policy *policies; /* trust and host are set by the worker */
    unsigned num_policies;
    const unsigned *policy_of; /* by arm: two arms of one policy share it to the byte */
    /* pick returns the arm of the worker's session SERIAL. */
    unsigned (*pick)(void *arg, uint64_t serial);
    uint64_t first_serial;          /* where the run is the continuation of another */
    unsigned sessions_per_identity; /* neighbours that share an identity: a block; at least 1 */
    void (*observe)(void *arg, const struct sample *sample);
    void (*begin)(void *arg);            /* the thread begins */
    uint64_t (*read_counter)(void *arg); /* of instructions; NULL: none */
    void *arg;
};

/* What the workers of a run share. Borrowed. */
struct worker_shared {
    const struct plan *plan;
    const struct worker_arms *arms; /* may be NULL */
    struct headcount *established;
    const _Atomic bool *called_off; /* no more workers are to be made */
};

/* worker_new makes worker INDEX; best in the thread that will run it, whose memory it then takes.
 * False set-up sets ERR; where it is called off meanwhile, it returns NULL and leaves ERR as it is.
 */
struct worker *worker_new(const struct worker_shared *shared, unsigned index, struct error *err);

/* worker_free releases a worker that has run or never did; true if its loop was left empty. */
bool worker_free(struct worker *worker);

/* worker_run runs the share of the plan from START_NS on, to its end. */
void worker_run(struct worker *worker, uint64_t start_ns);

/* worker_stop ends the run early, from any thread: gently, what is in flight is finished; else it
 * is cut off. */
void worker_stop(struct worker *worker, bool gently);

/* After worker_run has returned. */
struct tally *worker_tally(struct worker *worker);
const struct stories *worker_stories(const struct worker *worker);
const struct address *worker_address(const struct worker *worker); /* that worked last */
uint64_t worker_stopped_ns(const struct worker *worker);           /* when it began to drain */
uint64_t worker_ended_ns(const struct worker *worker);             /* when it had drained */
double worker_busy(const struct worker *worker);                   /* 0 to 1 */
double worker_paused(const struct worker *worker);                 /* slots, in seconds */
void worker_cpu(const struct worker *worker, double *out_user_s, double *out_system_s);

const struct worker_progress *worker_progress(const struct worker *worker);

#endif
