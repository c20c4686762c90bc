/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plan_stages.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define MOST_RATE 1e9
#define MOST_CONNECTIONS 1e7

/* --- reading -------------------------------------------------------------------------------- */

static bool read_level(const char *text, bool of_connections, double *out)
{
    uint64_t count;
    if (!of_connections)
        return text_parse_decimal(text, out) && *out <= MOST_RATE;
    if (!text_parse_count(text, &count) || (double)count > MOST_CONNECTIONS)
        return false;
    *out = (double)count;
    return true;
}

/* Reads N or A:B, which it changes. */
static bool read_levels(char *text, bool of_connections, double *out_from, double *out_to)
{
    char *colon = strchr(text, ':');
    if (colon != NULL)
        *colon = '\0';
    if (!read_level(text, of_connections, out_from))
        return false;
    *out_to = *out_from;
    return colon == NULL || read_level(colon + 1, of_connections, out_to);
}

static bool refuse_stage(const char *text, struct error *err)
{
    return error_set(err,
                     "'%.100s' in --stages is not a stage; expected RATExTIME such as 200x30s, a "
                     "ramp such as 100:200x30s, or the same of connections with a c, such as "
                     "10cx30s, joined by commas",
                     text);
}

/* Reads one stage, of which PART is a copy to be changed. */
static bool read_stage(struct stages *out, char *part, const char *text, struct error *err)
{
    double from, to;
    uint64_t length_ns;
    char *times = strchr(part, 'x');
    if (times == NULL || times == part || !text_parse_duration(times + 1, &length_ns) ||
        length_ns < NS_PER_MS)
        return refuse_stage(text, err);
    *times = '\0';
    bool of_connections = times[-1] == 'c';
    if (of_connections)
        times[-1] = '\0';
    if (!read_levels(part, of_connections, &from, &to))
        return refuse_stage(text, err);
    if (out->count > 0 && out->of_connections != of_connections)
        return error_set(err,
                         "'%.100s' in --stages follows stages of %s; expected all of one kind, "
                         "rates or connections",
                         text, of_connections ? "rates" : "connections");
    out->of_connections = of_connections;
    return stages_add(out, length_ns, from, to) ||
           error_set(err, "--stages has more than %d stages; expected no more", STAGES_MOST);
}

bool plan_stages_read(struct stages *out, const char *text, struct error *err)
{
    bool ok = true;
    *out = (struct stages){0};
    for (const char *at = text; ok && at != NULL;) {
        size_t len = strcspn(at, ",");
        char *part = memory_text_n(at, len), *shown = memory_text_n(at, len);
        ok = read_stage(out, part, shown, err);
        free(part);
        free(shown);
        at = at[len] == ',' ? at + len + 1 : NULL;
    }
    if (ok && stages_most(out) == 0)
        return error_set(err, "--stages '%.100s' starts no session; expected a stage above 0",
                         text);
    return ok;
}

/* --- what goes together --------------------------------------------------------------------- */

static bool refuse_together(const char *option, const char *value, const char *other,
                            const char *why, struct error *err)
{
    return error_set(err, "%s '%.100s' and %s do not go together: %s", option, value, other, why);
}

static bool check_together(const struct options *options, const char *option, const char *value,
                           bool of_connections, struct error *err)
{
    if (options->sessions > 0)
        return refuse_together(option, value, "-n, --sessions", "stages take a time", err);
    if (options->ramp_ns > 0)
        return refuse_together(option, value, "--ramp-up", "a ramp is a stage, such as 0:200x10s",
                               err);
    if (of_connections && options_given(options, "rate"))
        return refuse_together(option, value, "-R, --rate",
                               "either the connections change or the rate", err);
    return true;
}

static bool check_stages(const struct options *options, bool of_connections, struct error *err)
{
    const char *text = options->stages;
    if (options->duration_ns > 0)
        return refuse_together("--stages", text, "-d, --duration", "each stage has its own time",
                               err);
    if (options_given(options, "rate"))
        return refuse_together("--stages", text, "-R, --rate", "each stage has its own load", err);
    if (of_connections && options_given(options, "connections"))
        return refuse_together("--stages", text, "-c, --connections",
                               "each stage has its own number of them", err);
    return check_together(options, "--stages", text, of_connections, err);
}

/* Sessions that never end cannot become fewer. */
static bool check_fall(const struct plan *plan, const struct options *options, struct error *err)
{
    if (options->requests != REQUESTS_ENDLESS || !plan->stages.of_connections ||
        !stages_falls(&plan->stages))
        return true;
    return error_set(err, "-r inf never ends a session, so connections cannot become fewer; "
                          "expected -r with a number, or stages that only rise");
}

/* --- building ------------------------------------------------------------------------------- */

/* The rows of a ramp follow each other without a step. */
static void cut_ramp(struct stages *out, const struct ramp *ramp, uint64_t length_ns)
{
    uint64_t rows = number_min(RAMP_ROWS, number_max(length_ns / NS_PER_S, 1));
    for (uint64_t i = 0; i < rows; i++) {
        double step = (ramp->to - ramp->from) / (double)rows;
        double to = i + 1 == rows ? ramp->to : ramp->from + step * (double)(i + 1);
        uint64_t start_ns = length_ns / rows * i;
        uint64_t end_ns = i + 1 == rows ? length_ns : length_ns / rows * (i + 1);
        stages_add(out, end_ns - start_ns, ramp->from + step * (double)i, to);
    }
}

static bool build_ramp(struct plan *plan, const struct options *options, struct error *err)
{
    bool of_connections = options->connections_ramp.text != NULL;
    const struct ramp *ramp = of_connections ? &options->connections_ramp : &options->rate_ramp;
    plan->stages.of_connections = of_connections;
    if (!check_together(options, of_connections ? "--connections" : "--rate", ramp->text,
                        of_connections, err))
        return false;
    cut_ramp(&plan->stages, ramp, plan->duration_ns);
    return true;
}

static void set_load(struct plan *plan)
{
    plan->duration_ns = stages_length(&plan->stages);
    plan->rate = plan->stages.of_connections ? 0 : stages_most(&plan->stages);
    if (plan->stages.of_connections)
        plan->connections = (uint64_t)stages_most(&plan->stages);
}

bool plan_build_stages(struct plan *plan, const struct options *options, struct error *err)
{
    if (options->stages != NULL) {
        if (!plan_stages_read(&plan->stages, options->stages, err) ||
            !check_stages(options, plan->stages.of_connections, err))
            return false;
    } else if (options->rate_ramp.text != NULL || options->connections_ramp.text != NULL) {
        if (!build_ramp(plan, options, err))
            return false;
    } else {
        return true;
    }
    set_load(plan);
    return check_fall(plan, options, err);
}

char *plan_stages_text(const struct plan *plan, const struct options *options)
{
    bool of_connections = options->connections_ramp.text != NULL;
    if (plan->stages.count == 0)
        return NULL;
    if (options->stages != NULL)
        return memory_text(options->stages);
    struct buffer text = {0};
    buffer_format(&text, "%s%sx%.9gs",
                  of_connections ? options->connections_ramp.text : options->rate_ramp.text,
                  of_connections ? "c" : "", (double)plan->duration_ns / NS_PER_S);
    char *copy = memory_text(buffer_text(&text));
    buffer_cleanup(&text);
    return copy;
}
