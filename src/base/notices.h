/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Warnings, sentences for a person that do not stop the run: a skipped file, a key that others can
 * read.
 */
#ifndef PINLOAD_BASE_NOTICES_H
#define PINLOAD_BASE_NOTICES_H

#include <stddef.h>

struct notices {
    char **texts;
    size_t count;
};

void notices_add(struct notices *notices, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* notices_print prints up to MOST of them on standard error, and how many more there are. */
void notices_print(const struct notices *notices, size_t most);
void notices_cleanup(struct notices *notices);

#endif
