/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/compare_engine.h"

#include "base/clock.h"
#include "base/memory.h"
#include "cli/descriptors.h"
#include "cli/plan_builder.h"
#include "cli/probe.h"
#include "compare/in_process.h"
#include "compare/instructions.h"
#include "load/run.h"
#include "tls/pinset.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUND_BLOCKS 500 /* between two looks at the clock; the first round warms up as well */
#define WARM_UP_BLOCKS 50

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* What one reading of the thread's CPU clock costs: the median of some hundred. */
static double clock_cost(void)
{
    enum { READINGS = 501, BATCH = 16 };
    double costs[READINGS];
    for (int i = 0; i < READINGS; i++) {
        uint64_t start_ns = clock_now_ns();
        for (int j = 0; j < BATCH; j++)
            (void)clock_thread_cpu_ns();
        costs[i] = (double)(clock_now_ns() - start_ns) / BATCH;
    }
    qsort(costs, READINGS, sizeof *costs, compare_doubles);
    return costs[READINGS / 2];
}

/* Says whether the comparison is resolved; if not, how much more it would take. */
static bool judge_resolution(struct compare_result *result)
{
    double needed;
    comparison_judge(&result->comparison);
    double widest =
        comparison_widest(&result->comparison, MEASURE_HANDSHAKE_CPU, result->resolve_ns, &needed);
    result->resolved = widest <= result->resolve_ns;
    if (isinf(widest))
        snprintf(result->why_not_resolved, sizeof result->why_not_resolved,
                 "there are too few sessions of each arm for an interval");
    else
        snprintf(result->why_not_resolved, sizeof result->why_not_resolved,
                 "after %zu sessions of each arm the widest interval is ±%.2f µs; about %.0f would "
                 "be needed, which -n or a longer -d allows",
                 result->comparison.num_blocks, widest / 1000, needed);
    return result->resolved;
}

/* How many blocks the next round has; 0: it is enough. */
static size_t next_round(struct compare_result *result, const struct compare_bounds *bounds,
                         uint64_t start_ns)
{
    size_t done = result->comparison.num_blocks;
    uint64_t elapsed_ns = clock_now_ns() - start_ns;
    if (bounds->resolve_ns > 0 && done > 0 && judge_resolution(result))
        return 0;
    if (bounds->duration_ns > 0 && elapsed_ns >= bounds->duration_ns)
        return 0;
    if (bounds->sessions_per_arm == 0)
        return ROUND_BLOCKS;
    uint64_t left = bounds->sessions_per_arm > done ? bounds->sessions_per_arm - done : 0;
    return left < ROUND_BLOCKS ? (size_t)left : ROUND_BLOCKS;
}

/* What was negotiated, from the first session. */
static void note_negotiated(struct compare_result *result, const struct tls_facts *tls)
{
    char name[64];
    if (result->version[0] != '\0')
        return;
    snprintf(result->version, sizeof result->version, "%s", tls_version_name(tls->version));
    tls_cipher_name(tls->cipher, result->cipher);
    tls_group_name(tls->group, result->group);
    snprintf(result->server_key, sizeof result->server_key, "%s",
             tls_sigalg_name(tls->sigalg, name));
}

static void conclude(struct compare_result *result, uint64_t start_ns)
{
    const struct comparison *comparison = &result->comparison;
    result->duration_s = (double)(clock_now_ns() - start_ns) / NS_PER_S;
    result->clock_cost_ns = clock_cost();
    comparison_judge(&result->comparison);
    for (unsigned i = 0; i < comparison->arms->count; i++)
        result->failed += comparison->samples[i].failed;
}

/* In this process */

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    interrupted = number;
}

static uint16_t version_of(const char *text)
{
    return strcmp(text, "1.2") == 0 ? TLS_VERSION_1_2 : TLS_VERSION_1_3;
}

static void warm_up(struct in_process *pair, const struct arms *arms,
                    const struct instructions *counter)
{
    struct comparison discarded;
    comparison_init(&discarded, arms, false);
    in_process_run(pair, &discarded, WARM_UP_BLOCKS, counter);
    comparison_cleanup(&discarded);
}

