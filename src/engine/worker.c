/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/worker.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/process.h"
#include "engine/identity_choice.h"
#include "engine/outfit.h"
#include "engine/revision.h"
#include "engine/session.h"
#include "engine/slots.h"
#include "net/net_loop.h"
#include "tls/identity.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>

enum stop { STOP_NONE, STOP_GENTLY, STOP_NOW };

struct worker {
    const struct plan *plan;
    const struct worker_arms *arms;
    unsigned index;
    unsigned num_takers; /* of the schedule: threads times shards */
    unsigned taker;      /* this one's index: its shard's first, then every NUM_SHARDS-th */
    struct net_loop *loop;
    struct outfit *outfits; /* one, or where the arms have plans, one for each policy */
    unsigned num_outfits;
    struct verify_policy *policies; /* one for each arm */
    unsigned num_policies;
    struct session **sessions; /* of each slot, one for each outfit; created on first use */
    struct deadline_heap deadlines;
    struct tally *tally; /* of the first outfit */
    struct stories stories;
    struct slots slots;
    struct pacer pacer;
    struct random random;
    struct identity_choice choice;
    uint64_t serial;
    uint64_t quota; /* sessions to start; UINT64_MAX: unlimited */
    uint64_t start_ns, end_ns, stopped_ns, drain_until_ns, ended_ns;
    bool is_draining, is_cut, is_over;
    uint64_t busy_ns;
    double cpu_user_s, cpu_system_s;
    _Atomic int stop;
    struct worker_progress progress;
    size_t num_published; /* seconds */
};

/* Set-up */

/* The index of the outfit of a policy. */
static unsigned outfit_of(const struct worker *worker, unsigned policy)
{
    return worker->num_outfits > 1 ? policy : 0;
}

static unsigned policy_of(const struct worker *worker, unsigned arm)
{
    return worker->arms != NULL ? worker->arms->policy_of[arm] : 0;
}

static struct outfit *outfit_of_arm(const struct worker *worker, unsigned arm)
{
    return &worker->outfits[outfit_of(worker, policy_of(worker, arm))];
}

static void set_up_policies(struct worker *worker)
{
    const struct plan *plan = worker->plan;
    const struct verify_policy own = {.mode = plan->verify,
                                      .pins = plan->pins,
                                      .report_pins = plan->report_pins,
                                      .rejected = plan->rejected};
    const struct verify_policy *from = worker->arms != NULL ? worker->arms->policies : &own;
    worker->num_policies = worker->arms != NULL ? worker->arms->num_policies : 1;
    worker->policies = memory_new(worker->num_policies, sizeof *worker->policies);
    for (unsigned i = 0; i < worker->num_policies; i++)
        worker->policies[i] = outfit_policy(&worker->outfits[outfit_of(worker, i)], &from[i]);
}

static bool on_turn(void *owner, uint64_t busy_ns);
static void on_quiet(void *owner);
static void on_wake(void *owner);
static void on_finish(void *owner, const struct sample *sample, const struct tls_conn *tls);
static void on_done(void *owner, struct deadline *deadline, const struct sample *sample);
static const struct net_loop_events loop_events = {on_wake, on_turn, on_quiet};

/* Work is divided among the shards and, within each, among its threads, so that the parts add up
 * even if shards have different numbers of threads. */
static void set_up_share(struct worker *worker)
{
    const struct plan *plan = worker->plan;
    worker->num_takers = plan->threads * plan->num_shards;
    worker->taker = plan->shard + plan->num_shards * worker->index;
    slots_init(&worker->slots,
               (size_t)plan_share(plan_connections(plan), plan->threads, worker->index));
    worker->quota = plan->sessions == 0
                        ? UINT64_MAX
                        : plan_share(plan_sessions(plan), plan->threads, worker->index);
    random_init(&worker->random, plan->seed * 0x9e3779b9u + worker->taker + 1);
}

