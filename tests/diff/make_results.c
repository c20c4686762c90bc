/* SPDX-License-Identifier: Apache-2.0 */
/* usage: make_results DIRECTORY
 *
 * Writes results of virtual runs into DIRECTORY, for the command to be tried with: old.json and
 * same.json of one plan, slow.json half as slow again, other.json of another plan. */
#include "base/memory.h"
#include "report/json/report_json.h"
#include "virtual_run.h"

#include <stdlib.h>

static void write_one(const char *directory, const char *name, struct random *random, double whole,
                      unsigned connections)
{
    static const struct virtual_noise noise = {"", 12, 100, 0.3, 0.02, 0, 0};
    char path[4096];
    struct result *r = virtual_run(random, &noise, whole, 1);
    r->connections = connections;
    result_set_text(r, "verify", r->verify);
    result_set_number(r, "pins", 0);
    result_set_number(r, "connections", connections);
    result_set_number(r, "threads", 1);
    result_set_null(r, "rate");
    result_set_text(r, "rotate", r->rotation);
    result_set_null(r, "warm_up_s");
    snprintf(path, sizeof path, "%s/%s.json", directory, name);
    FILE *file = fopen(path, "w");
    if (file == NULL || !report_json(file, r) || fclose(file) != 0)
        exit(1);
    result_free(r);
}

int main(int argc, char **argv)
{
    struct random random;
    if (argc != 2)
        return 2;
    random_init(&random, 11);
    write_one(argv[1], "old", &random, 1, 10);
    write_one(argv[1], "same", &random, 1, 10);
    write_one(argv[1], "slow", &random, 1.5, 10);
    write_one(argv[1], "other", &random, 1, 20);
    return 0;
}
