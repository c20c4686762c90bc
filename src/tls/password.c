/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/password.h"

#include "base/file.h"
#include "base/text.h"

#include <openssl/mem.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool password_set(struct password *password, const char *text, const char *what, struct error *err)
{
    password->len = strlen(text);
    if (password->len >= sizeof password->text)
        return error_set(err, "the password in %s is too long; expected up to %zu bytes", what,
                         sizeof password->text - 1);
    memcpy(password->text, text, password->len + 1);
    password->given = true;
    return true;
}

/* Reads up to the end of the line and no further: what follows may be for another reader. Returns
 * the length of the line within CAPACITY; CR LF and the end of the file also end it. */
static size_t read_line(char *line, size_t capacity, FILE *file)
{
    size_t len = 0;
    int c;
    while (len < capacity && (c = fgetc(file)) != EOF && c != '\n')
        line[len++] = (char)c;
    return len > 0 && line[len - 1] == '\r' ? len - 1 : len;
}

static bool keep_line(struct password *password, const char *line, size_t len, const char *path,
                      struct error *err)
{
    if (memchr(line, '\0', len) != NULL)
        return error_set(
            err, "the password file '%s' has a NUL byte in its first line; expected text", path);
    return password_set(password, text_after_mark(line), path, err);
}

static bool read_file(struct password *password, const char *path, struct error *err)
{
    FILE *file = file_open(path, "the password file", err);
    if (file == NULL)
        return false;
    char line[sizeof password->text + 5] = ""; /* room for a byte order mark, CR and NUL */
    size_t len = read_line(line, sizeof line - 1, file);
    bool ok = ferror(file) ? error_set(err, "the password file '%s' cannot be read: %s", path,
                                       strerror(errno))
                           : true;
    fclose(file);
    line[len] = '\0';
    ok = ok && keep_line(password, line, len, path, err);
    OPENSSL_cleanse(line, sizeof line);
    return ok;
}

bool password_read(struct password *password, const char *source, struct error *err)
{
    if (text_starts_with(source, "pass:"))
        return password_set(password, source + 5, "pass:", err);
    if (text_starts_with(source, "file:"))
        return read_file(password, source + 5, err);
    if (text_starts_with(source, "env:")) {
        const char *value = getenv(source + 4);
        if (value == NULL)
            return error_set(err, "the environment variable '%s' of --pass is not set", source + 4);
        return password_set(password, value, source, err);
    }
    return error_set(
        err,
        "the value of --pass (not shown, since it may be a password) is of unknown form; expected "
        "env:VAR, file:PATH or pass:TEXT");
}

void password_wipe(struct password *password)
{
    OPENSSL_cleanse(password, sizeof *password);
}

void password_wipe_source(const char *source)
{
    if (source != NULL && text_starts_with(source, "pass:"))
        OPENSSL_cleanse((char *)source + 5, strlen(source + 5));
}
