/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that are read as a whole: each has a limit, and each failure is one sentence. Pipes, sockets
 * and terminals are read as files are, so that `<(command)` and /dev/stdin can be named; other
 * devices are refused, since they have no end, or nothing in them.
 */
#ifndef PINLOAD_BASE_FILE_H
#define PINLOAD_BASE_FILE_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What a file is to its reader, for the sentences about it. */
struct file_role {
    const char *what; /* "the pin file" */
    const char *path;
    size_t most;          /* bytes, a number of whole MB */
    const char *accepted; /* "expected one pin per line" */
};

/* file_open opens PATH to read from it; NULL sets ERR. No byte of it is kept by the stream. */
FILE *file_open(const char *path, const char *what, struct error *err);

/* file_read appends what the file has to OUT, standard input where its path is "-"; false sets ERR. Where OUT has room for ROLE's MOST and
 * FILE_READ_MORE bytes beforehand it stays where it is, and leaves no copies behind. */
bool file_read(struct buffer *out, const struct file_role *role, struct error *err);
#define FILE_READ_MORE ((size_t)131072)

/* file_read_stream does so from STREAM, which is open already. */
bool file_read_stream(struct buffer *out, FILE *stream, const struct file_role *role,
                      struct error *err);

/* file_is_stdin says whether PATH is a name of standard input: "-" or /dev/stdin. */
bool file_is_stdin(const char *path);

/* file_is_regular says whether PATH, links followed, is a regular file. *OUT_KIND is a word for what
 * else it is, NULL where nothing is there or it cannot be told. */
bool file_is_regular(const char *path, const char **out_kind);

#endif
