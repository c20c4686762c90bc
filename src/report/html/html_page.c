/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html/html_page.h"

#include "base/text.h"
#include "report/html/html_parts.h"
#include "report/utf8.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* write_until writes the template from FROM up to the slot, and returns what follows the slot. */
static const char *write_until(FILE *out, const char *from, const char *slot)
{
    const char *found = strstr(from, slot);
    assert(found != NULL);
    fwrite(from, 1, (size_t)(found - from), out);
    return found + strlen(slot);
}

static void write_escaped(FILE *out, const char *text)
{
    char *clean = text_hide_controls(utf8_clean(text));
    for (const char *p = clean; *p != '\0'; p++) {
        switch (*p) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        default:
            putc(((unsigned char)*p < ' ' && *p != '\n') || *p == 0x7f ? ' ' : *p, out);
        }
    }
    free(clean);
}

static void write_script(FILE *out, const char *script)
{
    fputs("<script>\n", out);
    fputs(script, out);
    fputs("</script>\n", out);
}

#define SLOT_DATA "{{data}}\n"

void html_begin(FILE *out, const char *title, const char *summary)
{
    const char *rest = write_until(out, html_page, "{{title}}");
    write_escaped(out, title);
    rest = write_until(out, rest, "{{licence}}");
    fputs(html_uplot_licence, out);
    rest = write_until(out, rest, "{{styles}}");
    fputs(html_uplot_css, out);
    fputs("\n", out);
    fputs(html_page_css, out);
    rest = write_until(out, rest, "{{title}}");
    write_escaped(out, title);
    rest = write_until(out, rest, "{{summary}}");
    write_escaped(out, summary);
    write_until(out, rest, SLOT_DATA);
}

bool html_end(FILE *out, const char *const sections[])
{
    const char *rest = strstr(html_page, SLOT_DATA);
    assert(rest != NULL);
    rest += strlen(SLOT_DATA);
    rest = write_until(out, rest, "{{scripts}}\n");
    const char *const scripts[] = {
        html_uplot_js,
        html_figures_js,
        html_dom_js,
        html_charts_js,
    };
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
        write_script(out, scripts[i]);
    for (; *sections != NULL; sections++)
        write_script(out, *sections);
    fputs(rest, out);
    return !ferror(out);
}
