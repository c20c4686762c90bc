/* SPDX-License-Identifier: Apache-2.0 */
#include "result/merge_verdict.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "result/result.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A check that one of the results violates is violated. The violations are added with all
 * others. */
static void add_checks(struct result *to, const struct result *from)
{
    for (size_t i = 0; i < from->num_checks; i++) {
        const struct result_check *check = &from->checks[i];
        struct result_check *own = result_check_named(to, check->kind, check->name);
        if (own->violation == NULL && check->violation != NULL)
            own->violation = memory_text(check->violation);
    }
}

static void write_failure_of_part(struct buffer *out, size_t index, const char *failure)
{
    buffer_format(out, "generator %zu: %s", index + 1, failure);
}

/* Whether TEXT is the violation about failed sessions, which is stated once for all. */
static bool tells_failures(const struct result *from, const char *text)
{
    const char *whole = result_failure(from);
    bool tells = whole != NULL && strcmp(text, whole) == 0;
    for (size_t i = 0; i < from->num_parts && !tells; i++) {
        struct buffer part = {0};
        if (from->parts[i].failure == NULL)
            continue;
        write_failure_of_part(&part, i, from->parts[i].failure);
        tells = strcmp(text, buffer_text(&part)) == 0;
        buffer_cleanup(&part);
    }
    return tells;
}

/* The failures of all; of a single result its own text. */
static char *failure_of_all(const struct result *merged, struct result *const *results,
                            size_t num_results)
{
    if (num_results == 1)
        return memory_text(result_failure(results[0]));
    struct buffer text = {0};
    const struct setting *by_close = result_setting(merged, "refusal_by_close");
    buffer_format(&text, "%" PRIu64 " %s failed", merged->by_class[CLASS_FAILED],
                  merged->by_class[CLASS_FAILED] == 1 ? "session" : "sessions");
    result_write_causes(&text, merged, by_close != NULL && by_close->number != 0);
    char *failure = memory_text(buffer_text(&text));
    buffer_cleanup(&text);
    return failure;
}

/* If the failures of one result fail the whole, those of all are stated once, and then each
 * generator's. */
static void merge_failures(struct result *merged, struct result *const *results, size_t num_results)
{
    if (result_failure(merged) == NULL)
        return;
    char *failure = failure_of_all(merged, results, num_results);
    for (size_t i = 0; i < merged->num_checks; i++) {
        struct result_check *check = &merged->checks[i];
        if (check->violation == NULL || !result_check_is_of_failures(check))
            continue;
        free(check->violation);
        check->violation = memory_text(failure);
    }
    result_add_violation(merged, "%s", failure);
    free(failure);
    for (size_t i = 0; i < merged->num_parts && merged->num_parts > 1; i++) {
        struct buffer part = {0};
        if (merged->parts[i].failure == NULL)
            continue;
        write_failure_of_part(&part, i, merged->parts[i].failure);
        result_add_violation(merged, "%s", buffer_text(&part));
        buffer_cleanup(&part);
    }
}

static void add_violations(struct result *to, const struct result *from)
{
    for (size_t i = 0; i < from->num_violations; i++) {
        if (!tells_failures(from, from->violations[i]))
            result_add_violation(to, "%s", from->violations[i]);
    }
}

static void add_verdict(struct result *to, const struct result *from)
{
    to->passed = to->passed && from->passed;
    add_checks(to, from);
    if (to->interrupted_by == 0)
        to->interrupted_by = from->interrupted_by;
    if (to->first_failure == NULL && from->first_failure != NULL)
        to->first_failure = memory_text(from->first_failure);
}

void merge_verdict(struct result *merged, struct result *const *results, size_t num_results)
{
    merged->passed = true;
    for (size_t i = 0; i < num_results; i++)
        add_verdict(merged, results[i]);
    merge_failures(merged, results, num_results);
    for (size_t i = 0; i < num_results; i++)
        add_violations(merged, results[i]);
}
