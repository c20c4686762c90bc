/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/completions.h"

#include "cli/option_table.h"

#include <string.h>

/* What can be completed as an option's value. */
enum value { VALUE_OTHER, VALUE_WORDS, VALUE_FILE, VALUE_DIRECTORY };

#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Says whether one of "a|b|N" begins with literal text. */
static bool has_words(const char *alternatives)
{
    for (const char *p = alternatives; *p != '\0';) {
        if (strchr(CAPITALS, *p) == NULL)
            return true;
        p += strcspn(p, "|");
        p += *p == '|';
    }
    return false;
}

static enum value value_of(const struct option_row *row)
{
    if (row->choices != NULL)
        return VALUE_WORDS;
    if (row->argument == NULL)
        return VALUE_OTHER;
    if (strcmp(row->argument, "DIR") == 0)
        return VALUE_DIRECTORY;
    if (strstr(row->argument, "FILE") != NULL || strstr(row->argument, "CERT") != NULL)
        return VALUE_FILE;
    bool has_alternatives = strchr(row->argument, '|') != NULL;
    return has_alternatives && has_words(row->argument) ? VALUE_WORDS : VALUE_OTHER;
}

static bool is_taken_by(const struct option_row *row, int command)
{
    return (row->commands & 1u << command) != 0;
}

/* Prints those alternatives of "a|b:FORM|N" that can be typed, up to the start of a placeholder; a
 * COLON at their end in the shell's form. */
static void print_words(FILE *out, const struct option_row *row, const char *colon)
{
    const char *words = row->choices != NULL ? row->choices : row->argument;
    const char *before = "";
    for (const char *p = words; *p != '\0';) {
        size_t len = strcspn(p, "|");
        size_t fixed = strcspn(p, CAPITALS "|");
        if (fixed > 0) {
            bool ends_so = p[fixed - 1] == ':';
            fprintf(out, "%s%.*s%s", before, (int)fixed - ends_so, p, ends_so ? colon : "");
            before = " ";
        }
        p += len + (p[len] == '|');
    }
}

/* --- bash -------------------------------------------------------------------------------------- */

/* bash has split the line at its COMP_WORDBREAKS, and replaces only what follows the last of them
 * (an @ is replaced too); the script looks at whole words, and returns the part that is
 * replaced. */
static const char bash_head[] =
    "# bash completion for pinload; made by 'pinload help --completion bash'\n"
    "# SPDX-License-Identifier: Apache-2.0\n"
    "\n"
    "# Answers with the words of $1 that continue $value.\n"
    "_pinload_words() {\n"
    "    local word before=${word_typed%\"$part\"}\n"
    "    for word in $1; do\n"
    "        [[ $word != \"$value\"* ]] && continue\n"
    "        [[ $word == *[:=/] ]] && compopt -o nospace 2>/dev/null\n"
    "        word=${word_typed%\"$value\"}$word\n"
    "        COMPREPLY+=(\"${word#\"$before\"}\")\n"
    "    done\n"
    "}\n"
    "\n"
    "# Answers with the files (-f) or directories (-d) that continue what follows NAME=, CERT, or @.\n"
    "_pinload_files() {\n"
    "    local file path=$value before=${word_typed%\"$part\"}\n"
    "    path=${path#@}\n"
    "    path=${path##*[=,]}\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    while IFS= read -r file; do\n"
    "        file=${word_typed%\"$path\"}$file\n"
    "        COMPREPLY+=(\"${file#\"$before\"}\")\n"
    "    done < <(compgen \"$1\" -- \"$path\")\n"
    "}\n"
    "\n"
    "_pinload() {\n"
    "    local line=${COMP_LINE:0:COMP_POINT}\n"
    "    local word_typed part value option command words\n"
    "    COMPREPLY=()\n"
    "    read -ra words <<<\"$line\"\n"
    "    [[ $line == *[[:space:]] ]] && words+=('')\n"
    "    word_typed=${words[${#words[@]} - 1]} value=$word_typed\n"
    "    option=${words[${#words[@]} - 2]} command=${words[1]}\n"
    "    part=${word_typed##*[\"$COMP_WORDBREAKS\"]}\n"
    "    [[ $word_typed == *@\"$part\" ]] && part=@$part\n"
    "    if ((${#words[@]} <= 2)); then\n";

