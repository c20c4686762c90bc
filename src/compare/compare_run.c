/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/compare_run.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "compare/clock_facts.h"
#include "compare/in_process.h"
#include "compare/instructions.h"
#include "engine/probe.h"
#include "engine/run.h"
#include "measure/progress_moment.h"
#include "tls/pinset.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define ROUND_BLOCKS 500 /* between two checks of the intervals */
#define WARM_UP_BLOCKS 50

_Static_assert(NUM_OUTCOMES <= MAX_FAILURE_KINDS, "each outcome has its count");

/* A comparison in progress. */
struct course {
    const struct compare_bounds *bounds;
    struct compare_result *result;
    uint64_t start_ns;
    size_t num_begun;   /* blocks */
    size_t next_look;   /* of the intervals, in blocks started */
    bool is_lost;       /* the last blocks, or the last round, had only failures */
    uint64_t told_ns;   /* when progress was told last */
    uint64_t num_ended; /* sessions of the rounds that are over */
};

static void begin(struct course *course, const struct compare_bounds *bounds,
                  struct compare_result *result)
{
    *course = (struct course){
        .bounds = bounds, .result = result, .start_ns = clock_now_ns(), .next_look = ROUND_BLOCKS};
    course->told_ns = course->start_ns;
    result->started_wall_ns = clock_wall_ns();
    double *steps = result->comparison.steps;
    steps[MEASURE_VERIFY_CALLBACK] = steps[MEASURE_TLS_HANDSHAKE] = clock_step_ns(clock_now_ns);
    steps[MEASURE_HANDSHAKE_CPU] = clock_step_ns(clock_thread_cpu_ns);
    steps[MEASURE_INSTRUCTIONS] = 1;
    result->cpu_clock_cost_ns = clock_cost_ns(clock_thread_cpu_ns);
    result->now_clock_cost_ns = clock_cost_ns(clock_now_ns);
}

/* Writes why the requested difference is not resolved, and what that would take. */
static void explain_resolution(const struct course *course)
{
    struct compare_result *result = course->result;
    const struct comparison *comparison = &result->comparison;
    char *why = result->why_not_resolved;
    size_t len = sizeof result->why_not_resolved;
    if (isinf(result->least_seen_ns))
        snprintf(why, len, "there are too few sessions of each arm for an interval");
    else if (isinf(result->sessions_needed))
        snprintf(why, len,
                 "the CPU clock advances by %.0f ns at a time, so that no number of sessions is "
                 "enough; differences above %.3g µs can be resolved",
                 comparison->steps[MEASURE_HANDSHAKE_CPU],
                 comparison_margin(comparison, MEASURE_HANDSHAKE_CPU) / 1000);
    else
        snprintf(why, len,
                 "after %zu sessions of each arm %.3g µs is the least that is distinguished from "
                 "zero in four runs of five; about %.0f sessions of each would be needed%s",
                 comparison->num_blocks, result->least_seen_ns / 1000, result->sessions_needed,
                 course->is_lost ? ", and in the end all sessions failed"
                                 : ", which -n or a longer -d allows");
}

/* Says whether the requested difference is resolved. */
static bool judge_resolution(struct course *course)
{
    struct compare_result *result = course->result;
    result->least_seen_ns = comparison_least_seen(&result->comparison, MEASURE_HANDSHAKE_CPU,
                                                  result->resolve_ns, &result->sessions_needed);
    result->resolved = result->least_seen_ns <= result->resolve_ns;
    explain_resolution(course);
    return result->resolved;
}

static bool time_is_up(const struct course *course)
{
    uint64_t duration_ns = course->bounds->duration_ns;
    return duration_ns > 0 && clock_now_ns() - course->start_ns >= duration_ns;
}

/* Checks, every so many blocks, whether the requested difference is resolved. */
static bool is_resolved(struct course *course)
{
    if (course->bounds->resolve_ns == 0 || course->num_begun < course->next_look)
        return false;
    course->next_look = course->num_begun + ROUND_BLOCKS;
    comparison_judge(&course->result->comparison);
    return judge_resolution(course);
}

static bool is_enough(struct course *course)
{
    uint64_t most = course->bounds->sessions_per_arm;
    return (most > 0 && course->num_begun >= most) || time_is_up(course) || is_resolved(course);
}

/* SIGINT and SIGTERM are blocked and polled, so that none ends the program without its report. */
static void hold_signals(sigset_t *out_old)
{
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGTERM);
    sigprocmask(SIG_BLOCK, &mask, out_old);
}

/* Returns a signal that has arrived, or 0. */
static int take_signal(void)
{
    sigset_t mask;
    static const struct timespec at_once;
    sigemptyset(&mask);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGTERM);
    int number = sigtimedwait(&mask, NULL, &at_once);
    return number > 0 ? number : 0;
}

