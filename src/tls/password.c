/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/password.h"

#include "base/text.h"

#include <openssl/mem.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool keep(struct password *password, const char *text, const char *what, struct error *err)
{
    password->len = strlen(text);
    if (password->len >= sizeof password->text)
        return error_set(err, "the password in %s is too long; up to %zu bytes are accepted", what,
                         sizeof password->text - 1);
    memcpy(password->text, text, password->len + 1);
    password->given = true;
    return true;
}

static bool read_file(struct password *password, const char *path, struct error *err)
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return error_set(err, "the password file '%s' cannot be opened: %s", path, strerror(errno));
    char line[sizeof password->text + 5] = ""; /* with a byte order mark and CR LF */
    setvbuf(file, NULL, _IONBF, 0);            /* no copy of the password stays in a buffer */
    bool read = fgets(line, sizeof line, file) != NULL || !ferror(file);
    fclose(file);
    line[strcspn(line, "\r\n")] = '\0';
    bool ok =
        read ? keep(password, text_after_mark(line), path, err)
             : error_set(err, "the password file '%s' cannot be read: %s", path, strerror(errno));
    OPENSSL_cleanse(line, sizeof line);
    return ok;
}

bool password_read(struct password *password, const char *source, struct error *err)
{
    if (text_starts_with(source, "pass:"))
        return keep(password, source + 5, "pass:", err);
    if (text_starts_with(source, "file:"))
        return read_file(password, source + 5, err);
    if (text_starts_with(source, "env:")) {
        const char *value = getenv(source + 4);
        if (value == NULL)
            return error_set(err, "the environment variable '%s' of --pass is not set", source + 4);
        return keep(password, value, source, err);
    }
    return error_set(err, "--pass takes env:VAR, file:PATH or pass:TEXT, and what was given begins "
                          "with none of these (it is not shown here, since it may be a password)");
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
