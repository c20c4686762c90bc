/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands, and how they can end. A command prints its own output; main decides the exit
 * status.
 */
#ifndef PINLOAD_CLI_COMMANDS_H
#define PINLOAD_CLI_COMMANDS_H

#include "cli/options.h"

#include <stdio.h>

enum ending {
    ENDING_AS_EXPECTED,
    ENDING_UNEXPECTED, /* a session failed, an expectation did not hold, a report was not written */
    ENDING_USAGE,      /* usage or setup error; nothing was sent */
    ENDING_RATE_MISSED, /* the requested rate was not held */
    ENDING_INTERRUPTED,
    ENDING_TERMINATED,
    NUM_ENDINGS,
};

/* What a command gets: its options, and the command line as reports may show it. */
struct invocation {
    struct options *options;
    char **redacted; /* NULL at its end */
};

enum ending cmd_run(const struct invocation *invocation);
enum ending cmd_compare(const struct invocation *invocation);
enum ending cmd_pin(const struct invocation *invocation);
enum ending cmd_merge(const struct invocation *invocation);
enum ending cmd_diff(const struct invocation *invocation);
enum ending cmd_find(const struct invocation *invocation);

/* help_print prints a command's help, made from the table of options. */
void help_print(FILE *out, enum command command);

/* help_overview prints the list of commands. */
void help_overview(FILE *out);

/* help_begin prints a command's usage, for a command without arguments. */
void help_begin(FILE *out, enum command command);

#endif
