/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading whole files: each has a size limit, and each failure is one sentence. Pipes, sockets and
 * terminals are read like files, so that `<(command)` and /dev/stdin work; other devices are
 * refused, since they are endless or empty.
 */
#ifndef PINLOAD_BASE_FILE_H
#define PINLOAD_BASE_FILE_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* How messages describe a file. */
struct file_role {
    const char *what; /* "the pin file" */
    const char *path;
    size_t most;          /* bytes, a multiple of 1 MB */
    const char *accepted; /* "expected one pin per line" */
};

/* file_open opens PATH for reading; NULL sets ERR. The stream is unbuffered and keeps no copy of
 * the content. */
FILE *file_open(const char *path, const char *what, struct error *err);

/* file_read appends the content of the file to OUT, that of standard input if its path is "-";
 * false sets ERR. If OUT has room for ROLE's MOST and FILE_READ_MORE bytes beforehand, it does not
 * move, so that no copies are left in memory. */
bool file_read(struct buffer *out, const struct file_role *role, struct error *err);
#define FILE_READ_MORE ((size_t)131072)

/* file_read_stream does the same from STREAM, which is already open. */
bool file_read_stream(struct buffer *out, FILE *stream, const struct file_role *role,
                      struct error *err);

/* file_is_stdin says whether PATH means standard input: "-" or /dev/stdin. */
bool file_is_stdin(const char *path);

/* file_is_regular says whether PATH, following links, is a regular file. *OUT_KIND names what it is
 * otherwise; NULL if there is nothing, or it cannot be determined. */
bool file_is_regular(const char *path, const char **out_kind);

#endif
