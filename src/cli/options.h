/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parsed command line: one table lists every option of every command, and the parser, the help,
 * the man page and the completions are made from it. Values are checked for their form here, and
 * for their meaning when a plan is built (cli/plan_builder.h).
 */
#ifndef PINLOAD_CLI_OPTIONS_H
#define PINLOAD_CLI_OPTIONS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum command {
    COMMAND_RUN,
    COMMAND_COMPARE,
    COMMAND_PIN,
    COMMAND_MERGE,
    COMMAND_DIFF,
    COMMAND_FIND,
    NUM_COMMANDS,
    COMMAND_ARM = NUM_COMMANDS /* no command: the options of an arm of compare */
};

/* Values of a repeatable option, borrowed from argv. */
struct text_list {
    const char **items;
    size_t count;
};

/* A load that changes in a straight line, given as A:B. */
struct ramp {
    const char *text; /* NULL: none */
    double from, to;
};

/* The values, borrowed from argv or the plan file if they are strings; NULL and 0 if not given, unless the table has
 * a default. */
struct options {
    /* client identity */
    struct text_list identities;
    const char *identities_directory, *identity_list, *name_by, *reload, *cert, *key, *pass,
        *rotate, *expect_refused, *refusal_status, *refusal_text;
    bool refusal_by_close, require_all_identities, raw_public_key;
    uint64_t sign_threads;
    /* server verification */
    const char *cacert, *pinnedpubkey, *verify, *pins_action, *format;
    struct text_list pins, pin_files, rejected_pins, backups;
    bool check_pins;
    uint64_t min_days;
    /* load */
    uint64_t connections, sessions, duration_ns, ramp_ns, warm_up_ns, seed;
    const char *threads, *arrival, *overload, *shard, *start_at, *max_failures;
    double rate;
    const char *stages;
    struct ramp connections_ramp, rate_ramp; /* connections and rate are then the higher number */
    /* session */
    bool allow_missing_close_notify;
    uint64_t requests, hold_ns, think_ns, streams, timeout_ns, connect_timeout_ns;
    const char *http, *method, *data, *session_mode, *close;
    struct text_list headers, expect_statuses;
    /* TLS and the network */
    const char *tls_min, *tls_max, *ciphers, *groups, *sigalgs, *ech, *cert_compression, *keylog;
    const char *connect_to, *sni, *source;
    bool split_hello;
    struct text_list resolves;
    bool each_address;
    const char *tickets;
    /* output */
    const char *json, *csv, *hlog, *html, *prometheus, *junit, *progress;
    struct text_list fail_ifs;
    const char *plan; /* a plan file */
    bool print_plan;
    bool quiet, verbose, help, allow_empty, show_secrets, no_backoff;
    /* compare and merge */
    const char *arms, *baseline, *key_type;
    struct text_list arm_texts;
    bool in_process, force;
    uint64_t resolve_difference_ns;
    /* diff */
    const char *margin, *detect;
    struct text_list worse_limits;
    /* find */
    const char *by, *within;
    struct text_list slos;
    double start_rate, max_rate;
    uint64_t confirm_ns, budget_ns;
    /* a bit for each row of the table that was given */
    uint64_t given[2];
    struct text_list operands;
    struct plan_values *file; /* what the plan file says; values are borrowed from it */
};

/* options_parse parses ARGV (without the names of program and command) for COMMAND. Options and
 * operands may come in any order; "--" ends the options. What is not given comes from the plan file of
 * --plan, if there is one. False sets ERR. */
bool options_parse(struct options *options, enum command command, int argc, char **argv,
                   struct error *err);
void options_cleanup(struct options *options);

/* options_parse_arm parses WORDS as those of one arm of a comparison, without defaults. False sets
 * ERR. */
bool options_parse_arm(struct options *options, char **words, size_t count, struct error *err);

/* options_overlay returns COMMON with what is given in OVER in its place. It borrows from both, and
 * is not to be cleaned up. */
struct options options_overlay(const struct options *common, const struct options *over);

/* options_given says whether the option NAME (long, without dashes) was given. */
bool options_given(const struct options *options, const char *name);

/* options_redact_value returns a copy of the VALUE of the option NAME, redacted as options_redact
 * does. To be freed. */
char *options_redact_value(const char *name, const char *value, bool show_secrets);

/* options_redact returns a copy of ARGV, NULL at its end, with "***" in place of passwords and,
 * unless it contains --show-secrets, of the values of headers and of the body. To be freed, with
 * its strings. */
char **options_redact(int argc, char **argv);

#endif
