/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/pin_check_reports.h"

#include "engine/pin_check.h"
#include "report/formats/junit_suite.h"

/* --- text ----------------------------------------------------------------------------------- */

static void put_pin(FILE *out, const struct pin_found *pin)
{
    char place[64];
    snprintf(place, sizeof place, "%s", pin_place_name(pin->place));
    if (pin->place == PIN_PRESENTED)
        snprintf(place, sizeof place, "certificate %d", pin->certificate);
    fprintf(out, "pin         %-14s %s\n", place, pin->text);
}

static void put_certificate(FILE *out, size_t index, const struct certificate_found *found)
{
    if (found->has_dates)
        fprintf(out, "presented   %zu: %lld days left, %s\n", index, (long long)found->days_left,
                found->about);
    else
        fprintf(out, "presented   %zu: %s\n", index, found->about);
}

void pin_check_text(FILE *out, const struct pin_check *check)
{
    for (size_t i = 0; i < check->num_certificates; i++)
        put_certificate(out, i, &check->certificates[i]);
    for (size_t i = 0; i < check->num_pins; i++)
        put_pin(out, &check->pins[i]);
    for (size_t i = 0; i < check->num_violations; i++)
        fprintf(out, "violation   %s\n", check->violations[i]);
    fprintf(out, "result      %s\n", check->num_violations == 0 ? "passed" : "failed");
}

/* --- JUnit ---------------------------------------------------------------------------------- */

static void add_pins(struct junit_suite *suite, const struct pin_check *check)
{
    junit_case(suite, "pins", "a pin matches what is presented",
               check->matched ? FATE_PASSED : FATE_FAILED, "no pin matches");
    junit_case(suite, "pins", "there is a backup pin",
               check->has_backup ? FATE_PASSED : FATE_FAILED, "no pin is of a --backup");
    for (size_t i = 0; i < check->num_pins; i++) {
        const struct pin_found *pin = &check->pins[i];
        junit_case(suite, "pins", pin->text, pin->place == PIN_NOWHERE ? FATE_FAILED : FATE_PASSED,
                   "it matches nothing presented and no --backup");
    }
}

static void add_all(struct junit_suite *suite, const struct pin_check *check)
{
    add_pins(suite, check);
    for (size_t i = 0; i < check->num_certificates; i++) {
        char name[64], message[160];
        const struct certificate_found *found = &check->certificates[i];
        snprintf(name, sizeof name, "certificate %zu is valid for long enough", i);
        snprintf(message, sizeof message, "%lld days left; expected at least %llu",
                 (long long)found->days_left, (unsigned long long)check->min_days);
        junit_case(suite, "certificates", name, found->too_short ? FATE_FAILED : FATE_PASSED,
                   found->has_dates ? message : "it cannot be parsed");
    }
}

bool pin_check_junit(FILE *out, const struct pin_check *check)
{
    struct junit_suite counted = {0}, written = {.out = out};
    add_all(&counted, check);
    junit_begin(out, &counted, check->subject, 0, (uint64_t)check->now_s * 1000000000);
    add_all(&written, check);
    junit_end(out);
    return !ferror(out);
}
