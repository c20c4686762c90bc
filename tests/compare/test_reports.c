/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A comparison as text and as JSON, compared with the files of tests/compare/golden; with
 * PINLOAD_UPDATE_GOLDEN=1 in the environment they are rewritten, to be reviewed in the diff.
 */
#include "base/random.h"
#include "compare/compare_result.h"
#include "golden_file.h"
#include "report/json/compare_json.h"
#include "report/text/compare_text.h"
#include "unit.h"

#include <math.h>
#include <signal.h>

static struct arms arms;

/* The cost of each arm: none, pin, spki, pins100, chain, chain+pin, control. */
static const double costs_ns[] = {0, 310, 720, 312, 65100, 65450, 0};

/* A typical comparison over the network; NUM_BLOCKS of it, with or without instructions. */
static void make(struct compare_result *result, size_t num_blocks, bool has_instructions)
{
    static char *command[] = {"pinload", "compare", "https://localhost:8443/", NULL};
    struct error err;
    struct random random;
    assert_true(arms_parse(&arms, "none,pin,spki,pins100,chain,chain+pin", NULL, 42, &err));
    *result = (struct compare_result){.boringssl = "API version 17",
                                      .libuv = "1.44.2",
                                      .where = "https://localhost:8443/",
                                      .command = command,
                                      .negotiated[0] = {.server_key = "ecdsa_secp256r1_sha256",
                                                        .version = "TLSv1.3",
                                                        .cipher = "TLS_AES_128_GCM_SHA256",
                                                        .group = "X25519"},
                                      .session_mode = "full",
                                      .connections = 10,
                                      .started_wall_ns = 1795392000000000000,
                                      .duration_s = 10.004,
                                      .cpu_clock_cost_ns = 519,
                                      .now_clock_cost_ns = 31};
    struct comparison *comparison = &result->comparison;
    comparison_init(comparison, &arms, has_instructions);
    random_init(&random, 1);
    for (int m = 0; m < MEASURE_INSTRUCTIONS; m++)
        comparison->steps[m] = 10;
    for (size_t block = 0; block < num_blocks; block++) {
        for (unsigned arm = 0; arm < arms.count; arm++) {
            double values[NUM_MEASURES] = {
                floor(3 + costs_ns[arm] / 10 + 3 * random_unit(&random)) * 10,
                floor(144000 + costs_ns[arm] + 3000 * random_unit(&random)),
                floor(1600000 + costs_ns[arm] + 400000 * random_unit(&random)),
                has_instructions ? 412000 + 3 * costs_ns[arm] + floor(40 * random_unit(&random))
                                 : NAN};
            static const uint32_t wire[NUM_WIRE] = {1518, 2490, 967, 4162, 1};
            comparison_add(comparison, block, arm, values);
            comparison_add_wire(comparison, arm, wire);
        }
    }
    if (!has_instructions)
        snprintf(result->no_instructions, sizeof result->no_instructions, "%s",
                 "this processor, or virtual machine, does not count them");
    comparison_judge(comparison);
}

static void drop(struct compare_result *result)
{
    comparison_cleanup(&result->comparison);
    arms_cleanup(&arms);
}

static bool write_text(FILE *out, const struct compare_result *result)
{
    compare_text(out, result);
    return !ferror(out);
}

static char *capture(bool (*write)(FILE *, const struct compare_result *),
                     const struct compare_result *result)
{
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    assert_true(write(file, result));
    assert_int_equal(fclose(file), 0);
    char *copy = strdup(text);
    free(text);
    return copy;
}

static void check_golden(const char *name, bool (*write)(FILE *, const struct compare_result *),
                         const struct compare_result *result)
{
    char path[256];
    snprintf(path, sizeof path, "tests/compare/golden/%s", name);
    golden_file_check(path, capture(write, result));
}

static void a_typical_comparison_reads_as_it_should(void **state)
{
    (void)state;
    struct compare_result result;
    make(&result, 1000, false);
    check_golden("typical.txt", write_text, &result);
    check_golden("typical.json", compare_json, &result);
    drop(&result);
}