static const char bash_tail[] = "}\n"
                                "\n"
                                "complete -F _pinload pinload\n";

/* Prints the labels of a case: the option by each of its names, for each command that takes it. */
static void print_bash_labels(FILE *out, const struct option_row *row)
{
    const char *before = "    ";
    for (int i = 0; i < NUM_COMMANDS; i++) {
        if (!is_taken_by(row, i))
            continue;
        if (row->letter != 0)
            fprintf(out, "%s'%s -%c'", before, command_table[i].name, row->letter);
        fprintf(out, "%s'%s --%s'", row->letter != 0 ? " | " : before, command_table[i].name,
                row->name);
        before = " | ";
    }
}

static void print_bash_values(FILE *out)
{
    fputs("    case \"$command $option\" in\n", out);
    for (size_t i = 0; i < option_table_len; i++) {
        const struct option_row *row = &option_table[i];
        if (row->argument == NULL)
            continue;
        print_bash_labels(out, row);
        fputs(") ", out);
        if (value_of(row) == VALUE_WORDS) {
            fputs("_pinload_words '", out);
            print_words(out, row, ":");
            fputs("'; ", out);
        } else if (value_of(row) != VALUE_OTHER) {
            fprintf(out, "_pinload_files %s; ", value_of(row) == VALUE_FILE ? "-f" : "-d");
        }
        fputs("return ;;\n", out);
    }
    fputs("    esac\n", out);
}

static void print_bash_command(FILE *out, int command)
{
    const struct command_row *about = &command_table[command];
    fprintf(out, "    %s)\n        if [[ $value == -* ]]; then\n            _pinload_words '",
            about->name);
    for (size_t i = 0; i < option_table_len; i++) {
        if (is_taken_by(&option_table[i], command))
            fprintf(out, "%s--%s", i == 0 ? "" : " ", option_table[i].name);
    }
    fputs("'\n            return\n        fi\n", out);
    if (strstr(about->operands, "https://") != NULL)
        fputs("        _pinload_words 'https://'\n", out);
    if (strstr(about->operands, "FILE") != NULL || strstr(about->operands, ".json") != NULL)
        fputs("        _pinload_files -f\n", out);
    fputs("        ;;\n", out);
}

static void print_command_names(FILE *out)
{
    for (int i = 0; i < NUM_COMMANDS; i++)
        fprintf(out, "%s%s", i == 0 ? "" : " ", command_table[i].name);
}

void completions_print_bash(FILE *out)
{
    fputs(bash_head, out);
    fputs("        _pinload_words '", out);
    print_command_names(out);
    fputs(" help --version --help'\n        return\n    fi\n"
          "    if [[ $value == --*=* ]]; then\n"
          "        option=${value%%=*} value=${value#*=}\n"
          "    fi\n",
          out);
    print_bash_values(out);
    fputs("    case $command in\n", out);
    for (int i = 0; i < NUM_COMMANDS; i++)
        print_bash_command(out, i);
    fputs("    help)\n"
          "        case $option in\n"
          "        help) _pinload_words '",
          out);
    print_command_names(out);
    fputs(" figures --man --completion' ;;\n"
          "        --completion) _pinload_words 'bash zsh' ;;\n"
          "        esac\n        ;;\n    esac\n",
          out);
    fputs(bash_tail, out);
}

/* --- zsh --------------------------------------------------------------------------------------- */

/* Prints the first sentence of TEXT, quoted for a specification of _arguments. */
static void print_zsh_text(FILE *out, const char *text)
{
    for (const char *p = text; *p != '\0' && strncmp(p, ". ", 2) != 0; p++) {
        if (*p == '.' && p[1] == '\0')
            break;
        if (*p == '\'')
            fputs("'\\''", out);
        else if (strchr("[]:\\", *p) != NULL)
            fprintf(out, "\\%c", *p);
        else
            fputc(*p, out);
    }
}

