/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html/diff_html.h"

#include "diff/diff_result.h"
#include "report/html/html_json.h"
#include "report/html/html_page.h"
#include "report/html/html_parts.h"
#include "result/result.h"

static const char *word_of(enum diff_verdict verdict)
{
    static const char *const words[] = {
        [DIFF_UNKNOWN] = "NOTHING IS KNOWN",
        [DIFF_NONE_SEEN] = "NO DIFFERENCE SEEN",
        [DIFF_WORSE] = "WORSE",
        [DIFF_BETTER] = "BETTER",
        [DIFF_CHANGED] = "CHANGED",
    };
    return words[verdict];
}

bool diff_html(FILE *out, const struct diff_result *diff)
{
    char title[512];
    snprintf(title, sizeof title, "%s · %.400s · pinload diff", word_of(diff_result_verdict(diff)),
             diff->sides[SIDE_OLD].results[0]->url);
    html_begin(out, title, title);
    html_data_diff(out, diff);
    return html_end(out, (const char *const[]){html_diff_js, NULL});
}
