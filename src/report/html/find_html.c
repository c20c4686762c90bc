/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html/find_html.h"

#include "base/buffer.h"
#include "find/find_result.h"
#include "report/find_words.h"
#include "report/html/html_json.h"
#include "report/html/html_page.h"
#include "report/html/html_parts.h"

bool find_html(FILE *out, const struct find_result *result)
{
    struct buffer title = {0};
    find_words_answer(&title, result);
    buffer_format(&title, " · %.400s · pinload find", result->url);
    html_begin(out, buffer_text(&title), buffer_text(&title));
    buffer_cleanup(&title);
    html_data_search(out, result);
    return html_end(out, (const char *const[]){html_find_js, NULL});
}
