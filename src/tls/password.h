/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The password of encrypted keys: its source, as for openssl's -passin, and its end: it is wiped
 * after the keys are loaded, and never printed.
 */
#ifndef PINLOAD_TLS_PASSWORD_H
#define PINLOAD_TLS_PASSWORD_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct password {
    char text[1024];
    size_t len;
    bool given; /* an empty password that was given counts; none does not */
};

/* password_read takes SOURCE env:VAR, file:PATH (its first line) or pass:TEXT; false sets ERR,
 * which never quotes a password. */
bool password_read(struct password *password, const char *source, struct error *err);

/* password_set takes over TEXT, which came from WHAT. */
bool password_set(struct password *password, const char *text, const char *what, struct error *err);

/* password_wipe overwrites the password. */
void password_wipe(struct password *password);

/* password_wipe_source overwrites the TEXT of a SOURCE pass:TEXT, which must be writable memory;
 * NULL and other sources are left alone. */
void password_wipe_source(const char *source);

#endif
