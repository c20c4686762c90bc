/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Latency against load in characters, both on logarithmic scales: a point for each stage.
 */
#ifndef PINLOAD_REPORT_TEXT_FIND_PICTURE_H
#define PINLOAD_REPORT_TEXT_FIND_PICTURE_H

#include <stdio.h>

struct find_result;

/* find_picture writes it; nothing where fewer than two stages have a latency. */
void find_picture(FILE *out, const struct find_result *result);

#endif
