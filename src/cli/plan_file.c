/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plan_file.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli/plan_json.h"
#include "cli/plan_paths.h"
#include "cli/plan_toml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PLAN_BYTES ((size_t)16 << 20)
#define COMMAND_KEY "command"

/* The operands of a command line have no names; in a file they need one. */
static const struct operand_key {
    const char *name;
    unsigned commands; /* a bit for each */
    bool is_list, is_path;
} operand_keys[] = {
    {"url", 1u << COMMAND_RUN | 1u << COMMAND_COMPARE | 1u << COMMAND_PIN | 1u << COMMAND_FIND,
     false, false},
    {"file", 1u << COMMAND_PIN, false, true},
    {"results", 1u << COMMAND_MERGE | 1u << COMMAND_DIFF, true, true},
};

#define NUM_OPERAND_KEYS (sizeof operand_keys / sizeof *operand_keys)

static const struct operand_key *find_operand(enum command command, const char *key)
{
    for (size_t i = 0; i < NUM_OPERAND_KEYS; i++) {
        if ((operand_keys[i].commands & 1u << command) != 0 &&
            strcmp(operand_keys[i].name, key) == 0)
            return &operand_keys[i];
    }
    return NULL;
}

bool plan_file_is_operand(enum command command, const char *key)
{
    return find_operand(command, key) != NULL;
}

const char *plan_file_operand_key(enum command command, const char *text)
{
    if (find_operand(command, "results") != NULL)
        return "results";
    return command == COMMAND_PIN && strstr(text, "://") == NULL ? "file" : "url";
}

bool plan_file_is_kept(const struct option_row *row)
{
    return strcmp(row->name, "help") != 0 && strcmp(row->name, "plan") != 0 &&
           strcmp(row->name, "print-plan") != 0;
}

const struct option_row *plan_file_row(enum command command, const char *key)
{
    return option_find(command, key, strlen(key));
}

bool plan_file_prefix(struct error *err, const char *path, unsigned line)
{
    char where[400];
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    if (line > 0)
        snprintf(where, sizeof where, "%.300s:%u", name, line);
    else
        snprintf(where, sizeof where, "%.300s", name);
    return error_prefix(err, where);
}

/* --- keys ------------------------------------------------------------------------------------- */

/* The keys that COMMAND takes, for suggestions. */
static size_t list_keys(const char **names, enum command command)
{
    size_t count = 0;
    for (size_t i = 0; i < option_table_len; i++) {
        if ((option_table[i].commands & 1u << command) != 0 && plan_file_is_kept(&option_table[i]))
            names[count++] = option_table[i].name;
    }
    for (size_t i = 0; i < NUM_OPERAND_KEYS; i++) {
        if ((operand_keys[i].commands & 1u << command) != 0)
            names[count++] = operand_keys[i].name;
    }
    names[count++] = COMMAND_KEY;
    return count;
}

/* The key that is probably meant: a letter is that of an option, dashes are for command lines. */
static const char *nearest_key(enum command command, const char *key)
{
    const char *names[160];
    const struct option_row *row =
        key[0] != '\0' && key[1] == '\0' ? option_find_letter(command, key[0]) : NULL;
    if (row != NULL)
        return row->name;
    size_t count = list_keys(names, command);
    return text_nearest(key + strspn(key, "-"), names, count);
}

static bool refuse_key(enum command command, const char *key, struct error *err)
{
    const char *name = command_table[command].name;
    for (int other = 0; other < NUM_COMMANDS; other++) {
        const struct option_row *row = plan_file_row((enum command)other, key);
        if ((row != NULL && plan_file_is_kept(row)) || find_operand((enum command)other, key))
            return error_set(err,
                             "'%.100s' is for 'pinload %s', not for 'pinload %s'; 'pinload help "
                             "%s' lists what is",
                             key, command_table[other].name, name, name);
    }
    const char *near = nearest_key(command, key);
    return error_set(err,
                     "'%.100s' is not an option of 'pinload %s';%s%s%s expected long names without "
                     "dashes, and 'pinload help %s' lists them",
                     key, name, near != NULL ? " did you mean '" : "", near != NULL ? near : "",
                     near != NULL ? "'?" : "", name);
}

/* --- values ----------------------------------------------------------------------------------- */

/* How messages name a value; that of an option may be a password. */
static void describe(char out[static 64], const struct plan_value *value)
{
    switch (value->kind) {
    case PLAN_TEXT:
        snprintf(out, 64, "text");
        break;
    case PLAN_NUMBER:
        snprintf(out, 64, "the number %.40s", value->text);
        break;
    default:
        snprintf(out, 64, "%.60s", value->text);
        break;
    }
}

static bool refuse_kind(const struct plan_entry *entry, const char *found, const char *expected,
                        struct error *err)
{
    return error_set(err, "the value of '%.100s' is %s; expected %s", entry->key, found, expected);
}

