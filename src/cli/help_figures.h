/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 'pinload help figures': every figure that --fail-if takes, from the tables of the result.
 */
#ifndef PINLOAD_CLI_HELP_FIGURES_H
#define PINLOAD_CLI_HELP_FIGURES_H

#include <stdio.h>

/* help_figures prints a line for each: name, unit and kind, and below it what it means. A part of a
 * name in capitals stands for whatever it says. */
void help_figures(FILE *out);

#endif
