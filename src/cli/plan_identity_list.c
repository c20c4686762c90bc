/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rows of a list of identities mean: files that are relative to the list, a password of
 * their own, and what is expected of each.
 */
#include "base/memory.h"
#include "base/text.h"
#include "cli/identity_list.h"
#include "cli/plan_builder.h"
#include "cli/plan_paths.h"
#include "plan/turns.h"
#include "tls/identity.h"
#include "tls/password.h"

#include <stdlib.h>
#include <string.h>

/* The path of a column, with the list's directory before it; NULL: not given. */
static char *path_of(const struct identity_list *list, const struct list_row *row,
                     enum list_column column)
{
    const char *value = row->values[column];
    return value != NULL ? plan_paths_place(NULL, value, list->directory) : NULL;
}

/* The password of ROW, else COMMON. */
static bool find_password(struct password *own, const struct password **out_password,
                          const struct identity_list *list, const struct list_row *row,
                          const struct password *common, struct error *err)
{
    *out_password = common;
    if (row->values[LIST_PASS] == NULL)
        return true;
    char *source = plan_paths_place(option_find(COMMAND_RUN, "pass", strlen("pass")),
                                    row->values[LIST_PASS], list->directory);
    bool ok = password_read(own, source, err);
    explicit_bzero(source, strlen(source));
    free(source);
    *out_password = own;
    return ok;
}

/* The name of a file without its directory and ending. */
static char *stem_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    return dot != NULL && dot != base ? memory_text_n(base, (size_t)(dot - base))
                                      : memory_text(base);
}

static bool load(struct identity_set *set, const struct list_row *row, const char *cert,
                 const char *key, const struct password *password, struct notices *notices,
                 struct error *err)
{
    if (cert == NULL && (key == NULL || !identity_set_uses_raw_keys(set)))
        return error_set(err, "it has no cert; expected a file");
    if (row->values[LIST_NAME] != NULL)
        return identity_set_add(set, row->values[LIST_NAME], cert, key, password, notices, err);
    char *stem = stem_of(cert != NULL ? cert : key);
    bool ok = identity_set_add_file(set, stem, cert, key, password, notices, err);
    free(stem);
    return ok;
}

static bool add_row(struct identity_set *set, const struct identity_list *list,
                    const struct list_row *row, const struct password *common,
                    struct notices *notices, struct error *err)
{
    struct password own = {0};
    const struct password *password;
    char *cert = path_of(list, row, LIST_CERT), *key = path_of(list, row, LIST_KEY);
    bool ok = find_password(&own, &password, list, row, common, err) &&
              load(set, row, cert, key, password, notices, err);
    password_wipe(&own);
    free(cert);
    free(key);
    return ok || error_prefix(err, row->place);
}

bool plan_add_list(struct identity_set *set, const struct identity_list *list,
                   const struct password *password, struct notices *notices, struct error *err)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!add_row(set, list, &list->rows[i], password, notices, err))
            return false;
    }
    return true;
}

static bool set_weight(struct plan *plan, size_t index, const char *text, struct error *err)
{
    uint64_t weight;
    if (text == NULL)
        return true;
    if (!text_parse_count(text, &weight) || weight < 1 || weight > TURNS_MOST)
        return error_set(err, "'%s' is not a weight; expected a whole number from 1 to %d", text,
                         TURNS_MOST);
    if (plan->weights == NULL) {
        size_t count = plan_num_identities(plan);
        plan->weights = memory_new(count, sizeof *plan->weights);
        for (size_t i = 0; i < count; i++)
            plan->weights[i] = 1;
    }
    plan->weights[index] = (uint32_t)weight;
    return true;
}

static bool set_expectation(struct plan *plan, size_t index, const char *text, struct error *err)
{
    bool is_refused = text != NULL && strcmp(text, "refused") == 0;
    if (text != NULL && !is_refused && strcmp(text, "served") != 0)
        return error_set(err, "'%s' is not what to expect; expected served or refused", text);
    if (is_refused)
        plan_expect_refusal(plan, index);
    return true;
}

static bool set_statuses(struct plan *plan, size_t index, const char *text, struct error *err)
{
    if (text == NULL)
        return true;
    return status_list_parse(plan_own_statuses(plan, index), text) ||
           error_set(err, "'%s' is not a value for status; " STATUS_LIST_FORM, text);
}

bool plan_apply_list(struct plan *plan, const struct identity_list *list, size_t first,
                     struct error *err)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct list_row *row = &list->rows[i];
        if (!set_weight(plan, first + i, row->values[LIST_WEIGHT], err) ||
            !set_expectation(plan, first + i, row->values[LIST_EXPECT], err) ||
            !set_statuses(plan, first + i, row->values[LIST_STATUS], err))
            return error_prefix(err, row->place);
    }
    if (plan->weights == NULL)
        return true;
    plan->turns = turns_new(plan->weights, plan_num_identities(plan));
    return plan->turns != NULL ||
           error_set(err,
                     "the weights of the identities come to more than %d, without a divisor that "
                     "they have in common; expected smaller ones",
                     TURNS_MOST);
}
