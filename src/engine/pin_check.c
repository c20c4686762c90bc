/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/pin_check.h"

#include "base/memory.h"
#include "engine/probe.h"
#include "tls/certificate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S 86400

const char *pin_place_name(enum pin_place place)
{
    static const char *const names[] = {"presented", "backup", "nowhere"};
    return names[place];
}

static void violate(struct pin_check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void violate(struct pin_check *check, const char *format, ...)
{
    char sentence[1600];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    check->violations =
        memory_resize(check->violations, (check->num_violations + 1) * sizeof *check->violations);
    check->violations[check->num_violations++] = memory_text(sentence);
}

/* --- certificates --------------------------------------------------------------------------- */

static int64_t floor_days(int64_t seconds)
{
    return seconds >= 0 ? seconds / DAY_S : -((-seconds + DAY_S - 1) / DAY_S);
}

static void judge_dates(struct pin_check *check, size_t index)
{
    const struct certificate_found *found = &check->certificates[index];
    if (found->days_left < 0)
        violate(check, "certificate %zu has ended: %s", index, found->about);
    else
        violate(check,
                "certificate %zu ends in %lld days, and at least %llu are expected (--min-days): "
                "%s",
                index, (long long)found->days_left, (unsigned long long)check->min_days,
                found->about);
}

static void look_at(struct pin_check *check, const struct probe *probe, size_t index)
{
    struct certificate_found *found = &check->certificates[index];
    struct certificate_fields fields;
    certificate_describe(found->about, sizeof found->about, probe->certs[index],
                         probe->lens[index]);
    if (!certificate_read(&fields, probe->certs[index], probe->lens[index])) {
        found->too_short = true;
        violate(check, "certificate %zu cannot be parsed, so that its end is not known", index);
        return;
    }
    found->has_dates = true;
    found->not_after_s = fields.not_after_s;
    found->days_left = floor_days(fields.not_after_s - check->now_s);
    found->too_short = found->days_left < 0 || (uint64_t)found->days_left < check->min_days;
    if (found->too_short)
        judge_dates(check, index);
}

static void look_at_all(struct pin_check *check, const struct probe *probe)
{
    check->num_certificates = probe->key != NULL ? 1 : probe->num_certs;
    check->certificates = memory_new(check->num_certificates, sizeof *check->certificates);
    if (probe->key != NULL)
        snprintf(check->certificates[0].about, sizeof check->certificates[0].about,
                 "public key without a certificate");
    for (size_t i = 0; probe->key == NULL && i < probe->num_certs; i++)
        look_at(check, probe, i);
}

/* --- pins ----------------------------------------------------------------------------------- */

/* Which certificate of PROBE the one pin of ONE is of, or -1. */
static int place_in(const struct pinset *one, const struct probe *probe, bool in_file)
{
    if (probe->key != NULL)
        return pinset_match_key(one, probe->key, probe->key_len) >= 0 ? 0 : -1;
    for (size_t i = 0; i < probe->num_certs; i++) {
        const uint8_t *der = probe->certs[i];
        size_t len = probe->lens[i];
        if ((i == 0 && pinset_match_leaf(one, der, len) >= 0) ||
            ((i > 0 || (in_file && certificate_is_ca(der, len))) &&
             pinset_match_issuer(one, der, len) >= 0))
            return (int)i;
    }
    return -1;
}

static bool is_among(const struct pinset *pins, const char *text)
{
    char other[PIN_TEXT_LEN];
    for (size_t i = 0; i < pinset_count(pins); i++) {
        pinset_text(pins, i, other);
        if (strcmp(other, text) == 0)
            return true;
    }
    return false;
}

static bool is_of_backup(const struct pinset *one, const char *text,
                         const struct pin_check_against *against)
{
    for (size_t i = 0; i < against->num_backups; i++) {
        const struct probe *backup = &against->backups[i];
        bool found = backup->key != NULL
                         ? pinset_match_key(one, backup->key, backup->key_len) >= 0
                         : pinset_find_anywhere(one, backup->certs[0], backup->lens[0]) >= 0;
        if (found)
            return true;
    }
    return is_among(against->backup_pins, text);
}

static void place_pin(struct pin_found *found, const struct pin_check_against *against)
{
    struct pinset *one = pinset_new();
    struct error err;
    bool added = pinset_add(one, found->text, &err); /* its own text, so it is one */
    found->certificate = added ? place_in(one, against->presented, against->in_file) : -1;
    if (found->certificate >= 0)
        found->place = PIN_PRESENTED;
    else
        found->place = added && is_of_backup(one, found->text, against) ? PIN_BACKUP : PIN_NOWHERE;
    pinset_free(one);
}

static void place_all(struct pin_check *check, const struct pinset *pins,
                      const struct pin_check_against *against)
{
    check->num_pins = pinset_count(pins);
    check->pins = memory_new(check->num_pins, sizeof *check->pins);
    for (size_t i = 0; i < check->num_pins; i++) {
        struct pin_found *found = &check->pins[i];
        pinset_text(pins, i, found->text);
        place_pin(found, against);
        check->matched = check->matched || found->place == PIN_PRESENTED;
        check->has_backup = check->has_backup || found->place == PIN_BACKUP;
    }
}

static void judge_pins(struct pin_check *check)
{
    if (!check->matched)
        violate(check, "no pin matches what %.400s presents", check->subject);
    if (!check->has_backup)
        violate(check, "there is no backup pin: no pin is of a certificate or key that --backup "
                       "declares and that is not presented");
    for (size_t i = 0; i < check->num_pins; i++) {
        if (check->pins[i].place == PIN_NOWHERE)
            violate(check,
                    "the pin '%s' is of nothing known: it matches nothing presented and no "
                    "--backup",
                    check->pins[i].text);
    }
}

void pin_check_make(struct pin_check *check, const struct pinset *pins,
                    const struct pin_check_against *against)
{
    place_all(check, pins, against);
    judge_pins(check);
    look_at_all(check, against->presented);
}

void pin_check_cleanup(struct pin_check *check)
{
    for (size_t i = 0; i < check->num_violations; i++)
        free(check->violations[i]);
    free(check->violations);
    free(check->certificates);
    free(check->pins);
}