static struct session_env make_env(struct worker *worker, const struct outfit *outfit,
                                   struct headcount *crowd)
{
    const struct worker_arms *arms = worker->arms;
    return (struct session_env){.plan = outfit->plan,
                                .loop = worker->loop,
                                .tls = outfit->tls,
                                .tally = outfit->tally,
                                .deadlines = &worker->deadlines,
                                .crowd = crowd,
                                .next_source = worker->taker,
                                .measure_cpu = arms != NULL,
                                .read_counter = arms != NULL ? arms->read_counter : NULL,
                                .counter_arg = arms != NULL ? arms->arg : NULL,
                                .on_finish = on_finish,
                                .on_done = on_done,
                                .owner = worker};
}

static bool set_up_outfits(struct worker *worker, const struct worker_shared *shared,
                           struct error *err)
{
    const struct plan *const *plans = worker->arms != NULL ? worker->arms->plans : NULL;
    worker->num_outfits = plans != NULL ? worker->arms->num_policies : 1;
    worker->outfits = memory_new(worker->num_outfits, sizeof *worker->outfits);
    for (unsigned i = 0; i < worker->num_outfits; i++) {
        if (!outfit_init(&worker->outfits[i], plans != NULL ? plans[i] : worker->plan,
                         shared->called_off, err))
            return false;
        if (shared->desks != NULL)
            outfit_await_revisions(&worker->outfits[i], &shared->desks[worker->index]);
    }
    return true;
}

/* The loop is made when all else was, since a worker that fails has nothing to close then. */
static bool set_up_loop(struct worker *worker, struct error *err)
{
    worker->loop = net_loop_new(&loop_events, worker);
    return outfits_attach(worker->outfits, worker->num_outfits, worker->loop, err);
}

struct worker *worker_new(const struct worker_shared *shared, unsigned index, struct error *err)
{
    const struct plan *plan = shared->plan;
    const struct worker_arms *arms = shared->arms;
    struct worker *worker = memory_new(1, sizeof *worker);
    worker->plan = plan;
    worker->index = index;
    worker->arms = arms;
    if (!set_up_outfits(worker, shared, err) || !set_up_loop(worker, err)) {
        worker_free(worker);
        return NULL;
    }
    set_up_policies(worker);
    set_up_share(worker);
    identity_choice_init(&worker->choice, plan, worker->taker, worker->num_takers);
    worker->choice.num_turns = arms == NULL ? shared->num_turns : NULL;
    worker->choice.sessions_each = arms != NULL ? arms->sessions_per_identity : 1;
    worker->choice.random = &worker->random;
    worker->sessions =
        memory_new(worker->slots.count * worker->num_outfits, sizeof *worker->sessions);
    worker->tally = worker->outfits[0].tally;
    for (unsigned i = 0; i < worker->num_outfits; i++)
        worker->outfits[i].env = make_env(worker, &worker->outfits[i], shared->established);
    return worker;
}

bool worker_free(struct worker *worker)
{
    if (worker == NULL)
        return true;
    for (size_t i = 0; worker->sessions != NULL && i < worker->slots.count * worker->num_outfits;
         i++)
        session_free(worker->sessions[i]);
    bool clean = true;
    if (worker->loop != NULL) {
        if (worker->start_ns == 0) { /* never ran: its handles still have to be closed */
            net_loop_finish(worker->loop);
            net_loop_run(worker->loop);
        }
        clean = net_loop_free(worker->loop);
    }
    deadline_heap_cleanup(&worker->deadlines);
    stories_cleanup(&worker->stories);
    for (unsigned i = 0; i < worker->num_outfits; i++)
        outfit_cleanup(&worker->outfits[i]);
    free(worker->outfits);
    free(worker->sessions);
    free(worker->policies);
    slots_cleanup(&worker->slots);
    free(worker);
    return clean;
}

/* Slots */

static void rest_until(struct worker *worker, struct slot *slot, uint64_t until_ns)
{
    slot->is_resting = true;
    deadline_set(&worker->deadlines, &slot->deadline, until_ns);
}

