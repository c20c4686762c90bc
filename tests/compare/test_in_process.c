/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/in_process.h"

#include "tls/pinset.h"
#include "unit.h"

#include <dirent.h>
#include <math.h>
#include <unistd.h>

#define NUM_BLOCKS 12
#define ALL_ARMS "none,pin,spki,pins100,chain,chain+pin"

/* A pair, its arms and their measurements. */
struct bench {
    struct arms arms;
    struct in_process *pair;
    struct comparison comparison;
};

static bool bench_init(struct bench *bench, const struct in_process_config *config,
                       struct error *err)
{
    *bench = (struct bench){.pair = NULL};
    assert_true(arms_parse(&bench->arms, ALL_ARMS, NULL, 1, err));
    bench->pair = in_process_new(config, &bench->arms, err);
    comparison_init(&bench->comparison, &bench->arms, false);
    return bench->pair != NULL;
}

static void bench_cleanup(struct bench *bench)
{
    in_process_free(bench->pair);
    comparison_cleanup(&bench->comparison);
    arms_cleanup(&bench->arms);
}

static void bench_run(struct bench *bench, size_t num_blocks)
{
    struct instructions uncounted = {.fd = -1};
    for (size_t block = 0; block < num_blocks; block++)
        in_process_run(bench->pair, &bench->comparison, block, &uncounted);
}

/* The number of the blocks' sessions of ARM that count in MEASURE; all must be positive. */
static size_t count_values(const struct bench *bench, unsigned arm, enum measure measure)
{
    size_t count = 0;
    const struct arm_samples *samples = &bench->comparison.samples[arm];
    assert_int_equal(samples->failed, 0);
    for (size_t block = 0; block < bench->comparison.num_blocks; block++) {
        if (isnan(samples->values[measure][block]))
            continue;
        assert_true(samples->values[measure][block] > 0);
        count++;
    }
    return count;
}

static void every_arm_measures_every_kind_of_session(void **state)
{
    (void)state;
    static const uint16_t versions[] = {TLS_VERSION_1_2, TLS_VERSION_1_3};
    for (int i = 0; i < 8; i++) {
        struct bench bench;
        struct error err;
        struct in_process_config config = {
            .key_type = i & 1 ? KEY_RSA_2048 : KEY_P256,
            .limits = {.version_min = versions[i >> 1 & 1], .version_max = versions[i >> 1 & 1]},
            .resume = i >> 2};
        assert_true(bench_init(&bench, &config, &err));
        bench_run(&bench, NUM_BLOCKS);
        size_t expected = NUM_BLOCKS, counted = 0;
        for (unsigned arm = 0; arm < bench.arms.count; arm++) {
            assert_int_equal(bench.comparison.samples[arm].sessions, NUM_BLOCKS);
            counted += count_values(&bench, arm, MEASURE_HANDSHAKE_CPU);
            assert_int_equal(count_values(&bench, arm, MEASURE_TLS_HANDSHAKE),
                             count_values(&bench, arm, MEASURE_HANDSHAKE_CPU));
        }
        size_t sized = 0;
        for (unsigned arm = 0; arm < bench.arms.count; arm++) {
            const struct value_counts *wire = bench.comparison.samples[arm].wire;
            bool takes_two = !config.resume && config.limits.version_max == TLS_VERSION_1_2;
            sized += value_counts_num(&wire[WIRE_SENT]);
            assert_int_equal(value_counts_percentile(&wire[WIRE_ROUND_TRIPS], 100),
                             takes_two ? 2 : 1);
            assert_true(value_counts_percentile(&wire[WIRE_RECEIVED], 100) <
                        (config.resume ? 2000 : 8000));
        }
        assert_int_equal(sized, counted);
        /* the very first session has no ticket, and does not count */
        assert_int_equal(counted, expected * bench.arms.count - (config.resume ? 1 : 0));
        const struct tls_facts *facts = in_process_facts(bench.pair);
        assert_int_equal(facts->version, config.limits.version_max);
        assert_int_equal(facts->resumed, config.resume);
        bench_cleanup(&bench);
    }
}

