/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 'pinload help figures': every figure that --fail-if takes, from the tables of the result.
 */
#ifndef PINLOAD_CLI_HELP_FIGURES_H
#define PINLOAD_CLI_HELP_FIGURES_H

#include <stdio.h>

/* help_figures prints for each figure a line with name, unit and kind, and a line with its meaning.
 * A part of a name in capitals is a placeholder. */
void help_figures(FILE *out);

#endif