/* A failing server is not hammered, unless that is requested. An expected refusal is not a failure,
 * and an open loop has its own schedule. */
static bool must_rest(const struct worker *worker, const struct sample *sample)
{
    const struct plan *plan = outfit_of_arm(worker, sample->arm)->plan;
    if (worker->plan->no_backoff || worker->plan->rate > 0)
        return false;
    enum outcome_class class = outcome_class(sample->outcome, plan->refusal_by_close);
    bool expected = class == CLASS_SUCCEEDED || class == CLASS_UNCONFIRMED ||
                    (class == CLASS_REFUSED && plan_expects_refusal(plan, sample->identity));
    return !expected;
}

static void on_finish(void *owner, const struct sample *sample, const struct tls_conn *tls)
{
    struct worker *worker = owner;
    stories_note(&worker->stories, outfit_of_arm(worker, sample->arm)->plan, sample, tls);
}

static void add_progress(_Atomic uint64_t *counter, int64_t by)
{
    atomic_store_explicit(counter,
                          atomic_load_explicit(counter, memory_order_relaxed) + (uint64_t)by,
                          memory_order_relaxed);
}

/* If no more sessions are to be started, waiting delays nothing, and is not a pause. */
static void rest_after_failure(struct worker *worker, struct slot *slot, uint64_t now_ns)
{
    rest_until(worker, slot, slots_fail(slot, now_ns));
    if (worker->is_draining || worker->serial >= worker->quota)
        slots_count_pause(&worker->slots, slot, now_ns);
}

static void on_done(void *owner, struct deadline *deadline, const struct sample *sample)
{
    struct worker *worker = owner;
    struct slot *slot = slots_of(deadline);
    slots_leave(&worker->slots, slot);
    outfit_leave(outfit_of_arm(worker, sample->arm), sample->revision);
    add_progress(&worker->progress.ended, 1);
    add_progress(&worker->progress.in_flight, -1);
    add_progress(&worker->progress.outcomes[sample->outcome], 1);
    if (worker->arms != NULL)
        worker->arms->observe(worker->arms->arg, sample);
    if (must_rest(worker, sample)) {
        rest_after_failure(worker, slot, sample->at.ended);
    } else {
        slot->backoff_ns = 0;
        slots_put(&worker->slots, slot);
    }
}

/* Sessions */

/* The session of SLOT for an outfit. */
static struct session *take_session(struct worker *worker, struct slot *slot, unsigned outfit)
{
    size_t index = slots_index(&worker->slots, slot) * worker->num_outfits + outfit;
    if (worker->sessions[index] == NULL)
        worker->sessions[index] = session_new(&worker->outfits[outfit].env, &slot->deadline);
    return worker->sessions[index];
}

/* NOW_NS is read anew: if many sessions start in one turn, each takes its time to connect. */
static void begin_session(struct worker *worker, uint64_t intended_ns, uint64_t now_ns)
{
    const struct worker_arms *arms = worker->arms;
    struct slot *slot = slots_take(&worker->slots);
    uint64_t serial = worker->serial++ + (arms != NULL ? arms->first_serial : 0);
    unsigned arm = arms != NULL ? arms->pick(arms->arg, serial) : 0;
    unsigned policy = policy_of(worker, arm);
    struct outfit *outfit = &worker->outfits[outfit_of(worker, policy)];
    outfit_renew(outfit, &worker->policies[policy]);
    struct session_start start = {.intended_ns = intended_ns,
                                  .now_ns = now_ns,
                                  .arm = arm,
                                  .serial = serial,
                                  .policy = &worker->policies[policy],
                                  .offer_ticket = outfit_wants_ticket(outfit, &worker->random)};
    start.identity =
        identity_choice_make(&worker->choice, outfit->plan, identity_set_count(outfit->identities),
                             serial, slots_index(&worker->slots, slot));
    outfit_choose_address(outfit, worker->taker, &start);
    outfit_enter(outfit, &start);
    tally_started(outfit->tally, intended_ns, now_ns,
                  start.identity != TLS_NO_IDENTITY ? start.identity : 0);
    slot->session = take_session(worker, slot, outfit_of(worker, policy));
    add_progress(&worker->progress.in_flight, 1);
    session_begin(slot->session, &start);
}

