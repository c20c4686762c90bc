/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes a shell complete pinload's command line, made from the table that parses: commands,
 * options, choices, and files where a file is taken. `pinload help --completion SHELL` prints it;
 * the build runs that and installs the files.
 */
#ifndef PINLOAD_CLI_COMPLETIONS_H
#define PINLOAD_CLI_COMPLETIONS_H

#include <stdio.h>

/* completions_print_bash prints a script for bash; bash-completion is not needed. */
void completions_print_bash(FILE *out);

/* completions_print_zsh prints the function _pinload for a directory of zsh's fpath. */
void completions_print_zsh(FILE *out);

#endif
