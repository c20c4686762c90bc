/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/arms.h"

#include "tls/fixtures.h"
#include "tls/pinset.h"
#include "unit.h"

#define ALL_ARMS "none,pin,spki,pins100,chain,chain+pin"

static struct arms parse(const char *list, const char *baseline, uint64_t seed)
{
    struct arms arms;
    struct error err;
    assert_true(arms_parse(&arms, list, baseline, seed, &err));
    return arms;
}

static void a_list_becomes_arms_and_a_control(void **state)
{
    (void)state;
    struct arms arms = parse("pin,none,chain+pin", NULL, 1);
    assert_int_equal(arms.count, 4);
    assert_string_equal(arms.names[0], "pin");
    assert_string_equal(arms.names[2], "chain+pin");
    assert_string_equal(arms.names[arms.control], "control");
    assert_int_equal(arms.baseline, 0);
    assert_int_equal(arms.policies[2].mode, VERIFY_CHAIN_PIN);
    arms_cleanup(&arms);
}

static void the_control_shares_the_baselines_policy(void **state)
{
    (void)state;
    struct arms arms = parse(ALL_ARMS, "chain", 1);
    assert_int_equal(arms.baseline, 4);
    for (unsigned i = 0; i < arms.control; i++)
        assert_int_equal(arms.policy_of[i], i);
    assert_int_equal(arms.policy_of[arms.control], 4);
    arms_cleanup(&arms);
}

static void a_bad_list_is_refused_in_one_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *list, *baseline, *quoted, *accepted;
    } cases[] = {
        {"none,pim", NULL, "'pim' is not an arm for --arms", "chain or chain+pin, joined"},
        {"", NULL, "'' is not an arm for --arms", "joined by commas"},
        {"none,,pin", NULL, "'' is not an arm for --arms", "joined by commas"},
        {"none,control", NULL, "'control' is not an arm", "chain or chain+pin, joined"},
        {"none,pin,none", NULL, "--arms names 'none' twice", "expected each arm once"},
        {"none,pin", "chain", "--baseline 'chain' is not one of the arms", "one of --arms"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arms arms;
        struct error err = {0};
        assert_false(arms_parse(&arms, cases[i].list, cases[i].baseline, 1, &err));
        assert_non_null(strstr(err.text, cases[i].quoted));
        assert_non_null(strstr(err.text, cases[i].accepted));
        assert_null(strchr(err.text, '\n'));
        arms_cleanup(&arms);
    }
}

static void arms_that_are_apart_share_nothing_with_their_control(void **state)
{
    (void)state;
    struct arms arms;
    struct error err;
    arms_begin(&arms, 3);
    assert_true(arms_add(&arms, "stable", &err) && arms_add(&arms, "canary", &err));
    arms.sessions[1] = ARM_RESUMED;
    assert_true(arms_end(&arms, "canary", &err));
    assert_int_equal(arms.count, 3);
    assert_int_equal(arms.baseline, 1);
    for (unsigned i = 0; i < arms.count; i++)
        assert_int_equal(arms.policy_of[i], i);
    assert_int_equal(arms_sessions(&arms, 0), ARM_FULL);
    assert_int_equal(arms_sessions(&arms, arms.control), ARM_RESUMED);
    arms_cleanup(&arms);
}

static void a_twin_has_a_place_in_each_block(void **state)
{
    (void)state;
    struct arms arms;
    struct error err;
    arms_begin(&arms, 3);
    assert_true(arms_add(&arms, "stable", &err) && arms_add(&arms, "canary", &err) &&
                arms_end(&arms, NULL, &err));
    arms.policies[1].mode = VERIFY_CHAIN;
    arms_add_twin(&arms, 1);
    assert_int_equal(arms.count, 3);
    assert_int_equal(arms.num_places, 4);
    assert_int_equal(arms.policy_of[3], 3);
    assert_int_equal(arms.policies[3].mode, VERIFY_CHAIN);
    for (uint64_t block = 0; block < 1000; block++) {
        unsigned seen = 0;
        for (unsigned place = 0; place < 4; place++)
            seen |= 1u << arms_pick(&arms, block * 4 + place);
        assert_int_equal(seen, 15);
    }
    arms_cleanup(&arms);
}

