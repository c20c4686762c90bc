/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/result_files.h"

#include "base/memory.h"
#include "base/text.h"
#include "diff/diff_result.h"
#include "report/json/read_json.h"
#include "report/report_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void add_path(struct diff_side *side, char *path)
{
    side->paths = memory_resize(side->paths, (side->count + 1) * sizeof *side->paths);
    side->paths[side->count++] = path;
}

static int is_result_name(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && text_ends_with(entry->d_name, ".json");
}

static int by_natural_order(const struct dirent **a, const struct dirent **b)
{
    return text_natural_compare((*a)->d_name, (*b)->d_name);
}

static char *joined(const char *directory, const char *name)
{
    size_t len = strlen(directory) + strlen(name) + 2;
    char *path = memory_new(len, 1);
    bool has_slash = text_ends_with(directory, "/");
    snprintf(path, len, "%s%s%s", directory, has_slash ? "" : "/", name);
    return path;
}

/* Adds NAME.json of DIRECTORY, in natural order. */
static bool add_directory(struct diff_side *side, const char *directory, struct error *err)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, is_result_name, by_natural_order);
    if (count < 0)
        return error_set(err, "the directory \"%.300s\" cannot be read: %s", directory,
                         strerror(errno));
    for (int i = 0; i < count; i++) {
        add_path(side, joined(directory, entries[i]->d_name));
        free(entries[i]);
    }
    free(entries);
    return count > 0 ||
           error_set(err, "the directory \"%.300s\" has no NAME.json; expected results in it",
                     directory);
}

static bool add_operand(struct diff_side *side, const char *operand, struct error *err)
{
    struct stat status;
    if (stat(operand, &status) == 0 && S_ISDIR(status.st_mode))
        return add_directory(side, operand, err);
    add_path(side, memory_text(operand));
    return true;
}

static bool is_same(const char *a, const char *b)
{
    return strcmp(a, b) == 0 || report_file_is_same(a, b);
}

/* A result twice would look like two that agree. */
static bool check_once(const struct diff_result *diff, const char *path, const char *end,
                       struct error *err)
{
    for (int side = 0; side < NUM_SIDES; side++) {
        for (size_t i = 0; i < diff->sides[side].count; i++) {
            const char *other = diff->sides[side].paths[i];
            if (other == end)
                return true;
            if (is_same(path, other))
                return error_set(err, "\"%.300s\" is given twice; expected each result once", path);
        }
    }
    return true;
}

static bool read_side(struct diff_result *diff, struct diff_side *side, struct error *err)
{
    side->results = memory_new(side->count, sizeof *side->results);
    for (size_t i = 0; i < side->count; i++) {
        const char *path = side->paths[i];
        if (!check_once(diff, path, path, err))
            return false;
        side->results[i] = result_read_json(path, err);
        if (side->results[i] == NULL)
            return false;
    }
    return true;
}

bool result_files_read(struct diff_result *diff, const struct text_list *operands,
                       struct error *err)
{
    struct diff_side *old = &diff->sides[SIDE_OLD], *new = &diff->sides[SIDE_NEW];
    if (operands->count < 2)
        return error_set(err,
                         "%zu result%s given; expected OLD.json NEW.json, or a directory of "
                         "results for either",
                         operands->count, operands->count == 1 ? " was" : "s were");
    if (!add_operand(old, operands->items[0], err))
        return false;
    for (size_t i = 1; i < operands->count; i++) {
        if (!add_operand(new, operands->items[i], err))
            return false;
    }
    return read_side(diff, old, err) && read_side(diff, new, err);
}
