/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_endless(int descriptor)
{
    struct stat status;
    return fstat(descriptor, &status) == 0 &&
           (S_ISBLK(status.st_mode) || (S_ISCHR(status.st_mode) && !isatty(descriptor)));
}

FILE *file_open(const char *path, const char *what, struct error *err)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        error_set(err, "%s '%s' cannot be opened: %s", what, path, strerror(errno));
        return NULL;
    }
    if (is_endless(fileno(stream))) {
        error_set(err, "%s '%s' is a device; expected a file or a pipe", what, path);
        fclose(stream);
        return NULL;
    }
    setvbuf(stream, NULL, _IONBF, 0);
    return stream;
}

bool file_read_stream(struct buffer *out, FILE *stream, const struct file_role *role,
                      struct error *err)
{
    bool fits = buffer_read_file(out, stream, role->most);
    if (ferror(stream))
        return error_set(err, "%s '%s' cannot be read: %s", role->what, role->path,
                         strerror(errno));
    return fits || error_set(err, "%s '%s' is larger than %zu MB; %s", role->what, role->path,
                             role->most >> 20, role->accepted);
}

bool file_read(struct buffer *out, const struct file_role *role, struct error *err)
{
    bool is_standard = strcmp(role->path, "-") == 0;
    FILE *stream = is_standard ? stdin : file_open(role->path, role->what, err);
    if (stream == NULL)
        return false;
    if (is_standard)
        setvbuf(stream, NULL, _IONBF, 0);
    bool ok = file_read_stream(out, stream, role, err);
    if (!is_standard)
        fclose(stream);
    return ok;
}

bool file_is_stdin(const char *path)
{
    return strcmp(path, "-") == 0 || strcmp(path, "/dev/stdin") == 0;
}

static const char *kind_of(mode_t mode)
{
    if (S_ISDIR(mode))
        return "a directory";
    if (S_ISFIFO(mode))
        return "a FIFO";
    return S_ISSOCK(mode) ? "a socket" : "a device";
}

bool file_is_regular(const char *path, const char **out_kind)
{
    struct stat status;
    *out_kind = NULL;
    if (stat(path, &status) != 0)
        return false;
    if (S_ISREG(status.st_mode))
        return true;
    *out_kind = kind_of(status.st_mode);
    return false;
}
