/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plan_values.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void plan_values_add(struct plan_values *values, const char *key, unsigned line, bool is_list)
{
    values->entries = memory_resize(values->entries, (values->count + 1) * sizeof *values->entries);
    values->entries[values->count++] =
        (struct plan_entry){.key = memory_text(key), .line = line, .is_list = is_list};
}

void plan_values_append(struct plan_values *values, enum plan_kind kind, const char *text,
                        size_t len, unsigned line)
{
    static const char with_nul[] = "text with a NUL in it";
    struct plan_entry *entry = &values->entries[values->count - 1];
    struct plan_value value = {kind, NULL, line};
    if (memchr(text, '\0', len) != NULL)
        value = (struct plan_value){PLAN_OTHER, memory_text(with_nul), line};
    else
        value.text = memory_text_n(text, len);
    entry->values = memory_resize(entry->values, (entry->count + 1) * sizeof *entry->values);
    entry->values[entry->count++] = value;
}

void plan_values_number(char *out, double number)
{
    snprintf(out, PLAN_NUMBER_LEN, "%.17g", number);
    if (!(fabs(number) < 1e17))
        return;
    for (int digits = 0; digits <= 40; digits++) {
        snprintf(out, PLAN_NUMBER_LEN, "%.*f", digits, number);
        if (strtod(out, NULL) == number)
            return;
    }
}

void plan_values_append_number(struct plan_values *values, double number, unsigned line)
{
    char text[PLAN_NUMBER_LEN];
    plan_values_number(text, number);
    plan_values_append(values, PLAN_NUMBER, text, strlen(text), line);
}

static void entry_cleanup(struct plan_entry *entry)
{
    for (size_t i = 0; i < entry->count; i++) {
        explicit_bzero(entry->values[i].text, strlen(entry->values[i].text));
        free(entry->values[i].text);
    }
    free(entry->values);
    free(entry->key);
}

void plan_values_cleanup(struct plan_values *values)
{
    for (size_t i = 0; i < values->count; i++)
        entry_cleanup(&values->entries[i]);
    free(values->entries);
    *values = (struct plan_values){0};
}