static void with_instructions_there_is_a_fourth_measure(void **state)
{
    (void)state;
    struct compare_result result;
    make(&result, 1000, true);
    result.in_process = true;
    result.where = "in process";
    result.session_mode = "resume";
    arms.sessions[0] = ARM_RESUMED;
    result.resolve_ns = 1000;
    result.resolved = true;
    result.least_seen_ns = 214;
    result.sessions_needed = 43.2;
    check_golden("instructions.txt", write_text, &result);
    check_golden("instructions.json", compare_json, &result);
    drop(&result);
}

static void an_empty_comparison_shows_no_misleading_figures(void **state)
{
    (void)state;
    struct compare_result result;
    make(&result, 0, false);
    result.interrupted_by = SIGINT;
    result.negotiated[0] = (struct negotiated){.version = ""};
    check_golden("empty.txt", write_text, &result);
    check_golden("empty.json", compare_json, &result);
    drop(&result);
}

static void what_went_wrong_is_said(void **state)
{
    (void)state;
    struct compare_result result;
    make(&result, 50, false);
    static const double of_other_kind[NUM_MEASURES] = {NAN, NAN, NAN, NAN};
    for (int i = 0; i < 3; i++)
        comparison_add(&result.comparison, 50, 2, of_other_kind);
    comparison_add_failure(&result.comparison, 1);
    for (int i = 0; i < 3; i++)
        comparison_add_failure(&result.comparison, 4);
    result.failed = 4;
    result.failures[0] = (struct failure_count){"reset", 3};
    result.failures[1] = (struct failure_count){"client_cert_refused", 1};
    result.num_failure_kinds = 2;
    result.session_mode = "resume";
    arms.sessions[0] = ARM_RESUMED;
    result.resolve_ns = 500;
    result.least_seen_ns = result.sessions_needed = INFINITY;
    snprintf(result.why_not_resolved, sizeof result.why_not_resolved, "%s",
             "there are too few sessions of each arm for an interval");
    result.interrupted_by = SIGTERM;
    check_golden("trouble.txt", write_text, &result);
    check_golden("trouble.json", compare_json, &result);
    drop(&result);
}

static bool write_failure(FILE *out, const struct compare_result *result)
{
    compare_text_failure(out, result);
    return !ferror(out);
}

static void without_a_summary_only_what_went_wrong_is_said(void **state)
{
    (void)state;
    struct compare_result result;
    make(&result, 50, false);
    char *text = capture(write_failure, &result);
    assert_string_equal(text, "");
    free(text);
    result.failed = 3;
    result.failures[0] = (struct failure_count){"reset", 3};
    result.num_failure_kinds = 1;
    result.interrupted_by = SIGTERM;
    text = capture(write_failure, &result);
    assert_non_null(strstr(text, "interrupted by SIGTERM\n"));
    assert_non_null(strstr(text, "failed sessions, not in any figure: 3\n"));
    free(text);
    drop(&result);
}

/* A small difference of some nanoseconds, and a control that is off in one measure. */
static void a_control_off_zero_is_named(void **state)
{
    (void)state;
    struct compare_result result;
    make(&result, 1000, false);
    for (size_t block = 0; block < 1000; block++) {
        result.comparison.samples[1].values[MEASURE_VERIFY_CALLBACK][block] =
            result.comparison.samples[0].values[MEASURE_VERIFY_CALLBACK][block] + 9;
        result.comparison.samples[6].values[MEASURE_HANDSHAKE_CPU][block] += 400;
    }
    result.connections = 1;
    comparison_judge(&result.comparison);
    check_golden("untrusted.txt", write_text, &result);
    check_golden("untrusted.json", compare_json, &result);
    drop(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_typical_comparison_reads_as_it_should),
        cmocka_unit_test(with_instructions_there_is_a_fourth_measure),
        cmocka_unit_test(an_empty_comparison_shows_no_misleading_figures),
        cmocka_unit_test(what_went_wrong_is_said),
        cmocka_unit_test(without_a_summary_only_what_went_wrong_is_said),
        cmocka_unit_test(a_control_off_zero_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
