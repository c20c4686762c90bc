/* SPDX-License-Identifier: Apache-2.0 */
/* Runs with several ways to verify, as used by compare: which session has which arm, and what is
 * reported. */
#include "engine/service.h"
#include "engine/trial.h"
#include "tls/fixtures.h"
#include "tls/pinset.h"

#define NUM_IDENTITIES 2
#define NUM_ARMS 3
#define NUM_OTHER_PINS 99
#define NUM_BLOCKS 12 /* of each run */

static const struct tls_server_config asking = {.client_ca = FIXTURE("client-ca.crt")};

/* What was reported of the sessions of several runs, one after the other. */
struct witness {
    struct trial trial;
    struct worker_arms arms;
    struct verify_policy policies[NUM_ARMS];
    unsigned sessions[NUM_ARMS][NUM_IDENTITIES];
    uint32_t identity_of[2 * NUM_BLOCKS]; /* the block's; it is its sessions' */
    unsigned arms_of[2 * NUM_BLOCKS];     /* a bit for each */
    unsigned num_begun;
};

static unsigned pick(void *arg, uint64_t serial)
{
    (void)arg;
    return (unsigned)((serial + serial / NUM_ARMS) % NUM_ARMS); /* another order in each block */
}

static void begin(void *arg)
{
    struct witness *witness = arg;
    witness->num_begun++;
}

static void observe(void *arg, const struct sample *sample)
{
    struct witness *witness = arg;
    uint64_t block = sample->serial / NUM_ARMS;
    assert_true(block < 2 * NUM_BLOCKS && sample->identity < NUM_IDENTITIES);
    assert_int_equal(sample->outcome, OUTCOME_SUCCEEDED);
    assert_int_equal(sample->at.started, sample->at.connecting); /* not when its turn began */
    assert_int_equal(sample->arm, pick(NULL, sample->serial));
    assert_int_equal(sample->tls->verify.pins_checked, sample->arm == 1);
    if (witness->arms_of[block] != 0)
        assert_int_equal(witness->identity_of[block], sample->identity);
    witness->identity_of[block] = sample->identity;
    assert_int_equal(witness->arms_of[block] & 1u << sample->arm, 0);
    witness->arms_of[block] |= 1u << sample->arm;
    witness->sessions[sample->arm][sample->identity]++;
}

/* A hundred pins, the server's last. */
static struct pinset *make_pins(void)
{
    struct pinset *pins = pinset_new();
    struct fixture_file der;
    uint8_t fingerprint[FINGERPRINT_LEN] = {0};
    for (int i = 0; i < NUM_OTHER_PINS; i++) {
        fingerprint[0] = (uint8_t)i;
        pinset_add_fingerprint(pins, PIN_CERT, fingerprint);
    }
    fixture_read(&der, FIXTURE("server.der"));
    fingerprint_of(fingerprint, der.bytes, der.len);
    pinset_add_fingerprint(pins, PIN_CERT, fingerprint);
    return pins;
}

/* Runs NUM_BLOCKS blocks from FIRST on. */
static void run(struct witness *witness, const struct service *service, const struct pinset *pins,
                uint64_t first)
{
    static const unsigned policy_of[NUM_ARMS] = {0, 1, 0}; /* the third is the first again */
    witness->policies[0] = (struct verify_policy){.mode = VERIFY_NONE};
    witness->policies[1] = (struct verify_policy){.mode = VERIFY_PIN, .pins = pins};
    witness->arms = (struct worker_arms){.policies = witness->policies,
                                         .num_policies = 2,
                                         .policy_of = policy_of,
                                         .pick = pick,
                                         .first_serial = first * NUM_ARMS,
                                         .sessions_per_identity = NUM_ARMS,
                                         .observe = observe,
                                         .begin = begin,
                                         .arg = witness};
    trial_plan(&witness->trial, service);
    witness->trial.hooks.arms = &witness->arms;
    trial_identity(&witness->trial, "client-p256");
    trial_identity(&witness->trial, "client-rsa");
    witness->trial.plan.connections = 4;
    witness->trial.plan.sessions = NUM_BLOCKS * NUM_ARMS;
    trial_run(&witness->trial);
    assert_int_equal(witness->trial.result->by_class[CLASS_SUCCEEDED], NUM_BLOCKS * NUM_ARMS);
    assert_int_equal(witness->trial.result->pins_matched, NUM_BLOCKS);
    trial_cleanup(&witness->trial);
}

static void each_arm_has_each_identity_equally_often_over_several_runs(void **state)
{
    (void)state;
    struct witness witness = {.num_begun = 0};
    struct service *service = service_start(MANNER_SERVE, &asking);
    struct pinset *pins = make_pins();
    run(&witness, service, pins, 0);
    run(&witness, service, pins, NUM_BLOCKS);
    for (unsigned arm = 0; arm < NUM_ARMS; arm++) {
        for (unsigned identity = 0; identity < NUM_IDENTITIES; identity++)
            assert_int_equal(witness.sessions[arm][identity], 2 * NUM_BLOCKS / NUM_IDENTITIES);
    }
    assert_int_equal(witness.num_begun, 2);
    pinset_free(pins);
    service_stop(service);
}

/* With an odd number of blocks the second run continues where the first ended. */
static void a_continued_run_begins_with_the_next_identity(void **state)
{
    (void)state;
    struct witness witness = {.num_begun = 0};
    struct service *service = service_start(MANNER_SERVE, &asking);
    struct pinset *pins = make_pins();
    run(&witness, service, pins, 1);
    for (unsigned block = 1; block <= NUM_BLOCKS; block++) {
        assert_int_equal(witness.arms_of[block], (1u << NUM_ARMS) - 1);
        assert_int_equal(witness.identity_of[block], block % NUM_IDENTITIES);
    }
    assert_int_equal(witness.arms_of[0], 0);
    pinset_free(pins);
    service_stop(service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_arm_has_each_identity_equally_often_over_several_runs),
        cmocka_unit_test(a_continued_run_begins_with_the_next_identity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
