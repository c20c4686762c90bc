/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading typed values from untrusted JSON. The first wrong value sets the error; readers of
 * missing values return nothing, so that the caller checks once, at the end, whether reading
 * failed.
 */
#ifndef PINLOAD_REPORT_JSON_JSON_READER_H
#define PINLOAD_REPORT_JSON_JSON_READER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct counter;
struct json_t;
struct name_counts;
struct value_counts;

struct reader {
    const char *path;
    struct error *err;
    bool failed;
};

/* An object, and its name in error messages. */
struct place {
    struct reader *reader;
    const struct json_t *object;
    const char *name;
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* fail sets the error: NAME at PLACE is not WANTED. */
void fail(const struct place *place, const char *name, const char *wanted);

uint64_t to_count(const struct place *place, const struct json_t *value, const char *name);

/* read_counters reads those of ROW; those added later are 0 if missing. */
void read_counters(const struct place *place, void *row, const struct counter *counters,
                   size_t count);

/* These return the member NAME; without "required", a null or missing value is NAN or NULL. Strings
 * are copies. */
uint64_t count_at(const struct place *place, const char *name);
uint64_t count_up_to(const struct place *place, const char *name, uint64_t most,
                     const char *wanted);
double number_at(const struct place *place, const char *name);
double seconds_at(const struct place *place, const char *name);
double required_number_at(const struct place *place, const char *name);
bool bool_at(const struct place *place, const char *name);
char *text_at(const struct place *place, const char *name);
char *required_text_at(const struct place *place, const char *name);
struct place object_at(const struct place *place, const char *name);
const struct json_t *array_at(const struct place *place, const char *name);

/* has_object sets *OUT to an object that may be missing. */
bool has_object(const struct place *place, const char *name, struct place *out);

/* element_at returns the object INDEX of ARRAY, called NAME in error messages. */
struct place element_at(const struct place *place, const struct json_t *array, size_t index,
                        const char *name);

/* read_names reads an object of counts by name, read_values a distribution that has counts by value,
 * read_texts an array of texts. */
void read_names(const struct place *place, const char *name, bool required,
                struct name_counts *out);
void read_values(const struct place *place, const char *name, bool required,
                 struct value_counts *out);
char **read_texts(const struct place *place, const char *name, size_t *out_count);

#endif
