/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arms of a comparison, and the order of their sessions. They are ways to verify, and share
 * everything else; or they are apart: each has settings of its own, and shares nothing. Each block has one session of every arm, in an order that depends only on the
 * seed, all with the same identity; so drift affects all arms alike.
 */
#ifndef PINLOAD_COMPARE_ARMS_H
#define PINLOAD_COMPARE_ARMS_H

#include "base/error.h"
#include "tls/verify.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_ARMS 16
#define MAX_PLACES 72 /* 8 arms of one endpoint, and 7 of others */
#define CONTROL_NAME "control"

struct plan;

/* Which sessions of an arm count. */
enum arm_sessions { ARM_FULL, ARM_RESUMED, ARM_EARLY };

struct arms {
    unsigned count;
    const char *names[MAX_ARMS];
    unsigned num_places; /* sessions of a block: those of the arms, and of twins, which only balance
                          * endpoints and are in no figure */
    unsigned policy_of[MAX_PLACES];            /* the control shares the baseline's, unless the arms
                                              * are apart */
    struct verify_policy policies[MAX_PLACES]; /* pins are owned by the arms */
    struct pinset *pins[MAX_ARMS];
    unsigned baseline;
    unsigned control; /* the baseline again */
    uint64_t seed;
    bool is_apart; /* what follows is then that of each arm; otherwise the first is that of all */
    enum arm_sessions sessions[MAX_ARMS];
    const struct plan *plans[MAX_PLACES]; /* over the network; borrowed */
    const char *options[MAX_ARMS];        /* as given, for reports; borrowed */
};

/* arms_parse parses a list like "none,pin,chain" and the baseline's name (NULL: the first), and
 * adds the control arm. False sets ERR. */
bool arms_parse(struct arms *arms, const char *list, const char *baseline, uint64_t seed,
                struct error *err);
void arms_cleanup(struct arms *arms);

/* arms_begin makes ARMS that are apart, with none yet. arms_add adds one; NAME is borrowed.
 * arms_end adds the control: a copy of the arm BASELINE (NULL: the first). False sets ERR. */
void arms_begin(struct arms *arms, uint64_t seed);
bool arms_add(struct arms *arms, const char *name, struct error *err);
bool arms_end(struct arms *arms, const char *baseline, struct error *err);

/* arms_add_twin adds a place for another session like those of ARM, which does not count. */
void arms_add_twin(struct arms *arms, unsigned arm);

/* arms_sessions returns which sessions of ARM count. */
enum arm_sessions arms_sessions(const struct arms *arms, unsigned arm);

/* arm_sessions_name returns "full", "resume" or "early". */
const char *arm_sessions_name(enum arm_sessions sessions);

/* arms_need_chain says whether an arm verifies the chain. */
bool arms_need_chain(const struct arms *arms);

/* arms_pin sets the arms' pins: those of the server's certificate DER, alone or among 99 that do
 * not match. False sets ERR: DER is not a certificate, and an arm pins its public key. */
bool arms_pin(struct arms *arms, const uint8_t *der, size_t der_len, struct error *err);

/* arms_pin_one sets the pin of ARM, of arms that are apart, to the server's certificate DER. */
void arms_pin_one(struct arms *arms, unsigned arm, const uint8_t *der, size_t der_len);

/* arms_prefix puts the name of ARM before ERR. Returns false. */
bool arms_prefix(const struct arms *arms, unsigned arm, struct error *err);

/* arms_pick returns the arm of session SERIAL, or a number from arms->count on: that of a twin. */
unsigned arms_pick(const struct arms *arms, uint64_t serial);

#endif
