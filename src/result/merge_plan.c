/* SPDX-License-Identifier: Apache-2.0 */
#include "result/merge_plan.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "result/result.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* How a setting that may differ between the shards of one plan is merged. */
enum shard_setting { SAME_EVERYWHERE, ADDS_UP, IS_EACH_ONES };

static enum shard_setting kind_of(const char *name)
{
    static const struct {
        const char *name;
        enum shard_setting kind;
    } rows[] = {
        {"sessions", ADDS_UP},
        {"connections", ADDS_UP},
        {"rate", ADDS_UP},
        {"threads", ADDS_UP},
        {"identities", IS_EACH_ONES},
        {"max_failures", IS_EACH_ONES},
        {"shard", IS_EACH_ONES},
        {"merged_results", IS_EACH_ONES},
        {"start_at", IS_EACH_ONES},
        {"seed", IS_EACH_ONES},
        {"source", IS_EACH_ONES},
        {"resolve", IS_EACH_ONES},
        {"connect_to", IS_EACH_ONES},
        {"keylog", IS_EACH_ONES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].kind;
    }
    return SAME_EVERYWHERE;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Two numbers that are not finite are equal: both came from null. */
static bool same_number(double a, double b)
{
    return a == b || (a != a && b != b);
}

static bool same_setting(const struct setting *a, const struct setting *b)
{
    return a != NULL && b != NULL && a->type == b->type && same_text(a->text, b->text) &&
           same_number(a->number, b->number);
}

static bool same_pins(const struct name_counts *a, const struct name_counts *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (!same_text(a->items[i].name, b->items[i].name))
            return false;
    }
    return true;
}

/* different_setting returns the name of a setting that differs between A and B, or NULL. */
static const char *different_setting(const struct result *a, const struct result *b)
{
    for (size_t i = 0; i < a->num_settings; i++) {
        const struct setting *setting = &a->settings[i];
        if (kind_of(setting->name) == SAME_EVERYWHERE &&
            !same_setting(setting, result_setting(b, setting->name)))
            return setting->name;
    }
    return NULL;
}

static bool differ(const char *what, const char *first, const char *other, size_t number,
                   struct error *err)
{
    return error_set(
        err,
        "result %zu has the %s \"%s\", the first one \"%s\"; expected results of one plan (--force "
        "merges others)",
        number, what, other != NULL ? other : "", first != NULL ? first : "");
}

bool merge_plan_check(const struct result *first, const struct result *other, size_t number,
                      struct error *err)
{
    if (!same_text(first->url, other->url))
        return differ("URL", first->url, other->url, number, err);
    if (!same_text(first->verify, other->verify))
        return differ("verify mode", first->verify, other->verify, number, err);
    if (!same_text(first->rotation, other->rotation))
        return differ("rotation", first->rotation, other->rotation, number, err);
    if (!same_text(first->sni, other->sni))
        return differ("SNI", first->sni, other->sni, number, err);
    const char *setting = NULL;
    if (first->num_pins != other->num_pins || !same_pins(&first->pins_by_pin, &other->pins_by_pin))
        setting = "pins";
    else if (first->open_loop != other->open_loop)
        setting = "kind of loop";
    else if (!same_number(first->warm_up_s, other->warm_up_s))
        setting = "warm-up";
    else if ((setting = different_setting(first, other)) == NULL)
        setting = different_setting(other, first);
    return setting == NULL ||
           error_set(
               err,
               "result %zu differs from the first one in its %s; expected results of one plan "
               "(--force merges others)",
               number, setting);
}

/* --- the merged plan ------------------------------------------------------------------------ */

static char *copy_text(const char *text)
{
    return text != NULL ? memory_text(text) : NULL;
}

/* joined_addresses returns each address once: "10.0.0.1:443, 10.0.0.2:443". */
static char *joined_addresses(struct result *const *results, size_t num_results)
{
    struct buffer text = {0};
    for (size_t i = 0; i < num_results; i++) {
        bool is_new = results[i]->address != NULL;
        for (size_t k = 0; k < i && is_new; k++)
            is_new = !same_text(results[i]->address, results[k]->address);
        if (is_new)
            buffer_format(&text, "%s%s", text.len > 0 ? ", " : "", results[i]->address);
    }
    char *joined = text.len > 0 ? memory_text(buffer_text(&text)) : NULL;
    buffer_cleanup(&text);
    return joined;
}

