/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the TLS settings allow the keys of the identities. If not, there is a warning before the
 * run, since the server would seem at fault.
 * And whether raw public keys are possible with the way the server is verified.
 */
#include "base/text.h"
#include "cli/plan_builder.h"
#include "tls/identity.h"
#include "tls/pinset.h"

#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* The curves' names: two of --groups, and the digest that TLS 1.3 binds each to (RFC 8446 section
 * 4.2.3). */
static const struct curve {
    const char *name, *other_name, *sigalg, *digest;
} curves[] = {
    {"P-256", "prime256v1", "ecdsa_secp256r1_sha256", "SHA256"},
    {"P-384", "secp384r1", "ecdsa_secp384r1_sha384", "SHA384"},
    {"P-521", "secp521r1", "ecdsa_secp521r1_sha512", "SHA512"},
};

static const struct curve *curve_of(const char *kind)
{
    for (size_t i = 0; i < COUNT_OF(curves); i++) {
        if (strcmp(curves[i].name, kind) == 0)
            return &curves[i];
    }
    return NULL;
}

/* Copies the next of names joined by colons to OUT; false at the end. */
static bool next_name(const char **at, char out[static 64])
{
    size_t len = strcspn(*at, ":");
    if (**at == '\0')
        return false;
    snprintf(out, 64, "%.*s", (int)(len < 63 ? len : 63), *at);
    *at += len + ((*at)[len] == ':');
    return true;
}

static bool groups_have(const char *groups, const struct curve *curve)
{
    char name[64];
    while (next_name(&groups, name)) {
        if (strcmp(name, curve->name) == 0 || strcmp(name, curve->other_name) == 0)
            return true;
    }
    return false;
}

static bool is_ml_dsa(const char *kind)
{
    return text_starts_with(kind, "ML-DSA-");
}

/* Whether a key of KIND can sign with the algorithm NAME in VERSION. */
static bool signs(const char *kind, const char *name, uint16_t version)
{
    const struct curve *curve = curve_of(kind);
    bool is_1_3 = version == TLS_VERSION_1_3;
    if (curve != NULL && is_1_3)
        return strcmp(name, curve->sigalg) == 0 ||
               (text_starts_with(name, "ECDSA+") && strcmp(name + 6, curve->digest) == 0);
    if (curve != NULL)
        return text_starts_with(name, "ecdsa_") || text_starts_with(name, "ECDSA+");
    if (is_ml_dsa(kind)) /* mldsa44 is that of ML-DSA-44 */
        return is_1_3 && text_starts_with(name, "mldsa") && strcmp(name + 5, kind + 7) == 0;
    if (strcmp(kind, "RSA") != 0)
        return strcmp(name, "ed25519") == 0;
    return text_starts_with(name, "rsa_pss_rsae_") || text_starts_with(name, "RSA-PSS+") ||
           text_starts_with(name, "PSS+") ||
           (!is_1_3 && (text_starts_with(name, "rsa_pkcs1_") || text_starts_with(name, "RSA+")));
}

static bool sigalgs_have(const char *sigalgs, const char *kind, uint16_t version)
{
    char name[64];
    while (next_name(&sigalgs, name)) {
        if (signs(kind, name, version))
            return true;
    }
    return false;
}

/* The identities' keys of one type, as a sentence names them. */
struct keys {
    const char *kind;
    char whose[300];
};

static void note_groups(const struct tls_config *tls, const struct keys *keys,
                        struct notices *notices)
{
    const struct curve *curve = curve_of(keys->kind);
    bool is_certain = tls->version_max == TLS_VERSION_1_2;
    if (tls->groups == NULL || tls->version_min == TLS_VERSION_1_3 || curve == NULL ||
        groups_have(tls->groups, curve))
        return;
    notices_add(notices,
                "the key of identity %s is on %s, which is not in --groups '%s': %s servers on "
                "OpenSSL refuse it (wrong curve); add %s to --groups%s",
                keys->whose, keys->kind, tls->groups,
                is_certain ? "with TLS 1.2, the only version allowed,"
                           : "if TLS 1.2 is negotiated,",
                keys->kind, is_certain ? "" : ", or use --tls-min 1.3");
}

