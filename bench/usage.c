/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command on one processor and prints its resource usage as reported by the operating
 * system, children included: {"user_s","system_s","wall_s","max_rss_bytes","rss_bytes","status"}.
 */
#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "usage: usage [--cpus LIST] [--timeout TIME] [--rss-at TIME] --out FILE -- COMMAND [ARG...]\n"
    "\n"
    "  --cpus LIST      processors to run on, as in 1 or 0,1 (default: all)\n"
    "  --timeout TIME   the command is ended after TIME (default 60s)\n"
    "  --rss-at TIME    when the resident memory is looked at (default: never, 0 is reported)\n"
    "  --out FILE       where the JSON goes; the command's own output stays where it is\n";

struct options {
    cpu_set_t cpus;
    bool has_cpus;
    uint64_t timeout_ns;
    uint64_t rss_at_ns; /* 0: never */
    const char *out;
};

static void __attribute__((noreturn)) die(const char *text)
{
    fprintf(stderr, "usage: %s\n", text);
    exit(2);
}

static void read_cpus(struct options *options, const char *text)
{
    CPU_ZERO(&options->cpus);
    options->has_cpus = true;
    while (*text != '\0') {
        char *rest;
        long cpu = strtol(text, &rest, 10);
        if (rest == text || cpu < 0 || cpu >= CPU_SETSIZE)
            die("--cpus is a list such as 0,1");
        CPU_SET((size_t)cpu, &options->cpus);
        text = *rest == ',' ? rest + 1 : rest;
    }
}

static void read_options(struct options *options, int argc, char **argv)
{
    static const struct option table[] = {
        {"cpus", required_argument, NULL, 'c'},   {"timeout", required_argument, NULL, 't'},
        {"rss-at", required_argument, NULL, 'r'}, {"out", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    int option;
    options->timeout_ns = 60 * NS_PER_S;
    while ((option = getopt_long(argc, argv, "+h", table, NULL)) != -1) {
        switch (option) {
        case 'c':
            read_cpus(options, optarg);
            break;
        case 't':
            if (!text_parse_duration(optarg, &options->timeout_ns))
                die("--timeout is a time such as 30s");
            break;
        case 'r':
            if (!text_parse_duration(optarg, &options->rss_at_ns))
                die("--rss-at is a time such as 3s");
            break;
        case 'o':
            options->out = optarg;
            break;
        case 'h':
            fputs(help, stdout);
            exit(0);
        default:
            exit(2); /* getopt has printed the reason */
        }
    }
    if (options->out == NULL || optind == argc)
        die("--out or the command is missing; see --help");
}

static void __attribute__((noreturn)) become(const struct options *options, char **command)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (options->has_cpus && sched_setaffinity(0, sizeof options->cpus, &options->cpus) != 0)
        die("the processors cannot be had");
    execvp(command[0], command);
    fprintf(stderr, "usage: '%s' cannot be run: %s\n", command[0], strerror(errno));
    _exit(127);
}

/* The resident memory of CHILD (proc(5), statm), or 0. */
static long rss_bytes_of(pid_t child)
{
    char path[64];
    long pages = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", child);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%*d %ld", &pages) != 1)
        pages = 0;
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

/* Waits for the child; ends it when its time is up. */
static int wait_for(pid_t child, const struct options *options, uint64_t start_ns, long *out_rss)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    int status;
    while (waitpid(child, &status, WNOHANG) == 0) {
        uint64_t elapsed_ns = clock_now_ns() - start_ns;
        if (elapsed_ns >= options->timeout_ns)
            kill(child, SIGKILL);
        if (*out_rss == 0 && options->rss_at_ns > 0 && elapsed_ns >= options->rss_at_ns)
            *out_rss = rss_bytes_of(child);
        nanosleep(&pause, NULL);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    struct rusage usage;
    read_options(&options, argc, argv);
    uint64_t start_ns = clock_now_ns();
    pid_t child = fork();
    if (child == 0)
        become(&options, argv + optind);
    if (child < 0)
        die("no process can be made");
    long rss_bytes = 0;
    int status = wait_for(child, &options, start_ns, &rss_bytes);
    uint64_t elapsed_ns = clock_now_ns() - start_ns;
    getrusage(RUSAGE_CHILDREN, &usage);
    FILE *out = fopen(options.out, "w");
    if (out == NULL)
        die("the file of --out cannot be written");
    fprintf(out,
            "{\"user_s\":%.6f,\"system_s\":%.6f,\"wall_s\":%.6f,\"max_rss_bytes\":%ld,"
            "\"rss_bytes\":%ld,\"status\":%d}\n",
            seconds_of(usage.ru_utime), seconds_of(usage.ru_stime), (double)elapsed_ns / NS_PER_S,
            usage.ru_maxrss * 1024, rss_bytes, status);
    return fclose(out) == 0 ? 0 : 2;
}
