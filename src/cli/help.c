/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/about.h"
#include "cli/commands.h"
#include "cli/option_table.h"

#include <string.h>

#define WIDTH 80

/* Prints TEXT from COLUMN on, in lines of up to WIDTH columns; lines after the first are
 * indented. */
static void print_wrapped(FILE *out, const char *text, size_t column, size_t indent)
{
    bool begins = true;
    for (const char *word = text; *word != '\0';) {
        size_t len = strcspn(word, " ");
        if (!begins && column + 1 + len > WIDTH) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!begins) {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", (int)len, word);
        begins = false;
        column += len;
        word += len;
        word += *word == ' ';
    }
    fputc('\n', out);
}

static void print_indented(FILE *out, const char *text, size_t indent)
{
    fprintf(out, "%*s", (int)indent, "");
    print_wrapped(out, text, indent, indent);
}

static void print_examples(FILE *out, enum command command)
{
    for (size_t i = 0; i < example_table_len; i++) {
        if (example_table[i].command == command)
            fprintf(out, "  # %s\n  %s\n", example_table[i].purpose, example_table[i].line);
    }
}

void help_overview(FILE *out)
{
    fprintf(out, "pinload: %s\n\n", ABOUT_TITLE);
    for (int i = 0; i < NUM_COMMANDS; i++)
        fprintf(out, "  pinload %-7s [options] %s\n      %s\n", command_table[i].name,
                command_table[i].operands, command_table[i].summary);
    fputs(
        "  pinload help COMMAND\n      list all options of COMMAND\n"
        "  pinload help figures\n      list the figures that --fail-if and --slo take\n"
        "  pinload help --man | --completion bash|zsh\n      print the man page or shell completions\n"
        "  pinload --version\n\n"
        "Examples:\n",
        out);
    print_examples(out, COMMAND_PIN);
    print_examples(out, COMMAND_RUN);
    fputs("\nNumbers may end with k, M or G; times with us, ms, s, m or h.\n\nExit status:\n", out);
    for (int i = 0; i < NUM_ENDINGS; i++) {
        fprintf(out, "  %3d  ", ending_table[i].status);
        print_wrapped(out, ending_table[i].meaning, 7, 7);
    }
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
    print_indented(out, row->help, 6);
}

static void print_usage(FILE *out, enum command command)
{
    const struct command_row *about = &command_table[command];
    fprintf(out, "usage: pinload %s [options] %s\n       %s\n", about->name, about->operands,
            about->summary);
}

void help_print(FILE *out, enum command command)
{
    print_usage(out, command);
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
    fputs("\nExamples\n", out);
    print_examples(out, command);
}

void help_begin(FILE *out, enum command command)
{
    print_usage(out, command);
    fputc('\n', out);
    print_examples(out, command);
    fprintf(out, "\n'pinload help %s' lists every option.\n", command_table[command].name);
}
