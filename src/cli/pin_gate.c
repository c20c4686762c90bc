/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/pin_gate.h"

#include "base/clock.h"
#include "base/memory.h"
#include "cli/options.h"
#include "cli/outputs.h"
#include "cli/pin_check_reports.h"
#include "cli/pin_subject.h"
#include "engine/pin_check.h"
#include "engine/probe.h"
#include "tls/pinset.h"

#include <stdlib.h>
#include <unistd.h>

bool pin_gate_options_fit(const struct options *options, struct error *err)
{
    static const char *const needing[] = {"pin", "pin-file", "backup", "min-days", "json", "junit"};
    if (options->check_pins)
        return !options_given(options, "format") ||
               error_set(err, "--format and --check do not go together: --check prints no pins; "
                              "expected one of them");
    for (size_t i = 0; i < sizeof needing / sizeof *needing; i++) {
        if (options_given(options, needing[i]))
            return error_set(err, "--%s needs --check; expected it as well", needing[i]);
    }
    return true;
}

/* --- what is given -------------------------------------------------------------------------- */

static bool read_pins(struct pin_gate *gate, const struct options *options, struct error *err)
{
    for (size_t i = 0; i < options->pins.count; i++) {
        if (!pinset_add(gate->pins, options->pins.items[i], err))
            return false;
    }
    for (size_t i = 0; i < options->pin_files.count; i++) {
        if (!pinset_add_file(gate->pins, options->pin_files.items[i], err))
            return false;
    }
    return pinset_count(gate->pins) > 0 ||
           error_set(err, "--check needs pins; expected --pin PIN or --pin-file FILE");
}

static bool read_backup(struct pin_gate *gate, const char *text, struct error *err)
{
    struct error why;
    if (access(text, F_OK) == 0)
        return pin_subject_read(&gate->backups[gate->num_backups++], text, NULL, err);
    return pinset_add(gate->backup_pins, text, &why) ||
           error_set(err,
                     "--backup '%.300s' is neither a file nor a pin; expected a certificate or a "
                     "public key in PEM or DER, or a pin as --pin takes it",
                     text);
}

bool pin_gate_read(struct pin_gate *gate, const struct options *options, struct error *err)
{
    gate->pins = pinset_new();
    gate->backup_pins = pinset_new();
    gate->backups = memory_new(options->backups.count, sizeof *gate->backups);
    for (size_t i = 0; i < options->backups.count; i++) {
        if (!read_backup(gate, options->backups.items[i], err))
            return false;
    }
    return read_pins(gate, options, err) && outputs_check(options, err);
}

void pin_gate_cleanup(struct pin_gate *gate)
{
    for (size_t i = 0; i < gate->num_backups; i++)
        probe_cleanup(&gate->backups[i]);
    free(gate->backups);
    pinset_free(gate->backup_pins);
    pinset_free(gate->pins);
}

/* --- the verdict ---------------------------------------------------------------------------- */

static bool write_json(FILE *out, const void *check)
{
    return pin_check_json(out, check);
}

static bool write_junit(FILE *out, const void *check)
{
    return pin_check_junit(out, check);
}

bool pin_gate_judge(const struct pin_gate *gate, const struct options *options,
                    const struct probe *presented, bool in_file)
{
    struct pin_check check = {.subject = options->operands.items[0],
                              .min_days = options->min_days,
                              .now_s = (int64_t)(clock_wall_ns() / 1000000000)};
    const struct pin_check_against against = {presented, in_file, gate->backups, gate->num_backups,
                                              gate->backup_pins};
    pin_check_make(&check, gate->pins, &against);
    bool to_stdout = output_is_stdout(options->json) || output_is_stdout(options->junit);
    pin_check_text(to_stdout ? stderr : stdout, &check);
    bool written = output_write(options->json, write_json, &check);
    written = output_write(options->junit, write_junit, &check) && written;
    bool passed = check.num_violations == 0;
    pin_check_cleanup(&check);
    return passed && written;
}
