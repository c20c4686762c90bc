/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report_file.h"

#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64];

static int make_directory(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/pinload-test-XXXXXX");
    return mkdtemp(directory) == NULL;
}

static int remove_directory(void **state)
{
    (void)state;
    DIR *dir = opendir(directory);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    return rmdir(directory);
}

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static size_t count_files(void)
{
    size_t count = 0;
    DIR *dir = opendir(directory);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return count;
}

static void assert_content(const char *path, const char *expected)
{
    char text[64] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text - 1, file);
    text[len] = '\0';
    fclose(file);
    assert_string_equal(text, expected);
}

static bool write_hello(FILE *out, const struct result *result)
{
    (void)result;
    return fputs("hello\n", out) >= 0;
}

static bool write_and_fail(FILE *out, const struct result *result)
{
    (void)result;
    fputs("half of it", out);
    return false;
}

static void put_file(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
    chmod(path, mode);
}

static void a_new_file_has_the_mode_that_umask_leaves(void **state)
{
    (void)state;
    struct error err;
    mode_t mask = umask(027);
    assert_true(report_file_write(path_of("new"), write_hello, NULL, &err));
    umask(mask);
    struct stat about;
    assert_int_equal(stat(path_of("new"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0640);
    assert_content(path_of("new"), "hello\n");
    assert_int_equal(count_files(), 1);
}

static void an_old_file_is_replaced_and_keeps_its_mode(void **state)
{
    (void)state;
    struct error err;
    put_file(path_of("old"), "a longer text than the new one", 0604);
    assert_true(report_file_write(path_of("old"), write_hello, NULL, &err));
    struct stat about;
    assert_int_equal(stat(path_of("old"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0604);
    assert_content(path_of("old"), "hello\n");
}

static void a_link_to_a_file_stays_a_link(void **state)
{
    (void)state;
    struct error err;
    char target[128];
    strcpy(target, path_of("target"));
    put_file(target, "old", 0644);
    assert_int_equal(symlink(target, path_of("link")), 0);
    assert_true(report_file_write(path_of("link"), write_hello, NULL, &err));
    struct stat about;
    assert_int_equal(lstat(path_of("link"), &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_content(target, "hello\n");
}

static void a_failed_write_leaves_the_old_file_and_nothing_else(void **state)
{
    (void)state;
    struct error err;
    put_file(path_of("old"), "old", 0644);
    assert_false(report_file_write(path_of("old"), write_and_fail, NULL, &err));
    assert_non_null(strstr(err.text, "/old\" could not be written"));
    assert_content(path_of("old"), "old");
    assert_int_equal(count_files(), 1);
}

static void a_device_is_written_in_place_and_its_failure_is_told(void **state)
{
    (void)state;
    struct error err;
    assert_true(report_file_write("/dev/null", write_hello, NULL, &err));
    assert_false(report_file_write("/dev/full", write_hello, NULL, &err));
    assert_string_equal(err.text, "the report \"/dev/full\" could not be written: No space left on "
                                  "device");
    struct stat about;
    assert_int_equal(stat("/dev/null", &about), 0);
    assert_true(S_ISCHR(about.st_mode));
}

static void a_pipe_is_written_in_place(void **state)
{
    (void)state;
    struct error err;
    assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
    int reader = open(path_of("pipe"), O_RDONLY | O_NONBLOCK);
    assert_true(report_file_check(path_of("pipe"), "--json", &err));
    assert_true(report_file_write(path_of("pipe"), write_hello, NULL, &err));
    char text[16] = "";
    assert_int_equal(read(reader, text, sizeof text), 6);
    close(reader);
}

static void a_missing_directory_is_told_in_one_sentence(void **state)
{
    (void)state;
    struct error err;
    assert_false(report_file_write("/nonexistent/x.json", write_hello, NULL, &err));
    assert_string_equal(err.text,
                        "the report \"/nonexistent/x.json\" could not be written: No such "
                        "file or directory");
}

#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"

/* For root there is no unwritable directory. */
static void the_check_knows_whom_a_file_of_a_shared_directory_belongs_to(void **state)
{
    (void)state;
    struct error err;
    if (geteuid() != 0)
        skip();
    put_file(path_of("old"), "old", 0666);
    chmod(directory, 01777);
    assert_true(report_file_check(path_of("old"), "--json", &err));
    assert_int_equal(seteuid(65534), 0);
    bool fits_old = report_file_check(path_of("old"), "--json", &err);
    bool fits_new = report_file_check(path_of("new"), "--json", &err);
    assert_int_equal(seteuid(0), 0);
    assert_false(fits_old);
    assert_true(fits_new);
    assert_content(path_of("old"), "old");
}

static void the_check_knows_what_cannot_be_written(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *says;
    } table[] = {
        {"-", NULL},
        {"/dev/null", NULL},
        {"new-file.json", NULL},
        {"", "is not a file"},
        {"/tmp", "is not a file"},
        {"/tmp/", "is not a file"},
        {"/nonexistent/x.json", "--csv \"/nonexistent/x.json\": the directory \"/nonexistent\""},
        {"/dev/null/x.json", "is not a directory"},
        {"/proc/x.json", "\"/proc\" cannot be written to"},
        {LONG LONG LONG LONG, "cannot be written to: File name too long"},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct error err = {""};
        bool fits = report_file_check(table[i].path, "--csv", &err);
        assert_int_equal(fits, table[i].says == NULL);
        if (table[i].says != NULL)
            assert_non_null(strstr(err.text, table[i].says));
    }
}

static void the_check_touches_nothing(void **state)
{
    (void)state;
    struct error err;
    put_file(path_of("old"), "old", 0644);
    assert_true(report_file_check(path_of("old"), "--json", &err));
    assert_true(report_file_check(path_of("new"), "--json", &err));
    assert_content(path_of("old"), "old");
    assert_int_equal(count_files(), 1);
}

static void two_paths_can_lead_to_one_file(void **state)
{
    (void)state;
    static const struct {
        const char *one, *two;
        bool same;
    } cases[] = {
        {"old", "old", true},    {"old", "./old", true},   {"old", "link", true},
        {"new", "new", true},    {"new", "././new", true}, {"old", "new", false},
        {"new", "newer", false}, {"fifo", "fifo", false},
    };
    put_file(path_of("old"), "old", 0644);
    assert_int_equal(symlink("old", path_of("link")), 0);
    assert_int_equal(mkfifo(path_of("fifo"), 0600), 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char one[128];
        strcpy(one, path_of(cases[i].one));
        if (report_file_is_same(one, path_of(cases[i].two)) != cases[i].same)
            fail_msg("'%s' and '%s'", cases[i].one, cases[i].two);
    }
    assert_false(report_file_is_same("/dev/null", "/dev/null"));
    assert_true(report_file_is_same("no-such-file", "./no-such-file"));
    assert_true(report_file_is_same("/nonexistent/a", "/nonexistent/a"));
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(a_new_file_has_the_mode_that_umask_leaves),
        IN_DIRECTORY(an_old_file_is_replaced_and_keeps_its_mode),
        IN_DIRECTORY(a_link_to_a_file_stays_a_link),
        IN_DIRECTORY(a_failed_write_leaves_the_old_file_and_nothing_else),
        cmocka_unit_test(a_device_is_written_in_place_and_its_failure_is_told),
        IN_DIRECTORY(a_pipe_is_written_in_place),
        cmocka_unit_test(a_missing_directory_is_told_in_one_sentence),
        cmocka_unit_test(the_check_knows_what_cannot_be_written),
        IN_DIRECTORY(the_check_knows_whom_a_file_of_a_shared_directory_belongs_to),
        IN_DIRECTORY(the_check_touches_nothing),
        IN_DIRECTORY(two_paths_can_lead_to_one_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
