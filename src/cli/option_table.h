/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of options, for the parser and for what is made from it: help, man page, completions.
 */
#ifndef PINLOAD_CLI_OPTION_TABLE_H
#define PINLOAD_CLI_OPTION_TABLE_H

#include "cli/options.h"

enum option_kind {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_CHOICE,       /* one of CHOICES, or a form that contains a capital letter */
    OPTION_LIST,         /* a text, repeatable */
    OPTION_COUNT,        /* a whole number from MIN to MAX */
    OPTION_ENDLESS,      /* the same, or "inf": UINT64_MAX */
    OPTION_DECIMAL,      /* a positive number */
    OPTION_COUNT_RAMP,   /* a whole number or, for run, a ramp A:B of two: the connections */
    OPTION_DECIMAL_RAMP, /* a positive number or a ramp A:B: the rate */
    OPTION_DURATION,     /* a time of at least MIN ns */
};

struct option_row {
    char letter; /* 0: none */
    const char *name;
    const char *argument; /* NULL: a flag */
    enum option_kind kind;
    size_t offset;     /* in struct options */
    unsigned commands; /* a bit for each command that takes it */
    const char *group;
    const char *choices;       /* "a|b|c" */
    const char *default_value; /* NULL: none */
    uint64_t min, max;
    const char *help;
};

extern const struct option_row option_table[];
extern const size_t option_table_len;

/* option_find returns the row of the long NAME that COMMAND takes, or NULL. */
const struct option_row *option_find(enum command command, const char *name, size_t name_len);

/* option_find_letter returns the row of a short option, or NULL. */
const struct option_row *option_find_letter(enum command command, char letter);

/* The commands: names, operands, and one sentence each. */
struct command_row {
    const char *name;
    const char *operands;
    const char *summary;
};
extern const struct command_row command_table[NUM_COMMANDS];

#endif
