/* SPDX-License-Identifier: Apache-2.0 */
#include "diff/plans.h"

#include "base/memory.h"
#include "diff/diff_result.h"
#include "result/result.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define TEXT_LEN 120

/* Two results under comparison, and where what differs goes. */
struct pair {
    const struct result *first, *other;
    const char *first_path, *other_path;
    struct diff_result *diff;
    struct error *err;
    bool force, differs;
};

static void add_difference(struct pair *pair, const char *name, const char *first,
                           const char *other)
{
    struct diff_result *diff = pair->diff;
    struct error said;
    error_set(&said, "%s is %s in \"%.100s\" and %s in \"%.100s\"", name, first, pair->first_path,
              other, pair->other_path);
    if (pair->force) {
        diff->plan_differences = memory_resize(diff->plan_differences,
                                               (diff->num_plan_differences + 1) * sizeof(char *));
        diff->plan_differences[diff->num_plan_differences++] = memory_text(said.text);
    } else if (!pair->differs) {
        error_set(pair->err,
                  "the plans differ: %s; expected results of one plan (--force compares others)",
                  said.text);
    }
    pair->differs = true;
}

static void show_text(char out[static TEXT_LEN], const char *text)
{
    if (text != NULL)
        snprintf(out, TEXT_LEN, "\"%.100s\"", text);
    else
        snprintf(out, TEXT_LEN, "not given");
}

static void check_text(struct pair *pair, const char *name, const char *first, const char *other)
{
    char texts[2][TEXT_LEN];
    if (first == other || (first != NULL && other != NULL && strcmp(first, other) == 0))
        return;
    show_text(texts[0], first);
    show_text(texts[1], other);
    add_difference(pair, name, texts[0], texts[1]);
}

static void check_number(struct pair *pair, const char *name, double first, double other)
{
    char texts[2][TEXT_LEN];
    if (first == other || (isnan(first) && isnan(other)))
        return;
    snprintf(texts[0], TEXT_LEN, "%.10g", first);
    snprintf(texts[1], TEXT_LEN, "%.10g", other);
    add_difference(pair, name, texts[0], texts[1]);
}

/* What runs of one plan may differ in: how much of it there was, when, where its files were, and
 * what it was held to. */
static bool is_indifferent(const char *name)
{
    static const char *const names[] = {
        "duration_s", "sessions", "seed",         "start_at",
        "keylog",     "cacert",   "max_failures", "require_all_identities",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

/* A switch that is off is one that an older version does not have; but backoff is there only where it
 * is off. */
static bool is_not_given(const struct setting *setting)
{
    if (setting == NULL || setting->type == SETTING_NULL)
        return true;
    return setting->type == SETTING_BOOL && setting->number == 0 &&
           strcmp(setting->name, "backoff") != 0;
}

static void show_setting(char out[static TEXT_LEN], const struct setting *setting)
{
    if (is_not_given(setting))
        snprintf(out, TEXT_LEN, "not given");
    else if (setting->type == SETTING_TEXT)
        show_text(out, setting->text);
    else if (setting->type == SETTING_NUMBER)
        snprintf(out, TEXT_LEN, "%.10g", setting->number);
    else
        snprintf(out, TEXT_LEN, "%s", setting->number != 0 ? "true" : "false");
}

/* Settings of the first result, or, where IS_BACK, those that only the other one has. What one does
 * not have is what an older version does not know, as if it were not given. */
static void check_settings(struct pair *pair, bool is_back)
{
    const struct result *a = is_back ? pair->other : pair->first;
    for (size_t i = 0; i < a->num_settings; i++) {
        const char *name = a->settings[i].name;
        char texts[2][TEXT_LEN];
        if (is_indifferent(name) || (is_back && result_setting(pair->first, name) != NULL))
            continue;
        show_setting(texts[0], result_setting(pair->first, name));
        show_setting(texts[1], result_setting(pair->other, name));
        if (strcmp(texts[0], texts[1]) != 0)
            add_difference(pair, name, texts[0], texts[1]);
    }
}

static void check_pair(struct pair *pair)
{
    const struct result *a = pair->first, *b = pair->other;
    check_text(pair, "the URL", a->url, b->url);
    check_text(pair, "sni", a->sni, b->sni);
    check_text(pair, "verify", a->verify, b->verify);
    check_text(pair, "rotate", a->rotation, b->rotation);
    check_number(pair, "pins", (double)a->num_pins, (double)b->num_pins);
    check_text(pair, "the loop", a->open_loop ? "open" : "closed",
               b->open_loop ? "open" : "closed");
    check_number(pair, "rate", a->rate, b->rate);
    check_number(pair, "connections", (double)a->connections, (double)b->connections);
    check_number(pair, "threads", a->threads, b->threads);
    check_number(pair, "warm_up_s", a->warm_up_s, b->warm_up_s);
    check_settings(pair, false);
    check_settings(pair, true);
}

/* A file of another tool may say anything of its intervals. */
static bool check_one(const struct result *result, const char *path, struct error *err)
{
    if (result->started == 0)
        return error_set(err,
                         "\"%s\" has measured nothing: no session was started; expected the result "
                         "of a run that has",
                         path);
    for (size_t i = 1; i < result->num_intervals; i++) {
        if (result->intervals[i].length_s != result->intervals[0].length_s)
            return error_set(err,
                             "\"%s\": intervals of %g s and of %g s in one result; expected all to "
                             "be as long",
                             path, result->intervals[0].length_s, result->intervals[i].length_s);
    }
    return true;
}

bool diff_plans_check(struct diff_result *diff, bool force, struct error *err)
{
    const struct diff_side *old = &diff->sides[SIDE_OLD];
    for (int side = 0; side < NUM_SIDES; side++) {
        const struct diff_side *one = &diff->sides[side];
        for (size_t i = 0; i < one->count; i++) {
            struct pair pair = {old->results[0],
                                one->results[i],
                                old->paths[0],
                                one->paths[i],
                                diff,
                                err,
                                force,
                                false};
            if (!check_one(one->results[i], one->paths[i], err))
                return false;
            check_pair(&pair);
            if (pair.differs && !force)
                return false;
        }
    }
    return true;
}
