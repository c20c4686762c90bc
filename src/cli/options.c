/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli/option_ramp.h"
#include "cli/option_table.h"
#include "cli/other_tools.h"
#include "cli/plan_file.h"
#include "tls/token_uri.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The state of parsing. */
struct parse {
    struct options *options;
    enum command command;
    struct error *err;
};

static void append_text(struct text_list *list, const char *text)
{
    list->items = memory_resize(list->items, (list->count + 1) * sizeof *list->items);
    list->items[list->count++] = text;
}

/* Says whether VALUE is one of "a|b|c:FORM"; a choice with a capital letter accepts any ending. */
static bool is_choice(const char *choices, const char *value)
{
    for (const char *p = choices; *p != '\0';) {
        size_t len = strcspn(p, "|");
        const char *colon = memchr(p, ':', len);
        size_t fixed = colon != NULL ? (size_t)(colon - p) + 1 : len;
        if (strncmp(p, value, fixed) == 0 && (colon != NULL || value[fixed] == '\0'))
            return true;
        p += len;
        p += *p == '|';
    }
    return false;
}

static bool refuse_value(const struct parse *parse, const struct option_row *row, const char *value,
                         const char *accepted)
{
    char option[64];
    if (row->letter != 0)
        snprintf(option, sizeof option, "-%c, --%s", row->letter, row->name);
    else
        snprintf(option, sizeof option, "--%s", row->name);
    return error_set(parse->err, "'%.200s' is not a value for %s; %s", value, option, accepted);
}

static bool set_choice(const struct parse *parse, const struct option_row *row, const char *value,
                       const char **out)
{
    char accepted[256] = "expected ";
    *out = value;
    if (is_choice(row->choices, value))
        return true;
    size_t len = strlen(accepted);
    for (const char *p = row->choices; *p != '\0' && len + 4 < sizeof accepted; p++) {
        if (*p == '|')
            len += (size_t)snprintf(accepted + len, sizeof accepted - len, ", ");
        else
            accepted[len++] = *p, accepted[len] = '\0';
    }
    return refuse_value(parse, row, value, accepted);
}

static bool set_count(const struct parse *parse, const struct option_row *row, const char *value,
                      uint64_t *out)
{
    char accepted[128];
    bool may_be_endless = row->kind == OPTION_ENDLESS;
    if (may_be_endless && strcmp(value, "inf") == 0) {
        *out = UINT64_MAX;
        return true;
    }
    if (text_parse_count(value, out) && *out >= row->min && *out <= row->max)
        return true;
    snprintf(accepted, sizeof accepted,
             "expected a whole number from %llu to %llu, such as 64 or 10k%s",
             (unsigned long long)row->min, (unsigned long long)row->max,
             may_be_endless ? ", or inf" : "");
    return refuse_value(parse, row, value, accepted);
}

/* Sets the higher of the two numbers, too. */
static bool set_ramp(const struct parse *parse, const struct option_row *row, const char *value)
{
    struct ramp *ramp = option_ramp(parse->options, row);
    bool is_rate = row->kind == OPTION_DECIMAL_RAMP;
    if (!option_ramp_read(row, value, ramp))
        return refuse_value(parse, row, value,
                            is_rate ? "expected a ramp A:B of two numbers, such as 100:2000"
                                    : "expected a ramp A:B of two whole numbers from 1 to "
                                      "10000000, such as 10:500");
    double most = ramp->from > ramp->to ? ramp->from : ramp->to;
    if (is_rate)
        parse->options->rate = most;
    else
        parse->options->connections = (uint64_t)most;
    return true;
}

static bool set_decimal(const struct parse *parse, const struct option_row *row, const char *value)
{
    double *field = (double *)((char *)parse->options + row->offset);
    return (text_parse_decimal(value, field) && *field > 0 && *field <= OPTION_MOST_RATE) ||
           refuse_value(parse, row, value, "expected a number above 0, such as 200, 0.5 or 1.5k");
}

static bool set_duration(const struct parse *parse, const struct option_row *row, const char *value,
                         uint64_t *out)
{
    if (text_parse_duration(value, out) && *out >= row->min)
        return true;
    return refuse_value(parse, row, value,
                        row->min >= 1000000
                            ? "expected a time of at least 1ms, such as 500ms, 30s or 5m"
                        : row->min > 0 ? "expected a time above 0, such as 500ms, 30s or 5m"
                                       : "expected a time, such as 500ms, 30s or 5m");
}

