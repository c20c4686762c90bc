/* SPDX-License-Identifier: Apache-2.0 */
/* Out of memory: whichever allocation fails, the program ends with an error message, not with a
 * crash. */
#include "engine/service.h"
#include "tls/fixtures.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct tls_server_config both = {.client_ca = FIXTURE("client-ca.crt"),
                                              .limits = {.alpn = TLS_ALPN_BOTH}};

/* How a run of the other program ended. */
struct end {
    int status;      /* as returned by waitpid() */
    bool has_failed; /* the failing allocation */
    char errors[4096];
};

static void read_all(int fd, char *out, size_t out_len)
{
    size_t len = 0;
    ssize_t n;
    while ((n = read(fd, out + len, out_len - 1 - len)) > 0)
        len += (size_t)n;
    out[len] = '\0';
    close(fd);
}

/* In the child: standard error goes to ERRORS_FD. */
static void become(char *const *arguments, int errors_fd, rlim_t address_space)
{
    struct rlimit no_core = {0, 0}, room = {address_space, address_space};
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(errors_fd, STDERR_FILENO);
    setrlimit(RLIMIT_CORE, &no_core);
    if (address_space != 0)
        setrlimit(RLIMIT_AS, &room);
    execv(arguments[0], arguments);
    _exit(99);
}

static struct end run(char *const *arguments, long fail_at, rlim_t address_space)
{
    struct end end = {0};
    int errors[2], marks[2];
    char number[32], mark[2];
    assert_int_equal(pipe2(errors, O_CLOEXEC) | pipe(marks), 0);
    fcntl(marks[0], F_SETFD, FD_CLOEXEC);
    snprintf(number, sizeof number, "%d", marks[1]);
    setenv("FAIL_FD", number, 1);
    snprintf(number, sizeof number, "%ld", fail_at);
    setenv("FAIL_AT", number, 1);
    pid_t child = fork();
    if (child == 0)
        become(arguments, errors[1], address_space);
    close(errors[1]);
    close(marks[1]);
    read_all(errors[0], end.errors, sizeof end.errors);
    read_all(marks[0], mark, sizeof mark);
    end.has_failed = mark[0] != '\0';
    assert_int_equal(waitpid(child, &end.status, 0), child);
    return end;
}

static void expect_a_sentence(const struct end *end, const char *what, long number)
{
    if (!WIFEXITED(end->status))
        fail_msg("%s %ld: ended by signal %d: %s", what, number, WTERMSIG(end->status),
                 end->errors);
    if (WEXITSTATUS(end->status) != 0 && end->errors[0] == '\0')
        fail_msg("%s %ld: status %d and no word", what, number, WEXITSTATUS(end->status));
}

#define MOST_ALLOCATIONS 100000

/* Every fourth, then every eleventh: tables and reports have many similar ones. */
static long step_after(long number)
{
    return number < 400 ? 4 : 11;
}

static void whichever_allocation_fails_a_sentence_is_the_end(void **state)
{
    (void)state;
    static const char *const versions[] = {"1.1", "2"};
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        struct service *service = service_start(MANNER_SERVE, &both);
        struct address address = service_address(service);
        char url[ADDRESS_TEXT_LEN + 16];
        char text[ADDRESS_TEXT_LEN];
        address_text(&address, text);
        snprintf(url, sizeof url, "https://%s/ok", text);
        char *arguments[] = {FAILING_PINLOAD,
                             "run",
                             "-n",
                             "2",
                             "-c",
                             "1",
                             "-t",
                             "1",
                             "-r",
                             "2",
                             "-T",
                             "5s",
                             "--http",
                             (char *)versions[i],
                             "-E",
                             FIXTURE("client-p256.pem"),
                             "--cacert",
                             FIXTURE("ca.crt"),
                             "--json",
                             "-",
                             "--session-mode",
                             "resume",
                             url,
                             NULL};
        bool has_failed = true;
        long number = 0;
        unsigned num_told = 0;
        for (; has_failed && number < MOST_ALLOCATIONS; number += step_after(number)) {
            struct end end = run(arguments, number, 0);
            expect_a_sentence(&end, "allocation", number);
            has_failed = end.has_failed;
            num_told += end.status != 0;
        }
        printf("%ld allocations over HTTP/%s, %u told\n", number, versions[i], num_told);
        assert_false(has_failed);
        assert_true(number > 500);
        service_stop(service);
    }
}

static void write_plan(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* The plan file's parsers are C++ and C. */
static void whichever_allocation_of_a_plan_file_fails_a_sentence_is_the_end(void **state)
{
    (void)state;
    static const char *const texts[] = {"connections = 5\npin = ['a', 'b']\nrate = 1.5\n",
                                        "{\"connections\": 5, \"pin\": [\"a\", \"b\"]}"};
    char path[] = "/tmp/pinload-memory-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        char *arguments[] = {FAILING_PINLOAD, "run", "--plan", path, "--print-plan", NULL};
        bool has_failed = true;
        long number = 0;
        write_plan(path, texts[i]);
        for (; has_failed && number < MOST_ALLOCATIONS; number++) {
            struct end end = run(arguments, number, 0);
            expect_a_sentence(&end, "allocation", number);
            has_failed = end.has_failed;
        }
        printf("%ld allocations of a plan file\n", number);
        assert_false(has_failed);
        assert_true(number > 30);
    }
    unlink(path);
}

static void whatever_the_address_space_a_sentence_is_the_end(void **state)
{
    (void)state;
    struct service *service = service_start(MANNER_SERVE, &both);
    struct address address = service_address(service);
    char url[ADDRESS_TEXT_LEN + 16];
    char text[ADDRESS_TEXT_LEN];
    address_text(&address, text);
    snprintf(url, sizeof url, "https://%s/ok", text);
    char *arguments[] = {PINLOAD,    "run",
                         "-n",       "2",
                         "-c",       "2",
                         "-t",       "2",
                         "-E",       FIXTURE("client-p256.pem"),
                         "--cacert", FIXTURE("ca.crt"),
                         url,        NULL};
    unsigned num_refused = 0;
    bool is_enough = false;
    for (rlim_t kb = 10000; kb < 140000; kb += 375) { /* in earlier ones, libc itself is not
                                                       * loaded */
        struct end end = run(arguments, -1, kb * 1024);
        if (WIFEXITED(end.status) && WEXITSTATUS(end.status) == 127)
            continue; /* those of the dynamic linker */
        expect_a_sentence(&end, "KB", (long)kb);
        is_enough = end.status == 0;
        num_refused += !is_enough;
    }
    printf("%u refused\n", num_refused);
    assert_true(is_enough && num_refused > 10);
    service_stop(service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whichever_allocation_fails_a_sentence_is_the_end),
        cmocka_unit_test(whichever_allocation_of_a_plan_file_fails_a_sentence_is_the_end),
        cmocka_unit_test(whatever_the_address_space_a_sentence_is_the_end),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
