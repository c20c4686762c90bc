/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/process.h"
#include "engine/headcount.h"
#include "measure/digest.h"
#include "net/net_loop.h"
#include "result/saturation.h"
#include "result/tally_result.h"
#include "tls/identity.h"
#include "tls/pinset.h"
#include "tls/tls_context.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* With fewer sessions, their memory cannot be distinguished from the rest. */
#define FEWEST_FOR_MEMORY 500

/* Stacks, including those of jemalloc's threads, and jemalloc's set-up in each thread: it cannot
 * report that it has no room for these. */
#define ROOM_FOR_THREAD ((size_t)32 << 20)

struct thread {
    pthread_t id;
    struct run *run;
    unsigned index;
    struct worker *worker;
    struct error err; /* why there is no worker; empty: it was cancelled */
};

/* Where threads wait once they have created their workers. */
enum gate { GATE_CLOSED, GATE_OPEN, GATE_SHUT_FOR_GOOD };

/* The inspected moment with the most established sessions, and the memory then. */
struct crowd {
    uint64_t established, rss;
    uint64_t in_flight; /* the maximum of all moments */
};

struct run {
    const struct plan *plan;
    const struct run_hooks *hooks;
    struct thread *threads;
    unsigned num_threads; /* started ones; after the set-up, all have a worker */
    pthread_mutex_t lock; /* protects the gate */
    pthread_cond_t gate_moved;
    enum gate gate;
    _Atomic bool called_off; /* no more workers are to be created */
    uint64_t start_ns, start_wall_ns;
    int signal_fd;
    int done_fd; /* signals how many threads have done their step: created a worker, run it */
    sigset_t old_mask;
    int interrupted_by;
    struct rusage usage_before;
    uint64_t rss_before, descriptors_before;
    struct crowd crowd;
    struct headcount established;
    struct reloader *reloader;  /* NULL: the plan has no reloads */
    _Atomic uint64_t num_turns; /* taken by identities of unequal weight */
};

/* The reloader reads it from a descriptor of its own. */
static void block_hangup(void)
{
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &mask, NULL);
}

/* From here on SIGINT and SIGTERM are read from a descriptor, and SIGPIPE is ignored. */
static bool take_signals(struct run *run, struct error *err)
{
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &mask, &run->old_mask);
    if (run->plan->reload.kind == RELOAD_SIGHUP)
        block_hangup();
    signal(SIGPIPE, SIG_IGN);
    run->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    run->done_fd = eventfd(0, EFD_CLOEXEC);
    if (run->signal_fd >= 0 && run->done_fd >= 0)
        return true;
    return error_set(err, "the run cannot be monitored: %s", strerror(errno));
}

static void give_back_signals(struct run *run)
{
    if (run->signal_fd >= 0)
        close(run->signal_fd);
    if (run->done_fd >= 0)
        close(run->done_fd);
    pthread_sigmask(SIG_SETMASK, &run->old_mask, NULL);
}

/* If a start was agreed on by the wall clock, it is converted once. */
static void set_start(struct run *run)
{
    uint64_t now_ns = clock_now_ns(), wall_ns = clock_wall_ns();
    uint64_t wait_ns =
        run->plan->start_at_wall_ns > wall_ns ? run->plan->start_at_wall_ns - wall_ns : 0;
    run->start_ns = now_ns + wait_ns;
    run->start_wall_ns = wall_ns + wait_ns;
}

/* The threads */

