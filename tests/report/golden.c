/* SPDX-License-Identifier: Apache-2.0 */
#include "report/golden.h"

#include "unit.h"

static void golden_path(char out[static 256], const char *name)
{
    snprintf(out, 256, "tests/report/golden/%s", name);
}

static char *read_golden(const char *name)
{
    char path[256];
    golden_path(path, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s cannot be read; PINLOAD_UPDATE_GOLDEN=1 writes it", path);
    char *text = NULL;
    size_t capacity = 0;
    if (getdelim(&text, &capacity, '\0', file) < 0) {
        free(text);
        text = strdup("");
    }
    fclose(file);
    return text;
}

static void write_golden(const char *name, const char *text)
{
    char path[256];
    golden_path(path, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* An encoded distribution depends on the version of zlib, so a golden file has only its beginning;
 * decoding it is tested elsewhere. */
static void shorten_encoded(char *text)
{
    static const char begin[] = "HISTF";
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    for (char *p = strstr(text, begin); p != NULL; p = strstr(p, begin)) {
        p += strlen(begin);
        size_t len = strspn(p, alphabet);
        memmove(p, p + len, strlen(p + len) + 1);
    }
}

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
    char *text = golden_capture(write, result);
    result_free(result);
    shorten_encoded(text);
    if (getenv("PINLOAD_UPDATE_GOLDEN") != NULL)
        write_golden(name, text);
    char *expected = read_golden(name);
    assert_string_equal(text, expected);
    free(expected);
    free(text);
}
