/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/manual.h"

#include "base/version.h"
#include "cli/about.h"
#include "cli/option_table.h"

#include <ctype.h>
#include <string.h>

#define LINE_WIDTH 76

/* Prints LEN characters as roff reads them in a text line or, in quotes, as one argument of a
 * macro. A dash that begins an option is a minus, so that it can be copied from the page. */
static void print_escaped(FILE *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool in_word = i > 0 && isalnum((unsigned char)text[i - 1]);
        if (text[i] == '\\')
            fputs("\\e", out);
        else if (text[i] == '"')
            fputs("\\(dq", out);
        else if (text[i] == '-' && !in_word)
            fputs("\\-", out);
        else
            fputc(text[i], out);
    }
}

static void print_argument(FILE *out, const char *text, size_t len)
{
    fputs(" \"", out);
    print_escaped(out, text, len);
    fputc('"', out);
}

/* Prints TEXT as text lines: a new one after each sentence, and none that looks like a request. */
static void print_text(FILE *out, const char *text)
{
    size_t column = 0;
    for (const char *word = text; *word != '\0';) {
        size_t len = strcspn(word, " ");
        bool ends_sentence = word[len] == ' ' && word[len - 1] == '.';
        if (column == 0 && (word[0] == '.' || word[0] == '\''))
            fputs("\\&", out);
        print_escaped(out, word, len);
        column += len + 1;
        word += len + (word[len] == ' ');
        if (*word != '\0') {
            bool breaks = ends_sentence || column + strcspn(word, " ") > LINE_WIDTH;
            fputc(breaks ? '\n' : ' ', out);
            column = breaks ? 0 : column;
        }
    }
    fputc('\n', out);
}

/* Prints TEXT as a sentence: with a capital letter and a full stop. */
static void print_sentence(FILE *out, const char *text)
{
    char sentence[512];
    bool is_whole = strchr(".?!", text[strlen(text) - 1]) != NULL;
    snprintf(sentence, sizeof sentence, "%s%s", text, is_whole ? "" : ".");
    sentence[0] = (char)toupper((unsigned char)sentence[0]);
    print_text(out, sentence);
}

/* Prints "a|b:FORM" as alternatives: literal words, and placeholders. */
static void print_alternatives(FILE *out, const char *choices)
{
    for (const char *p = choices; *p != '\0';) {
        size_t len = strcspn(p, "|");
        size_t fixed = strcspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ|");
        if (fixed > 0) {
            fputs(" Cm", out);
            print_argument(out, p, fixed);
        }
        if (fixed > 0 && fixed < len)
            fputs(" Ns", out);
        if (fixed < len) {
            fputs(" Ar", out);
            print_argument(out, p + fixed, len - fixed);
        }
        p += len;
        if (*p == '|')
            fputs(" |", out), p++;
    }
}

static void print_option_head(FILE *out, const struct option_row *row)
{
    fputs(".It", out);
    if (row->letter != 0)
        fprintf(out, " Fl %c ,", row->letter);
    fputs(" Fl", out);
    fputs(" \"\\-", out);
    print_escaped(out, row->name, strlen(row->name));
    fputc('"', out);
    if (row->choices != NULL) {
        print_alternatives(out, row->choices);
    } else if (row->argument != NULL) {
        fputs(" Ar", out);
        print_argument(out, row->argument, strlen(row->argument));
    }
    fputc('\n', out);
}

static bool is_taken_by(const struct option_row *row, int command)
{
    return (row->commands & 1u << command) != 0;
}

/* Most options are for run alone, which is not mentioned. */
static void print_takers(FILE *out, const struct option_row *row)
{
    if (row->commands == 1u << COMMAND_RUN)
        return;
    fputs(is_taken_by(row, COMMAND_RUN) ? "Also for" : "Only for", out);
    const char *before = "\n.Cm ";
    for (int i = 0; i < NUM_COMMANDS; i++) {
        if (i == COMMAND_RUN || !is_taken_by(row, i))
            continue;
        fprintf(out, "%s%s", before, command_table[i].name);
        before = " , ";
    }
    fputs(" .\n", out);
}

static void print_option(FILE *out, const struct option_row *row)
{
    print_option_head(out, row);
    print_text(out, row->help);
    if (row->default_value != NULL) {
        fputs("The default is\n.Cm", out);
        print_argument(out, row->default_value, strlen(row->default_value));
        fputs(" .\n", out);
    }
    print_takers(out, row);
}

/* The groups in the order of their first option; the options of a group may be apart. */
static void print_group(FILE *out, const char *group)
{
    fprintf(out, ".Ss %s\n.Bl -tag -width Ds\n", group);
    for (size_t i = 0; i < option_table_len; i++) {
        if (strcmp(option_table[i].group, group) == 0)
            print_option(out, &option_table[i]);
    }
    fputs(".El\n", out);
}

