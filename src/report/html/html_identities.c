/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html/html_identities.h"

#include "report/json/report_json.h"
#include "result/result.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define MAX_PATH 64

/* Of the handshakes, what a table has room for. */
static const char *const statistics[] = {"count", "p50", "p99"};

static json_t *handshakes_object(const json_t *all)
{
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof statistics / sizeof statistics[0]; i++)
        json_object_set(object, statistics[i], json_object_get(all, statistics[i]));
    return object;
}

/* An identity as the JSON result has it, but for the rest of its handshakes. */
static json_t *identity_object(const struct result_identity *identity)
{
    json_t *object = report_json_identity(identity, false);
    json_object_set_new(object, "tls_handshake",
                        handshakes_object(json_object_get(object, "tls_handshake")));
    return object;
}

/* Whether the object called NAME has the same names in all identities, so that each has a column;
 * another one, as that of the signatures, is a value of its own. */
static bool has_columns(const char *name)
{
    return strcmp(name, "responses") == 0 || strcmp(name, "tls_handshake") == 0;
}

/* add_values appends each value in OBJECT to the column of its path, which begins with BEGIN. */
static void add_values(json_t *columns, const char *begin, json_t *object)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        char path[MAX_PATH];
        snprintf(path, sizeof path, "%s%s%s", begin, begin[0] != '\0' ? "." : "", name);
        if (json_is_object(value) && has_columns(name)) {
            add_values(columns, path, value);
            continue;
        }
        if (json_object_get(columns, path) == NULL)
            json_object_set_new(columns, path, json_array());
        json_array_append(json_object_get(columns, path), value);
    }
}

static bool are_alike(const json_t *values)
{
    const json_t *first = json_array_get(values, 0);
    for (size_t i = 1; i < json_array_size(values); i++) {
        if (!json_equal(json_array_get(values, i), first))
            return false;
    }
    return true;
}

static void shorten_columns(json_t *columns)
{
    const char *path;
    void *next;
    json_t *values;
    json_object_foreach_safe(columns, next, path, values)
    {
        if (are_alike(values))
            json_object_set(columns, path, json_array_get(values, 0));
    }
}

json_t *html_identities_object(const struct result_identity *const *identities, size_t count)
{
    json_t *object = json_object(), *columns = json_object();
    for (size_t i = 0; i < count; i++) {
        json_t *identity = identity_object(identities[i]);
        add_values(columns, "", identity);
        json_decref(identity);
    }
    shorten_columns(columns);
    json_object_set_new(object, "count", json_integer((json_int_t)count));
    json_object_set_new(object, "columns", columns);
    return object;
}
