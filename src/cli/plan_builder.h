/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From options to a plan: everything is checked before anything is sent. Each part sets the plan's
 * fields of its own name; false sets ERR, one sentence that quotes the value.
 */
#ifndef PINLOAD_CLI_PLAN_BUILDER_H
#define PINLOAD_CLI_PLAN_BUILDER_H

#include "base/notices.h"
#include "cli/options.h"
#include "plan/plan.h"

struct identity_list;
struct password;

/* plan_build builds PLAN, to be cleaned up even after a failure. */
bool plan_build(struct plan *plan, const struct options *options, struct notices *notices,
                struct error *err);

/* plan_check_stdin rejects a command line with two options that read standard input. */
bool plan_check_stdin(const struct options *options, struct error *err);

/* plan_stdin_reader returns the option, other than --plan, that reads standard input; NULL: none. */
const char *plan_stdin_reader(const struct options *options);

/* plan_tls_version returns the version for "1.2" or "1.3" of --tls-min and --tls-max. */
uint16_t plan_tls_version(const char *text);

/* The parts, in the order in which plan_build takes them. */
bool plan_build_target(struct plan *plan, const struct options *options, struct error *err);
bool plan_build_network(struct plan *plan, const struct options *options, struct notices *notices,
                        struct error *err);
/* plan_build_addresses resolves the host and the sources; plan_build_network does it too. */
bool plan_build_addresses(struct plan *plan, const struct options *options, struct notices *notices,
                          struct error *err);
bool plan_build_tls(struct plan *plan, const struct options *options, struct notices *notices,
                    struct error *err);
bool plan_build_verification(struct plan *plan, const struct options *options,
                             struct notices *notices, struct error *err);
/* plan_build_pins adds the pins given to PLAN's; plan_build_verification does it too. */
bool plan_build_pins(struct plan *plan, const struct options *options, struct error *err);
bool plan_build_identities(struct plan *plan, const struct options *options,
                           struct notices *notices, struct error *err);
/* plan_build_reload reads --reload; the identities and --cacert are in PLAN already. */
bool plan_build_reload(struct plan *plan, const struct options *options, struct error *err);
/* plan_load_identities adds all identities of OPTIONS to PLAN's, and what a list expects of them. */
bool plan_load_identities(struct plan *plan, const struct options *options, struct notices *notices,
                          struct error *err);
/* plan_add_list adds an identity to SET for each row of LIST; plan_apply_list sets what the rows
 * expect of these in PLAN, where FIRST is the first of them. */
bool plan_add_list(struct identity_set *set, const struct identity_list *list,
                   const struct password *password, struct notices *notices, struct error *err);
bool plan_apply_list(struct plan *plan, const struct identity_list *list, size_t first,
                     struct error *err);
/* plan_read_cacert reads the trust anchors of PATH. */
bool plan_read_cacert(struct plan *plan, const char *path, struct error *err);
/* plan_note_keys warns about keys of identities that --groups or --sigalgs rule out. */
void plan_note_keys(const struct plan *plan, struct notices *notices);
/* plan_note_ends warns about certificates that end within the run. */
void plan_note_ends(const struct plan *plan, struct notices *notices);
/* plan_check_raw_keys refuses what does not go together with --raw-public-key. */
bool plan_check_raw_keys(const struct plan *plan, struct error *err);
bool plan_build_load(struct plan *plan, const struct options *options, struct error *err);
bool plan_build_request(struct plan *plan, const struct options *options, struct error *err);

#endif
