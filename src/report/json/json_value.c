/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json/json_value.h"

#include "report/utf8.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

json_t *json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *json_text(const char *bytes)
{
    if (bytes == NULL)
        return json_null();
    char *clean = utf8_clean(bytes);
    json_t *value = json_string(clean);
    free(clean);
    return value;
}

json_t *json_texts(char *const *items, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_text(items[i]));
    return array;
}

json_t *json_command(char *const *command)
{
    size_t count = 0;
    while (command != NULL && command[count] != NULL)
        count++;
    return json_texts(command, count);
}

bool json_write(FILE *out, json_t *root, int digits)
{
    size_t flags = JSON_INDENT(2) | JSON_REAL_PRECISION(digits);
    bool ok = root != NULL && json_dumpf(root, out, flags) == 0 && putc('\n', out) != EOF;
    json_decref(root);
    return ok && !ferror(out);
}
