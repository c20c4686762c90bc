/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json/json_reader.h"

#include "base/memory.h"
#include "base/text.h"
#include "measure/value_counts.h"
#include "report/json/report_json.h"
#include "result/figure_table.h"
#include "result/result.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* Three centuries: even the nanoseconds of so many seconds fit in 64 bits. */
#define MOST_SECONDS 1e10

void fail(const struct place *place, const char *name, const char *wanted)
{
    struct reader *reader = place->reader;
    if (!reader->failed)
        error_set(reader->err, "\"%s\": %s%s%s is not %s; expected a result of schema %s",
                  reader->path, place->name, *place->name ? "." : "", name, wanted,
                  REPORT_JSON_SCHEMA);
    reader->failed = true;
}

/* --- values --------------------------------------------------------------------------------- */

uint64_t to_count(const struct place *place, const json_t *value, const char *name)
{
    if (json_is_integer(value) && json_integer_value(value) >= 0 &&
        (uint64_t)json_integer_value(value) <= RESULT_COUNT_MOST)
        return (uint64_t)json_integer_value(value);
    fail(place, name, "a whole number from 0 to 9007199254740992");
    return 0;
}

uint64_t count_at(const struct place *place, const char *name)
{
    return to_count(place, json_object_get(place->object, name), name);
}

uint64_t count_up_to(const struct place *place, const char *name, uint64_t most, const char *wanted)
{
    uint64_t count = count_at(place, name);
    if (count <= most)
        return count;
    fail(place, name, wanted);
    return 0;
}

void read_counters(const struct place *place, void *row, const struct counter *counters,
                   size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *name = counters[i].name;
        if (counters[i].since == SINCE_LATER && json_object_get(place->object, name) == NULL)
            continue;
        *(uint64_t *)((char *)row + counters[i].offset) = count_at(place, name);
    }
}

double number_at(const struct place *place, const char *name)
{
    const json_t *value = json_object_get(place->object, name);
    if (value != NULL && !json_is_null(value) && !json_is_number(value))
        fail(place, name, "a number or null");
    return json_is_number(value) ? json_number_value(value) : NAN;
}

double required_number_at(const struct place *place, const char *name)
{
    if (json_object_get(place->object, name) == NULL)
        fail(place, name, "a number or null");
    return number_at(place, name);
}

double seconds_at(const struct place *place, const char *name)
{
    double seconds = number_at(place, name);
    if (seconds < 0 || seconds > MOST_SECONDS)
        fail(place, name, "a number of seconds from 0 to 10000000000, or null");
    return seconds;
}

bool bool_at(const struct place *place, const char *name)
{
    const json_t *value = json_object_get(place->object, name);
    if (!json_is_boolean(value))
        fail(place, name, "true or false");
    return json_is_true(value);
}

char *text_at(const struct place *place, const char *name)
{
    const json_t *value = json_object_get(place->object, name);
    if (value != NULL && !json_is_null(value) && !json_is_string(value))
        fail(place, name, "a string or null");
    return json_is_string(value) ? memory_text(json_string_value(value)) : NULL;
}

char *required_text_at(const struct place *place, const char *name)
{
    char *text = text_at(place, name);
    if (text == NULL)
        fail(place, name, "a string");
    return text != NULL ? text : memory_text("");
}

struct place object_at(const struct place *place, const char *name)
{
    const json_t *value = json_object_get(place->object, name);
    if (!json_is_object(value))
        fail(place, name, "an object");
    return (struct place){place->reader, value, name};
}

const json_t *array_at(const struct place *place, const char *name)
{
    const json_t *value = json_object_get(place->object, name);
    if (!json_is_array(value))
        fail(place, name, "an array");
    return value;
}

bool has_object(const struct place *place, const char *name, struct place *out)
{
    if (json_object_get(place->object, name) == NULL)
        return false;
    *out = object_at(place, name);
    return json_is_object(out->object);
}

struct place element_at(const struct place *place, const json_t *array, size_t index,
                        const char *name)
{
    const json_t *value = json_array_get(array, index);
    if (!json_is_object(value))
        fail(place, name, "an array of objects");
    return (struct place){place->reader, value, name};
}

void read_names(const struct place *place, const char *name, bool required, struct name_counts *out)
{
    struct place names;
    if (required)
        names = object_at(place, name);
    else if (!has_object(place, name, &names))
        return;
    size_t count = json_object_size(names.object);
    out->items = memory_new(count, sizeof *out->items);
    for (void *at = json_object_iter((json_t *)names.object); at != NULL;
         at = json_object_iter_next((json_t *)names.object, at)) {
        const char *key = json_object_iter_key(at);
        uint64_t number = to_count(&names, json_object_iter_value(at), key);
        out->items[out->count++] = (struct name_count){memory_text(key), number};
    }
}

/* The name of a count by value is the value. */
static uint64_t to_value(const struct place *place, const char *name)
{
    uint64_t value = 0;
    bool is_value = name[strspn(name, "0123456789")] == '\0' && text_parse_count(name, &value) &&
                    value <= RESULT_COUNT_MOST;
    if (!is_value)
        fail(place, name, "a whole number from 0 to 9007199254740992");
    return value;
}

void read_values(const struct place *place, const char *name, bool required,
                 struct value_counts *out)
{
    struct place object, values;
    if (required)
        object = object_at(place, name);
    else if (!has_object(place, name, &object))
        return;
    values = object_at(&object, "values");
    for (void *at = json_object_iter((json_t *)values.object); at != NULL;
         at = json_object_iter_next((json_t *)values.object, at)) {
        const char *key = json_object_iter_key(at);
        value_counts_add(out, to_value(&values, key),
                         to_count(&values, json_object_iter_value(at), key));
    }
    out->rounded = count_at(&object, "rounded");
}

char **read_texts(const struct place *place, const char *name, size_t *out_count)
{
    const json_t *array = array_at(place, name);
    *out_count = json_array_size(array);
    char **texts = memory_new(*out_count, sizeof *texts);
    for (size_t i = 0; i < *out_count; i++) {
        const char *text = json_string_value(json_array_get(array, i));
        if (text == NULL)
            fail(place, name, "an array of strings");
        texts[i] = memory_text(text != NULL ? text : "");
    }
    return texts;
}
