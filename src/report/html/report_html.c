/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html/report_html.h"

#include "report/html/html_json.h"
#include "report/html/html_page.h"
#include "report/html/html_parts.h"
#include "report/html/html_view.h"
#include "report/text/report_text.h"
#include "result/result.h"

#include <stdlib.h>

static const char *verdict_of(const struct result *result)
{
    if (result->interrupted_by != 0)
        return "INTERRUPTED";
    return result->passed ? "PASS" : "FAIL";
}

/* The summary for the page, to be freed; NULL if memory runs out. */
static char *summary_of(const struct result *result)
{
    char *text = NULL;
    size_t len = 0;
    FILE *memory = open_memstream(&text, &len);
    if (memory == NULL)
        return NULL;
    report_text(memory, result, false);
    fclose(memory);
    return text;
}

bool report_html(FILE *out, const struct result *result)
{
    char title[512];
    snprintf(title, sizeof title, "%s · %s · pinload", verdict_of(result),
             result->url != NULL ? result->url : "");
    struct html_view view;
    html_view_init(&view, result);
    char *summary = summary_of(&view.result);
    html_begin(out, title, summary != NULL ? summary : title);
    free(summary);
    html_data_result(out, &view);
    html_view_cleanup(&view);
    return html_end(out, (const char *const[]){html_identities_js, html_heat_js, html_overlay_js,
                                               html_stages_js, html_result_js, NULL});
}
