/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arms that --arm and the presets of --arms name: each has the options common to all, with its
 * own over them, and from these a plan, or in process a configuration.
 */
#ifndef PINLOAD_CLI_COMPARE_ARMS_H
#define PINLOAD_CLI_COMPARE_ARMS_H

#include "base/notices.h"
#include "base/words.h"
#include "cli/options.h"
#include "compare/arms.h"
#include "compare/in_process.h"
#include "plan/plan.h"

/* One arm as it was given. */
struct arm_choice {
    char *name, *text; /* of 'NAME: OPTIONS' */
    struct words words;
    struct options own, all; /* all: those common to all, with its own over them */
    char *pass;              /* of all.pass, which reading wipes */
    struct plan plan;        /* over the network */
};

/* A zeroed struct is empty. */
struct compare_arms {
    struct arm_choice items[MAX_ARMS];
    unsigned count;
};

/* compare_arms_chosen says whether OPTIONS name such arms; otherwise the arms are ways to verify. */
bool compare_arms_chosen(const struct options *options);

/* compare_arms_parse sets ARMS, which borrow from OUT, from OPTIONS. False sets ERR. */
bool compare_arms_parse(struct compare_arms *out, struct arms *arms, const struct options *options,
                        struct error *err);
void compare_arms_cleanup(struct compare_arms *chosen);

/* compare_arms_check_keys refuses a PLAN with keys in PKCS#11 tokens. */
bool compare_arms_check_keys(const struct plan *plan, struct error *err);

/* compare_arms_plan builds the plans for ARMS. */
bool compare_arms_plan(struct compare_arms *chosen, struct arms *arms, struct notices *notices,
                       struct error *err);

/* compare_arms_configure sets CONFIGS for ARMS, the control's too. */
bool compare_arms_configure(const struct compare_arms *chosen, struct arms *arms,
                            struct in_process_config configs[static MAX_ARMS], struct error *err);

/* compare_arms_config returns the configuration of OPTIONS. */
struct in_process_config compare_arms_config(const struct options *options);

#endif
