/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/option_table.h"

#include <string.h>

#define WIDTH 80
#define INDENT 6

void help_overview(FILE *out)
{
    fputs("pinload loads mTLS endpoints: many sessions, rotating client identities, every pin "
          "checked.\n\n",
          out);
    for (int i = 0; i < NUM_COMMANDS; i++)
        fprintf(out, "  pinload %-8s [options] %s\n      %s\n", command_table[i].name,
                command_table[i].operands, command_table[i].summary);
    fputs("  pinload help [COMMAND]\n  pinload --version\n\n"
          "Numbers take k, M, G; times take us, ms, s, m, h.\n"
          "Exit status: 0 as expected, 1 not as expected, 2 usage or set-up (nothing was sent),\n"
          "3 the rate asked for was not held, 130 interrupted, 143 terminated.\n",
          out);
}

/* Prints TEXT in lines of up to WIDTH columns, each indented. */
static void print_wrapped(FILE *out, const char *text)
{
    size_t column = 0;
    for (const char *word = text; *word != '\0';) {
        size_t len = strcspn(word, " ");
        if (column == 0 || column + 1 + len > WIDTH) {
            fprintf(out, "%s%*s", column == 0 ? "" : "\n", INDENT, "");
            column = INDENT;
        } else {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", (int)len, word);
        column += len;
        word += len;
        word += *word == ' ';
    }
    fputc('\n', out);
}

static void print_row(FILE *out, const struct option_row *row)
{
    if (row->letter != 0)
        fprintf(out, "  -%c, --%s", row->letter, row->name);
    else
        fprintf(out, "  --%s", row->name);
    if (row->choices != NULL)
        fprintf(out, " %s", row->choices);
    else if (row->argument != NULL)
        fprintf(out, " %s", row->argument);
    if (row->default_value != NULL)
        fprintf(out, "  (default %s)", row->default_value);
    fputc('\n', out);
    print_wrapped(out, row->help);
}

void help_print(FILE *out, enum command command)
{
    const struct command_row *about = &command_table[command];
    fprintf(out, "pinload %s [options] %s\n%s\n", about->name, about->operands, about->summary);
    const char *group = "";
    for (size_t i = 0; i < option_table_len; i++) {
        const struct option_row *row = &option_table[i];
        if ((row->commands & 1u << command) == 0)
            continue;
        if (strcmp(group, row->group) != 0)
            fprintf(out, "\n%s\n", row->group);
        group = row->group;
        print_row(out, row);
    }
}