static void a_name_is_taken_once(void **state)
{
    (void)state;
    struct arms arms;
    struct error err;
    arms_begin(&arms, 3);
    assert_true(arms_add(&arms, "a", &err));
    assert_false(arms_add(&arms, "a", &err));
    assert_non_null(strstr(err.text, "two arms are named 'a'"));
    assert_false(arms_add(&arms, "control", &err));
    assert_non_null(strstr(err.text, "named 'control'"));
    assert_false(arms_end(&arms, "b", &err));
    assert_non_null(strstr(err.text, "--baseline 'b' is not one of the arms"));
    arms_cleanup(&arms);
}

static void only_chain_modes_need_trust(void **state)
{
    (void)state;
    struct arms without = parse("none,pin,spki,pins100", NULL, 1);
    struct arms with = parse("none,chain+pin", NULL, 1);
    assert_false(arms_need_chain(&without));
    assert_true(arms_need_chain(&with));
    arms_cleanup(&without);
    arms_cleanup(&with);
}

static void every_block_has_every_arm_once(void **state)
{
    (void)state;
    struct arms arms = parse(ALL_ARMS, NULL, 7);
    for (uint64_t block = 0; block < 5000; block++) {
        unsigned seen = 0;
        for (unsigned place = 0; place < arms.count; place++)
            seen |= 1u << arms_pick(&arms, block * arms.count + place);
        assert_int_equal(seen, (1u << arms.count) - 1);
    }
    arms_cleanup(&arms);
}

static void the_order_repeats_with_its_seed_and_with_no_other(void **state)
{
    (void)state;
    struct arms one = parse(ALL_ARMS, NULL, 1), again = parse(ALL_ARMS, NULL, 1);
    struct arms other = parse(ALL_ARMS, NULL, 2);
    unsigned num_same = 0;
    for (uint64_t serial = 0; serial < 7000; serial++) {
        assert_int_equal(arms_pick(&one, serial), arms_pick(&again, serial));
        num_same += arms_pick(&one, serial) == arms_pick(&other, serial);
    }
    assert_in_range(num_same, 850, 1150); /* a seventh */
    arms_cleanup(&one);
    arms_cleanup(&again);
    arms_cleanup(&other);
}

/* Chi squared of COUNTS against equal shares. */
static double chi_squared(const unsigned *counts, size_t n, double expected)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    return sum;
}

static void each_arm_is_in_each_place_equally_often(void **state)
{
    (void)state;
    enum { BLOCKS = 20000, ARMS = 7 };
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct arms arms = parse(ALL_ARMS, NULL, seed);
        unsigned counts[ARMS * ARMS] = {0};
        for (uint64_t serial = 0; serial < BLOCKS * ARMS; serial++)
            counts[serial % ARMS * ARMS + arms_pick(&arms, serial)]++;
        /* 36 degrees of freedom: beyond 77 once in ten thousand */
        assert_true(chi_squared(counts, ARMS * ARMS, (double)BLOCKS / ARMS) < 77);
        arms_cleanup(&arms);
    }
}

