/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What there is to say of pinload beside its options: how it ends, what it reads, how to begin. The
 * help and the man page say it, each in its own form; main takes the exit statuses from here.
 */
#ifndef PINLOAD_CLI_ABOUT_H
#define PINLOAD_CLI_ABOUT_H

#include "cli/commands.h"

#define ABOUT_TITLE "load mTLS endpoints, with every pin checked"

/* How an ending is told to whoever called; by ascending status. */
struct ending_row {
    int status;
    const char *meaning;
};
extern const struct ending_row ending_table[NUM_ENDINGS];

/* A command line to begin with, of at most 76 columns. */
struct example_row {
    enum command command;
    const char *purpose;
    const char *line;
};
extern const struct example_row example_table[];
extern const size_t example_table_len;

/* What pinload reads without being told by an option: variables of the environment, files. */
struct source_row {
    const char *name;
    const char *meaning;
};
extern const struct source_row variable_table[];
extern const size_t variable_table_len;
extern const struct source_row file_table[];
extern const size_t file_table_len;

#endif