/* add_up returns false if a result does not have NAME as a number. */
static bool add_up(const char *name, struct result *const *results, size_t num_results,
                   double *out_sum)
{
    *out_sum = 0;
    for (size_t i = 0; i < num_results; i++) {
        const struct setting *setting = result_setting(results[i], name);
        if (setting == NULL || setting->type != SETTING_NUMBER)
            return false;
        *out_sum += setting->number;
    }
    return true;
}

static bool is_same_in_all(const struct setting *setting, struct result *const *results,
                           size_t num_results)
{
    for (size_t i = 1; i < num_results; i++) {
        if (!same_setting(setting, result_setting(results[i], setting->name)))
            return false;
    }
    return true;
}

static void copy_setting(struct result *merged, const struct setting *setting)
{
    switch (setting->type) {
    case SETTING_TEXT:
        result_set_text(merged, setting->name, setting->text);
        break;
    case SETTING_NUMBER:
        result_set_number(merged, setting->name, setting->number);
        break;
    case SETTING_BOOL:
        result_set_bool(merged, setting->name, setting->number != 0);
        break;
    case SETTING_NULL:
        result_set_null(merged, setting->name);
        break;
    }
}

/* Settings that add up are summed, equal ones are kept, and all others are null. */
static void merge_settings(struct result *merged, struct result *const *results, size_t num_results)
{
    for (size_t i = 0; i < results[0]->num_settings; i++) {
        const struct setting *setting = &results[0]->settings[i];
        double sum;
        if (kind_of(setting->name) == ADDS_UP && add_up(setting->name, results, num_results, &sum))
            result_set_number(merged, setting->name, sum);
        else if (is_same_in_all(setting, results, num_results))
            copy_setting(merged, setting);
        else
            result_set_null(merged, setting->name);
    }
    result_set_number(merged, "merged_results", (double)num_results);
}

static char **copy_texts(char *const *texts, size_t count)
{
    char **copy = memory_new(count, sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = memory_text(texts[i]);
    return copy;
}

static void add_part(struct result *merged, char *const *command, size_t command_len,
                     const char *failure)
{
    size_t count = merged->num_parts + 1;
    merged->parts = memory_resize(merged->parts, count * sizeof *merged->parts);
    merged->parts[merged->num_parts++] =
        (struct result_part){copy_texts(command, command_len), command_len, copy_text(failure)};
}

/* Of a result that is itself merged, its parts. */
static void add_parts(struct result *merged, const struct result *from)
{
    for (size_t i = 0; i < from->num_parts; i++)
        add_part(merged, from->parts[i].command, from->parts[i].command_len,
                 from->parts[i].failure);
    if (from->num_parts == 0)
        add_part(merged, from->command, from->command_len, result_failure(from));
}

void merge_plan(struct result *merged, struct result *const *results, size_t num_results)
{
    const struct result *first = results[0];
    merged->version = copy_text(first->version);
    merged->boringssl = copy_text(first->boringssl);
    merged->libuv = copy_text(first->libuv);
    merged->command_len = first->command_len;
    merged->command = copy_texts(first->command, first->command_len);
    merged->plan = num_results == 1 ? copy_text(first->plan) : NULL;
    merged->url = copy_text(first->url);
    merged->address = joined_addresses(results, num_results);
    merged->sni = copy_text(first->sni);
    merged->verify = copy_text(first->verify);
    merged->rotation = copy_text(first->rotation);
    merged->num_pins = first->num_pins;
    merged->open_loop = first->open_loop;
    merged->warm_up_s = first->warm_up_s;
    merged->started_wall_ns = first->started_wall_ns;
    for (size_t i = 0; i < num_results; i++) {
        const struct result *r = results[i];
        add_parts(merged, r);
        merged->rate += r->rate;
        merged->connections = result_count_sum(merged->connections, r->connections);
        merged->threads =
            r->threads < UINT_MAX - merged->threads ? merged->threads + r->threads : UINT_MAX;
        if (r->duration_s > merged->duration_s)
            merged->duration_s = r->duration_s;
        if (r->started_wall_ns < merged->started_wall_ns)
            merged->started_wall_ns = r->started_wall_ns;
    }
    merge_settings(merged, results, num_results);
}
