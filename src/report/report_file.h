/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report's file: "-" is standard output; what exists and is not a regular file (a FIFO, a
 * terminal) is written in place; any other file is whole or not there at all, since it is written
 * beside itself and renamed.
 */
#ifndef PINLOAD_REPORT_REPORT_FILE_H
#define PINLOAD_REPORT_REPORT_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

struct result;

/* report_file_check says before a run whether PATH could be written, and leaves it as it is; OPTION
 * is named in the sentence ("--json"). */
bool report_file_check(const char *path, const char *option, struct error *err);

/* report_file_is_same says whether two paths lead to one file, there already or not, of which the
 * second report would leave nothing of the first. Of what is written in place none does. */
bool report_file_is_same(const char *path, const char *other);

/* report_file_write writes what WRITE makes of RESULT. */
bool report_file_write(const char *path, bool (*write)(FILE *, const struct result *),
                       const struct result *result, struct error *err);

/* report_file_write_any does the same for a report of anything else. */
bool report_file_write_any(const char *path, bool (*write)(FILE *, const void *),
                           const void *subject, struct error *err);

#endif
