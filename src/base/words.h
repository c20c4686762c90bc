/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A text as words, split as a shell does it: at blanks, except inside of '...' and "..." and after
 * a backslash. Nothing is expanded: no variable, no command, no pattern.
 */
#ifndef PINLOAD_BASE_WORDS_H
#define PINLOAD_BASE_WORDS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct buffer;

/* A zeroed struct is empty. */
struct words {
    char **items;
    size_t count;
};

/* words_split splits TEXT into OUT, to be cleaned up even after a failure. False sets ERR: a quote
 * is not closed, or a backslash is the last character. */
bool words_split(struct words *out, const char *text, struct error *err);
void words_cleanup(struct words *words);

/* words_append appends WORD to OUT, after a blank unless OUT is empty, in quotes if it needs them. */
void words_append(struct buffer *out, const char *word);

#endif