static void begin_closed_loop(struct worker *worker, uint64_t now_ns)
{
    size_t most = plan_connections_at(worker->plan, worker->index, now_ns - worker->start_ns);
    while (slots_have_place(&worker->slots, most) && worker->serial < worker->quota) {
        now_ns = clock_now_ns();
        begin_session(worker, now_ns, now_ns);
        if (worker->serial == worker->quota)
            slots_count_pauses(&worker->slots, now_ns);
    }
}

/* Counts what is due before UNTIL_NS, up to the quota, as skipped: stage by stage. */
static void skip_due(struct worker *worker, uint64_t until_ns)
{
    uint64_t intended_ns, most;
    while ((most = worker->quota - worker->tally->scheduled) > 0 &&
           (intended_ns = pacer_next(&worker->pacer)) < until_ns) {
        uint64_t end_ns = plan_stage_end(worker->plan, worker->start_ns, intended_ns, until_ns);
        tally_skipped(worker->tally, intended_ns, pacer_skip(&worker->pacer, end_ns, most));
    }
}

/* Starts the arrivals that are due. Without a free slot they wait, which costs nothing: the pacer
 * just stays where it is; or they are skipped. */
static void begin_open_loop(struct worker *worker, uint64_t now_ns)
{
    uint64_t intended_ns;
    uint64_t last_ns = now_ns < worker->end_ns ? now_ns : worker->end_ns - 1;
    while ((intended_ns = pacer_next(&worker->pacer)) <= last_ns &&
           worker->tally->scheduled < worker->quota) {
        if (worker->slots.num_ready == 0) {
            worker->tally->was_full = true;
            if (worker->plan->skip_when_full)
                skip_due(worker, last_ns + 1);
            return;
        }
        begin_session(worker, intended_ns, clock_now_ns());
        pacer_advance(&worker->pacer);
    }
}

/* Starts what is due; a late turn, after the end of the window, still starts its last arrivals. */
static void begin_due(struct worker *worker, uint64_t now_ns)
{
    bool stopped = atomic_load_explicit(&worker->stop, memory_order_relaxed) != STOP_NONE;
    if (worker->is_draining || stopped || now_ns < worker->start_ns)
        return;
    if (worker->plan->rate > 0)
        begin_open_loop(worker, now_ns);
    else if (now_ns < worker->end_ns)
        begin_closed_loop(worker, now_ns);
}

/* The end */

static void for_each_busy(struct worker *worker, void (*act)(struct session *))
{
    for (size_t i = 0; i < worker->slots.count; i++) {
        if (worker->slots.items[i].is_busy)
            act(worker->slots.items[i].session);
    }
}

static void begin_drain(struct worker *worker, uint64_t now_ns, bool gently)
{
    worker->is_draining = true;
    worker->stopped_ns = number_min(now_ns, worker->end_ns);
    worker->drain_until_ns = now_ns + worker->plan->timeout_ns;
    for (unsigned i = 0; i < worker->num_outfits; i++)
        worker->outfits[i].env.is_ending = true;
    slots_count_pauses(&worker->slots, worker->stopped_ns);
    if (worker->plan->rate > 0 && worker->slots.num_ready == 0)
        skip_due(worker, worker->stopped_ns); /* arrivals still waiting for a slot */
    if (gently)
        for_each_busy(worker, session_wind_down);
}

static bool has_begun_all(const struct worker *worker)
{
    return (worker->plan->rate > 0 ? worker->tally->scheduled : worker->serial) >= worker->quota;
}

