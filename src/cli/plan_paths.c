/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plan_paths.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

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

/* Appends the file name of LEN bytes at TEXT. "-" is no file. */
static void append_path(struct buffer *out, const char *text, size_t len, const char *directory)
{
    bool is_stream = len == 1 && text[0] == '-';
    if (len > 0 && text[0] != '/' && !is_stream)
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
