/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/compare_arms.h"

#include "base/memory.h"
#include "base/text.h"
#include "cli/option_table.h"
#include "cli/plan_builder.h"
#include "http/request.h"
#include "tls/identity.h"
#include "tls/password.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_NAME_LEN 24
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-"

/* The presets of --arms. "verify" stands for ways to verify, which have no options. */
static const struct preset {
    const char *name;
    const char *arms[4]; /* as --arm has them */
} presets[] = {
    {"groups",
     {"X25519: --tls-min 1.3 --groups X25519",
      "X25519MLKEM768: --tls-min 1.3 --groups X25519MLKEM768",
      "P-256: --tls-min 1.3 --groups P-256"}},
    {"versions", {"tls1.3: --tls-min 1.3 --tls-max 1.3", "tls1.2: --tls-min 1.2 --tls-max 1.2"}},
    {"keys",
     {"p256: --key-type p256", "rsa2048: --key-type rsa2048", "mldsa44: --key-type mldsa44"}},
    {"resumption", {"full: --session-mode full", "resume: --session-mode resume"}},
};

static const struct preset *find_preset(const char *name)
{
    for (size_t i = 0; name != NULL && i < sizeof presets / sizeof *presets; i++) {
        if (strcmp(presets[i].name, name) == 0)
            return &presets[i];
    }
    return NULL;
}

bool compare_arms_chosen(const struct options *options)
{
    return options->arm_texts.count > 0 || find_preset(options->arms) != NULL;
}

/* --- from texts to options -------------------------------------------------------------------- */

static bool read_name(struct arm_choice *arm, const char *text, struct error *err)
{
    size_t len = strspn(text, NAME_CHARACTERS);
    if (len == 0 || len > MOST_NAME_LEN || text[len] != ':')
        return error_set(err,
                         "--arm '%.200s' is not NAME: OPTIONS, with a name of at most %d letters, "
                         "digits and . _ + -; expected, for example, --arm 'old: --tls-max 1.2'",
                         text, MOST_NAME_LEN);
    arm->name = memory_text_n(text, len);
    arm->text = memory_text(text + len + 1 + strspn(text + len + 1, " "));
    return true;
}

/* A token signs elsewhere and in its own time, which is not the handshake's. */
static bool refuse_tokens(struct error *err)
{
    return error_set(err,
                     "compare measures the client's own work, and the key of an identity is in "
                     "a PKCS#11 token; expected keys in files");
}

bool compare_arms_check_keys(const struct plan *plan, struct error *err)
{
    return identity_set_signer(plan->identities) == NULL || refuse_tokens(err);
}

/* What belongs together must come from one place: an arm's pins and modes replace the common ones. */
static bool check_own(const struct arm_choice *arm, struct error *err)
{
    if (arm->own.pass != NULL && text_starts_with(arm->own.pass, "pass:"))
        return error_set(err, "a password in --arm would be in its reports; expected --pass "
                              "env:VAR or file:PATH");
    if (strstr(arm->text, "pkcs11:") != NULL)
        return refuse_tokens(err);
    const char *mode = arm->all.session_mode;
    if (text_starts_with(mode, "mixed:"))
        return error_set(err,
                         "--session-mode '%s' mixes two kinds of session; expected full, resume or "
                         "early",
                         mode);
    return true;
}

static bool read_arm(struct arm_choice *arm, const char *text, const struct options *common,
                     struct error *err)
{
    char where[64];
    if (!read_name(arm, text, err))
        return false;
    bool ok = words_split(&arm->words, arm->text, err) &&
              options_parse_arm(&arm->own, arm->words.items, arm->words.count, err);
    if (ok) {
        arm->all = options_overlay(common, &arm->own);
        ok = check_own(arm, err);
    }
    if (ok && arm->all.pass != NULL)
        arm->all.pass = arm->pass = memory_text(arm->all.pass);
    snprintf(where, sizeof where, "arm '%s'", arm->name);
    return ok || error_prefix(err, where);
}

static bool add_arm(struct compare_arms *out, struct arms *arms, const char *text,
                    const struct options *common, struct error *err)
{
    if (out->count == MAX_ARMS - 1)
        return error_set(err, "--arm '%.200s' is one arm too many; expected at most %d", text,
                         MAX_ARMS - 1);
    struct arm_choice *arm = &out->items[out->count++];
    if (!read_arm(arm, text, common, err) || !arms_add(arms, arm->name, err))
        return false;
    arms->options[out->count - 1] = arm->text;
    return true;
}

/* Keys are the server's choice, unless the server is ours. */
static bool check_preset(const struct options *options, struct error *err)
{
    const struct preset *preset = find_preset(options->arms);
    if (options->arms != NULL && preset == NULL)
        return error_set(
            err,
            "--arms '%s' cannot stand beside --arm; expected groups, versions, keys or resumption, "
            "or these ways to verify as arms, such as --arm 'unverified: --verify none'",
            options->arms);
    if (preset != NULL && strcmp(preset->name, "keys") == 0 && !options->in_process)
        return error_set(
            err, "--arms keys needs --in-process, since a server chooses its own key; of one with "
                 "several, expected --arm 'rsa: --sigalgs rsa_pss_rsae_sha256' and the like");
    return true;
}