static void print_options(FILE *out)
{
    fputs(".Sh OPTIONS\n"
          "Options and operands may come in any order;\n.Fl Fl\nends the options.\n"
          "A value follows its option as\n.Fl \\-name Ar VALUE , Fl \\-name Ns = Ns Ar VALUE ,\n"
          ".Fl c Ar 64\nor\n.Fl c Ns Ar 64 .\n"
          "Numbers may end with\n.Cm k , M\nor\n.Cm G\n(10k is 10000).\n"
          "Times may end with\n.Cm us , ms , s , m\nor\n.Cm h ;\na number alone is seconds.\n"
          "Options are for\n.Nm Cm run\nunless stated otherwise.\n",
          out);
    for (size_t i = 0; i < option_table_len; i++) {
        bool is_first = true;
        for (size_t j = 0; j < i; j++)
            is_first = is_first && strcmp(option_table[j].group, option_table[i].group) != 0;
        if (is_first)
            print_group(out, option_table[i].group);
    }
}

/* Prints "FILE.crt | https://HOST" as two alternative operands. */
static void print_operands(FILE *out, const char *operands)
{
    fputs(".Ar", out);
    for (const char *word = operands; *word != '\0';) {
        size_t len = strcspn(word, " ");
        if (len == 1 && *word == '|')
            fputs(" |", out);
        else
            print_argument(out, word, len);
        word += len + (word[len] == ' ');
    }
    fputc('\n', out);
}

static void print_head(FILE *out)
{
    fprintf(out,
            ".\\\" SPDX-License-Identifier: Apache-2.0\n"
            ".\\\" Made by 'pinload help --man' from the table of options.\n"
            ".Dd %s\n.Dt PINLOAD 1\n.Os \"pinload %s\"\n.Sh NAME\n.Nm pinload\n.Nd %s\n"
            ".Sh SYNOPSIS\n",
            PINLOAD_DATE, PINLOAD_VERSION, ABOUT_TITLE);
    for (int i = 0; i < NUM_COMMANDS; i++) {
        fprintf(out, ".Nm\n.Cm %s\n.Op Ar option ...\n", command_table[i].name);
        print_operands(out, command_table[i].operands);
    }
    fputs(
        ".Nm\n.Cm help\n.Op Ar COMMAND | Cm figures | Fl \\-man | Fl \\-completion Cm bash | zsh\n"
        ".Nm\n.Fl \\-version\n",
        out);
}

static void print_description(FILE *out)
{
    fputs(".Sh DESCRIPTION\n.Nm\n"
          "opens many concurrent mTLS sessions with client identities in turn, and checks the\n"
          "server's certificate or key against pins on each of them, including resumed ones.\n"
          "It reports how long connecting, handshakes and responses took, which clients were\n"
          "served and which refused, and whether that was expected.\n"
          ".Pp\n"
          "It starts sessions as others end\n.Pq Fl c ,\n"
          "or on a fixed schedule\n.Pq Fl R ;\n"
          "latency is then also measured from the intended start, so that it includes waiting.\n"
          ".Pp\n"
          "The commands are:\n.Bl -tag -width compare\n",
          out);
    for (int i = 0; i < NUM_COMMANDS; i++) {
        fprintf(out, ".It Cm %s\n", command_table[i].name);
        print_sentence(out, command_table[i].summary);
    }
    fputs(".It Cm help\n"
          "List the commands, the options of one, or, with\n.Cm figures ,\n"
          "the figures that\n.Fl \\-fail-if\nand\n.Fl \\-slo\ntake.\n"
          ".Fl \\-man\nprints this page, and\n.Fl \\-completion\n"
          "shell completions.\n"
          ".El\n",
          out);
}

static void print_sources(FILE *out, const char *title, const char *macro,
                          const struct source_row *rows, size_t count)
{
    fprintf(out, ".Sh %s\n.Bl -tag -width Ds\n", title);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, ".It %s %s\n", macro, rows[i].name);
        print_text(out, rows[i].meaning);
    }
    fputs(".El\n", out);
}

static void print_endings(FILE *out)
{
    fputs(".Sh EXIT STATUS\n.Bl -tag -width 143\n", out);
    for (int i = 0; i < NUM_ENDINGS; i++) {
        fprintf(out, ".It %d\n", ending_table[i].status);
        print_text(out, ending_table[i].meaning);
    }
    fputs(".El\n", out);
}

static void print_examples(FILE *out)
{
    fputs(".Sh EXAMPLES\n", out);
    for (size_t i = 0; i < example_table_len; i++) {
        fputs(i == 0 ? "" : ".Pp\n", out);
        print_text(out, example_table[i].purpose);
        fputs(".Bd -literal -offset indent\n", out);
        print_escaped(out, example_table[i].line, strlen(example_table[i].line));
        fputs("\n.Ed\n", out);
    }
}

void manual_print(FILE *out)
{
    print_head(out);
    print_description(out);
    print_options(out);
    print_sources(out, "ENVIRONMENT", "Ev", variable_table, variable_table_len);
    print_sources(out, "FILES", "Pa", file_table, file_table_len);
    print_endings(out);
    print_examples(out);
    fputs(".Sh SEE ALSO\n.Xr curl 1 ,\n.Xr openssl 1\n", out);
}