static void ml_dsa_keys_sign_on_both_sides(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct bench bench;
        struct error err;
        struct in_process_config config = {.key_type = KEY_ML_DSA_44 + i};
        if (!bench_init(&bench, &config, &err)) {
            assert_non_null(strstr(err.text, "this BoringSSL is too old for ML-DSA"));
            bench_cleanup(&bench);
            print_message("skipped: this BoringSSL is too old for ML-DSA (API 41 has it)\n");
            skip();
        }
        bench_run(&bench, NUM_BLOCKS);
        for (unsigned arm = 0; arm < bench.arms.count; arm++)
            assert_int_equal(count_values(&bench, arm, MEASURE_HANDSHAKE_CPU), NUM_BLOCKS);
        const struct tls_facts *facts = in_process_facts(bench.pair);
        assert_int_equal(facts->sigalg, 0x0904 + i); /* mldsa44, mldsa65, mldsa87 */
        assert_true(facts->cert_asked);
        bench_cleanup(&bench);
    }
}

static void every_arm_verifies_what_its_name_says(void **state)
{
    (void)state;
    struct bench bench;
    struct error err;
    struct in_process_config config = {.key_type = KEY_P256};
    assert_true(bench_init(&bench, &config, &err));
    static const size_t num_pins[] = {1, 1, 1, 100, 1, 1};
    for (unsigned arm = 0; arm < bench.arms.control; arm++) {
        const struct verify_policy *policy = &bench.arms.policies[arm];
        assert_int_equal(pinset_count(policy->pins), num_pins[arm]);
        assert_non_null(policy->trust);
        assert_string_equal(policy->host, "localhost");
    }
    bench_cleanup(&bench);
}

static void a_wrong_pin_fails_in_its_own_arm_alone(void **state)
{
    (void)state;
    struct bench bench;
    struct error err;
    struct in_process_config config = {.key_type = KEY_P256};
    assert_true(bench_init(&bench, &config, &err));
    struct pinset *wrong = pinset_new();
    static const uint8_t fingerprint[FINGERPRINT_LEN] = {1};
    pinset_add_fingerprint(wrong, PIN_CERT, fingerprint);
    bench.arms.policies[1].pins = wrong;
    bench_run(&bench, NUM_BLOCKS);
    for (unsigned arm = 0; arm < bench.arms.count; arm++)
        assert_int_equal(bench.comparison.samples[arm].failed, arm == 1 ? NUM_BLOCKS : 0);
    bench_cleanup(&bench);
    pinset_free(wrong);
}

static void limits_that_do_not_work_are_refused_in_one_sentence(void **state)
{
    (void)state;
    static const struct {
        struct tls_config limits;
        const char *quoted;
    } cases[] = {
        {{.groups = "X25518"}, "--groups 'X25518' is not known"},
        {{.sigalgs = "md5"}, "--sigalgs 'md5' is not known"},
        {{.version_max = TLS_VERSION_1_2, .ciphers = "RC4"}, "--ciphers 'RC4' is not known"},
        {{.version_max = TLS_VERSION_1_2, .ciphers = "ECDHE-RSA-AES128-GCM-SHA256"},
         "the handshake in this process does not work"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bench bench;
        struct error err = {0};
        struct in_process_config config = {.key_type = KEY_P256, .limits = cases[i].limits};
        assert_false(bench_init(&bench, &config, &err));
        assert_non_null(strstr(err.text, cases[i].quoted));
        assert_null(strchr(err.text, '\n'));
        bench_cleanup(&bench);
    }
}

static size_t count_leftovers(void)
{
    size_t count = 0;
    DIR *directory = opendir("/tmp");
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += strncmp(entry->d_name, "pinload-", 8) == 0 && strlen(entry->d_name) == 14;
    closedir(directory);
    return count;
}

static void nothing_is_left_in_the_file_system(void **state)
{
    (void)state;
    char template[] = "/tmp/pinload-XXXXXX"; /* so that the search below would find one that was
                                              * left */
    assert_non_null(mkdtemp(template));
    assert_true(count_leftovers() >= 1);
    assert_int_equal(rmdir(template), 0);
    struct bench bench;
    struct error err;
    struct in_process_config config = {.key_type = KEY_P256};
    for (int attempt = 0; attempt < 5; attempt++) { /* other tests may run at the same time */
        size_t before = count_leftovers();
        assert_true(bench_init(&bench, &config, &err));
        bench_cleanup(&bench);
        if (count_leftovers() <= before)
            return;
    }
    fail_msg("a directory of throw-away certificates was left in /tmp");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_arm_measures_every_kind_of_session),
        cmocka_unit_test(ml_dsa_keys_sign_on_both_sides),
        cmocka_unit_test(every_arm_verifies_what_its_name_says),
        cmocka_unit_test(a_wrong_pin_fails_in_its_own_arm_alone),
        cmocka_unit_test(limits_that_do_not_work_are_refused_in_one_sentence),
        cmocka_unit_test(nothing_is_left_in_the_file_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
