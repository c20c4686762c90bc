/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A setup error: one sentence for a person, which quotes the offending text and says what was
 * expected. A session's failure is not an error but data (measure/outcome.h).
 */
#ifndef PINLOAD_BASE_ERROR_H
#define PINLOAD_BASE_ERROR_H

#include <stdbool.h>

struct error {
    char text[1024];
};

/* error_set writes the sentence into ERR and returns false, so that the caller can return that. */
bool error_set(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* error_prefix puts "PREFIX: " in front of the sentence, to say where it happened; returns false. */
bool error_prefix(struct error *err, const char *prefix);

/* error_print prints it on standard error. */
void error_print(const struct error *err);

#endif
