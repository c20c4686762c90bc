/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json/json_figures.h"

#include "base/memory.h"
#include "report/json/report_json.h"
#include "result/figure_table.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct json_figures {
    json_t *root;
};

/* One lookup: the whole path, and what was found at its end. */
struct search {
    const char *path;
    double value;
    enum json_unit unit;
};

struct json_figures *json_figures_new(const struct result *result)
{
    struct json_figures *figures = memory_new(1, sizeof *figures);
    figures->root = report_json_object(result);
    return figures;
}

void json_figures_free(struct json_figures *figures)
{
    if (figures == NULL)
        return;
    json_decref(figures->root);
    free(figures);
}

/* Whether the first LEN characters of PATH are those of an identity's signature algorithms. */
static bool leads_to_sigalgs(const char *path, size_t len)
{
    static const char head[] = "identities.", tail[] = ".sigalgs";
    size_t head_len = strlen(head), tail_len = strlen(tail);
    return len > head_len + tail_len && memcmp(path, head, head_len) == 0 &&
           memcmp(path + len - tail_len, tail, tail_len) == 0;
}

static bool is_path(const char *path, size_t len, const struct figure *figure, const char *below)
{
    char wanted[FIGURE_PATH_LEN + 8];
    snprintf(wanted, sizeof wanted, "%s%s", figure->path, below);
    return strlen(wanted) == len && memcmp(wanted, path, len) == 0;
}

/* Whether the first LEN characters of a path lead to counts by name or value, of which only those
 * that came up are there. */
static bool leads_to_counts(const char *path, size_t len)
{
    if (leads_to_sigalgs(path, len))
        return true;
    for (size_t i = 0; i < figure_table_len; i++) {
        const struct figure *figure = &figure_table[i];
        if ((figure->kind == FIGURE_NAMES && is_path(path, len, figure, "")) ||
            (figure->kind == FIGURE_VALUES && is_path(path, len, figure, ".values")))
            return true;
    }
    return false;
}

/* Strings may be null, too. */
static bool is_text(const char *name)
{
    static const char *const texts[] = {"address",         "sni",  "limit", "first_failure", "hdr",
                                        "expected_status", "plan", NULL};
    for (const char *const *text = texts; *text != NULL; text++) {
        if (strcmp(*text, name) == 0)
            return true;
    }
    return false;
}

static enum json_unit unit_of(const json_t *parent, const char *name)
{
    size_t len = strlen(name);
    const char *unit = json_string_value(json_object_get(parent, "unit"));
    bool in_us = unit != NULL && strcmp(unit, "us") == 0 && strcmp(name, "count") != 0 &&
                 strcmp(name, "clamped") != 0;
    if (in_us || (len > 3 && strcmp(name + len - 3, "_us") == 0))
        return JSON_MICROSECONDS;
    return len > 2 && strcmp(name + len - 2, "_s") == 0 ? JSON_SECONDS : JSON_PLAIN;
}

/* Whether REST continues with NAME; then out_rest is what follows it. */
static bool begins_with(const char *rest, const char *name, const char **out_rest)
{
    size_t len = strlen(name);
    if (len == 0 || strncmp(rest, name, len) != 0)
        return false;
    bool goes_on = rest[len] == '.' && rest[len + 1] != '\0';
    *out_rest = rest + len + (goes_on ? 1 : 0);
    return goes_on || rest[len] == '\0';
}

static bool take(struct search *search, const json_t *parent, const char *name, const json_t *leaf)
{
    if (!json_is_number(leaf) && !(json_is_null(leaf) && !is_text(name)))
        return false;
    search->value = json_is_number(leaf) ? json_number_value(leaf) : NAN;
    search->unit = unit_of(parent, name);
    return true;
}

static bool find(struct search *search, const json_t *node, const char *rest);

static bool find_below(struct search *search, const json_t *parent, const char *name,
                       const json_t *child, const char *rest)
{
    const char *behind;
    if (!begins_with(rest, name, &behind))
        return false;
    return *behind == '\0' ? take(search, parent, name, child) : find(search, child, behind);
}

/* A name may be a prefix of another, dots included: if it leads nowhere, the next one is tried. */
static bool find(struct search *search, const json_t *node, const char *rest)
{
    const char *name;
    size_t index;
    json_t *child;
    json_object_foreach((json_t *)node, name, child)
    {
        if (find_below(search, node, name, child, rest))
            return true;
    }
    json_array_foreach(node, index, child)
    {
        name = json_string_value(json_object_get(child, "name"));
        if (name != NULL && find_below(search, node, name, child, rest))
            return true;
    }
    if (rest == search->path || !leads_to_counts(search->path, (size_t)(rest - search->path) - 1))
        return false;
    search->value = 0;
    search->unit = JSON_PLAIN;
    return true;
}

bool json_figures_find(const struct json_figures *figures, const char *path, double *out_value,
                       enum json_unit *out_unit)
{
    struct search search = {.path = path};
    if (!find(&search, json_object_get(figures->root, "latency"), path) &&
        !find(&search, figures->root, path))
        return false;
    *out_value = search.value;
    *out_unit = search.unit;
    return true;
}
