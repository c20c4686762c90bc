/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The summary's table of stages.
 */
#ifndef PINLOAD_REPORT_TEXT_REPORT_TEXT_STAGES_H
#define PINLOAD_REPORT_TEXT_REPORT_TEXT_STAGES_H

#include <stdio.h>

struct result;

/* report_text_stages writes a row for each stage; nothing if there are none. */
void report_text_stages(FILE *out, const struct result *result);

#endif
