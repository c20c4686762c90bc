/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 'pinload help figures' lists every figure of a result, with its unit, and nothing else.
 */
#include "cli/help_figures.h"

#include "report/json/json_figures.h"
#include "report/json/report_json.h"
#include "report/samples.h"
#include "unit.h"

#include <ctype.h>
#include <fnmatch.h>
#include <jansson.h>

#define MOST_ROWS 200

struct row {
    char pattern[128];
    bool is_time;
    size_t num_found;
};

struct help {
    struct row rows[MOST_ROWS];
    size_t count;
    const struct json_figures *figures;
};

/* A part in capitals matches anything, dots included. */
static void take_pattern(char *pattern, const char *name)
{
    while (*name != '\0') {
        size_t len = strcspn(name, ".");
        bool is_any = isupper((unsigned char)name[0]) != 0;
        pattern += is_any ? sprintf(pattern, "*") : sprintf(pattern, "%.*s", (int)len, name);
        name += len;
        if (*name == '.')
            *pattern++ = *name++;
    }
    *pattern = '\0';
}

static void add_row(struct help *help, const char *line)
{
    char name[128], unit[32];
    if (sscanf(line, "  %127s %31s", name, unit) != 2 || line[2] == ' ' || line[0] != ' ')
        return;
    assert_true(help->count < MOST_ROWS);
    struct row *row = &help->rows[help->count++];
    take_pattern(row->pattern, name);
    row->is_time = strcmp(unit, "us") == 0 || strcmp(unit, "s") == 0;
}

static void read_help(struct help *help)
{
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    help_figures(file);
    fclose(file);
    for (char *at, *line = strtok_r(text, "\n", &at); line != NULL;
         line = strtok_r(NULL, "\n", &at)) {
        assert_true(strlen(line) <= 80);
        if (strstr(line, "Statistics,") == line)
            break; /* statistics are parts of names */
        add_row(help, line);
    }
    free(text);
}

static struct row *row_of(struct help *help, const char *path)
{
    for (size_t i = 0; i < help->count; i++) {
        if (fnmatch(help->rows[i].pattern, path, 0) == 0)
            return &help->rows[i];
    }
    return NULL;
}

/* Those of all runs are in no table. */
static bool is_of_the_run(const char *path)
{
    return strcmp(path, "duration_s") == 0 || strncmp(path, "config.", 7) == 0 ||
           strncmp(path, "verdict.", 8) == 0;
}

static void expect_row(struct help *help, const char *path)
{
    double value;
    enum json_unit unit;
    if (!json_figures_find(help->figures, path, &value, &unit) || is_of_the_run(path))
        return;
    struct row *row = row_of(help, strncmp(path, "latency.", 8) == 0 ? path + 8 : path);
    if (row == NULL)
        fail_msg("'%s' is in no line of the help", path);
    const char *last = strrchr(path, '.') + 1;
    bool is_count = strcmp(last, "count") == 0 || strcmp(last, "clamped") == 0;
    if (row->is_time != (unit != JSON_PLAIN) && !is_count)
        fail_msg("'%s' has another unit in the help", path);
    row->num_found++;
}

static void walk(struct help *help, const char *path, json_t *node)
{
    const char *name;
    size_t index;
    json_t *child;
    char longer[512];
    if (json_is_number(node) || json_is_null(node))
        expect_row(help, path);
    json_object_foreach(node, name, child)
    {
        snprintf(longer, sizeof longer, "%s%s%s", path, *path != '\0' ? "." : "", name);
        walk(help, longer, child);
    }
    json_array_foreach(node, index, child)
    {
        name = json_string_value(json_object_get(child, "name"));
        snprintf(longer, sizeof longer, "%s.%s", path, name != NULL ? name : "");
        if (strcmp(path, "identities") == 0)
            walk(help, longer, child);
    }
}

static void the_help_has_all_figures_and_no_other(void **state)
{
    (void)state;
    struct help help = {.count = 0};
    read_help(&help);
    struct result *(*const samples[])(void) = {sample_typical, sample_interrupted, sample_failing};
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct result *result = samples[i]();
        struct json_figures *figures = json_figures_new(result);
        json_t *root = report_json_object(result);
        help.figures = figures;
        walk(&help, "", root);
        json_decref(root);
        json_figures_free(figures);
        result_free(result);
    }
    assert_true(help.count > 70);
    for (size_t i = 0; i < help.count; i++) {
        if (help.rows[i].num_found == 0)
            fail_msg("'%s' is in the help, and no figure of a result", help.rows[i].pattern);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_help_has_all_figures_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
