/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/identity_list_json.h"

#include "base/buffer.h"
#include "base/memory.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static bool append_part(struct buffer *out, const json_t *value)
{
    if (out->len > 0)
        buffer_append_text(out, ",");
    if (json_is_integer(value))
        buffer_format(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_string(value))
        buffer_append_text(out, json_string_value(value));
    return json_is_integer(value) || json_is_string(value);
}

/* A string, a whole number, or an array of those: joined by commas, as CSV has them. */
static bool read_value(struct list_row *row, enum list_column column, const json_t *value)
{
    struct buffer text = {0};
    bool ok = true;
    if (json_is_null(value))
        return true;
    if (!json_is_array(value))
        ok = append_part(&text, value);
    for (size_t i = 0; ok && i < json_array_size(value); i++)
        ok = append_part(&text, json_array_get(value, i));
    if (ok && text.len > 0)
        row->values[column] = memory_text(buffer_text(&text));
    buffer_cleanup(&text);
    return ok;
}

static bool read_entry(struct list_row *row, const json_t *entry, struct error *err)
{
    if (!json_is_object(entry))
        return error_set(err,
                         "%s: it is not an object; expected one, such as {\"cert\": \"a.crt\"}",
                         row->place);
    for (void *at = json_object_iter((json_t *)entry); at != NULL;
         at = json_object_iter_next((json_t *)entry, at)) {
        const char *key = json_object_iter_key(at);
        enum list_column column = identity_list_column(key, row->place, err);
        if (column == NUM_LIST_COLUMNS)
            return false;
        if (!read_value(row, column, json_object_iter_value(at)))
            return error_set(err, "%s: '%s' is not a string or a whole number", row->place, key);
    }
    return true;
}

bool identity_list_read_json(struct identity_list *list, const char *path, const char *text,
                             size_t len, struct error *err)
{
    json_error_t problem;
    json_set_alloc_funcs(memory_get, free);
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL)
        return error_set(err, "%s, line %d: %s; expected JSON", path, problem.line, problem.text);
    const json_t *array = json_is_object(root) ? json_object_get(root, "identities") : root;
    bool ok = json_is_array(array) ||
              error_set(err, "%s: there is no array in it; expected [{\"cert\": ...}, ...]", path);
    for (size_t i = 0; ok && i < json_array_size(array); i++)
        ok = read_entry(identity_list_append(list, path, "entry", i + 1), json_array_get(array, i),
                        err);
    json_decref(root);
    return ok;
}