static bool check_value(const struct plan_entry *entry, const struct plan_value *value,
                        bool is_flag, struct error *err)
{
    char found[64];
    bool is_truth = value->kind == PLAN_TRUE || value->kind == PLAN_FALSE;
    describe(found, value);
    if (is_flag)
        return is_truth || refuse_kind(entry, found, "true or false", err);
    return (!is_truth && value->kind != PLAN_OTHER) ||
           refuse_kind(entry, found, "text or a number, as on the command line", err);
}

/* Sets *OUT_LINE to that of the value that is refused. */
static bool check_values(const struct plan_entry *entry, bool is_flag, bool may_be_list,
                         unsigned *out_line, struct error *err)
{
    if (entry->is_list && !may_be_list)
        return refuse_kind(entry, "an array", is_flag ? "true or false" : "one value", err);
    for (size_t i = 0; i < entry->count; i++) {
        *out_line = entry->values[i].line;
        if (!check_value(entry, &entry->values[i], is_flag, err))
            return false;
    }
    return true;
}

static bool check_command(const struct plan_entry *entry, enum command command, struct error *err)
{
    const char *expected = command_table[command].name;
    if (entry->is_list || entry->values[0].kind != PLAN_TEXT)
        return error_set(err, "the value of 'command' is not text; expected \"%s\"", expected);
    if (strcmp(entry->values[0].text, expected) == 0)
        return true;
    return error_set(err, "this plan is for 'pinload %.40s', not for 'pinload %s'",
                     entry->values[0].text, expected);
}

static void place_values(struct plan_entry *entry, const struct option_row *row,
                         const char *directory)
{
    for (size_t i = 0; i < entry->count; i++) {
        char *placed = plan_paths_place(row, entry->values[i].text, directory);
        explicit_bzero(entry->values[i].text, strlen(entry->values[i].text));
        free(entry->values[i].text);
        entry->values[i].text = placed;
    }
}

static bool is_other(const struct plan_entry *entry)
{
    return !entry->is_list && entry->values[0].kind == PLAN_OTHER;
}

static bool take_entry(struct plan_entry *entry, enum command command, const char *directory,
                       unsigned *out_line, struct error *err)
{
    const struct option_row *row = plan_file_row(command, entry->key);
    const struct operand_key *operand = find_operand(command, entry->key);
    *out_line = entry->line;
    if (strcmp(entry->key, COMMAND_KEY) == 0)
        return check_command(entry, command, err);
    if (row == NULL && operand == NULL && is_other(entry))
        return refuse_kind(entry, entry->values[0].text, "options without tables around them", err);
    if (row == NULL && operand == NULL)
        return refuse_key(command, entry->key, err);
    if (row != NULL && !plan_file_is_kept(row))
        return error_set(err, "'%s' is for the command line alone; expected it there, as --%s",
                         row->name, row->name);
    bool may_be_list = row != NULL ? row->kind == OPTION_LIST : operand->is_list;
    if (!check_values(entry, row != NULL && row->kind == OPTION_FLAG, may_be_list, out_line, err))
        return false;
    if (row != NULL || operand->is_path)
        place_values(entry, row, directory);
    return true;
}

/* --- files ------------------------------------------------------------------------------------ */

/* By its name, or else by its beginning, which no TOML has. */
static bool is_json(const char *path, const char *text)
{
    return text_ends_with(path, ".json") ||
           (!text_ends_with(path, ".toml") && text[strspn(text, " \t\r\n")] == '{');
}

static bool parse(struct plan_values *out, const char *path, const char *text, struct error *err)
{
    char why[512] = "";
    unsigned line = 0;
    bool as_json = is_json(path, text);
    if ((as_json ? plan_json_read : plan_toml_read)(out, text, strlen(text), &line, why,
                                                    sizeof why))
        return true;
    error_set(err, "this is not %s: %s; expected %s", as_json ? "a JSON object" : "TOML", why,
              as_json ? "options such as {\"connections\": 64}"
                      : "options such as connections = 64, each on a line");
    return plan_file_prefix(err, path, line);
}

static bool take_all(struct plan_values *values, enum command command, const char *path,
                     struct error *err)
{
    char *directory = plan_paths_directory(path);
    bool ok = true;
    for (size_t i = 0; ok && i < values->count; i++) {
        unsigned line;
        ok = take_entry(&values->entries[i], command, directory, &line, err) ||
             plan_file_prefix(err, path, line);
    }
    free(directory);
    return ok;
}

bool plan_file_read(struct plan_values *out, enum command command, const char *path,
                    struct error *err)
{
    struct buffer content = {0};
    struct file_role role = {"the plan file", path, MOST_PLAN_BYTES,
                             "expected options in TOML or JSON"};
    bool ok = file_read(&content, &role, err);
    const char *text = buffer_text(&content);
    if (ok && strlen(text) < content.len) {
        error_set(err, "there is a NUL in it; expected text in TOML or JSON");
        ok = plan_file_prefix(err, path, 0);
    }
    ok = ok && parse(out, path, text_after_mark(text), err) && take_all(out, command, path, err);
    explicit_bzero(content.data, content.len);
    buffer_cleanup(&content);
    return ok;
}
