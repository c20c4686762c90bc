/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comma-separated values (RFC 4180), strictly: a quote may only begin a field, a quoted field ends
 * with its quote, and what is not so is an error with its line. Lines may end with LF or CRLF;
 * empty ones are skipped.
 */
#ifndef PINLOAD_BASE_CSV_H
#define PINLOAD_BASE_CSV_H

#include <stddef.h>

struct csv {
    const char *at, *end;
    size_t line;         /* of AT, from 1 */
    const char *problem; /* after CSV_BAD: "a quoted field has no end" */
};

struct csv_record {
    char **fields;
    size_t count;
    size_t line; /* on which it begins */
};

enum csv_next { CSV_RECORD, CSV_END, CSV_BAD };

/* csv_init starts reading TEXT, which must outlive it. */
void csv_init(struct csv *csv, const char *text, size_t len);

/* csv_next reads the next record; RECORD is to be cleaned up whatever it returns. */
enum csv_next csv_next(struct csv *csv, struct csv_record *record);
void csv_record_cleanup(struct csv_record *record);

#endif