/* What an arm negotiated, from its first session; where the arms are not apart, from that of any. */
static void note_negotiated(struct compare_result *result, unsigned arm,
                            const struct tls_facts *tls)
{
    const struct arms *arms = result->comparison.arms;
    struct negotiated *noted = &result->negotiated[arms->is_apart ? arm : arms->baseline];
    char name[64];
    if (noted->version[0] != '\0' || !tls->handshaken)
        return;
    snprintf(noted->version, sizeof noted->version, "%s", tls_version_name(tls->version));
    tls_cipher_name(tls->cipher, noted->cipher);
    tls_group_name(tls->group, noted->group);
    snprintf(noted->server_key, sizeof noted->server_key, "%s", tls_sigalg_name(tls->sigalg, name));
}

/* Instructions are not reported unless they were counted to the end. */
static void settle_instructions(struct compare_result *result, const struct instructions *counter)
{
    snprintf(result->no_instructions, sizeof result->no_instructions, "%s", counter->why_not);
    if (!instructions_are_counted(counter))
        result->comparison.has_instructions = false;
}

static void conclude(struct course *course)
{
    struct compare_result *result = course->result;
    const struct comparison *comparison = &result->comparison;
    result->duration_s = (double)(clock_now_ns() - course->start_ns) / NS_PER_S;
    comparison_judge(&result->comparison);
    if (result->resolve_ns > 0)
        judge_resolution(course);
    for (unsigned i = 0; i < comparison->arms->count; i++)
        result->failed += comparison->samples[i].failed;
}

/* In this process */

static void warm_up(struct in_process *pair, const struct arms *arms, struct instructions *counter)
{
    struct comparison discarded;
    comparison_init(&discarded, arms, false);
    for (size_t block = 0; block < WARM_UP_BLOCKS; block++)
        in_process_run(pair, &discarded, block, counter);
    comparison_cleanup(&discarded);
}

/* Tells progress, once a second. */
static void tell_in_process(struct course *course, bool is_last)
{
    const struct compare_bounds *bounds = course->bounds;
    uint64_t now_ns = clock_now_ns();
    if (bounds->on_progress == NULL || (!is_last && now_ns - course->told_ns < NS_PER_S))
        return;
    const struct comparison *comparison = &course->result->comparison;
    struct progress_moment moment = {.elapsed_s = (double)(now_ns - course->start_ns) / NS_PER_S,
                                     .ended = (uint64_t)course->num_begun * comparison->arms->count,
                                     .in_flight = is_last ? 0 : 1,
                                     .p50_ns = NAN,
                                     .p99_ns = NAN};
    course->told_ns = now_ns;
    bounds->on_progress(bounds->arg, &moment, is_last);
}

enum compare_end compare_in_process(struct compare_result *result, struct arms *arms,
                                    const struct compare_bounds *bounds,
                                    const struct in_process_config *configs, struct error *err)
{
    struct instructions counter;
    struct course course;
    sigset_t old_mask;
    struct in_process *pair = in_process_new(configs, arms, err);
    if (pair == NULL)
        return COMPARE_REFUSED;
    instructions_open(&counter);
    comparison_init(&result->comparison, arms, instructions_are_counted(&counter));
    hold_signals(&old_mask);
    warm_up(pair, arms, &counter);
    begin(&course, bounds, result);
    while (!is_enough(&course) && (result->interrupted_by = take_signal()) == 0) {
        in_process_run(pair, &result->comparison, course.num_begun++, &counter);
        tell_in_process(&course, false);
    }
    tell_in_process(&course, true);
    for (unsigned i = 0; i < arms->count; i++)
        note_negotiated(result, i, in_process_arm_facts(pair, i));
    settle_instructions(result, &counter);
    conclude(&course);
    sigprocmask(SIG_SETMASK, &old_mask, NULL);
    instructions_close(&counter);
    in_process_free(pair);
    return COMPARE_DONE;
}

/* Over the network */

/* One comparison against a server: the state for the worker's thread. */
struct network {
    struct compare_result *result;
    const struct arms *arms;
    struct instructions counter;
    uint64_t num_observed, num_lost; /* sessions, and those that failed or were refused */
    uint64_t outcomes[NUM_OUTCOMES]; /* of the sessions that failed or were refused */
    uint64_t failures_in_a_row;      /* up to now, without the refused */
};

static unsigned pick(void *arg, uint64_t serial)
{
    const struct network *network = arg;
    return arms_pick(network->arms, serial);
}

static void begin_thread(void *arg)
{
    struct network *network = arg;
    if (!instructions_are_counted(&network->counter))
        return;
    instructions_close(&network->counter);
    instructions_open(&network->counter);
}

