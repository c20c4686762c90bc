/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The help besides the options: exit statuses, environment and files, examples. The help and the
 * man page print it, each in its own form; main takes the exit statuses from here.
 */
#ifndef PINLOAD_CLI_ABOUT_H
#define PINLOAD_CLI_ABOUT_H

#include "cli/commands.h"

#define ABOUT_TITLE "load mTLS endpoints, with every pin checked"

/* An exit status and its meaning; by ascending status. */
struct ending_row {
    int status;
    const char *meaning;
};
extern const struct ending_row ending_table[NUM_ENDINGS];

/* An example command line, of at most 76 columns. */
struct example_row {
    enum command command;
    const char *purpose;
    const char *line;
};
extern const struct example_row example_table[];
extern const size_t example_table_len;

/* What pinload reads without an option: environment variables, files. */
struct source_row {
    const char *name;
    const char *meaning;
};
extern const struct source_row variable_table[];
extern const size_t variable_table_len;
extern const struct source_row file_table[];
extern const size_t file_table_len;

#endif