enum ending compare_in_process(struct compare_result *result, struct arms *arms,
                               const struct compare_bounds *bounds, const struct options *options,
                               struct error *err)
{
    static struct instructions counter;
    struct in_process_config config = {.resume = strcmp(options->session_mode, "resume") == 0,
                                       .limits = {.version_min = version_of(options->tls_min),
                                                  .version_max = version_of(options->tls_max),
                                                  .ciphers = options->ciphers,
                                                  .groups = options->groups,
                                                  .sigalgs = options->sigalgs}};
    key_type_parse(options->key_type, &config.key_type);
    struct in_process *pair = in_process_new(&config, arms, err);
    if (pair == NULL)
        return ENDING_USAGE;
    instructions_open(&counter);
    result->where = "in process";
    result->no_instructions = counter.fd < 0 ? counter.why_not : NULL;
    result->started_wall_ns = clock_wall_ns();
    comparison_init(&result->comparison, arms, counter.fd >= 0);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    warm_up(pair, arms, &counter);
    uint64_t start_ns = clock_now_ns();
    for (size_t blocks; interrupted == 0 && (blocks = next_round(result, bounds, start_ns)) > 0;)
        in_process_run(pair, &result->comparison, blocks, &counter);
    result->interrupted_by = interrupted;
    note_negotiated(result, in_process_facts(pair));
    conclude(result, start_ns);
    instructions_close(&counter);
    in_process_free(pair);
    return ENDING_AS_EXPECTED;
}

/* Over the network */

/* One comparison against a server: what the worker's thread needs. */
struct network {
    struct compare_result *result;
    const struct arms *arms;
    struct instructions counter;
    size_t first_block; /* of this round */
    bool resume;
};

static unsigned pick(void *arg, uint64_t serial)
{
    const struct network *network = arg;
    return arms_pick(network->arms, (uint64_t)network->first_block * network->arms->count + serial);
}

static void begin_thread(void *arg)
{
    struct network *network = arg;
    instructions_close(&network->counter);
    instructions_open(&network->counter);
}

static uint64_t read_counter(void *arg)
{
    const struct network *network = arg;
    return instructions_read(&network->counter);
}

static void observe(void *arg, const struct sample *sample)
{
    struct network *network = arg;
    struct comparison *comparison = &network->result->comparison;
    size_t block = network->first_block + (size_t)(sample->serial / network->arms->count);
    enum outcome_class class = outcome_class(sample->outcome, false);
    if (class == CLASS_FAILED || class == CLASS_REFUSED) {
        comparison_add_failure(comparison, sample->arm);
        return;
    }
    if (sample->at.handshaken == 0)
        return; /* cut off */
    bool counts = sample->tls.resumed == network->resume;
    double values[NUM_MEASURES] = {
        [MEASURE_VERIFY_CALLBACK] = counts ? sample->tls.verify.elapsed_ns : NAN,
        [MEASURE_HANDSHAKE_CPU] = counts ? (double)sample->handshake_cpu_ns : NAN,
        [MEASURE_TLS_HANDSHAKE] =
            counts ? (double)(sample->at.handshaken - sample->at.connected) : NAN,
        [MEASURE_INSTRUCTIONS] =
            counts && network->counter.fd >= 0 ? (double)sample->handshake_instructions : NAN};
    note_negotiated(network->result, &sample->tls);
    comparison_add(comparison, block, sample->arm, values);
}

/* The parts of a plan that a comparison takes; how servers are verified is the arms' affair. */
static bool build_plan(struct plan *plan, const struct options *options, struct notices *notices,
                       struct error *err)
{
    if (!plan_build_target(plan, options, err) || !plan_build_load(plan, options, err) ||
        !plan_build_request(plan, options, err))
        return false;
    plan->pins = pinset_new();
    plan->cacert = options->cacert != NULL ? memory_text(options->cacert) : NULL;
    return plan_build_identities(plan, options, notices, err) &&
           plan_build_tls(plan, options, notices, err) && plan_build_network(plan, options, err) &&
           descriptors_suffice(plan->connections, plan->threads, err);
}