static void no_blocks_order_tells_its_neighbours(void **state)
{
    (void)state;
    enum { BLOCKS = 60000, ARMS = 4, ORDERS = 24 };
    static unsigned counts[3][ORDERS * ORDERS];
    struct arms arms = parse("none,pin,chain", NULL, 1);
    static unsigned orders[BLOCKS];
    for (uint64_t block = 0; block < BLOCKS; block++) {
        unsigned order[ARMS], index = 0;
        for (unsigned place = 0; place < ARMS; place++)
            order[place] = arms_pick(&arms, block * ARMS + place);
        for (unsigned i = 0; i < ARMS; i++) {
            unsigned below = 0;
            for (unsigned j = i + 1; j < ARMS; j++)
                below += order[j] < order[i];
            index = index * (ARMS - i) + below;
        }
        orders[block] = index;
        for (unsigned lag = 1; lag <= 3 && block >= lag; lag++)
            counts[lag - 1][orders[block - lag] * ORDERS + index]++;
    }
    for (unsigned lag = 1; lag <= 3; lag++) {
        /* 575 degrees of freedom: beyond 710 once in ten thousand */
        double expected = (double)(BLOCKS - lag) / (ORDERS * ORDERS);
        assert_true(chi_squared(counts[lag - 1], ORDERS * ORDERS, expected) < 710);
    }
    arms_cleanup(&arms);
}

static void the_arms_pins_match_the_certificate_that_they_were_given(void **state)
{
    (void)state;
    static const uint8_t der[] = "no certificate, but it has a fingerprint";
    struct arms arms = parse("none,pin,pins100", NULL, 1);
    struct error err;
    assert_true(arms_pin(&arms, der, sizeof der, &err));
    static const struct {
        unsigned arm;
        size_t num_pins;
        int found_at;
    } cases[] = {{1, 1, 0}, {2, 100, 99}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct pinset *pins = arms.policies[cases[i].arm].pins;
        assert_int_equal(pinset_count(pins), cases[i].num_pins);
        assert_int_equal(pinset_match_leaf(pins, der, sizeof der), cases[i].found_at);
        assert_int_equal(pinset_match_leaf(pins, der, sizeof der - 1), -1);
    }
    arms_cleanup(&arms);
}

static void the_spki_arm_pins_the_certificates_public_key(void **state)
{
    (void)state;
    struct fixture_file der, spki;
    uint8_t expected[FINGERPRINT_LEN];
    struct error err;
    struct arms arms = parse("none,spki", NULL, 1);
    fixture_read(&der, FIXTURE("server.der"));
    fixture_read(&spki, FIXTURE("server.spki.der"));
    fingerprint_of(expected, spki.bytes, spki.len);
    assert_true(arms_pin(&arms, der.bytes, der.len, &err));
    const struct pinset *pins = arms.policies[1].pins;
    assert_int_equal(pinset_count(pins), 1);
    assert_int_equal(pinset_find(pins, PIN_SPKI, expected), 0);
    assert_int_equal(pinset_match_leaf(pins, der.bytes, der.len), 0);
    arms_cleanup(&arms);
}

static void what_is_no_certificate_has_no_public_key_to_pin(void **state)
{
    (void)state;
    static const uint8_t der[] = "no certificate";
    struct error err = {0};
    struct arms arms = parse("none,spki", NULL, 1);
    assert_false(arms_pin(&arms, der, sizeof der, &err));
    assert_non_null(strstr(err.text, "'spki' has no public key to pin"));
    assert_non_null(strstr(err.text, "expected only the arms none and pin"));
    arms_cleanup(&arms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_becomes_arms_and_a_control),
        cmocka_unit_test(the_control_shares_the_baselines_policy),
        cmocka_unit_test(a_bad_list_is_refused_in_one_sentence),
        cmocka_unit_test(arms_that_are_apart_share_nothing_with_their_control),
        cmocka_unit_test(a_twin_has_a_place_in_each_block),
        cmocka_unit_test(a_name_is_taken_once),
        cmocka_unit_test(only_chain_modes_need_trust),
        cmocka_unit_test(every_block_has_every_arm_once),
        cmocka_unit_test(the_order_repeats_with_its_seed_and_with_no_other),
        cmocka_unit_test(each_arm_is_in_each_place_equally_often),
        cmocka_unit_test(no_blocks_order_tells_its_neighbours),
        cmocka_unit_test(the_arms_pins_match_the_certificate_that_they_were_given),
        cmocka_unit_test(the_spki_arm_pins_the_certificates_public_key),
        cmocka_unit_test(what_is_no_certificate_has_no_public_key_to_pin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
