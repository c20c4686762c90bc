/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file whose certificates or public key pins are of.
 */
#ifndef PINLOAD_CLI_PIN_SUBJECT_H
#define PINLOAD_CLI_PIN_SUBJECT_H

#include "base/error.h"

#include <stdbool.h>

struct probe;

/* pin_subject_read fills PROBE with the certificates of a file, or with its one public key. PASS is
 * the source of a password, which is wiped, or NULL. False sets ERR. */
bool pin_subject_read(struct probe *probe, const char *path, const char *pass, struct error *err);

#endif
