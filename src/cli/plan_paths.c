/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plan_paths.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/words.h"
#include "tls/token_uri.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *plan_paths_directory(const char *path)
{
    const char *kind;
    const char *slash = strrchr(path, '/');
    if (slash == NULL || !file_is_regular(path, &kind))
        return memory_text("");
    return memory_text_n(path, (size_t)(slash - path) + 1);
}

/* Appends the file name of LEN bytes at TEXT. "-" is no file, nor is what is in a token. */
static void append_path(struct buffer *out, const char *text, size_t len, const char *directory)
{
    bool is_stream = len == 1 && text[0] == '-';
    if (len > 0 && text[0] != '/' && !is_stream && !token_uri_is(text))
        buffer_append_text(out, directory);
    buffer_append(out, text, len);
}

static void place_whole(struct buffer *out, const char *text, const char *directory)
{
    append_path(out, text, strlen(text), directory);
}

static void place_anchors(struct buffer *out, const char *text, const char *directory)
{
    place_whole(out, text, strcmp(text, "system") == 0 ? "" : directory);
}

/* NAME=CERT[,KEY] */
static void place_identity(struct buffer *out, const char *text, const char *directory)
{
    const char *equals = strchr(text, '=');
    size_t name_len = equals != NULL ? (size_t)(equals - text) + 1 : strlen(text);
    const char *cert = text + name_len;
    size_t cert_len = strcspn(cert, ",");
    buffer_append(out, text, name_len);
    append_path(out, cert, cert_len, directory);
    if (cert[cert_len] == ',') {
        buffer_append_text(out, ",");
        place_whole(out, cert + cert_len + 1, directory);
    }
}

/* A prefix says that a file follows. */
static void place_behind(struct buffer *out, const char *prefix, const char *text,
                         const char *directory)
{
    size_t len = text_starts_with(text, prefix) ? strlen(prefix) : strlen(text);
    buffer_append(out, text, len);
    place_whole(out, text + len, directory);
}

static void place_body(struct buffer *out, const char *text, const char *directory)
{
    place_behind(out, "@", text, directory);
}

static void place_password(struct buffer *out, const char *text, const char *directory)
{
    place_behind(out, "file:", text, directory);
}

/* Base64 may look like a file name, so there the file must exist. */
static void place_existing(struct buffer *out, const char *text, const char *directory)
{
    place_whole(out, text, directory);
    if (access(buffer_text(out), F_OK) == 0)
        return;
    buffer_clear(out);
    buffer_append_text(out, text);
}

static void place_arm(struct buffer *out, const char *text, const char *directory);

static const struct place_row {
    const char *argument, *option; /* NULL: any option with that argument */
    void (*place)(struct buffer *out, const char *text, const char *directory);
} place_table[] = {
    {"FILE", "cacert", place_anchors},
    {"FILE", NULL, place_whole},
    {"DIR", NULL, place_whole},
    {"NAME=CERT[,KEY]", NULL, place_identity},
    {"TEXT|@FILE", NULL, place_body},
    {"SOURCE", NULL, place_password},
    {"FILE|BASE64|grease", NULL, place_existing},
    {"'NAME: OPTIONS'", NULL, place_arm},
};

static bool fits(const struct place_row *place, const struct option_row *row)
{
    return row->argument != NULL && strcmp(place->argument, row->argument) == 0 &&
           (place->option == NULL || strcmp(place->option, row->name) == 0);
}

char *plan_paths_place(const struct option_row *row, const char *text, const char *directory)
{
    struct buffer out = {0};
    size_t i = 0, count = sizeof place_table / sizeof *place_table;
    while (row != NULL && i < count && !fits(&place_table[i], row))
        i++;
    if (row == NULL)
        place_whole(&out, text, directory);
    else if (i < count)
        place_table[i].place(&out, text, directory);
    else
        buffer_append_text(&out, text);
    char *placed = memory_text(buffer_text(&out));
    explicit_bzero(out.data, out.len);
    buffer_cleanup(&out);
    return placed;
}

/* The option that WORD of an arm is; *OUT_VALUE is its value in the same word, or NULL. */
static const struct option_row *find_arm_option(const char *word, const char **out_value)
{
    *out_value = NULL;
    if (text_starts_with(word, "--")) {
        size_t len = strcspn(word + 2, "=");
        *out_value = word[2 + len] == '=' ? word + 2 + len + 1 : NULL;
        return option_find(COMMAND_ARM, word + 2, len);
    }
    if (word[0] != '-' || word[1] == '\0')
        return NULL;
    *out_value = word[2] != '\0' ? word + 2 : NULL;
    return option_find_letter(COMMAND_ARM, word[1]);
}

/* Appends the word with the value that it is, of the option OF, or that it has; NULL: neither. */
static void append_arm_word(struct buffer *out, const char *word, const struct option_row *of,
                            const char *value, const char *directory)
{
    struct buffer whole = {0};
    if (value == NULL) {
        words_append(out, word);
        return;
    }
    char *placed = plan_paths_place(of, value, directory);
    buffer_append(&whole, word, (size_t)(value - word));
    buffer_append_text(&whole, placed);
    words_append(out, buffer_text(&whole));
    free(placed);
    buffer_cleanup(&whole);
}

static void place_words(struct buffer *out, const struct words *words, const char *directory)
{
    const struct option_row *waiting = NULL; /* for its value, the next word */
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->items[i], *value = word;
        const struct option_row *row = waiting;
        if (row == NULL)
            row = find_arm_option(word, &value);
        bool has_value = row != NULL && row->argument != NULL;
        append_arm_word(out, word, row, has_value ? value : NULL, directory);
        waiting = waiting == NULL && has_value && value == NULL ? row : NULL;
    }
}

/* The values of an arm's options. A mistake is left for whoever reads it. */
static void place_arm(struct buffer *out, const char *text, const char *directory)
{
    struct words words = {0};
    struct buffer placed = {0};
    struct error ignored;
    const char *colon = strchr(text, ':');
    if (directory[0] == '\0' || colon == NULL || !words_split(&words, colon + 1, &ignored)) {
        buffer_append_text(out, text);
    } else {
        place_words(&placed, &words, directory);
        buffer_append(out, text, (size_t)(colon - text));
        buffer_append_text(out, ": ");
        buffer_append_text(out, buffer_text(&placed));
    }
    buffer_cleanup(&placed);
    words_cleanup(&words);
}
