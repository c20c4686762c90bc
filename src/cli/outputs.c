/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/outputs.h"

#include "base/error.h"
#include "report/formats/report_csv.h"
#include "report/formats/report_hlog.h"
#include "report/formats/report_junit.h"
#include "report/formats/report_prometheus.h"
#include "report/html/report_html.h"
#include "report/json/report_json.h"
#include "report/report_file.h"
#include "report/text/report_text.h"
#include "result/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct output {
    const char *option;
    size_t offset; /* of its path, in struct options */
    bool (*write)(FILE *out, const struct result *result);
};

static const struct output outputs[] = {
    {"--json", offsetof(struct options, json), report_json},
    {"--csv", offsetof(struct options, csv), report_csv},
    {"--hlog", offsetof(struct options, hlog), report_hlog},
    {"--html", offsetof(struct options, html), report_html},
    {"--prometheus", offsetof(struct options, prometheus), report_prometheus},
    {"--junit", offsetof(struct options, junit), report_junit},
};
#define NUM_OUTPUTS (sizeof outputs / sizeof *outputs)

static const char *path_of(const struct output *output, const struct options *options)
{
    return *(const char *const *)((const char *)options + output->offset);
}

bool output_is_stdout(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

/* Whether no option before OPTION in the table has the same PATH. */
static bool check_alone(const struct options *options, size_t index, struct error *err)
{
    const char *path = path_of(&outputs[index], options);
    for (size_t i = 0; i < index; i++) {
        const char *other = path_of(&outputs[i], options);
        if (other == NULL)
            continue;
        if (output_is_stdout(path) && output_is_stdout(other))
            return error_set(err,
                             "%s and %s both go to '-', standard output; expected only one of them",
                             outputs[i].option, outputs[index].option);
        if (!output_is_stdout(path) && !output_is_stdout(other) && report_file_is_same(path, other))
            return error_set(err,
                             "%s and %s both go to the file '%.300s'; expected a file for each",
                             outputs[i].option, outputs[index].option, path);
    }
    if (options->keylog != NULL && !output_is_stdout(path) &&
        report_file_is_same(path, options->keylog))
        return error_set(err,
                         "--keylog and %s both go to the file '%.300s'; expected a file for each",
                         outputs[index].option, path);
    return true;
}

bool outputs_check(const struct options *options, struct error *err)
{
    for (size_t i = 0; i < NUM_OUTPUTS; i++) {
        const char *path = path_of(&outputs[i], options);
        if (path != NULL &&
            (!report_file_check(path, outputs[i].option, err) || !check_alone(options, i, err)))
            return false;
    }
    return true;
}

bool output_has_colour(FILE *out)
{
    const char *no_color = getenv("NO_COLOR");
    return isatty(fileno(out)) == 1 && (no_color == NULL || no_color[0] == '\0');
}

static void write_summary(const struct options *options, const struct result *result)
{
    FILE *out = stdout;
    for (size_t i = 0; i < NUM_OUTPUTS; i++) {
        if (output_is_stdout(path_of(&outputs[i], options)))
            out = stderr;
    }
    report_text(out, result, output_has_colour(out));
    fflush(out);
}

bool outputs_write(const struct options *options, const struct result *result)
{
    bool ok = true;
    if (!options->quiet)
        write_summary(options, result);
    else
        report_text_failure(stderr, result, output_has_colour(stderr));
    for (size_t i = 0; i < NUM_OUTPUTS; i++) {
        struct error err;
        const char *path = path_of(&outputs[i], options);
        if (path == NULL || report_file_write(path, outputs[i].write, result, &err))
            continue;
        error_print(&err);
        ok = false;
    }
    return ok;
}

bool output_write(const char *path, bool (*write)(FILE *, const void *), const void *subject)
{
    struct error err;
    if (path == NULL || report_file_write_any(path, write, subject, &err))
        return true;
    error_print(&err);
    return false;
}

bool outputs_end_keylog(const struct options *options, FILE *log)
{
    if (log == NULL || (fflush(log) == 0 && !ferror(log)))
        return true;
    fprintf(stderr, "pinload: the key log '%s' could not be written in full\n",
            options->keylog != NULL ? options->keylog : getenv("SSLKEYLOGFILE"));
    return false;
}

bool output_wants_progress(const struct options *options)
{
    if (strcmp(options->progress, "auto") == 0)
        return isatty(STDERR_FILENO) == 1 && !options->quiet;
    return strcmp(options->progress, "always") == 0;
}