/* A key type that this BoringSSL does not have is no arm of the preset. */
static bool is_known_arm(const char *text)
{
    return strstr(text, "mldsa44") == NULL || key_type_is_supported(KEY_ML_DSA_44);
}

bool compare_arms_parse(struct compare_arms *out, struct arms *arms, const struct options *options,
                        struct error *err)
{
    const struct preset *preset = find_preset(options->arms);
    *out = (struct compare_arms){.count = 0};
    arms_begin(arms, options->seed);
    if (!check_preset(options, err))
        return false;
    for (size_t i = 0; preset != NULL && preset->arms[i] != NULL; i++) {
        if (is_known_arm(preset->arms[i]) && !add_arm(out, arms, preset->arms[i], options, err))
            return false;
    }
    for (size_t i = 0; i < options->arm_texts.count; i++) {
        if (!add_arm(out, arms, options->arm_texts.items[i], options, err))
            return false;
    }
    if (out->count < 2)
        return error_set(err,
                         "--arm '%.200s' alone has nothing to be compared with; expected two arms, "
                         "for example also --arm 'usual:'",
                         options->arm_texts.items[0]);
    return arms_end(arms, options->baseline, err);
}

void compare_arms_cleanup(struct compare_arms *chosen)
{
    for (unsigned i = 0; i < chosen->count; i++) {
        struct arm_choice *arm = &chosen->items[i];
        plan_cleanup(&arm->plan);
        options_cleanup(&arm->own);
        words_cleanup(&arm->words);
        free(arm->pass);
        free(arm->name);
        free(arm->text);
    }
    *chosen = (struct compare_arms){.count = 0};
}

/* The control is the baseline again. */
static void copy_control(struct arms *arms)
{
    arms->policies[arms->control] = arms->policies[arms->baseline];
    arms->plans[arms->control] = arms->plans[arms->baseline];
    arms->sessions[arms->control] = arms->sessions[arms->baseline];
}

/* --- over the network ------------------------------------------------------------------------- */

static bool is_same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool is_same_endpoint(const struct arm_choice *a, const struct arm_choice *b)
{
    const struct target *left = &a->plan.target, *right = &b->plan.target;
    if (strcmp(left->host, right->host) != 0 || left->port != right->port ||
        a->all.resolves.count != b->all.resolves.count)
        return false;
    for (size_t i = 0; i < a->all.resolves.count; i++) {
        if (strcmp(a->all.resolves.items[i], b->all.resolves.items[i]) != 0)
            return false;
    }
    return is_same_text(a->all.connect_to, b->all.connect_to);
}

/* A name may have several addresses, in another order each time that it is resolved. */
static void share_addresses(struct compare_arms *chosen, unsigned arm)
{
    struct arm_choice *own = &chosen->items[arm];
    for (unsigned i = 0; i < arm; i++) {
        const struct address_list *from = &chosen->items[i].plan.addresses;
        if (!is_same_endpoint(own, &chosen->items[i]))
            continue;
        address_list_cleanup(&own->plan.addresses);
        own->plan.addresses.items = memory_new(from->count, sizeof *from->items);
        memcpy(own->plan.addresses.items, from->items, from->count * sizeof *from->items);
        own->plan.addresses.count = from->count;
        return;
    }
}

/* The arm, as given, of one that is compared; the control is the baseline. */
static const struct arm_choice *choice_of(const struct compare_arms *chosen,
                                          const struct arms *arms, unsigned arm)
{
    return &chosen->items[arm == arms->control ? arms->baseline : arm];
}

/* How many sessions of a block are of the endpoint of ARM. */
static unsigned count_visits(const struct compare_arms *chosen, const struct arms *arms,
                             unsigned arm)
{
    unsigned count = 0;
    for (unsigned i = 0; i < arms->count; i++)
        count += is_same_endpoint(choice_of(chosen, arms, arm), choice_of(chosen, arms, i));
    return count;
}

static bool is_first_of_endpoint(const struct compare_arms *chosen, unsigned arm)
{
    for (unsigned i = 0; i < arm; i++) {
        if (is_same_endpoint(&chosen->items[i], &chosen->items[arm]))
            return false;
    }
    return true;
}

/* A server that has fewer sessions finds less in its caches, by some microseconds of a handshake.
 * So each endpoint has as many as the one that has most: the baseline's, as the control's are its. */
static void balance(const struct compare_arms *chosen, struct arms *arms)
{
    unsigned most = 0;
    for (unsigned i = 0; i < arms->count; i++) {
        unsigned visits = count_visits(chosen, arms, i);
        most = visits > most ? visits : most;
    }
    for (unsigned i = 0; i < chosen->count; i++) {
        unsigned visits = count_visits(chosen, arms, i);
        while (is_first_of_endpoint(chosen, i) && visits++ < most)
            arms_add_twin(arms, i);
    }
}