static uint64_t read_counter(void *arg)
{
    struct network *network = arg;
    return instructions_read(&network->counter);
}

/* Whether a session is of the kind that its arm compares. */
static bool counts_for(enum arm_sessions sessions, const struct tls_facts *tls)
{
    if (sessions == ARM_EARLY)
        return tls->early_accepted;
    return tls->resumed == (sessions == ARM_RESUMED);
}

static void observe(void *arg, const struct sample *sample)
{
    struct network *network = arg;
    network->num_observed++;
    struct comparison *comparison = &network->result->comparison;
    size_t block = (size_t)(sample->serial / network->arms->num_places);
    enum outcome_class class = outcome_class(sample->outcome, false);
    if (sample->arm >= network->arms->count) {
        network->num_lost += class == CLASS_FAILED || class == CLASS_REFUSED;
        return;
    }
    if (sample->at.handshaken != 0)
        note_negotiated(network->result, sample->arm, sample->tls);
    if (class == CLASS_FAILED || class == CLASS_REFUSED) {
        comparison_add_failure(comparison, sample->arm);
        network->outcomes[sample->outcome]++;
        network->num_lost++;
        network->failures_in_a_row += class == CLASS_FAILED;
        return;
    }
    if (sample->at.handshaken == 0)
        return; /* cut off */
    bool counts = counts_for(arms_sessions(network->arms, sample->arm), sample->tls);
    double values[NUM_MEASURES] = {
        [MEASURE_VERIFY_CALLBACK] = counts ? sample->tls->verify.elapsed_ns : NAN,
        [MEASURE_HANDSHAKE_CPU] = counts ? (double)sample->handshake_cpu_ns : NAN,
        [MEASURE_TLS_HANDSHAKE] =
            counts ? (double)(sample->at.handshaken - sample->at.connected) : NAN,
        [MEASURE_INSTRUCTIONS] = counts && instructions_are_counted(&network->counter)
                                     ? (double)sample->handshake_instructions
                                     : NAN};
    network->failures_in_a_row = 0;
    comparison_add(comparison, block, sample->arm, values);
    if (counts)
        comparison_add_wire(comparison, sample->arm, sample->tls->wire);
}

/* The arms pin the server's certificate; if the user gave pins, it must match one of them. */
static enum compare_end pin_server(struct arms *arms, const struct plan *plan,
                                   const struct pinset *given, struct error *err)
{
    struct probe probe = {0};
    enum compare_end end = COMPARE_FAILED;
    if (pinset_needs_chain(given)) {
        error_set(
            err,
            "the arms pin the server's own certificate, but a ca-sha256: pin is given; expected "
            "cert-sha256: or spki-sha256:");
        return COMPARE_REFUSED;
    }
    if (!probe_server(&probe, plan, err))
        goto out;
    if (pinset_count(given) > 0 && pinset_match_leaf(given, probe.certs[0], probe.lens[0]) < 0) {
        error_set(
            err,
            "the server's certificate matches none of the pins given; 'pinload pin %s' prints "
            "those "
            "that it has",
            plan->target.url);
        goto out;
    }
    if (arms_pin(arms, probe.certs[0], probe.lens[0], err))
        end = COMPARE_DONE;
out:
    probe_cleanup(&probe);
    return end;
}

static size_t most_identities(const struct arms *arms, const struct plan *plan)
{
    size_t most = plan_num_identities(plan);
    for (unsigned i = 0; arms->is_apart && i < arms->count; i++)
        most = number_max(most, plan_num_identities(arms->plans[i]));
    return most;
}

/* The blocks of the next round towards a resolution: as many as before, since each round creates
 * contexts and tickets anew; no more than seem to be missing; and enough for each identity to have
 * resumed sessions. */
static uint64_t round_blocks(const struct course *course, size_t num_identities)
{
    double missing = course->result->sessions_needed - (double)course->num_begun;
    uint64_t least = number_max(num_identities * 4, ROUND_BLOCKS);
    uint64_t blocks = course->num_begun;
    if (missing > 0 && missing < (double)blocks)
        blocks = (uint64_t)missing;
    return number_max(blocks, least);
}

/* The next round's share of the requested sessions: all of them, unless the intervals are checked
 * on the way. */
static void set_round(struct plan *plan, const struct course *course, unsigned num_arms)
{
    const struct compare_bounds *bounds = course->bounds;
    uint64_t elapsed_ns = clock_now_ns() - course->start_ns;
    uint64_t blocks =
        bounds->sessions_per_arm > 0 ? bounds->sessions_per_arm - course->num_begun : 0;
    if (bounds->resolve_ns > 0) {
        uint64_t most =
            round_blocks(course, most_identities(course->result->comparison.arms, plan));
        blocks = blocks == 0 || blocks > most ? most : blocks;
    }
    plan->sessions = blocks * num_arms;
    plan->duration_ns = 0;
    if (bounds->duration_ns > 0)
        plan->duration_ns = bounds->duration_ns > elapsed_ns ? bounds->duration_ns - elapsed_ns : 1;
}

