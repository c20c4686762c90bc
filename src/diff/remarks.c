/* SPDX-License-Identifier: Apache-2.0 */
#include "diff/remarks.h"

#include "base/buffer.h"
#include "diff/diff_result.h"
#include "result/result.h"

#include <stddef.h>
#include <string.h>

static const struct name_counts *names_in(const struct result *result, size_t offset)
{
    return (const struct name_counts *)((const char *)result + offset);
}

static bool side_has(const struct diff_side *side, size_t offset, const char *name)
{
    for (size_t i = 0; i < side->count; i++) {
        if (name_counts_find(names_in(side->results[i], offset), name) != NULL)
            return true;
    }
    return false;
}

/* Appends those names of SIDE that OTHER does not have, each once. */
static void list_alone(struct buffer *out, const struct diff_side *side,
                       const struct diff_side *other, size_t offset)
{
    for (size_t i = 0; i < side->count; i++) {
        const struct name_counts *names = names_in(side->results[i], offset);
        for (size_t k = 0; k < names->count; k++) {
            const char *name = names->items[k].name;
            const struct diff_side before = {.results = side->results, .count = i};
            if (!side_has(other, offset, name) && !side_has(&before, offset, name))
                buffer_format(out, "%s%s", out->len > 0 ? ", " : "", name);
        }
    }
}

static void remark_negotiated(struct diff_result *diff)
{
    static const struct {
        const char *what;
        size_t offset;
    } rows[] = {
        {"TLS version", offsetof(struct result, versions)},
        {"cipher suite", offsetof(struct result, ciphers)},
        {"group", offsetof(struct result, groups)},
        {"server's signature algorithm", offsetof(struct result, sigalgs)},
        {"protocol", offsetof(struct result, protocols)},
        {"HTTP status", offsetof(struct result, statuses)},
    };
    static const char *const words[NUM_SIDES] = {"old", "new"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int side = 0; side < NUM_SIDES; side++) {
            struct buffer names = {0};
            list_alone(&names, &diff->sides[side], &diff->sides[!side], rows[i].offset);
            if (names.len > 0)
                diff_result_remark(diff, "only the %s side had this %s: %.300s", words[side],
                                   rows[i].what, buffer_text(&names));
            buffer_cleanup(&names);
        }
    }
}

static void remark_run(struct diff_result *diff, const struct result *r, const char *path)
{
    if (r->saturated)
        diff_result_remark(diff,
                           "\"%.300s\" did not hold its rate (limit: %.40s): its figures are "
                           "of another load",
                           path, r->limit != NULL ? r->limit : "unknown");
    if (r->interrupted_by != 0)
        diff_result_remark(diff, "\"%.300s\" was interrupted", path);
    if (r->num_intervals == 0 && latency_count(r->latencies[LATENCY_CONNECT]) > 0)
        diff_result_remark(diff, "\"%.300s\" has no intervals, as results of older versions", path);
}

static void remark_versions(struct diff_result *diff)
{
    const struct result *old = diff->sides[SIDE_OLD].results[0];
    const struct result *new = diff->sides[SIDE_NEW].results[0];
    const char *a = old->version != NULL ? old->version : "?";
    const char *b = new->version != NULL ? new->version : "?";
    if (strcmp(a, b) != 0)
        diff_result_remark(diff, "measured by pinload %.60s and by pinload %.60s", a, b);
    a = old->boringssl != NULL ? old->boringssl : "?";
    b = new->boringssl != NULL ? new->boringssl : "?";
    if (strcmp(a, b) != 0)
        diff_result_remark(diff, "measured with BoringSSL %.90s and with %.90s", a, b);
}

void diff_remarks_fill(struct diff_result *diff)
{
    remark_versions(diff);
    remark_negotiated(diff);
    for (int side = 0; side < NUM_SIDES; side++) {
        const struct diff_side *one = &diff->sides[side];
        for (size_t i = 0; i < one->count; i++)
            remark_run(diff, one->results[i], one->paths[i]);
    }
}
