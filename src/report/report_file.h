/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report's file: "-" is standard output; an existing file that is not a regular one (a FIFO, a
 * terminal) is written in place; any other file is written in full or not at all, since it is
 * written under a temporary name and renamed.
 */
#ifndef PINLOAD_REPORT_REPORT_FILE_H
#define PINLOAD_REPORT_REPORT_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

struct result;

/* report_file_check says before a run whether PATH could be written, and does not change it; OPTION
 * is named in the error ("--json"). */
bool report_file_check(const char *path, const char *option, struct error *err);

/* report_file_is_same says whether two paths lead to the same file, existing or not, which the
 * second report would overwrite. Files that are written in place do not count. */
bool report_file_is_same(const char *path, const char *other);

/* report_file_write writes the output of WRITE for RESULT. */
bool report_file_write(const char *path, bool (*write)(FILE *, const struct result *),
                       const struct result *result, struct error *err);

/* report_file_write_any does the same for any other report. */
bool report_file_write_any(const char *path, bool (*write)(FILE *, const void *),
                           const void *subject, struct error *err);

#endif
