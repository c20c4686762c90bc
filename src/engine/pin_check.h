/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pins held against what a server presents, and against what is in reserve: which pin is of what, and what is
 * wrong with that. Pure: no file, no socket and no clock.
 */
#ifndef PINLOAD_ENGINE_PIN_CHECK_H
#define PINLOAD_ENGINE_PIN_CHECK_H

#include "tls/pinset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct probe;

enum pin_place { PIN_PRESENTED, PIN_BACKUP, PIN_NOWHERE };

/* pin_place_name returns "presented", "backup" or "nowhere". */
const char *pin_place_name(enum pin_place place);

struct pin_found {
    char text[PIN_TEXT_LEN];
    enum pin_place place;
    int certificate; /* which of the chain, the leaf is 0; -1: none of it */
};

struct certificate_found {
    char about[768];
    bool has_dates;      /* false: it cannot be parsed, or is a public key */
    int64_t not_after_s; /* since 1970 */
    int64_t days_left;   /* whole days, rounded down; negative once it has ended */
    bool too_short;
};

struct pin_check {
    const char *subject; /* the operand, borrowed */
    uint64_t min_days;
    int64_t now_s;
    struct pin_found *pins;
    size_t num_pins;
    struct certificate_found *certificates; /* or the one public key */
    size_t num_certificates;
    bool matched, has_backup;
    char **violations; /* a sentence each */
    size_t num_violations;
};

/* What the pins are held against. An issuer's pin matches the first certificate only IN_FILE: it may be a CA's. */
struct pin_check_against {
    const struct probe *presented;
    bool in_file;
    const struct probe *backups; /* each a certificate or a key */
    size_t num_backups;
    const struct pinset *backup_pins;
};

/* pin_check_make fills the rest of CHECK, whose subject, min_days and now_s are set. */
void pin_check_make(struct pin_check *check, const struct pinset *pins,
                    const struct pin_check_against *against);
void pin_check_cleanup(struct pin_check *check);

#endif