/* Runs one round. False if there is nothing to report; it sets ERR. */
static bool run_round(struct course *course, struct network *network, struct plan *plan,
                      const struct run_hooks *hooks, struct error *err)
{
    struct stories stories = {0};
    struct compare_result *result = course->result;
    network->num_observed = network->num_lost = 0;
    struct result *round = run_plan(plan, hooks, &stories, err);
    if (round == NULL)
        return false;
    course->num_ended += network->num_observed;
    course->is_lost = network->num_observed > 0 && network->num_lost == network->num_observed;
    result->interrupted_by = round->interrupted_by;
    result_free(round);
    stories_cleanup(&stories);
    if (!course->is_lost || result->comparison.num_blocks > 0 || result->interrupted_by != 0)
        return true;
    return error_set(
        err, "every session failed or was refused; 'pinload run' with the same options shows why");
}

/* How the sessions failed, the most frequent outcome first. */
static void note_failures(struct compare_result *result, const uint64_t *outcomes)
{
    struct failure_count *counts = result->failures;
    size_t n = 0;
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        if (outcomes[i] == 0)
            continue;
        size_t place = n++;
        for (; place > 0 && counts[place - 1].count < outcomes[i]; place--)
            counts[place] = counts[place - 1];
        counts[place] = (struct failure_count){outcome_name((enum outcome)i), outcomes[i]};
    }
    result->num_failure_kinds = n;
}

/* A round's moment becomes the whole comparison's. */
static void tell_network(void *arg, const struct progress_moment *moment, bool is_last)
{
    struct course *course = arg;
    struct progress_moment whole = *moment;
    if (is_last && moment->ended == 0)
        return;
    whole.elapsed_s = (double)(clock_now_ns() - course->start_ns) / NS_PER_S;
    const struct arms *arms = course->result->comparison.arms;
    whole.ended = (whole.ended + course->num_ended) * arms->count / arms->num_places;
    course->bounds->on_progress(course->bounds->arg, &whole, is_last);
}

/* Runs rounds until the end. */
static bool run_rounds(struct network *network, struct plan *plan,
                       const struct compare_bounds *bounds, struct error *err)
{
    struct compare_result *result = network->result;
    unsigned num_arms = network->arms->num_places;
    struct worker_arms arms = {.policies = network->arms->policies,
                               .plans = network->arms->is_apart ? network->arms->plans : NULL,
                               .num_policies = num_arms,
                               .policy_of = network->arms->policy_of,
                               .pick = pick,
                               .sessions_per_identity = num_arms,
                               .observe = observe,
                               .begin = begin_thread,
                               .read_counter = read_counter,
                               .arg = network};
    struct course course;
    struct run_hooks hooks = {.arms = &arms, .arg = &course};
    if (bounds->on_progress != NULL)
        hooks.on_progress = tell_network;
    begin(&course, bounds, result);
    while (!course.is_lost && result->interrupted_by == 0 && !is_enough(&course)) {
        set_round(plan, &course, num_arms);
        arms.first_serial = (uint64_t)course.num_begun * num_arms;
        if (!run_round(&course, network, plan, &hooks, err))
            return false;
        course.num_begun = plan->sessions > 0 ? course.num_begun + plan->sessions / num_arms
                                              : result->comparison.num_blocks;
        if (result->interrupted_by == 0)
            result->interrupted_by = take_signal();
    }
    settle_instructions(result, &network->counter);
    note_failures(result, network->outcomes);
    course.is_lost |= network->failures_in_a_row >= 2ull * num_arms;
    conclude(&course);
    return true;
}

enum compare_end compare_over_network(struct compare_result *result, struct arms *arms,
                                      const struct compare_bounds *bounds, struct plan *plan,
                                      const struct pinset *given, struct error *err)
{
    struct network network = {.result = result, .arms = arms};
    sigset_t old_mask;
    signal(SIGPIPE, SIG_IGN);
    enum compare_end end = COMPARE_DONE;
    if (!arms->is_apart)
        end = pin_server(arms, plan, given, err);
    if (end != COMPARE_DONE)
        return end;
    instructions_open(&network.counter);
    comparison_init(&result->comparison, arms, instructions_are_counted(&network.counter));
    hold_signals(&old_mask);
    if (!run_rounds(&network, plan, bounds, err))
        end = COMPARE_FAILED;
    sigprocmask(SIG_SETMASK, &old_mask, NULL);
    instructions_close(&network.counter);
    return end;
}
