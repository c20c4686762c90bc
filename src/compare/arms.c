/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/arms.h"

#include "base/memory.h"
#include "base/random.h"
#include "tls/pinset.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arm_row {
    const char *name;
    enum verify_mode mode;
    enum pin_kind pin;
    unsigned num_other_pins;
};

static const struct arm_row rows[] = {
    {"none", VERIFY_NONE, PIN_CERT, 0},   {"pin", VERIFY_PIN, PIN_CERT, 0},
    {"spki", VERIFY_PIN, PIN_SPKI, 0},    {"pins100", VERIFY_PIN, PIN_CERT, 99},
    {"chain", VERIFY_CHAIN, PIN_CERT, 0}, {"chain+pin", VERIFY_CHAIN_PIN, PIN_CERT, 0},
};
#define NUM_ROWS (sizeof rows / sizeof *rows)

static const struct arm_row *find_row(const char *name)
{
    for (size_t i = 0; i < NUM_ROWS; i++) {
        if (strcmp(name, rows[i].name) == 0)
            return &rows[i];
    }
    return NULL;
}

/* Adds a way to verify. */
static bool add_row(struct arms *arms, const char *name, struct error *err)
{
    const struct arm_row *row = find_row(name);
    if (row == NULL)
        return error_set(
            err,
            "'%s' is not an arm for --arms; expected none, pin, spki, pins100, chain or chain+pin, "
            "joined by commas, or one of groups, versions, keys, resumption and verify",
            name);
    for (unsigned i = 0; i < arms->count; i++) {
        if (strcmp(arms->names[i], row->name) == 0)
            return error_set(
                err,
                "--arms names '%s' twice; expected each arm once (a control arm is added "
                "automatically)",
                name);
    }
    arms->names[arms->count] = row->name;
    arms->policy_of[arms->count] = arms->count;
    arms->policies[arms->count++].mode = row->mode;
    return true;
}

static bool add_control(struct arms *arms, const char *baseline, const char *option,
                        struct error *err)
{
    unsigned i = 0;
    while (i < arms->count && baseline != NULL && strcmp(arms->names[i], baseline) != 0)
        i++;
    if (i == arms->count)
        return error_set(err, "--baseline '%s' is not one of the arms; expected one of %s",
                         baseline, option);
    unsigned control = arms->count++;
    arms->num_places = arms->count;
    arms->baseline = i;
    arms->control = control;
    arms->names[control] = CONTROL_NAME;
    arms->policy_of[control] = arms->is_apart ? control : i;
    arms->policies[control] = arms->policies[i];
    arms->sessions[control] = arms->sessions[i];
    arms->plans[control] = arms->plans[i];
    arms->options[control] = arms->options[i];
    return true;
}

bool arms_parse(struct arms *arms, const char *list, const char *baseline, uint64_t seed,
                struct error *err)
{
    *arms = (struct arms){.seed = seed};
    char *copy = memory_text(list), *rest = copy;
    bool ok = true;
    for (char *name; ok && (name = strsep(&rest, ",")) != NULL;)
        ok = add_row(arms, name, err);
    free(copy);
    return ok && add_control(arms, baseline, "--arms", err);
}

void arms_begin(struct arms *arms, uint64_t seed)
{
    *arms = (struct arms){.seed = seed, .is_apart = true};
}

bool arms_add(struct arms *arms, const char *name, struct error *err)
{
    for (unsigned i = 0; i < arms->count; i++) {
        if (strcmp(arms->names[i], name) == 0)
            return error_set(err, "two arms are named '%s'; expected a name of its own for each",
                             name);
    }
    if (strcmp(name, CONTROL_NAME) == 0)
        return error_set(err, "an arm is named '" CONTROL_NAME "', which is the name of the one "
                              "that is added; expected another name");
    if (arms->count + 1 == MAX_ARMS)
        return error_set(err, "'%s' is one arm too many; expected at most %d", name, MAX_ARMS - 1);
    arms->policy_of[arms->count] = arms->count;
    arms->names[arms->count++] = name;
    return true;
}

