/* SPDX-License-Identifier: Apache-2.0 */
#include "golden_file.h"

#include "unit.h"

static char *read_file(const char *path)
{
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

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

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

void golden_file_check(const char *path, char *text)
{
    shorten_encoded(text);
    if (getenv("PINLOAD_UPDATE_GOLDEN") != NULL)
        write_file(path, text);
    char *expected = read_file(path);
    assert_string_equal(text, expected);
    free(expected);
    free(text);
}
