/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

uint64_t process_rss(void)
{
    unsigned long long size, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%llu %llu", &size, &resident) != 2)
        resident = 0;
    fclose(file);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

uint64_t process_descriptors(void)
{
    uint64_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    if (directory == NULL)
        return 0;
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count - 1; /* the descriptor of the directory itself */
}

uint64_t process_local_ports(void)
{
    unsigned long long low, high;
    FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r");
    if (file == NULL)
        return 0;
    bool read = fscanf(file, "%llu %llu", &low, &high) == 2 && high >= low;
    fclose(file);
    return read ? high - low + 1 : 0;
}

static void let_pass(int number)
{
    (void)number;
}

void process_spare_once(void)
{
    static const int numbers[] = {SIGINT, SIGTERM};
    const struct sigaction once = {.sa_handler = let_pass, .sa_flags = SA_RESETHAND | SA_RESTART};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sigaction now;
        if (sigaction(numbers[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
            sigaction(numbers[i], &once, NULL);
    }
}

double process_seconds_between(struct timeval from, struct timeval to)
{
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_usec - from.tv_usec) / 1e6;
}
