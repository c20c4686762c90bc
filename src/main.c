/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pinload: the table of commands. The way a command ended becomes an exit status only here, by the
 * table in cli/about.h.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "cli/about.h"
#include "cli/commands.h"
#include "cli/completions.h"
#include "cli/help_figures.h"
#include "cli/manual.h"
#include "cli/option_table.h"
#include "cli/plan_print.h"
#include "net/net_loop.h"
#include "tls/tls_context.h"
#include "tls/token_uri.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum ending (*const commands[NUM_COMMANDS])(const struct invocation *) = {
    [COMMAND_RUN] = cmd_run,     [COMMAND_COMPARE] = cmd_compare, [COMMAND_PIN] = cmd_pin,
    [COMMAND_MERGE] = cmd_merge, [COMMAND_DIFF] = cmd_diff,       [COMMAND_FIND] = cmd_find,
};

static bool find_command(const char *word, enum command *out_command)
{
    for (int i = 0; i < NUM_COMMANDS; i++) {
        if (commands[i] != NULL && strcmp(word, command_table[i].name) == 0) {
            *out_command = (enum command)i;
            return true;
        }
    }
    return false;
}

/* Most tools take options and a URL without a command before them. */
static bool is_without_command(const char *word)
{
    return word[0] == '-' || strstr(word, "://") != NULL;
}

/* Reports the error, on one line whatever WHY quotes. */
static enum ending refuse(const struct error *why)
{
    error_print(why);
    return ENDING_USAGE;
}

static enum ending refuse_command(const char *word)
{
    struct error err;
    if (is_without_command(word)) {
        error_set(&err, "a command comes before '%.300s', as in 'pinload run %.300s'", word, word);
        return refuse(&err);
    }
    const char *names[NUM_COMMANDS + 1] = {"help"};
    size_t count = 1;
    for (int i = 0; i < NUM_COMMANDS; i++) {
        if (commands[i] != NULL)
            names[count++] = command_table[i].name;
    }
    const char *near = text_nearest(word, names, count);
    error_set(&err, "'%.300s' is not a command;%s%s%s 'pinload help' lists all", word,
              near != NULL ? " did you mean '" : "", near != NULL ? near : "",
              near != NULL ? "'?" : "");
    return refuse(&err);
}

static enum ending print_completions(const char *shell)
{
    if (shell != NULL && strcmp(shell, "bash") == 0) {
        completions_print_bash(stdout);
    } else if (shell != NULL && strcmp(shell, "zsh") == 0) {
        completions_print_zsh(stdout);
    } else {
        struct error err;
        error_set(&err, "--completion '%.300s' is unknown; expected bash or zsh",
                  shell != NULL ? shell : "");
        return refuse(&err);
    }
    return ENDING_AS_EXPECTED;
}

static bool is_help(const char *word)
{
    return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* The argument of "pinload help": none, a command, "figures", or an option for a generated file. */
static enum ending print_help(int argc, char **argv)
{
    enum command command;
    if (argc == 0 || is_help(argv[0])) {
        help_overview(stdout);
        return ENDING_AS_EXPECTED;
    }
    if (strcmp(argv[0], "--man") == 0) {
        manual_print(stdout);
        return ENDING_AS_EXPECTED;
    }
    if (strcmp(argv[0], "figures") == 0) {
        help_figures(stdout);
        return ENDING_AS_EXPECTED;
    }
    if (strcmp(argv[0], "--completion") == 0)
        return print_completions(argv[1]);
    if (!find_command(argv[0], &command))
        return refuse_command(argv[0]);
    help_print(stdout, command);
    return ENDING_AS_EXPECTED;
}

/* Passwords on the command line are copied and overwritten, so that other users do not see them for
 * long. */
static char **take_arguments(int argc, char **argv)
{
    char **copy = memory_new((size_t)argc + 1, sizeof *copy);
    for (int i = 0; i < argc; i++) {
        copy[i] = memory_text(argv[i]);
        const char *secret = strstr(argv[i], "pass:"), *pin = token_uri_pin(argv[i]);
        if (secret != NULL && (secret == argv[i] || text_starts_with(argv[i], "--pass=")))
            memset(argv[i] + (secret - argv[i]) + 5, '*', strlen(secret + 5));
        if (pin != NULL)
            memset(argv[i] + (pin - argv[i]), '*', strlen(pin));
    }
    return copy;
}

static void free_texts(char **texts)
{
    for (size_t i = 0; texts[i] != NULL; i++)
        free(texts[i]);
    free(texts);
}

static void print_plan(const struct options *options, enum command command)
{
    char *text = plan_print_text(options, command, true);
    fputs(text, stdout);
    free(text);
}

static enum ending run_command(enum command command, int argc, char **argv, char **redacted)
{
    struct options options;
    struct error err;
    struct invocation invocation = {&options, redacted};
    enum ending ending = ENDING_USAGE;
    if (argc == 0) {
        help_begin(stderr, command);
        return ENDING_USAGE;
    }
    if (!options_parse(&options, command, argc, argv, &err)) {
        error_print(&err);
    } else if (options.help) {
        help_print(stdout, command);
        ending = ENDING_AS_EXPECTED;
    } else if (options.print_plan) {
        print_plan(&options, command);
        ending = ENDING_AS_EXPECTED;
    } else {
        ending = commands[command](&invocation);
    }
    options_cleanup(&options);
    return ending;
}

static enum ending dispatch(int argc, char **argv, char **redacted)
{
    enum command command;
    if (argc < 2) {
        help_overview(stderr);
        return ENDING_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        printf("pinload %s (BoringSSL %s, libuv %s)\n", PINLOAD_VERSION, tls_library_version(),
               net_library_version());
        return ENDING_AS_EXPECTED;
    }
    if (is_help(argv[1]))
        return print_help(argc - 2, argv + 2);
    if (!find_command(argv[1], &command))
        return refuse_command(argv[1]);
    return run_command(command, argc - 2, argv + 2, redacted);
}

/* A file opened later would take the place of a closed standard stream, and get its output. Writing
 * to such a stream is an error, as if it were closed. */
static void fill_standard_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

/* Output that could not be written is not as expected. */
static enum ending check_output(enum ending ending)
{
    bool is_lost = fflush(stdout) != 0 || ferror(stdout);
    if (!is_lost)
        return ending;
    fputs("pinload: standard output could not be written in full\n", stderr);
    return ending == ENDING_AS_EXPECTED || ending == ENDING_RATE_MISSED ? ENDING_UNEXPECTED
                                                                        : ending;
}

/* With less, jemalloc could not initialise, and cannot report that. */
static void check_room(void)
{
    enum { LEAST = 8 << 20 };
    if (memory_has_room(LEAST))
        return;
    fprintf(stderr, "pinload: fewer than %d MB of address space are left (ulimit -v)\n",
            LEAST >> 20);
    _exit(ending_table[ENDING_USAGE].status);
}

int main(int argc, char **argv)
{
    fill_standard_descriptors();
    check_room();
    char **redacted = options_redact(argc, argv);
    char **arguments = take_arguments(argc, argv);
    enum ending ending = dispatch(argc, arguments, redacted);
    free_texts(arguments);
    free_texts(redacted);
    return ending_table[check_output(ending)].status;
}
