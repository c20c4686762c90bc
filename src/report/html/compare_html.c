/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html/compare_html.h"

#include "compare/compare_result.h"
#include "report/html/html_json.h"
#include "report/html/html_page.h"
#include "report/html/html_parts.h"

bool compare_html(FILE *out, const struct compare_result *result)
{
    char title[512];
    snprintf(title, sizeof title, "%s · %s · pinload compare",
             result->comparison.trusted ? "TRUSTED" : "NOT TO BE TRUSTED", result->where);
    html_begin(out, title, title);
    html_data_comparison(out, result);
    return html_end(out, (const char *const[]){html_compare_js, NULL});
}