static void tell_done(struct run *run)
{
    uint64_t one = 1;
    while (write(run->done_fd, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

static void move_gate(struct run *run, enum gate gate)
{
    pthread_mutex_lock(&run->lock);
    run->gate = gate;
    pthread_cond_broadcast(&run->gate_moved);
    pthread_mutex_unlock(&run->lock);
}

/* pass_gate waits until the gate is opened; false: the run was cancelled. */
static bool pass_gate(struct run *run)
{
    pthread_mutex_lock(&run->lock);
    while (run->gate == GATE_CLOSED)
        pthread_cond_wait(&run->gate_moved, &run->lock);
    bool is_open = run->gate == GATE_OPEN;
    pthread_mutex_unlock(&run->lock);
    return is_open;
}

static void call_off(struct run *run)
{
    atomic_store_explicit(&run->called_off, true, memory_order_relaxed);
}

/* A thread creates its worker itself: with many identities that takes a while, and the threads do
 * it in parallel. */
static void *run_thread(void *arg)
{
    struct thread *thread = arg;
    struct run *run = thread->run;
    struct worker_shared shared = {.plan = run->plan,
                                   .arms = run->hooks->arms,
                                   .established = &run->established,
                                   .desks = run->reloader != NULL ? reloader_desk(run->reloader, 0)
                                                                  : NULL,
                                   .num_turns = &run->num_turns,
                                   .called_off = &run->called_off};
    thread->worker = worker_new(&shared, thread->index, &thread->err);
    if (thread->worker == NULL)
        call_off(run);
    tell_done(run);
    if (!pass_gate(run))
        return NULL;
    worker_run(thread->worker, run->start_ns);
    tell_done(run);
    return NULL;
}

static bool start_threads(struct run *run, struct error *err)
{
    bool has_room = memory_has_room(run->plan->threads * ROOM_FOR_THREAD);
    for (unsigned i = 0; i < run->plan->threads; i++) {
        struct thread *thread = &run->threads[i];
        thread->run = run;
        thread->index = i;
        int failure = has_room ? pthread_create(&thread->id, NULL, run_thread, thread) : ENOMEM;
        if (failure != 0)
            return error_set(err, "thread %u of %u cannot be started: %s", i + 1,
                             run->plan->threads, strerror(failure));
        run->num_threads++;
    }
    return true;
}

static void free_workers(struct run *run)
{
    for (unsigned i = 0; i < run->num_threads; i++) {
        if (!worker_free(run->threads[i].worker))
            fputs("pinload: a handle was left open in a loop; please report this\n", stderr);
    }
    run->num_threads = 0;
}

/* Ends threads that will never run. */
static void abandon(struct run *run)
{
    call_off(run);
    move_gate(run, GATE_SHUT_FOR_GOOD);
    for (unsigned i = 0; i < run->num_threads; i++)
        pthread_join(run->threads[i].id, NULL);
    free_workers(run);
}

static bool read_signal(struct run *run)
{
    struct signalfd_siginfo info;
    if (read(run->signal_fd, &info, sizeof info) != sizeof info)
        return false;
    if (run->interrupted_by == 0)
        run->interrupted_by = (int)info.ssi_signo;
    return true;
}

/* Waits until each thread has created its worker or given up. A signal cancels the run. */
static void await_workers(struct run *run)
{
    struct pollfd fds[] = {{run->signal_fd, POLLIN, 0}, {run->done_fd, POLLIN, 0}};
    for (unsigned num_done = 0; num_done < run->num_threads;) {
        if (poll(fds, 2, -1) <= 0)
            continue;
        if ((fds[0].revents & POLLIN) && read_signal(run))
            call_off(run);
        uint64_t count;
        if ((fds[1].revents & POLLIN) && read(run->done_fd, &count, sizeof count) == sizeof count)
            num_done += (unsigned)count;
    }
}

/* If several threads fail, it is mostly for the same reason: report the first. */
static bool has_workers(const struct run *run, struct error *err)
{
    for (unsigned i = 0; i < run->num_threads; i++) {
        if (run->threads[i].err.text[0] != '\0') {
            *err = run->threads[i].err;
            return false;
        }
    }
    return true;
}

static void look_around(struct run *run)
{
    set_start(run);
    getrusage(RUSAGE_SELF, &run->usage_before);
    run->rss_before = process_rss();
    run->descriptors_before = process_descriptors();
}

/* Starts the threads, which create their workers and wait. False sets ERR, and no thread is left.
 * If the run was interrupted meanwhile, none is left either. */
static bool set_up(struct run *run, struct error *err)
{
    bool ok = start_threads(run, err);
    if (ok) {
        await_workers(run);
        ok = has_workers(run, err);
    }
    if (!ok || run->interrupted_by != 0)
        abandon(run);
    look_around(run);
    return ok;
}

static void take_signal(struct run *run)
{
    bool gently = run->interrupted_by == 0;
    if (!read_signal(run))
        return;
    for (unsigned i = 0; i < run->num_threads; i++)
        worker_stop(run->threads[i].worker, gently);
}

static uint64_t load_counter(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void look_at_crowd(struct run *run)
{
    uint64_t established = 0, in_flight = 0;
    for (unsigned i = 0; i < run->num_threads; i++) {
        const struct worker_progress *progress = worker_progress(run->threads[i].worker);
        established += load_counter(&progress->established);
        in_flight += load_counter(&progress->in_flight);
    }
    if (in_flight > run->crowd.in_flight)
        run->crowd.in_flight = in_flight;
    if (established <= run->crowd.established)
        return;
    run->crowd.established = established;
    run->crowd.rss = process_rss();
}

/* Adds the handshakes of a worker's last second to *INOUT_SUM, unless it is long ago: a worker in
 * which nothing ends publishes nothing. */
static void add_last_second(struct digest **inout_sum, const struct worker_progress *progress,
                            double elapsed_s)
{
    const struct digest *last =
        atomic_load_explicit(&progress->tls_handshake, memory_order_acquire);
    if ((double)load_counter(&progress->last_second) + 3 < elapsed_s)
        return;
    struct digest *sum = digest_merged(*inout_sum, last, DIGEST_SHORT);
    free(*inout_sum);
    *inout_sum = sum;
}

static void tell_progress(const struct run *run, bool is_last)
{
    if (run->hooks->on_progress == NULL)
        return;
    struct progress_moment moment = {
        .elapsed_s = (double)(int64_t)(clock_now_ns() - run->start_ns) / NS_PER_S};
    struct digest *handshakes = NULL;
    for (unsigned i = 0; i < run->num_threads; i++) {
        const struct worker_progress *progress = worker_progress(run->threads[i].worker);
        moment.ended += load_counter(&progress->ended);
        moment.in_flight += load_counter(&progress->in_flight);
        moment.responses += load_counter(&progress->responses);
        add_last_second(&handshakes, progress, moment.elapsed_s);
        for (int j = 0; j < NUM_OUTCOMES; j++) {
            enum outcome_class class = outcome_class((enum outcome)j, run->plan->refusal_by_close);
            uint64_t count = load_counter(&progress->outcomes[j]);
            moment.failures[j] += class == CLASS_FAILED ? count : 0;
            moment.refused += class == CLASS_REFUSED ? count : 0;
        }
    }
    moment.p50_ns = digest_percentile(handshakes, 50);
    moment.p99_ns = digest_percentile(handshakes, 99);
    free(handshakes);
    run->hooks->on_progress(run->hooks->arg, &moment, is_last);
}

/* Lets the workers run and waits until all have ended, forwarding signals and reporting
 * progress. */
static void watch(struct run *run)
{
    move_gate(run, GATE_OPEN);
    uint64_t next_tick_ns = run->start_ns + NS_PER_S;
    struct pollfd fds[] = {{run->signal_fd, POLLIN, 0}, {run->done_fd, POLLIN, 0}};
    for (unsigned num_done = 0; num_done < run->num_threads;) {
        uint64_t now_ns = clock_now_ns();
        if (now_ns >= next_tick_ns) {
            look_at_crowd(run);
            tell_progress(run, false);
            /* If the process was stopped for several seconds, only one of them is reported. */
            next_tick_ns += (1 + (now_ns - next_tick_ns) / NS_PER_S) * NS_PER_S;
            continue;
        }
        int wait_ms = (int)((next_tick_ns - now_ns) / NS_PER_MS) + 1;
        if (poll(fds, 2, wait_ms < 1000 ? wait_ms : 1000) <= 0)
            continue;
        if (fds[0].revents & POLLIN)
            take_signal(run);
        uint64_t count;
        if ((fds[1].revents & POLLIN) && read(run->done_fd, &count, sizeof count) == sizeof count)
            num_done += (unsigned)count;
    }
    for (unsigned i = 0; i < run->num_threads; i++)
        pthread_join(run->threads[i].id, NULL);
    tell_progress(run, true);
}

/* The result */

static void fill_generator(const struct run *run, struct result *result)
{
    struct rusage now;
    getrusage(RUSAGE_SELF, &now);
    result->cpu_user_s = process_seconds_between(run->usage_before.ru_utime, now.ru_utime);
    result->cpu_system_s = process_seconds_between(run->usage_before.ru_stime, now.ru_stime);
    result->cpu_per_session_us = result->started > 0 ? (result->cpu_user_s + result->cpu_system_s) *
                                                           1e6 / (double)result->started
                                                     : NAN;
    result->peak_rss_bytes = (uint64_t)now.ru_maxrss * 1024;
    result->num_thread_uses = run->num_threads;
    result->thread_uses = memory_new(run->num_threads, sizeof *result->thread_uses);
    for (unsigned i = 0; i < run->num_threads; i++) {
        struct thread_use *use = &result->thread_uses[i];
        worker_cpu(run->threads[i].worker, &use->cpu_user_s, &use->cpu_system_s);
        use->busy = worker_busy(run->threads[i].worker);
        result->slots_paused_s += worker_paused(run->threads[i].worker);
    }
    size_t num_sources = run->plan->sources.count > 0 ? run->plan->sources.count : 1;
    uint64_t in_flight = run->crowd.in_flight > result->peak_established ? run->crowd.in_flight
                                                                         : result->peak_established;
    result->descriptors_used = run->descriptors_before + in_flight;
    result->ports_used = in_flight;
    result->ports_limit = num_sources * process_local_ports();
    if (run->crowd.established >= FEWEST_FOR_MEMORY && run->crowd.rss > run->rss_before)
        result->rss_per_session_bytes = (run->crowd.rss - run->rss_before) / run->crowd.established;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        result->descriptors_limit = limit.rlim_cur;
}

static double busiest(const struct result *result)
{
    double most = 0;
    for (size_t i = 0; i < result->num_thread_uses; i++)
        most = fmax(most, result->thread_uses[i].busy);
    return most;
}

static double seconds_after(uint64_t start_ns, uint64_t ns)
{
    return ns > start_ns ? (double)(ns - start_ns) / NS_PER_S : 0;
}

/* Call it after the generator's figures have been set. */
static void judge_saturation(const struct run *run, const struct tally *tally,
                             struct result *result)
{
    const char *limit;
    struct load_figures figures = {
        .rate = run->plan->rate,
        .scheduled = tally->scheduled,
        .started = tally->started,
        .local_limits = tally->outcomes[OUTCOME_LOCAL_LIMIT],
        .no_descriptors = tally->tcp_ends[TCP_NO_DESCRIPTORS],
        .no_ports = tally->tcp_ends[TCP_NO_PORTS],
        .was_full = tally->was_full,
        .busiest = busiest(result),
        .window_s = result->duration_s,
        .slip_p50_s = latency_percentile(result->schedule_slip, 50) / NS_PER_S,
        .missed_stage = result_stages_missed(&result->stages),
        .is_counted = run->plan->sessions > 0,
        .last_intended_s = seconds_after(run->start_ns, tally->last_intended_ns),
        .last_began_s = seconds_after(run->start_ns, tally->last_started_ns)};
    result->saturated = saturation_judge(&figures, &limit);
    result->limit = limit != NULL ? memory_text(limit) : NULL;
}

/* The address that THREAD preferred at the end; without threads, the first. */
static const struct address *address_of(const struct run *run, unsigned thread)
{
    return run->num_threads > 0 ? worker_address(run->threads[thread].worker)
                                : &run->plan->addresses.items[0];
}

/* The addresses that the threads preferred at the end, each once: mostly one. To be freed. */
static char *join_addresses(const struct run *run)
{
    struct buffer joined = {0};
    for (unsigned i = 0; i == 0 || i < run->num_threads; i++) {
        const struct address *address = address_of(run, i);
        bool is_new = true;
        for (unsigned k = 0; k < i && is_new; k++)
            is_new = address_of(run, k) != address;
        if (!is_new)
            continue;
        char text[ADDRESS_TEXT_LEN];
        address_text(address, text);
        buffer_format(&joined, "%s%s", joined.len > 0 ? ", " : "", text);
    }
    char *text = memory_text(buffer_text(&joined));
    buffer_cleanup(&joined);
    return text;
}

static void fill_target(const struct run *run, struct result *result)
{
    const struct plan *plan = run->plan;
    result->url = memory_text(plan->target.url);
    result->address = join_addresses(run);
    result->sni = plan->sni != NULL ? memory_text(plan->sni) : NULL;
    result->verify = memory_text(verify_mode_name(plan->verify));
    result->num_pins = pinset_count(plan->pins);
    result->open_loop = plan->rate > 0;
    result->rate = plan_rate(plan);
    result->connections = plan_connections(plan);
    result->threads = plan->threads;
    result->rotation = memory_text(rotation_name(plan->rotation));
    result->boringssl = memory_text(tls_library_version());
    result->libuv = memory_text(net_library_version());
    result->warm_up_s = (double)plan->warm_up_ns / NS_PER_S;
    result->started_wall_ns = run->start_wall_ns;
    result->interrupted_by = run->interrupted_by;
}

/* Which certificates ended while the run went on; the reloader knows of later ones. */
static void note_ends(const struct run *run, struct result *result)
{
    const struct identity_set *identities = run->plan->identities;
    for (size_t i = 0; i < identity_set_count(identities); i++) {
        double ended_s = identity_set_end(identities, i) - (double)run->start_wall_ns / NS_PER_S;
        if (ended_s > 0 && ended_s <= result->duration_s)
            result->identities[i].ended_s = ended_s;
    }
}

static struct result *collect(struct run *run, struct stories *out_stories)
{
    struct result *result = result_new();
    struct tally *total = tally_new(run->plan);
    uint64_t stopped_ns = run->start_ns, ended_ns = run->start_ns;
    tally_begin(total, run->start_ns);
    for (unsigned i = 0; i < run->num_threads; i++) {
        struct worker *worker = run->threads[i].worker;
        tally_merge(total, worker_tally(worker));
        stories_merge(out_stories, worker_stories(worker));
        stopped_ns = number_max(stopped_ns, worker_stopped_ns(worker));
        ended_ns = number_max(ended_ns, worker_ended_ns(worker));
    }
    result->duration_s = (double)(stopped_ns - run->start_ns) / NS_PER_S;
    tally_end(total, stopped_ns, ended_ns);
    tally_fill(total, result, result->duration_s - (double)run->plan->warm_up_ns / NS_PER_S);
    result->peak_established = headcount_most(&run->established);
    fill_target(run, result);
    fill_generator(run, result);
    judge_saturation(run, total, result);
    note_ends(run, result);
    if (run->reloader != NULL)
        reloader_fill(run->reloader, result);
    tally_free(total);
    return result;
}

static bool prepare_reloads(struct run *run, struct error *err)
{
    if (run->plan->reload.kind == RELOAD_NEVER)
        return true;
    run->reloader = reloader_new(run->plan, &run->hooks->reload, err);
    return run->reloader != NULL;
}

/* Everything that the threads need is there. False: they are gone. */
static bool start_reloads(struct run *run, struct error *err)
{
    if (run->reloader == NULL || run->interrupted_by != 0 ||
        reloader_start(run->reloader, run->start_ns, err))
        return true;
    abandon(run);
    return false;
}

struct result *run_plan(const struct plan *plan, const struct run_hooks *hooks,
                        struct stories *out_stories, struct error *err)
{
    struct run run = {.plan = plan, .hooks = hooks, .signal_fd = -1, .done_fd = -1};
    struct result *result = NULL;
    run.threads = memory_new(plan->threads, sizeof *run.threads);
    pthread_mutex_init(&run.lock, NULL);
    pthread_cond_init(&run.gate_moved, NULL);
    if (take_signals(&run, err) && prepare_reloads(&run, err) && set_up(&run, err) &&
        start_reloads(&run, err)) {
        watch(&run);
        if (run.reloader != NULL)
            reloader_stop(run.reloader);
        result = collect(&run, out_stories);
    }
    free_workers(&run);
    reloader_free(run.reloader);
    pthread_cond_destroy(&run.gate_moved);
    pthread_mutex_destroy(&run.lock);
    give_back_signals(&run);
    free(run.threads);
    return result;
}
