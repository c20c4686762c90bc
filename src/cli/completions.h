/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shell completions for pinload's command line, made from the table of options: commands, options,
 * choices, and files where an option takes one. `pinload help --completion SHELL` prints them; the
 * build runs that and installs the files.
 */
#ifndef PINLOAD_CLI_COMPLETIONS_H
#define PINLOAD_CLI_COMPLETIONS_H

#include <stdio.h>

/* completions_print_bash prints a script for bash; bash-completion is not needed. */
void completions_print_bash(FILE *out);

/* completions_print_zsh prints the function _pinload for a directory of zsh's fpath. */
void completions_print_zsh(FILE *out);

#endif