static bool set_value(const struct parse *parse, const struct option_row *row, const char *value)
{
    char *field = (char *)parse->options + row->offset;
    struct ramp *ramp = option_ramp(parse->options, row);
    if (ramp != NULL && strchr(value, ':') != NULL && parse->command == COMMAND_RUN)
        return set_ramp(parse, row, value);
    if (ramp != NULL)
        *ramp = (struct ramp){0}; /* the last value counts */
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return true;
    case OPTION_TEXT:
        *(const char **)field = value;
        return true;
    case OPTION_LIST:
        append_text((struct text_list *)field, value);
        return true;
    case OPTION_CHOICE:
        return set_choice(parse, row, value, (const char **)field);
    case OPTION_COUNT:
    case OPTION_COUNT_RAMP:
    case OPTION_ENDLESS:
        return set_count(parse, row, value, (uint64_t *)field);
    case OPTION_DURATION:
        return set_duration(parse, row, value, (uint64_t *)field);
    case OPTION_DECIMAL:
    case OPTION_DECIMAL_RAMP:
        return set_decimal(parse, row, value);
    }
    return false;
}

/* A second certificate probably means a second identity, and which of two passwords is meant is
 * unclear; nor is a password shown. */
static bool refuse_second(const struct parse *parse, const struct option_row *row,
                          const char *value)
{
    if (row->offset == offsetof(struct options, pass))
        return error_set(parse->err, "--%s is given twice; expected it once", row->name);
    size_t len = other_tools_cert_len(value);
    return error_set(parse->err,
                     "--%s is given twice, the second time as '%.*s%s'; for several identities use "
                     "--identity NAME=CERT,KEY or --identities DIR",
                     row->name, (int)(len < 200 ? len : 200), value,
                     value[len] == '\0' ? "" : ":***");
}

/* For any other option that is repeated the last value counts, as with curl. */
static bool set_typed(const struct parse *parse, const struct option_row *row, const char *value)
{
    size_t index = (size_t)(row - option_table);
    uint64_t bit = 1ull << index % 64;
    bool is_once = row->offset == offsetof(struct options, cert) ||
                   row->offset == offsetof(struct options, pass);
    if (is_once && (parse->options->given[index / 64] & bit) != 0)
        return refuse_second(parse, row, value);
    parse->options->given[index / 64] |= bit;
    return set_value(parse, row, value);
}

/* Also of options that COMMAND does not take, unless it has one of the same name. */
static bool has_default(const struct option_row *row, enum command command)
{
    return row->default_value != NULL &&
           ((row->commands & 1u << command) != 0 ||
            option_find(command, row->name, strlen(row->name)) == NULL);
}

static bool set_defaults(const struct parse *parse)
{
    for (size_t i = 0; i < option_table_len; i++) {
        const struct option_row *row = &option_table[i];
        if (has_default(row, parse->command) && !set_value(parse, row, row->default_value))
            return false;
    }
    return true;
}