/* Checks for each kind of end: of the window, of the count, by a signal, of the drain. */
static void check_end(struct worker *worker, uint64_t now_ns)
{
    int stop = atomic_load_explicit(&worker->stop, memory_order_relaxed);
    if (!worker->is_draining) {
        if (now_ns >= worker->end_ns || stop != STOP_NONE)
            begin_drain(worker, now_ns, stop != STOP_NOW);
        else if (has_begun_all(worker) && worker->slots.num_busy == 0)
            begin_drain(worker, now_ns, true);
    }
    if (worker->is_draining && !worker->is_cut &&
        (now_ns >= worker->drain_until_ns || stop == STOP_NOW)) {
        worker->is_cut = true;
        for_each_busy(worker, session_cut);
    }
    if (worker->is_draining && worker->slots.num_busy == 0 && !worker->is_over) {
        worker->is_over = true;
        worker->ended_ns = now_ns;
        net_loop_finish(worker->loop);
    }
}

static void expire(struct worker *worker, uint64_t now_ns)
{
    struct deadline *deadline;
    while ((deadline = deadline_pop(&worker->deadlines, now_ns)) != NULL) {
        struct slot *slot = slots_of(deadline);
        if (slot->is_resting) {
            slot->is_resting = false;
            slots_count_pause(&worker->slots, slot, now_ns);
            slots_put(&worker->slots, slot);
        } else if (slot->is_busy) {
            session_expire(slot->session);
        }
    }
}

static void set_wake(struct worker *worker)
{
    uint64_t wake_ns = deadline_next(&worker->deadlines);
    if (worker->is_draining) {
        if (!worker->is_cut)
            wake_ns = number_min(wake_ns, worker->drain_until_ns);
    } else {
        wake_ns = number_min(wake_ns, worker->end_ns);
        bool may_begin = worker->slots.num_ready > 0 || worker->plan->skip_when_full;
        if (worker->plan->rate > 0 && may_begin && !has_begun_all(worker))
            wake_ns = number_min(wake_ns, pacer_next(&worker->pacer));
        wake_ns = number_min(wake_ns, plan_next_change(worker->plan, worker->start_ns));
    }
    net_loop_wake_at(worker->loop, wake_ns);
}

/* Publishes the counts of established sessions and responses, and the last whole second. */
static void publish(struct worker *worker)
{
    uint64_t established = 0, responses = 0;
    for (unsigned i = 0; i < worker->num_outfits; i++) {
        established += worker->outfits[i].env.num_established;
        responses += worker->outfits[i].tally->responses;
    }
    atomic_store_explicit(&worker->progress.established, established, memory_order_relaxed);
    atomic_store_explicit(&worker->progress.responses, responses, memory_order_relaxed);
    const struct seconds *seconds = &worker->tally->seconds;
    if (seconds->count == worker->num_published || seconds->count < 2)
        return;
    worker->num_published = seconds->count;
    size_t last = seconds->count - 2;
    atomic_store_explicit(&worker->progress.last_second, last, memory_order_relaxed);
    atomic_store_explicit(&worker->progress.tls_handshake, seconds->items[last].tls_handshake,
                          memory_order_release);
}

/* Sends what has waited long enough. */
static void uncork_due(struct worker *worker, uint64_t now_ns)
{
    for (unsigned i = 0; i < worker->num_outfits; i++) {
        struct session_env *env = &worker->outfits[i].env;
        if (cork_is_due(&env->cork, now_ns, env->num_in_flight))
            session_uncork(env);
    }
}

static bool has_corked(const struct worker *worker)
{
    for (unsigned i = 0; i < worker->num_outfits; i++) {
        if (!cork_is_empty(&worker->outfits[i].env.cork))
            return true;
    }
    return false;
}

/* Everything that is due happens here, once per turn of the loop, so that no session starts inside
 * another one's end. */
