/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a known cost is found. An arm's callback is slowed on purpose by a fixed number of
 * SHA-256 blocks, by the hook that src/tls/verify.c has if it is compiled for this test. The cost
 * of the blocks is measured separately, alternating with the comparison. Each measure must find it
 * within a tenth. On a busy machine up to three attempts are allowed, and reported; the number of
 * attempts can be given as an argument, as bench/compare-judge does.
 */
#include "base/clock.h"
#include "compare/in_process.h"
#include "unit.h"

#include <openssl/sha.h>

#include <math.h>

#define WANTED_NS 5000.0
#define NUM_BLOCKS 1500
#define BLOCKS_PER_CALIBRATION 10
#define NUM_CALIBRATIONS (NUM_BLOCKS / BLOCKS_PER_CALIBRATION)
#define SLOW 1 /* the arm */

static long num_tries = 3;

/* The same work as the hook's. */
static void spend(uint32_t num_blocks)
{
    static const uint8_t block[SHA256_CBLOCK];
    SHA256_CTX ctx;
    SHA256_Init(&ctx);
    for (uint32_t i = 0; i < num_blocks; i++)
        SHA256_Update(&ctx, block, sizeof block);
    volatile uint8_t sink = (uint8_t)ctx.h[0];
    (void)sink;
}

static double time_of(uint32_t num_blocks)
{
    uint64_t start_ns = clock_now_ns();
    spend(num_blocks);
    return (double)(clock_now_ns() - start_ns);
}

/* How many blocks take WANTED_NS: the fastest of some attempts is undisturbed. */
static uint32_t choose_num_blocks(void)
{
    double fastest = INFINITY;
    for (int i = 0; i < 200; i++)
        fastest = fmin(fastest, time_of(1000));
    return (uint32_t)(WANTED_NS / (fastest / 1000));
}

/* The result of one comparison, and the expected one. */
struct finding {
    double true_ns, true_instructions;
    double found[NUM_MEASURES];
    bool is_known[NUM_MEASURES];
};

static double count_instructions(struct instructions *counter, uint32_t num_blocks)
{
    uint64_t before = instructions_read(counter);
    spend(num_blocks);
    return (double)(instructions_read(counter) - before);
}

static void measure(struct in_process *pair, const struct arms *arms, uint32_t num_blocks,
                    struct instructions *counter, struct finding *out)
{
    static float times[NUM_CALIBRATIONS];
    struct comparison comparison;
    comparison_init(&comparison, arms, counter->fd >= 0);
    for (size_t block = 0; block < NUM_BLOCKS; block++) {
        in_process_run(pair, &comparison, block, counter);
        if (block % BLOCKS_PER_CALIBRATION == 0)
            times[block / BLOCKS_PER_CALIBRATION] = (float)time_of(num_blocks);
    }
    comparison_judge(&comparison);
    *out = (struct finding){.true_ns = statistics_location(times, NUM_CALIBRATIONS),
                            .true_instructions = count_instructions(counter, num_blocks)};
    for (size_t i = 0; i < comparison.num_differences; i++) {
        const struct difference *difference = &comparison.differences[i];
        out->found[difference->measure] = difference->estimate.estimate;
        out->is_known[difference->measure] = difference->is_known;
    }
    comparison_cleanup(&comparison);
}

static bool is_found(const struct finding *finding, enum measure measure)
{
    bool in_instructions = measure == MEASURE_INSTRUCTIONS;
    double expected = in_instructions ? finding->true_instructions : finding->true_ns;
    double off = finding->found[measure] / expected - 1;
    print_message("%s: %.1f where %.1f were spent, %+.1f%%\n", measure_name(measure),
                  finding->found[measure], expected, off * 100);
    return finding->is_known[measure] && fabs(off) <= 0.1;
}

static bool all_are_found(const struct finding *finding, bool has_instructions)
{
    bool found = is_found(finding, MEASURE_VERIFY_CALLBACK);
    found &= is_found(finding, MEASURE_HANDSHAKE_CPU);
    if (has_instructions)
        found &= is_found(finding, MEASURE_INSTRUCTIONS);
    return found;
}

/* "none" is compared with a slowed copy of itself. */
static void five_microseconds_in_the_callback_are_found(void **state)
{
    (void)state;
    struct arms arms;
    struct error err;
    struct instructions counter;
    struct in_process_config config = {.key_type = KEY_P256};
    assert_true(arms_parse(&arms, "none,pin", NULL, 1, &err));
    struct in_process *pair = in_process_new(&config, &arms, &err);
    assert_non_null(pair);
    arms.names[SLOW] = "slow";
    arms.policies[SLOW] = arms.policies[arms.baseline];
    arms.policies[SLOW].extra_sha256_blocks = choose_num_blocks();
    instructions_open(&counter);
    if (counter.fd < 0)
        print_message("instructions are not counted: %s\n", counter.why_not);
    bool found = false;
    for (long try = 1; try <= num_tries && !found; try++) {
        struct finding finding;
        print_message("try %ld of %ld\n", try, num_tries);
        measure(pair, &arms, arms.policies[SLOW].extra_sha256_blocks, &counter, &finding);
        found = all_are_found(&finding, counter.fd >= 0);
    }
    instructions_close(&counter);
    in_process_free(pair);
    arms_cleanup(&arms);
    assert_true(found);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        num_tries = strtol(argv[1], NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_microseconds_in_the_callback_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
