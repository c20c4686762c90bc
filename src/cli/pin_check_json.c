/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict of pinload pin --check as JSON, by jansson. */
#include "cli/pin_check_reports.h"

#include "engine/pin_check.h"
#include "report/figures.h"
#include "report/json/json_value.h"

#include <jansson.h>

static json_t *pins_json(const struct pin_check *check)
{
    json_t *array = json_array();
    for (size_t i = 0; i < check->num_pins; i++) {
        const struct pin_found *pin = &check->pins[i];
        json_t *certificate = pin->certificate >= 0 ? json_integer(pin->certificate) : json_null();
        json_array_append_new(array,
                              json_pack("{s:s, s:s, s:o}", "pin", pin->text, "place",
                                        pin_place_name(pin->place), "certificate", certificate));
    }
    return array;
}

static json_t *certificates_json(const struct pin_check *check)
{
    json_t *array = json_array();
    for (size_t i = 0; i < check->num_certificates; i++) {
        const struct certificate_found *found = &check->certificates[i];
        char ends[FIGURE_LEN];
        figure_utc(ends, found->not_after_s > 0 ? (uint64_t)found->not_after_s * 1000000000 : 0);
        json_array_append_new(
            array, json_pack("{s:s, s:o, s:o}", "about", found->about, "not_after",
                             found->has_dates ? json_string(ends) : json_null(), "days_left",
                             found->has_dates ? json_integer(found->days_left) : json_null()));
    }
    return array;
}

bool pin_check_json(FILE *out, const struct pin_check *check)
{
    json_t *root = json_pack("{s:s, s:s, s:I, s:b, s:o, s:o, s:o}", "schema", "pinload.pin-check/1",
                             "subject", check->subject, "min_days", (json_int_t)check->min_days,
                             "passed", check->num_violations == 0, "certificates",
                             certificates_json(check), "pins", pins_json(check), "violations",
                             json_texts(check->violations, check->num_violations));
    return json_write(out, root, JSON_ESTIMATE_DIGITS);
}