static bool on_turn(void *owner, uint64_t busy_ns)
{
    struct worker *worker = owner;
    uint64_t now_ns = clock_now_ns();
    if (!worker->is_draining) /* only time within the window counts */
        worker->busy_ns += busy_ns;
    if (worker->is_over)
        return false;
    latency_record(worker->tally->loop_lag, busy_ns);
    publish(worker);
    outfits_take_signed(worker->outfits, worker->num_outfits);
    expire(worker, now_ns);
    uncork_due(worker, now_ns);
    begin_due(worker, now_ns);
    check_end(worker, now_ns);
    if (!worker->is_over)
        set_wake(worker);
    return has_corked(worker);
}

static void on_quiet(void *owner)
{
    struct worker *worker = owner;
    for (unsigned i = 0; i < worker->num_outfits; i++)
        session_uncork(&worker->outfits[i].env);
}

static void on_wake(void *owner)
{
    (void)owner; /* the following turn handles it */
}

/* In a closed loop the slots become ready one after the other during the ramp-up. */
static void line_up_slots(struct worker *worker)
{
    for (size_t i = 0; i < worker->slots.count; i++) {
        uint64_t wait_ns = worker->plan->rate > 0
                               ? 0
                               : (uint64_t)((double)worker->plan->ramp_ns * (double)i /
                                            (double)worker->slots.count);
        if (wait_ns > 0 || worker->start_ns > clock_now_ns())
            rest_until(worker, &worker->slots.items[i], worker->start_ns + wait_ns);
        else
            slots_put(&worker->slots, &worker->slots.items[i]);
    }
}

void worker_run(struct worker *worker, uint64_t start_ns)
{
    const struct plan *plan = worker->plan;
    struct rusage before, after;
    getrusage(RUSAGE_THREAD, &before);
    if (worker->arms != NULL)
        worker->arms->begin(worker->arms->arg);
    worker->start_ns = start_ns;
    worker->end_ns = plan->duration_ns > 0 ? start_ns + plan->duration_ns : NEVER_NS;
    for (unsigned i = 0; i < worker->num_outfits; i++)
        tally_begin(worker->outfits[i].tally, start_ns);
    plan_start_pacer(plan, &worker->pacer, start_ns, worker->taker, worker->num_takers);
    line_up_slots(worker);
    worker->busy_ns = 0;
    net_loop_run(worker->loop);
    getrusage(RUSAGE_THREAD, &after);
    worker->cpu_user_s = process_seconds_between(before.ru_utime, after.ru_utime);
    worker->cpu_system_s = process_seconds_between(before.ru_stime, after.ru_stime);
}

void worker_stop(struct worker *worker, bool gently)
{
    atomic_store_explicit(&worker->stop, gently ? STOP_GENTLY : STOP_NOW, memory_order_relaxed);
    net_loop_notify(worker->loop);
}

struct tally *worker_tally(struct worker *worker)
{
    return worker->tally;
}

const struct stories *worker_stories(const struct worker *worker)
{
    return &worker->stories;
}

const struct address *worker_address(const struct worker *worker)
{
    return &worker->plan->addresses.items[worker->outfits[0].env.preferred_address];
}

uint64_t worker_stopped_ns(const struct worker *worker)
{
    return worker->stopped_ns;
}

uint64_t worker_ended_ns(const struct worker *worker)
{
    return worker->ended_ns;
}

double worker_busy(const struct worker *worker)
{
    uint64_t span_ns = worker->stopped_ns - worker->start_ns;
    double busy = span_ns > 0 ? (double)worker->busy_ns / (double)span_ns : 0;
    return busy < 1 ? busy : 1;
}

double worker_paused(const struct worker *worker)
{
    return (double)worker->slots.paused_ns / NS_PER_S;
}

void worker_cpu(const struct worker *worker, double *out_user_s, double *out_system_s)
{
    *out_user_s = worker->cpu_user_s;
    *out_system_s = worker->cpu_system_s;
}

const struct worker_progress *worker_progress(const struct worker *worker)
{
    return &worker->progress;
}
