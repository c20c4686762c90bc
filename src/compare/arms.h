/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arms of a comparison: ways to verify that differ only by the work done, and the order of
 * their sessions. Each block has one session of every arm, in an order that depends only on the
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
#define CONTROL_NAME "control"

struct arms {
    unsigned count;
    const char *names[MAX_ARMS];
    unsigned policy_of[MAX_ARMS];            /* the control shares the baseline's */
    struct verify_policy policies[MAX_ARMS]; /* pins are owned by the arms */
    struct pinset *pins[MAX_ARMS];
    unsigned baseline;
    unsigned control; /* the baseline again */
    uint64_t seed;
};

/* arms_parse parses a list like "none,pin,chain" and the baseline's name (NULL: the first), and
 * adds the control arm. False sets ERR. */
bool arms_parse(struct arms *arms, const char *list, const char *baseline, uint64_t seed,
                struct error *err);
void arms_cleanup(struct arms *arms);

/* arms_need_chain says whether an arm verifies the chain. */
bool arms_need_chain(const struct arms *arms);

/* arms_pin sets the arms' pins: those of the server's certificate DER, alone or among 99 that do
 * not match. False sets ERR: DER is not a certificate, and an arm pins its public key. */
bool arms_pin(struct arms *arms, const uint8_t *der, size_t der_len, struct error *err);

/* arms_pick returns the arm of session SERIAL. */
unsigned arms_pick(const struct arms *arms, uint64_t serial);

#endif
