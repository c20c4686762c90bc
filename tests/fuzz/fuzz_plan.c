/* SPDX-License-Identifier: Apache-2.0 */
/* A plan file in either form: what is read is whole, and a mistake has a reason. */
#include "cli/plan_json.h"
#include "cli/plan_toml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_entry(const struct plan_entry *entry)
{
    if (entry->key == NULL || (!entry->is_list && entry->count != 1))
        abort();
    for (size_t i = 0; i < entry->count; i++) {
        const struct plan_value *value = &entry->values[i];
        if (value->text == NULL ||
            (value->kind == PLAN_TRUE) !=
                (strcmp(value->text, "true") == 0 && value->kind != PLAN_TEXT))
            abort();
    }
}

static void check(bool (*read)(struct plan_values *, const char *, size_t, unsigned *, char *,
                               size_t),
                  const char *text, size_t len)
{
    struct plan_values values = {0};
    unsigned line = 0;
    char why[64] = "";
    bool ok = read(&values, text, len, &line, why, sizeof why);
    if (!ok && (why[0] == '\0' || values.count > 0))
        abort();
    for (size_t i = 0; i < values.count; i++)
        check_entry(&values.entries[i]);
    plan_values_cleanup(&values);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    check(plan_toml_read, (const char *)bytes, len);
    check(plan_json_read, (const char *)bytes, len);
    return 0;
}