/* ML-DSA requires TLS 1.3. */
static void note_versions(const struct tls_config *tls, const struct keys *keys,
                          struct notices *notices)
{
    if (is_ml_dsa(keys->kind) && tls->version_max == TLS_VERSION_1_2)
        notices_add(notices,
                    "the key of identity %s is %s, which needs TLS 1.3: with --tls-max 1.2 the "
                    "handshake fails if the server requests a certificate",
                    keys->whose, keys->kind);
}

static void note_sigalgs(const struct tls_config *tls, const struct keys *keys,
                         struct notices *notices)
{
    if (tls->sigalgs == NULL)
        return;
    bool is_in_1_2 = tls->version_min == TLS_VERSION_1_2;
    bool is_in_1_3 = tls->version_max == TLS_VERSION_1_3;
    bool ok_1_2 = !is_in_1_2 || sigalgs_have(tls->sigalgs, keys->kind, TLS_VERSION_1_2);
    bool ok_1_3 = !is_in_1_3 || sigalgs_have(tls->sigalgs, keys->kind, TLS_VERSION_1_3);
    if (ok_1_2 && ok_1_3)
        return;
    const char *where = ok_1_2 && is_in_1_2   ? " in TLS 1.3"
                        : ok_1_3 && is_in_1_3 ? " in TLS 1.2"
                                              : "";
    notices_add(notices,
                "the key of identity %s is %s, which can use none of --sigalgs '%s'%s: the "
                "handshake fails if the server requests a certificate",
                keys->whose, keys->kind, tls->sigalgs, where);
}

/* Names the first identity whose key is of the type, and counts the others; false: there is
 * none. */
static bool find_keys(struct keys *keys, const struct identity_set *identities)
{
    size_t first = 0, count = 0;
    for (size_t i = 0; i < identity_set_count(identities); i++) {
        if (strcmp(identity_set_key_kind(identities, i), keys->kind) == 0 && count++ == 0)
            first = i;
    }
    if (count == 0)
        return false;
    const char *name = identity_set_name(identities, first);
    if (count == 1)
        snprintf(keys->whose, sizeof keys->whose, "'%.200s'", name);
    else
        snprintf(keys->whose, sizeof keys->whose, "'%.200s' (and of %zu more)", name, count - 1);
    return true;
}

void plan_note_keys(const struct plan *plan, struct notices *notices)
{
    static const char *const kinds[] = {"RSA",   "Ed25519",   "P-256",     "P-384",
                                        "P-521", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct keys keys = {.kind = kinds[i]};
        if (!find_keys(&keys, plan->identities))
            continue;
        note_groups(&plan->tls, &keys, notices);
        note_versions(&plan->tls, &keys, notices);
        note_sigalgs(&plan->tls, &keys, notices);
    }
}

bool plan_check_raw_keys(const struct plan *plan, struct error *err)
{
    if (verify_mode_has_chain(plan->verify))
        return error_set(
            err,
            "--raw-public-key and --verify %s do not go together: a raw public key has no chain; "
            "expected --pin spki-sha256:... without --cacert, or --verify none",
            verify_mode_name(plan->verify));
    return !verify_mode_has_pins(plan->verify) || pinset_has(plan->pins, PIN_SPKI) ||
           pinset_has(plan->pins, PIN_CHAIN_SPKI) ||
           error_set(err, "--raw-public-key needs an spki-sha256: pin: a raw public key has no "
                          "certificate that another pin could match; expected --pin "
                          "spki-sha256:..., as 'pinload pin --raw-public-key' prints it, or "
                          "--verify none");
}
