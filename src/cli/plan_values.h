/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a plan file says, whichever form it has: keys with their values, as text, in the order of the
 * file. What the keys mean is not known here (cli/plan_file.h).
 */
#ifndef PINLOAD_CLI_PLAN_VALUES_H
#define PINLOAD_CLI_PLAN_VALUES_H

#include <stdbool.h>
#include <stddef.h>

enum plan_kind {
    PLAN_TEXT,
    PLAN_NUMBER, /* its text is what would be typed */
    PLAN_TRUE,
    PLAN_FALSE,
    PLAN_OTHER, /* no value of an option; its text says what it is, such as "a table" */
};

struct plan_value {
    enum plan_kind kind;
    char *text;
    unsigned line; /* 0: unknown */
};

struct plan_entry {
    char *key;
    unsigned line; /* 0: unknown */
    bool is_list;
    struct plan_value *values; /* one, unless it is a list */
    size_t count;
};

/* A zeroed struct is empty. */
struct plan_values {
    struct plan_entry *entries;
    size_t count;
};

/* plan_values_add appends KEY without a value, to be followed by its values. */
void plan_values_add(struct plan_values *values, const char *key, unsigned line, bool is_list);

/* plan_values_append appends a value to the last key. Text with a NUL in it, which no option can
 * have, becomes PLAN_OTHER. */
void plan_values_append(struct plan_values *values, enum plan_kind kind, const char *text,
                        size_t len, unsigned line);

/* plan_values_append_number appends a number as its shortest text. */
void plan_values_append_number(struct plan_values *values, double number, unsigned line);

/* plan_values_number writes the shortest text that is the same number, without an exponent if it is
 * one of a rate. */
#define PLAN_NUMBER_LEN 64
void plan_values_number(char *out, double number);

/* plan_values_cleanup overwrites the values before it frees them: there may be passwords among
 * them. */
void plan_values_cleanup(struct plan_values *values);

#endif