bool arms_end(struct arms *arms, const char *baseline, struct error *err)
{
    return add_control(arms, baseline, "their names", err);
}

void arms_add_twin(struct arms *arms, unsigned arm)
{
    unsigned place = arms->num_places++;
    assert(arms->is_apart && place < MAX_PLACES);
    arms->policy_of[place] = place;
    arms->policies[place] = arms->policies[arm];
    arms->plans[place] = arms->plans[arm];
}

enum arm_sessions arms_sessions(const struct arms *arms, unsigned arm)
{
    return arms->sessions[arms->is_apart ? arm : 0];
}

const char *arm_sessions_name(enum arm_sessions sessions)
{
    static const char *const names[] = {"full", "resume", "early"};
    return names[sessions];
}

void arms_cleanup(struct arms *arms)
{
    for (unsigned i = 0; i < arms->count; i++)
        pinset_free(arms->pins[i]);
    *arms = (struct arms){0};
}

bool arms_need_chain(const struct arms *arms)
{
    for (unsigned i = 0; i < arms->count; i++) {
        if (verify_mode_has_chain(arms->policies[i].mode))
            return true;
    }
    return false;
}

/* Pins that match no certificate: they only have to be searched. */
static void add_other_pins(struct pinset *pins, unsigned count)
{
    struct random random;
    random_init(&random, 100);
    for (unsigned i = 0; i < count; i++) {
        uint8_t fingerprint[FINGERPRINT_LEN];
        for (size_t j = 0; j < FINGERPRINT_LEN; j += 8) {
            uint64_t bits = random_next(&random);
            memcpy(fingerprint + j, &bits, 8);
        }
        pinset_add_fingerprint(pins, PIN_CERT, fingerprint);
    }
}

bool arms_pin(struct arms *arms, const uint8_t *der, size_t der_len, struct error *err)
{
    for (unsigned i = 0; i < arms->count; i++) {
        if (i == arms->control)
            continue;
        const struct arm_row *row = find_row(arms->names[i]);
        uint8_t fingerprint[FINGERPRINT_LEN];
        arms->pins[i] = pinset_new();
        add_other_pins(arms->pins[i], row->num_other_pins);
        fingerprint_of(fingerprint, der, der_len);
        if (row->pin == PIN_SPKI && !fingerprint_spki(fingerprint, der, der_len))
            return error_set(err,
                             "what the server sent as its certificate cannot be read, so that arm "
                             "'%s' has no public key to pin; expected only the arms none and pin",
                             row->name);
        pinset_add_fingerprint(arms->pins[i], row->pin, fingerprint);
        arms->policies[i].pins = arms->pins[i];
    }
    return true;
}

void arms_pin_one(struct arms *arms, unsigned arm, const uint8_t *der, size_t der_len)
{
    uint8_t fingerprint[FINGERPRINT_LEN];
    arms->pins[arm] = pinset_new();
    fingerprint_of(fingerprint, der, der_len);
    pinset_add_fingerprint(arms->pins[arm], PIN_CERT, fingerprint);
    arms->policies[arm].pins = arms->pins[arm];
}

bool arms_prefix(const struct arms *arms, unsigned arm, struct error *err)
{
    char where[64];
    snprintf(where, sizeof where, "arm '%s'", arms->names[arm]);
    return error_prefix(err, where);
}

unsigned arms_pick(const struct arms *arms, uint64_t serial)
{
    uint64_t block = serial / arms->num_places;
    unsigned place = (unsigned)(serial % arms->num_places);
    unsigned order[MAX_PLACES];
    struct random random;
    random_init(&random, arms->seed);
    random_init(&random, random_next(&random) + block * 0xd1342543de82ef95ull);
    for (unsigned i = 0; i < arms->num_places; i++)
        order[i] = i;
    for (unsigned i = 0; i <= place; i++) { /* Fisher-Yates shuffle, as far as it is needed */
        unsigned j = i + (unsigned)random_below(&random, arms->num_places - i);
        unsigned swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }
    return order[place];
}