static bool check_early_data(const struct arm_choice *arm, struct error *err)
{
    const char *why = NULL;
    if (arm->plan.session_mode != SESSION_EARLY)
        return true;
    if (arm->plan.requests == 0)
        why = "-r 0 sends no request";
    else if (!request_is_safe(arm->plan.request))
        why = "only requests with a safe method, such as GET, are sent as early data";
    else if (arm->plan.tls.version_max < TLS_VERSION_1_3)
        why = "TLS 1.2 (--tls-max) has none";
    return why == NULL || error_set(err, "--session-mode early compares early data, and %s", why);
}

/* A warning that is that of another arm as well is printed once. */
static void add_notices(struct notices *to, const struct notices *from)
{
    for (size_t i = 0; i < from->count; i++) {
        size_t k = 0;
        while (k < to->count && strcmp(to->texts[k], from->texts[i]) != 0)
            k++;
        if (k == to->count)
            notices_add(to, "%s", from->texts[i]);
    }
}

static bool plan_arm(struct arm_choice *arm, struct notices *notices, struct error *err)
{
    struct notices own = {0};
    if (options_given(&arm->own, "key-type"))
        return error_set(err, "--key-type is for --in-process, since a server chooses its own key");
    const char *reader = plan_stdin_reader(&arm->all);
    if (reader != NULL)
        return error_set(err, "%s reads standard input, which only one arm could; expected a file",
                         reader);
    bool ok = plan_build(&arm->plan, &arm->all, &own, err) &&
              compare_arms_check_keys(&arm->plan, err) && check_early_data(arm, err);
    if (ok)
        add_notices(notices, &own);
    notices_cleanup(&own);
    return ok;
}

bool compare_arms_plan(struct compare_arms *chosen, struct arms *arms, struct notices *notices,
                       struct error *err)
{
    static const enum arm_sessions sessions[] = {[SESSION_FULL] = ARM_FULL,
                                                 [SESSION_RESUME] = ARM_RESUMED,
                                                 [SESSION_MIXED] = ARM_RESUMED,
                                                 [SESSION_EARLY] = ARM_EARLY};
    for (unsigned i = 0; i < chosen->count; i++) {
        struct arm_choice *arm = &chosen->items[i];
        if (!plan_arm(arm, notices, err))
            return arms_prefix(arms, i, err);
        share_addresses(chosen, i);
        arms->plans[i] = &arm->plan;
        arms->policies[i] = (struct verify_policy){.mode = arm->plan.verify,
                                                   .pins = arm->plan.pins,
                                                   .report_pins = arm->plan.report_pins,
                                                   .rejected = arm->plan.rejected};
        arms->sessions[i] = sessions[arm->plan.session_mode];
    }
    copy_control(arms);
    balance(chosen, arms);
    return true;
}

/* --- in process ------------------------------------------------------------------------------- */

struct in_process_config compare_arms_config(const struct options *options)
{
    struct in_process_config config = {.resume = strcmp(options->session_mode, "resume") == 0,
                                       .limits = {.version_min = plan_tls_version(options->tls_min),
                                                  .version_max = plan_tls_version(options->tls_max),
                                                  .ciphers = options->ciphers,
                                                  .groups = options->groups,
                                                  .sigalgs = options->sigalgs}};
    key_type_parse(options->key_type, &config.key_type);
    return config;
}

/* In process there are only the identities and servers created for it, and no network. */
static bool check_in_process(const struct arm_choice *arm, struct error *err)
{
    static const char *const possible[] = {"verify",  "session-mode", "tls-min", "tls-max",
                                           "ciphers", "groups",       "sigalgs", "key-type"};
    if (arm->own.operands.count > 0)
        return error_set(err, "--in-process takes no URL, but '%s' was given",
                         arm->own.operands.items[0]);
    for (size_t i = 0; i < option_table_len; i++) {
        const char *name = option_table[i].name;
        size_t k = 0, count = sizeof possible / sizeof *possible;
        while (k < count && strcmp(possible[k], name) != 0)
            k++;
        if (k == count && options_given(&arm->own, name))
            return error_set(err,
                             "--in-process has no place for '--%s'; expected --verify, "
                             "--session-mode, --tls-min, --tls-max, --ciphers, --groups, --sigalgs "
                             "or --key-type, or a URL instead of --in-process",
                             name);
    }
    if (strcmp(arm->all.session_mode, "early") == 0)
        return error_set(err, "--in-process has a server without early data; expected "
                              "--session-mode full or resume");
    return true;
}

bool compare_arms_configure(const struct compare_arms *chosen, struct arms *arms,
                            struct in_process_config configs[static MAX_ARMS], struct error *err)
{
    for (unsigned i = 0; i < chosen->count; i++) {
        const struct options *options = &chosen->items[i].all;
        if (!check_in_process(&chosen->items[i], err))
            return arms_prefix(arms, i, err);
        configs[i] = compare_arms_config(options);
        arms->policies[i].mode = VERIFY_CHAIN;
        if (options->verify != NULL)
            verify_mode_parse(options->verify, &arms->policies[i].mode);
        arms->sessions[i] = configs[i].resume ? ARM_RESUMED : ARM_FULL;
    }
    configs[arms->control] = configs[arms->baseline];
    copy_control(arms);
    return true;
}
