/* SPDX-License-Identifier: Apache-2.0 */
#include "base/words.h"

#include "base/buffer.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r\n"

static void add(struct words *words, struct buffer *word)
{
    words->items = memory_resize(words->items, (words->count + 1) * sizeof *words->items);
    words->items[words->count++] = memory_text(buffer_text(word));
}

/* Takes what is in quotes at *P, up to the closing one. False: there is none. */
static bool take_quoted(struct buffer *word, const char **p)
{
    char quote = *(*p)++;
    for (; **p != quote; (*p)++) {
        bool is_escaped = quote == '"' && **p == '\\' && ((*p)[1] == '"' || (*p)[1] == '\\');
        *p += is_escaped;
        if (**p == '\0')
            return false;
        buffer_append(word, *p, 1);
    }
    (*p)++;
    return true;
}

static bool take_word(struct buffer *word, const char **p, const char *text, struct error *err)
{
    while (**p != '\0' && strchr(BLANKS, **p) == NULL) {
        char c = **p;
        if (c == '\'' || c == '"') {
            if (!take_quoted(word, p))
                return error_set(err, "a quote (%c) is not closed in '%s'; expected another one", c,
                                 text);
            continue;
        }
        *p += c == '\\';
        if (**p == '\0')
            return error_set(err, "'%s' ends with a backslash; expected a character after it",
                             text);
        buffer_append(word, (*p)++, 1);
    }
    return true;
}

bool words_split(struct words *out, const char *text, struct error *err)
{
    struct buffer word = {0};
    const char *p = text + strspn(text, BLANKS);
    bool ok = true;
    while (ok && *p != '\0') {
        buffer_clear(&word);
        ok = take_word(&word, &p, text, err);
        if (ok)
            add(out, &word);
        p += strspn(p, BLANKS);
    }
    buffer_cleanup(&word);
    return ok;
}

void words_cleanup(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
    free(words->items);
    *words = (struct words){0};
}

void words_append(struct buffer *out, const char *word)
{
    bool is_plain = *word != '\0' && strpbrk(word, BLANKS "'\"\\") == NULL;
    buffer_append_text(out, out->len > 0 ? " " : "");
    if (is_plain) {
        buffer_append_text(out, word);
        return;
    }
    buffer_append_text(out, "\"");
    for (; *word != '\0'; word++) {
        buffer_append_text(out, *word == '"' || *word == '\\' ? "\\" : "");
        buffer_append(out, word, 1);
    }
    buffer_append_text(out, "\"");
}
