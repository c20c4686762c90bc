/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a result goes: the requested files, and the summary.
 */
#ifndef PINLOAD_CLI_OUTPUTS_H
#define PINLOAD_CLI_OUTPUTS_H

#include "base/error.h"
#include "cli/options.h"

#include <stdbool.h>
#include <stdio.h>

struct result;

/* outputs_check says before the run whether every requested file can be written. */
bool outputs_check(const struct options *options, struct error *err);

/* outputs_write writes the summary and the files; false if one could not be written, which is then
 * reported on stderr. */
bool outputs_write(const struct options *options, const struct result *result);

/* output_write writes the output of WRITE for SUBJECT to PATH; true also where that is NULL, not asked
 * for. False is reported on stderr. */
bool output_write(const char *path, bool (*write)(FILE *, const void *), const void *subject);

/* outputs_end_keylog says whether the whole key log LOG (NULL: there is none) was written; if
 * false, that is reported on stderr. */
bool outputs_end_keylog(const struct options *options, FILE *log);

/* output_is_stdout says whether an option's PATH is "-", standard output. NULL is not. */
bool output_is_stdout(const char *path);

/* output_has_colour: OUT is a terminal, and NO_COLOR is not set. */
bool output_has_colour(FILE *out);

/* output_wants_progress: on a terminal only, unless requested. */
bool output_wants_progress(const struct options *options);

#endif