static void print_zsh_value(FILE *out, const struct option_row *row)
{
    fputc(':', out);
    print_zsh_text(out, row->argument);
    switch (value_of(row)) {
    case VALUE_WORDS:
        fputs(":(", out);
        print_words(out, row, "\\:");
        fputc(')', out);
        break;
    case VALUE_FILE:
        fputs(":{compset -P \"(*[=,]|@)\"; _files}", out);
        break;
    case VALUE_DIRECTORY:
        fputs(":_files -/", out);
        break;
    case VALUE_OTHER:
        fputs(": ", out);
        break;
    }
}

/* Prints '*--pin=[help]:PIN: ', or '(-c --connections)'{-c+,--connections=}'[help]:N: '. */
static void print_zsh_option(FILE *out, const struct option_row *row)
{
    const char *repeats = row->kind == OPTION_LIST ? "*" : "";
    bool takes = row->argument != NULL;
    fputs("        '", out);
    if (row->letter == 0)
        fprintf(out, "%s--%s%s", repeats, row->name, takes ? "=" : "");
    else if (row->kind == OPTION_LIST)
        fprintf(out, "*'{-%c+,--%s=}'", row->letter, row->name);
    else
        fprintf(out, "(-%c --%s)'{-%c%s,--%s%s}'", row->letter, row->name, row->letter,
                takes ? "+" : "", row->name, takes ? "=" : "");
    fputc('[', out);
    print_zsh_text(out, row->help);
    fputc(']', out);
    if (takes)
        print_zsh_value(out, row);
    fputs("' \\\n", out);
}

static void print_zsh_command(FILE *out, int command)
{
    const struct command_row *about = &command_table[command];
    bool takes_files =
        strstr(about->operands, "FILE") != NULL || strstr(about->operands, ".json") != NULL;
    fprintf(out, "_pinload_%s() {\n    _arguments -s -S \\\n", about->name);
    for (size_t i = 0; i < option_table_len; i++) {
        if (is_taken_by(&option_table[i], command))
            print_zsh_option(out, &option_table[i]);
    }
    fprintf(out, "        '%s:", strstr(about->operands, "...") != NULL ? "*" : "");
    print_zsh_text(out, about->operands);
    fprintf(out, ":{%s%s}'\n}\n\n", takes_files ? "_files" : "",
            strstr(about->operands, "https://") == NULL ? ""
            : takes_files                               ? "; compadd -S \"\" https\\://"
                                                        : "compadd -S \"\" https\\://");
}

void completions_print_zsh(FILE *out)
{
    fputs("#compdef pinload\n"
          "# SPDX-License-Identifier: Apache-2.0\n"
          "# zsh completion for pinload; made by 'pinload help --completion zsh'\n\n",
          out);
    for (int i = 0; i < NUM_COMMANDS; i++)
        print_zsh_command(out, i);
    fputs("_pinload_help() {\n"
          "    _arguments '--man[print the man page]' \\\n"
          "        '--completion=[print completions]:SHELL:(bash zsh)' \\\n"
          "        '::command:(",
          out);
    print_command_names(out);
    fputs(" figures)'\n}\n\n_pinload() {\n    local -a commands=(\n", out);
    for (int i = 0; i < NUM_COMMANDS; i++) {
        fprintf(out, "        '%s:", command_table[i].name);
        print_zsh_text(out, command_table[i].summary);
        fputs("'\n", out);
    }
    fputs("        'help:what commands and options there are'\n"
          "    )\n"
          "    if ((CURRENT == 2)); then\n"
          "        _describe -t commands command commands\n"
          "        [[ $PREFIX == -* ]] && compadd -- --version --help\n"
          "        return\n"
          "    fi\n"
          "    local command=$words[2]\n"
          "    shift words\n"
          "    ((CURRENT--))\n"
          "    (($+functions[_pinload_$command])) && _pinload_$command\n"
          "}\n\n_pinload \"$@\"\n",
          out);
}