/* The arms pin what the server shows; where the user gave pins, that must have one of them. */
static enum ending pin_server(struct arms *arms, const struct plan *plan,
                              const struct options *options, struct error *err)
{
    struct probe probe = {0};
    struct plan pins_only = {.pins = pinset_new()};
    enum ending ending = ENDING_USAGE;
    bool given =
        options->pins.count > 0 || options->pin_files.count > 0 || options->pinnedpubkey != NULL;
    if (given && !plan_build_pins(&pins_only, options, err))
        goto out;
    ending = ENDING_UNEXPECTED;
    if (!probe_server(&probe, plan, err))
        goto out;
    if (given && pinset_match_leaf(pins_only.pins, probe.certs[0], probe.lens[0]) < 0) {
        error_set(err,
                  "the server's certificate has none of the pins given; 'pinload pin %s' "
                  "prints those it has",
                  plan->target.url);
        goto out;
    }
    arms_pin(arms, probe.certs[0], probe.lens[0]);
    ending = ENDING_AS_EXPECTED;
out:
    pinset_free(pins_only.pins);
    probe_cleanup(&probe);
    return ending;
}

/* Runs rounds until it is enough. */
static bool run_rounds(struct network *network, struct plan *plan,
                       const struct compare_bounds *bounds, struct error *err)
{
    struct compare_result *result = network->result;
    struct worker_arms arms = {.policies = network->arms->policies,
                               .num_policies = network->arms->count,
                               .policy_of = network->arms->policy_of,
                               .pick = pick,
                               .sessions_per_identity = network->arms->count,
                               .observe = observe,
                               .begin = begin_thread,
                               .read_counter = read_counter,
                               .arg = network};
    struct run_hooks hooks = {.arms = &arms};
    uint64_t start_ns = clock_now_ns();
    for (size_t blocks; (blocks = next_round(result, bounds, start_ns)) > 0;) {
        struct stories stories = {0};
        network->first_block = result->comparison.num_blocks;
        plan->sessions = blocks * network->arms->count;
        plan->duration_ns =
            bounds->duration_ns > 0 ? bounds->duration_ns - (clock_now_ns() - start_ns) : 0;
        struct result *round = run_plan(plan, &hooks, &stories, err);
        if (round == NULL)
            return false;
        result->interrupted_by = round->interrupted_by;
        bool all_failed = round->failed + round->refused == round->started;
        if (all_failed)
            error_set(err, "every session failed or was refused; 'pinload run' with the same "
                           "options tells why");
        result_free(round);
        stories_cleanup(&stories);
        if (all_failed)
            return false;
        if (result->interrupted_by != 0)
            break;
    }
    conclude(result, start_ns);
    return true;
}

enum ending compare_over_network(struct compare_result *result, struct arms *arms,
                                 const struct compare_bounds *bounds, const struct options *options,
                                 struct error *err)
{
    struct plan plan = {0};
    struct notices notices = {0};
    static struct network network; /* the counter's words outlive the run in RESULT */
    network = (struct network){
        .result = result, .arms = arms, .resume = strcmp(options->session_mode, "resume") == 0};
    enum ending ending = ENDING_USAGE;
    signal(SIGPIPE, SIG_IGN);
    if (build_plan(&plan, options, &notices, err) &&
        (ending = pin_server(arms, &plan, options, err)) == ENDING_AS_EXPECTED) {
        instructions_open(&network.counter);
        result->where = options->operands.items[0];
        result->started_wall_ns = clock_wall_ns();
        comparison_init(&result->comparison, arms, network.counter.fd >= 0);
        if (!run_rounds(&network, &plan, bounds, err))
            ending = ENDING_UNEXPECTED;
        instructions_close(&network.counter);
        result->no_instructions =
            result->comparison.has_instructions ? NULL : network.counter.why_not;
    }
    notices_cleanup(&notices);
    plan_cleanup(&plan);
    return ending;
}
