/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plan_print.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "cli/option_ramp.h"
#include "cli/option_table.h"
#include "cli/plan_file.h"
#include "report/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A TOML basic string. What is not UTF-8, no TOML file can hold. */
static void append_string(struct buffer *out, const char *text)
{
    char *clean = utf8_clean(text);
    buffer_append_text(out, "\"");
    for (const char *p = clean; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            buffer_format(out, "\\%c", *p);
        else if (*p == '\n')
            buffer_append_text(out, "\\n");
        else if ((unsigned char)*p < ' ' || *p == 0x7f)
            buffer_format(out, "\\u%04x", (unsigned)*p);
        else
            buffer_append(out, p, 1);
    }
    buffer_append_text(out, "\"");
    free(clean);
}

static void append_duration(struct buffer *out, uint64_t ns)
{
    static const struct {
        uint64_t ns;
        const char *name;
    } units[] = {{NS_PER_S, "s"}, {NS_PER_MS, "ms"}, {NS_PER_US, "us"}, {1, "ns"}};
    size_t i = 0;
    while (ns % units[i].ns != 0)
        i++;
    buffer_format(out, "\"%" PRIu64 "%s\"", ns / units[i].ns, units[i].name);
}

static void append_decimal(struct buffer *out, double value)
{
    char text[PLAN_NUMBER_LEN];
    plan_values_number(text, value);
    buffer_append_text(out, text);
}

static void append_text(struct buffer *out, const struct options *options,
                        const struct option_row *row, const char *text)
{
    char *shown = options_redact_value(row->name, text, options->show_secrets);
    append_string(out, shown);
    free(shown);
}

/* One on a line, unless there is only one. */
static void append_list(struct buffer *out, const struct options *options,
                        const struct option_row *row, const struct text_list *list)
{
    buffer_append_text(out, "[");
    for (size_t i = 0; i < list->count; i++) {
        buffer_append_text(out, list->count > 1 ? "\n    " : "");
        append_text(out, options, row, list->items[i]);
        buffer_append_text(out, list->count > 1 ? "," : "");
    }
    buffer_append_text(out, list->count > 1 ? "\n]" : "]");
}

static void append_value(struct buffer *out, const struct options *options,
                         const struct option_row *row)
{
    const char *field = (const char *)options + row->offset;
    const struct ramp *ramp = option_ramp((struct options *)options, row);
    if (ramp != NULL && ramp->text != NULL) {
        append_string(out, ramp->text);
        return;
    }
    switch (row->kind) {
    case OPTION_FLAG:
        buffer_append_text(out, *(const bool *)field ? "true" : "false");
        break;
    case OPTION_TEXT:
    case OPTION_CHOICE:
        append_text(out, options, row, *(const char *const *)field);
        break;
    case OPTION_LIST:
        append_list(out, options, row, (const struct text_list *)field);
        break;
    case OPTION_COUNT:
    case OPTION_COUNT_RAMP:
    case OPTION_ENDLESS:
        if (row->kind == OPTION_ENDLESS && *(const uint64_t *)field == UINT64_MAX)
            buffer_append_text(out, "\"inf\"");
        else
            buffer_format(out, "%" PRIu64, *(const uint64_t *)field);
        break;
    case OPTION_DECIMAL:
    case OPTION_DECIMAL_RAMP:
        append_decimal(out, *(const double *)field);
        break;
    case OPTION_DURATION:
        append_duration(out, *(const uint64_t *)field);
        break;
    }
}

static void append_operands(struct buffer *out, const struct options *options, enum command command)
{
    const struct text_list *operands = &options->operands;
    if (operands->count == 0)
        return;
    buffer_format(out, "%s = ", plan_file_operand_key(command, operands->items[0]));
    if (command != COMMAND_MERGE && command != COMMAND_DIFF) {
        append_string(out, operands->items[0]);
    } else {
        buffer_append_text(out, "[");
        for (size_t i = 0; i < operands->count; i++) {
            buffer_append_text(out, "\n    ");
            append_string(out, operands->items[i]);
            buffer_append_text(out, ",");
        }
        buffer_append_text(out, "\n]");
    }
    buffer_append_text(out, "\n");
}

/* The options of the command, a blank line between groups. */
static void append_options(struct buffer *out, const struct options *options, enum command command,
                           bool with_defaults)
{
    const char *group = NULL;
    for (size_t i = 0; i < option_table_len; i++) {
        const struct option_row *row = &option_table[i];
        bool is_given = options_given(options, row->name);
        if ((row->commands & 1u << command) == 0 || !plan_file_is_kept(row) ||
            (!is_given && (!with_defaults || row->default_value == NULL)))
            continue;
        if (row->group != group)
            buffer_format(out, "\n# %s\n", row->group);
        group = row->group;
        buffer_format(out, "%s%s = ", is_given ? "" : "# ", row->name);
        append_value(out, options, row);
        buffer_append_text(out, "\n");
    }
}

char *plan_print_text(const struct options *options, enum command command, bool with_defaults)
{
    struct buffer out = {0}, head = {0};
    buffer_format(&out, "command = \"%s\"\n", command_table[command].name);
    append_operands(&out, options, command);
    append_options(&out, options, command, with_defaults);
    if (strstr(buffer_text(&out), "***") != NULL)
        buffer_append_text(&head, "# *** stands for a password, or for the value of a header or of "
                                  "a body.\n");
    buffer_append(&head, out.data, out.len);
    char *text = memory_text(buffer_text(&head));
    buffer_cleanup(&head);
    buffer_cleanup(&out);
    return text;
}