/* Why the option of another command cannot differ between the arms of a comparison. */
static const char *why_not_for_arm(const struct option_row *row)
{
    static const struct {
        const char *group, *why;
    } reasons[] = {
        {"Load", "sessions of all arms take turns under one load"},
        {"Session", "what follows the handshake must be the same in all arms"},
        {"Output", "there is one result, of all arms"},
        {"Plan file", "there is one plan, of all arms"},
        {"Comparison", "it is about all arms"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (strcmp(row->group, reasons[i].group) == 0)
            return reasons[i].why;
    }
    return "what counts as a success must be the same in all arms";
}

/* WORD is as typed, TYPED the name or letter in it. */
static bool refuse_for_arm(const struct parse *parse, const char *word, const char *typed)
{
    bool is_letter = word[1] != '-';
    for (int command = 0; command < NUM_COMMANDS; command++) {
        const struct option_row *row =
            is_letter ? option_find_letter((enum command)command, *typed)
                      : option_find((enum command)command, typed, strlen(typed));
        if (row == NULL)
            continue;
        bool is_common = (row->commands & 1u << COMMAND_COMPARE) != 0;
        return error_set(parse->err, "'%s' cannot differ between arms: %s; expected it %s", word,
                         why_not_for_arm(row),
                         is_common ? "outside of --arm, for all" : "in no comparison");
    }
    return error_set(parse->err,
                     "there is no option '%s'; expected those of 'pinload run' about verification, "
                     "identities, TLS, --http, --session-mode and addresses",
                     word);
}

static bool refuse_unknown(const struct parse *parse, const char *typed, size_t len)
{
    const char *names[128];
    size_t count = 0;
    char word[64], dashed[72];
    snprintf(word, sizeof word, "%.*s", (int)len, typed);
    snprintf(dashed, sizeof dashed, "--%s", word);
    if (parse->command == COMMAND_ARM)
        return refuse_for_arm(parse, dashed, word);
    for (size_t i = 0; i < option_table_len; i++) {
        if ((option_table[i].commands & 1u << parse->command) != 0)
            names[count++] = option_table[i].name;
    }
    const char *command = command_table[parse->command].name;
    const char *answer = other_tools_option(word, strlen(word));
    if (answer != NULL)
        return error_set(parse->err, "pinload %s has no option '--%s'; %s", command, word, answer);
    const char *near = text_nearest(word, names, count);
    if (near != NULL)
        return error_set(parse->err,
                         "pinload %s has no option '--%s'; did you mean --%s? 'pinload help %s' "
                         "lists all",
                         command, word, near, command);
    return error_set(parse->err, "pinload %s has no option '--%s'; 'pinload help %s' lists all",
                     command, word, command);
}

static bool refuse_letter(const struct parse *parse, const char *letter)
{
    char dashed[] = {'-', *letter, '\0'};
    if (parse->command == COMMAND_ARM)
        return refuse_for_arm(parse, dashed, letter);
    const char *command = command_table[parse->command].name;
    const char *answer = other_tools_option(letter, 1);
    if (answer != NULL)
        return error_set(parse->err, "pinload %s has no option '-%c'; %s", command, *letter,
                         answer);
    return error_set(parse->err, "pinload %s has no option '-%c'; 'pinload help %s' lists all",
                     command, *letter, command);
}

/* Reads --NAME, --NAME=VALUE or --NAME VALUE at argv[0]; *out_used is the number of arguments. */
static bool take_long(const struct parse *parse, int argc, char **argv, int *out_used)
{
    const char *name = argv[0] + 2;
    size_t len = strcspn(name, "=");
    const struct option_row *row = option_find(parse->command, name, len);
    *out_used = 1;
    if (row == NULL)
        return refuse_unknown(parse, name, len);
    if (row->argument == NULL) {
        if (name[len] == '=')
            return error_set(parse->err, "--%s takes no value, but '%.200s' was given", row->name,
                             name + len + 1);
        return set_typed(parse, row, NULL);
    }
    if (name[len] == '=')
        return set_typed(parse, row, name + len + 1);
    if (argc < 2)
        return error_set(parse->err, "--%s needs a value: %s", row->name, row->argument);
    *out_used = 2;
    return set_typed(parse, row, argv[1]);
}

/* Reads -c64, -c 64 or -qv at argv[0]. */
static bool take_short(const struct parse *parse, int argc, char **argv, int *out_used)
{
    *out_used = 1;
    for (const char *p = argv[0] + 1; *p != '\0'; p++) {
        const struct option_row *row = option_find_letter(parse->command, *p);
        if (row == NULL)
            return refuse_letter(parse, p);
        if (row->argument == NULL) {
            set_typed(parse, row, NULL);
            continue;
        }
        if (p[1] != '\0')
            return set_typed(parse, row, p + 1);
        if (argc < 2)
            return error_set(parse->err, "-%c, --%s needs a value: %s", *p, row->name,
                             row->argument);
        *out_used = 2;
        return set_typed(parse, row, argv[1]);
    }
    return true;
}

static bool parse_arguments(const struct parse *parse, int argc, char **argv)
{
    bool only_operands = false;
    for (int i = 0; i < argc;) {
        int used = 1;
        const char *text = argv[i];
        if (only_operands || text[0] != '-' || text[1] == '\0')
            append_text(&parse->options->operands, text);
        else if (strcmp(text, "--") == 0)
            only_operands = true;
        else if (!(text[1] == '-' ? take_long : take_short)(parse, argc - i, argv + i, &used))
            return false;
        i += used;
    }
    return true;
}

static bool set_from_file(const struct parse *parse, const struct option_row *row,
                          const struct plan_entry *entry)
{
    for (size_t i = 0; i < entry->count; i++) {
        const struct plan_value *value = &entry->values[i];
        if (value->kind != PLAN_FALSE && !set_typed(parse, row, value->text))
            return plan_file_prefix(parse->err, parse->options->plan, value->line);
    }
    return true;
}

/* The command line comes first: an option or an operand that it has is not taken from the file, nor
 * is any value of a repeatable one. */
static bool fill_from_file(const struct parse *parse)
{
    struct options *options = parse->options;
    bool has_operands = options->operands.count > 0;
    options->file = memory_new(1, sizeof *options->file);
    if (!plan_file_read(options->file, parse->command, options->plan, parse->err))
        return false;
    for (size_t i = 0; i < options->file->count; i++) {
        const struct plan_entry *entry = &options->file->entries[i];
        const struct option_row *row = plan_file_row(parse->command, entry->key);
        if (row != NULL && !options_given(options, row->name) && !set_from_file(parse, row, entry))
            return false;
        if (has_operands || !plan_file_is_operand(parse->command, entry->key))
            continue;
        for (size_t k = 0; k < entry->count; k++)
            append_text(&options->operands, entry->values[k].text);
    }
    return true;
}

/* What else a command reads from standard input, plan_check_stdin knows. */
static bool check_operands(const struct parse *parse)
{
    const struct text_list *operands = &parse->options->operands;
    for (size_t i = 0; i < operands->count; i++) {
        if (file_is_stdin(parse->options->plan) && file_is_stdin(operands->items[i]))
            return error_set(parse->err,
                             "--plan and the operand '%s' would both read standard input; expected "
                             "one that reads it",
                             operands->items[i]);
    }
    return true;
}

bool options_parse(struct options *options, enum command command, int argc, char **argv,
                   struct error *err)
{
    struct parse parse = {options, command, err};
    *options = (struct options){0};
    return set_defaults(&parse) && parse_arguments(&parse, argc, argv) &&
           (options->plan == NULL || options->help ||
            (fill_from_file(&parse) && check_operands(&parse)));
}

bool options_parse_arm(struct options *options, char **words, size_t count, struct error *err)
{
    struct parse parse = {options, COMMAND_ARM, err};
    *options = (struct options){0};
    return parse_arguments(&parse, (int)count, words);
}

static size_t value_size(enum option_kind kind)
{
    switch (kind) {
    case OPTION_FLAG:
        return sizeof(bool);
    case OPTION_TEXT:
    case OPTION_CHOICE:
        return sizeof(const char *);
    case OPTION_LIST:
        return sizeof(struct text_list);
    case OPTION_DECIMAL:
        return sizeof(double);
    default:
        return sizeof(uint64_t);
    }
}

struct options options_overlay(const struct options *common, const struct options *over)
{
    struct options both = *common;
    for (size_t i = 0; i < option_table_len; i++) {
        const struct option_row *row = &option_table[i];
        if ((over->given[i / 64] & 1ull << i % 64) != 0)
            memcpy((char *)&both + row->offset, (const char *)over + row->offset,
                   value_size(row->kind));
    }
    for (size_t i = 0; i < sizeof both.given / sizeof *both.given; i++)
        both.given[i] |= over->given[i];
    if (over->operands.count > 0)
        both.operands = over->operands;
    return both;
}

void options_cleanup(struct options *options)
{
    free(options->operands.items);
    for (size_t i = 0; i < option_table_len; i++) {
        if (option_table[i].kind == OPTION_LIST)
            free(((struct text_list *)((char *)options + option_table[i].offset))->items);
    }
    if (options->file != NULL)
        plan_values_cleanup(options->file);
    free(options->file);
    *options = (struct options){0};
}

bool options_given(const struct options *options, const char *name)
{
    for (size_t i = 0; i < option_table_len; i++) {
        if (strcmp(option_table[i].name, name) == 0 &&
            (options->given[i / 64] & 1ull << i % 64) != 0)
            return true;
    }
    return false;
}

/* The secret part of the values of these options: everything from where the function points to.
 * NULL: none. */
static const char *secret_of_password(const char *value)
{
    return text_starts_with(value, "pass:") ? value + strlen("pass:") : NULL;
}

/* No arm may have one in it; but what is refused is not to be shown either. */
static const char *secret_of_arm(const char *value)
{
    const char *password = strstr(value, "pass:");
    return password != NULL ? password + strlen("pass:") : NULL;
}

static const char *secret_of_header(const char *value)
{
    const char *colon = strchr(value, ':');
    return colon == NULL ? value : colon + 1 + strspn(colon + 1, " ");
}

static const char *secret_of_body(const char *value)
{
    return value[0] == '@' ? NULL : value;
}

static const struct secret_option {
    const char *word; /* as given */
    const char *(*secret_of)(const char *value);
    bool may_be_shown; /* by --show-secrets */
} secret_options[] = {
    {"--pass", secret_of_password, false}, {"--arm", secret_of_arm, false},
    {"--cert", token_uri_pin, false},      {"-E", token_uri_pin, false},
    {"--key", token_uri_pin, false},       {"--identity", token_uri_pin, false},
    {"--header", secret_of_header, true},  {"-H", secret_of_header, true},
    {"--data", secret_of_body, true},
};

/* What follows LETTER in an argument such as -H or -qvH, with only flags before it; or NULL. */
static const char *behind_letter(const char *word, char letter)
{
    if (word[0] != '-' || word[1] == '-')
        return NULL;
    for (const char *p = word + 1; *p != '\0'; p++) {
        const struct option_row *row = option_find_letter(COMMAND_RUN, *p);
        if (*p == letter)
            return p + 1;
        if (row == NULL || row->argument != NULL)
            return NULL;
    }
    return NULL;
}

/* What follows a long option: "" if its value is the next argument, NULL if it is another
 * option. */
static const char *behind_name(const char *word, const char *name)
{
    size_t len = strlen(name);
    if (strncmp(word, name, len) != 0)
        return NULL;
    return word[len] == '=' ? word + len + 1 : word[len] == '\0' ? word + len : NULL;
}

static const char *behind_option(const struct secret_option *option, const char *word)
{
    return option->word[1] == '-' ? behind_name(word, option->word)
                                  : behind_letter(word, option->word[1]);
}

/* The value of OPTION in ARGV[I], in the same argument or the next one; NULL: none. */
static const char *value_of(const struct secret_option *option, char **argv, int i)
{
    const char *before = i > 0 ? behind_option(option, argv[i - 1]) : NULL;
    const char *own = behind_option(option, argv[i]);
    if (before != NULL && *before == '\0' && argv[i - 1][strlen(argv[i - 1]) - 1] != '=')
        return argv[i];
    return own != NULL && *own != '\0' ? own : NULL;
}

static const char *find_secret(char **argv, int i, bool show)
{
    for (size_t k = 0; k < sizeof secret_options / sizeof *secret_options; k++) {
        const struct secret_option *option = &secret_options[k];
        const char *value = show && option->may_be_shown ? NULL : value_of(option, argv, i);
        if (value != NULL)
            return option->secret_of(value);
    }
    return NULL;
}

/* A copy of TEXT with "***" in place of what begins at SECRET; NULL: nothing. */
static char *hide(const char *text, const char *secret)
{
    if (secret == NULL)
        return memory_text(text);
    size_t len = (size_t)(secret - text);
    char *copy = memory_new(len + 4, 1);
    memcpy(copy, text, len);
    memcpy(copy + len, "***", 4);
    return copy;
}

char *options_redact_value(const char *name, const char *value, bool show_secrets)
{
    for (size_t k = 0; k < sizeof secret_options / sizeof *secret_options; k++) {
        const struct secret_option *option = &secret_options[k];
        if (option->word[1] == '-' && strcmp(option->word + 2, name) == 0)
            return hide(value,
                        show_secrets && option->may_be_shown ? NULL : option->secret_of(value));
    }
    return memory_text(value);
}

char **options_redact(int argc, char **argv)
{
    char **copy = memory_new((size_t)argc + 1, sizeof *copy);
    bool show = false;
    for (int i = 0; i < argc; i++)
        show = show || strcmp(argv[i], "--show-secrets") == 0;
    for (int i = 0; i < argc; i++)
        copy[i] = hide(argv[i], find_secret(argv, i, show));
    return copy;
}
