/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plan that a good command line of a run comes to, with what was told on the way. A bad one ends the
 * test.
 */
#ifndef PINLOAD_TESTS_CLI_BUILT_H
#define PINLOAD_TESTS_CLI_BUILT_H

#include "cli/plan_builder.h"
#include "unit.h"

#define MAX_ARGS 16
#define URL "https://127.0.0.1:8443/path"
#define PIN "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

/* A plan and what it was made of. */
struct built {
    char *argv[MAX_ARGS + 1];
    struct options options;
    struct plan plan;
    struct notices notices;
};

static inline void build(struct built *built, const char *const *args)
{
    struct error err = {{0}};
    int argc = 0;
    memset(built, 0, sizeof *built);
    for (; argc < MAX_ARGS && args[argc] != NULL; argc++)
        built->argv[argc] = strdup(args[argc]);
    if (!options_parse(&built->options, COMMAND_RUN, argc, built->argv, &err) ||
        !plan_build(&built->plan, &built->options, &built->notices, &err))
        fail_msg("%s", err.text);
}

static inline void release(struct built *built)
{
    plan_cleanup(&built->plan);
    options_cleanup(&built->options);
    notices_cleanup(&built->notices);
    for (size_t i = 0; built->argv[i] != NULL; i++)
        free(built->argv[i]);
}

#endif
