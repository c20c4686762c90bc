/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report_file.h"

#include "base/buffer.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* real_path returns the target of PATH if it is a link to a file; PATH itself otherwise. */
static char *real_path(const char *path)
{
    char *real = realpath(path, NULL);
    return real != NULL ? real : memory_text(path);
}

static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return memory_text(".");
    return slash == path ? memory_text("/") : memory_text_n(path, (size_t)(slash - path));
}

static bool cannot_be_written(const char *path, const char *option, struct error *err)
{
    return error_set(
        err,
        "%s \"%.300s\" cannot be written to: %s; expected a writable file, or - for standard "
        "output",
        option, path, strerror(errno));
}

/* open_beside creates a file with a new name in DIRECTORY; NAME gets its path, to be freed.
 * Negative if that fails, with the reason in errno. */
static int open_beside(const char *directory, char **name)
{
    struct buffer text = {0};
    buffer_format(&text, "%s/.pinload-XXXXXX", directory);
    *name = memory_text(buffer_text(&text));
    buffer_cleanup(&text);
    return mkstemp(*name);
}

/* Permissions do not tell everything: there are directories in which nobody can create a file. */
static bool can_make_file(const char *directory)
{
    char *name;
    int descriptor = open_beside(directory, &name);
    int reason = errno;
    if (descriptor >= 0) {
        close(descriptor);
        unlink(name);
    }
    free(name);
    errno = reason;
    return descriptor >= 0;
}

/* In a directory such as /tmp nobody can replace another user's file. */
static bool can_replace(const char *path, const struct stat *directory)
{
    struct stat about;
    uid_t us = geteuid();
    errno = EPERM;
    return (directory->st_mode & S_ISVTX) == 0 || us == 0 || us == directory->st_uid ||
           stat(path, &about) != 0 || about.st_uid == us;
}

static bool check_directory(const char *path, const char *option, struct error *err)
{
    char *directory = directory_of(path);
    struct stat about;
    bool fits = false;
    if (stat(directory, &about) != 0)
        error_set(
            err,
            "%s \"%s\": the directory \"%s\" cannot be used: %s; expected a path in an existing, "
            "writable directory, or - for standard output",
            option, path, directory, strerror(errno));
    else if (!S_ISDIR(about.st_mode))
        error_set(err,
                  "%s \"%s\": \"%s\" is not a directory; expected a path in a directory, or - for "
                  "standard output",
                  option, path, directory);
    else if (access(directory, W_OK | X_OK) != 0 || !can_make_file(directory))
        error_set(err,
                  "%s \"%s\": the directory \"%s\" cannot be written to: %s; expected a path in a "
                  "writable directory, or - for standard output",
                  option, path, directory, strerror(errno));
    else if (!can_replace(path, &about))
        cannot_be_written(path, option, err);
    else
        fits = true;
    free(directory);
    return fits;
}

bool report_file_check(const char *path, const char *option, struct error *err)
{
    if (strcmp(path, "-") == 0)
        return true;
    struct stat about;
    size_t len = strlen(path);
    errno = 0;
    bool exists = stat(path, &about) == 0;
    if (len == 0 || path[len - 1] == '/' || (exists && S_ISDIR(about.st_mode)))
        return error_set(
            err, "%s \"%s\" is not a file; expected a file's path, or - for standard output",
            option, path);
    if (!exists && (errno == ENAMETOOLONG || errno == ELOOP))
        return cannot_be_written(path, option, err);
    if (exists && !S_ISREG(about.st_mode))
        return access(path, W_OK) == 0 || cannot_be_written(path, option, err);
    char *real = real_path(path);
    bool fits = check_directory(real, option, err);
    free(real);
    return fits;
}

/* final_path returns where a file at PATH is or would be, with links in its directory resolved. */
static char *final_path(const char *path)
{
    char *real = realpath(path, NULL);
    if (real != NULL)
        return real;
    char *directory = directory_of(path);
    char *real_directory = real_path(directory);
    const char *slash = strrchr(path, '/');
    struct buffer text = {0};
    buffer_format(&text, "%s/%s", real_directory, slash != NULL ? slash + 1 : path);
    char *joined = memory_text(buffer_text(&text));
    buffer_cleanup(&text);
    free(real_directory);
    free(directory);
    return joined;
}

bool report_file_is_same(const char *path, const char *other)
{
    struct stat about;
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode))
        return false;
    char *one = final_path(path), *two = final_path(other);
    bool is_same = strcmp(one, two) == 0;
    free(one);
    free(two);
    return is_same;
}

static bool write_failed(const char *path, int error_number, struct error *err)
{
    return error_set(err, "the report \"%s\" could not be written: %s", path,
                     error_number != 0 ? strerror(error_number)
                                       : "the output accepted no more data");
}

/* write_stream writes and flushes, and leaves the reason of a failure in errno. */
static bool write_stream(FILE *out, bool (*write)(FILE *, const void *), const void *subject)
{
    errno = 0;
    return write(out, subject) && fflush(out) == 0 && !ferror(out);
}

static bool write_in_place(const char *path, bool (*write)(FILE *, const void *),
                           const void *subject, struct error *err)
{
    FILE *out = fopen(path, "w");
    if (out == NULL)
        return write_failed(path, errno, err);
    bool written = write_stream(out, write, subject);
    int reason = errno;
    if (fclose(out) != 0 && written) {
        written = false;
        reason = errno;
    }
    return written || write_failed(path, reason, err);
}

/* The mode of a new file, or that of the old one. */
static mode_t mode_for(const char *path)
{
    struct stat about;
    if (stat(path, &about) == 0)
        return about.st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static bool write_beside(const char *path, bool (*write)(FILE *, const void *), const void *subject,
                         struct error *err)
{
    char *directory = directory_of(path);
    char *temporary;
    bool written = false;
    int descriptor = open_beside(directory, &temporary);
    FILE *out = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    int reason = errno;
    if (out == NULL)
        goto out;
    written = write_stream(out, write, subject) && fchmod(descriptor, mode_for(path)) == 0;
    reason = errno;
    if (fclose(out) != 0 && written) {
        written = false;
        reason = errno;
    }
    if (written && rename(temporary, path) != 0) {
        written = false;
        reason = errno;
    }
out:
    if (!written && descriptor >= 0)
        unlink(temporary);
    free(directory);
    free(temporary);
    return written || write_failed(path, reason, err);
}

bool report_file_write_any(const char *path, bool (*write)(FILE *, const void *),
                           const void *subject, struct error *err)
{
    if (strcmp(path, "-") == 0)
        return write_stream(stdout, write, subject) || write_failed("-", errno, err);
    struct stat about;
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode))
        return write_in_place(path, write, subject, err);
    char *real = real_path(path);
    bool written = write_beside(real, write, subject, err);
    free(real);
    return written;
}

/* A report of a run, as a generic writer. */
struct run_report {
    bool (*write)(FILE *, const struct result *);
    const struct result *result;
};

static bool write_run_report(FILE *out, const void *subject)
{
    const struct run_report *report = subject;
    return report->write(out, report->result);
}

bool report_file_write(const char *path, bool (*write)(FILE *, const struct result *),
                       const struct result *result, struct error *err)
{
    struct run_report report = {write, result};
    return report_file_write_any(path, write_run_report, &report, err);
}
