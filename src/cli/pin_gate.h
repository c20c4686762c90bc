/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pinload pin --check: the pins and what is in reserve, read from the options before anything is sent, and
 * the verdict on what the operand presents.
 */
#ifndef PINLOAD_CLI_PIN_GATE_H
#define PINLOAD_CLI_PIN_GATE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct options;
struct pinset;
struct probe;

/* A zeroed struct is safe to clean up. */
struct pin_gate {
    struct pinset *pins, *backup_pins;
    struct probe *backups;
    size_t num_backups;
};

/* pin_gate_options_fit says whether the options of --check are given with it, and --format without. */
bool pin_gate_options_fit(const struct options *options, struct error *err);

bool pin_gate_read(struct pin_gate *gate, const struct options *options, struct error *err);

/* pin_gate_judge writes the reports of what is PRESENTED; false: something is wrong with it, or a
 * report could not be written. */
bool pin_gate_judge(const struct pin_gate *gate, const struct options *options,
                    const struct probe *presented, bool in_file);
void pin_gate_cleanup(struct pin_gate *gate);

#endif
