/* SPDX-License-Identifier: Apache-2.0 */
#include "report/golden.h"

#include "golden_file.h"
#include "unit.h"

char *golden_capture(bool (*write)(FILE *, const struct result *), const struct result *result)
{
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    assert_true(write(file, result));
    assert_int_equal(fclose(file), 0);
    return text;
}

void golden_check(const char *name, bool (*write)(FILE *, const struct result *),
                  struct result *result)
{
    char path[256];
    char *text = golden_capture(write, result);
    result_free(result);
    snprintf(path, sizeof path, "tests/report/golden/%s", name);
    golden_file_check(path, text);
}
