/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plan_json.h"

#include "base/memory.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append_whole(struct plan_values *out, json_int_t value)
{
    char text[32];
    int len = snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, value);
    plan_values_append(out, PLAN_NUMBER, text, (size_t)len, 0);
}

static void append_words(struct plan_values *out, enum plan_kind kind, const char *words)
{
    plan_values_append(out, kind, words, strlen(words), 0);
}

static void append_value(struct plan_values *out, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        plan_values_append(out, PLAN_TEXT, json_string_value(value), json_string_length(value), 0);
        break;
    case JSON_INTEGER:
        append_whole(out, json_integer_value(value));
        break;
    case JSON_REAL:
        plan_values_append_number(out, json_real_value(value), 0);
        break;
    case JSON_TRUE:
        append_words(out, PLAN_TRUE, "true");
        break;
    case JSON_FALSE:
        append_words(out, PLAN_FALSE, "false");
        break;
    case JSON_NULL:
        append_words(out, PLAN_OTHER, "null");
        break;
    case JSON_OBJECT:
        append_words(out, PLAN_OTHER, "an object");
        break;
    case JSON_ARRAY:
        append_words(out, PLAN_OTHER, "an array in an array");
        break;
    }
}

static void add_entry(struct plan_values *out, const char *key, const json_t *value)
{
    plan_values_add(out, key, 0, json_is_array(value));
    if (!json_is_array(value)) {
        append_value(out, value);
        return;
    }
    for (size_t i = 0; i < json_array_size(value); i++)
        append_value(out, json_array_get(value, i));
}

bool plan_json_read(struct plan_values *out, const char *text, size_t len, unsigned *out_line,
                    char *why, size_t why_len)
{
    json_error_t error;
    const char *key;
    json_t *value;
    json_set_alloc_funcs(memory_get, free);
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    *out_line = root == NULL && error.line > 0 ? (unsigned)error.line : 0;
    if (root == NULL)
        snprintf(why, why_len, "%s", error.text);
    else if (!json_is_object(root))
        snprintf(why, why_len, "it is an array");
    bool is_object = json_is_object(root);
    json_object_foreach(root, key, value) add_entry(out, key, value);
    json_decref(root);
    return is_object;
}
