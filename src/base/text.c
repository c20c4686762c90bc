/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include "base/clock.h"
#include "base/number.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Reads an unsigned decimal at the start of TEXT, without strtold's hex, inf, nan, sign and locale.
 * Long double, so that 1.001k is 1001 after scaling and rounding, and not slightly less. */
static bool read_decimal(const char *text, long double *out_value, const char **out_rest)
{
    const char *p = text;
    while (isdigit((unsigned char)*p))
        p++;
    if (*p == '.' && p > text && isdigit((unsigned char)p[1])) {
        p++;
        while (isdigit((unsigned char)*p))
            p++;
    }
    if (p == text || p - text > 30)
        return false;
    char digits[32] = {0};
    memcpy(digits, text, (size_t)(p - text));
    *out_value = strtold(digits, NULL);
    *out_rest = p;
    return isfinite(*out_value);
}

struct unit {
    const char *name;
    double factor;
};

static bool find_unit(const struct unit *units, const char *name, double *out_factor)
{
    for (const struct unit *unit = units; unit->name != NULL; unit++) {
        if (strcmp(unit->name, name) == 0) {
            *out_factor = unit->factor;
            return true;
        }
    }
    return false;
}

bool text_parse_decimal(const char *text, double *out_value)
{
    static const struct unit suffixes[] = {{"", 1},    {"k", 1e3}, {"K", 1e3},
                                           {"M", 1e6}, {"G", 1e9}, {NULL, 0}};
    const char *rest;
    long double value;
    double factor;
    if (!read_decimal(text, &value, &rest) || !find_unit(suffixes, rest, &factor))
        return false;
    *out_value = (double)(value * factor);
    return true;
}

bool text_parse_count(const char *text, uint64_t *out_count)
{
    double value;
    if (!text_parse_decimal(text, &value) || value != floor(value) || value > 9e15)
        return false;
    *out_count = (uint64_t)value;
    return true;
}

static const struct unit time_units[] = {
    {"", NS_PER_S},  {"h", 3600.0 * NS_PER_S}, {"m", 60.0 * NS_PER_S}, {"min", 60.0 * NS_PER_S},
    {"s", NS_PER_S}, {"ms", NS_PER_MS},        {"us", NS_PER_US},      {"ns", 1},
    {NULL, 0}};

/* Reads one number and its unit, such as 1m in 1m30s; the unit's factor goes to *OUT_FACTOR. */
static bool read_time(const char **at, long double *out_value, double *out_factor)
{
    char name[4] = {0};
    const char *rest;
    if (!read_decimal(*at, out_value, &rest))
        return false;
    size_t len = strcspn(rest, "0123456789");
    if (len >= sizeof name)
        return false;
    memcpy(name, rest, len);
    *at = rest + len;
    return find_unit(time_units, name, out_factor);
}

/* In a combined time each part has a unit, smaller than the one before: 30s1m is more likely a
 * mistake. */
bool text_parse_duration(const char *text, uint64_t *out_ns)
{
    long double sum = 0, value;
    double factor, factor_before = INFINITY;
    const char *at = text;
    do {
        const char *start = at;
        if (!read_time(&at, &value, &factor) || factor >= factor_before)
            return false;
        if (start != text && isdigit((unsigned char)at[-1]))
            return false;
        factor_before = factor;
        sum += value * factor;
    } while (*at != '\0' && sum <= 9e18);
    if (sum > 9e18)
        return false;
    *out_ns = (uint64_t)llroundl(sum);
    return true;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool text_hex_decode(const char *text, size_t text_len, uint8_t *out, size_t capacity,
                     size_t *out_len)
{
    size_t len = 0;
    for (size_t i = 0; i < text_len;) {
        if (len > 0 && text[i] == ':')
            i++;
        if (i + 1 >= text_len || len == capacity)
            return false;
        int high = hex_value(text[i]), low = hex_value(text[i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[len++] = (uint8_t)(high << 4 | low);
        i += 2;
    }
    *out_len = len;
    return true;
}

void text_hex_encode(char *out, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * len] = '\0';
}

static size_t count_digits(const char *text)
{
    size_t len = 0;
    while (isdigit((unsigned char)text[len]))
        len++;
    return len;
}

/* Compares two strings of digits as numbers of any length. */
static int compare_numbers(const char *a, size_t a_len, const char *b, size_t b_len)
{
    while (a_len > 1 && *a == '0')
        a++, a_len--;
    while (b_len > 1 && *b == '0')
        b++, b_len--;
    if (a_len != b_len)
        return a_len < b_len ? -1 : 1;
    return memcmp(a, b, a_len);
}

int text_natural_compare(const char *a, const char *b)
{
    const char *a_start = a, *b_start = b;
    while (*a != '\0' && *b != '\0') {
        size_t a_digits = count_digits(a), b_digits = count_digits(b);
        if (a_digits > 0 && b_digits > 0) {
            int order = compare_numbers(a, a_digits, b, b_digits);
            if (order != 0)
                return order;
            a += a_digits;
            b += b_digits;
            continue;
        }
        if (*a != *b)
            return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
        a++;
        b++;
    }
    if (*a != *b)
        return *a == '\0' ? -1 : 1;
    return strcmp(a_start, b_start);
}

#define LONGEST_WORD 63

size_t text_edit_distance(const char *a, const char *b)
{
    size_t a_len = strlen(a), b_len = strlen(b);
    if (a_len > LONGEST_WORD || b_len > LONGEST_WORD)
        return a_len + b_len;
    size_t cost[LONGEST_WORD + 1][LONGEST_WORD + 1];
    for (size_t i = 0; i <= a_len; i++) {
        for (size_t j = 0; j <= b_len; j++) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            size_t substitute = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            cost[i][j] = number_min(substitute, number_min(cost[i - 1][j], cost[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i][j] = number_min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[a_len][b_len];
}

const char *text_nearest(const char *word, const char *const *words, size_t count)
{
    size_t best_distance = strlen(word) / 3 + 1;
    const char *best = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t distance = text_edit_distance(word, words[i]);
        if (distance < best_distance || (distance == best_distance && best == NULL)) {
            best_distance = distance;
            best = words[i];
        }
    }
    return best;
}

static bool is_within(uint8_t byte, uint8_t least, uint8_t greatest)
{
    return byte >= least && byte <= greatest;
}

/* The table of RFC 3629, section 4. The NUL at the end of the text is in no range, so nothing is read past it. */
size_t text_character_len(const uint8_t *p)
{
    static const struct {
        uint8_t first_least, first_greatest, second_least, second_greatest, len;
    } rows[] = {
        {0x01, 0x7f, 0x00, 0xff, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!is_within(p[0], rows[i].first_least, rows[i].first_greatest))
            continue;
        if (rows[i].len > 1 && !is_within(p[1], rows[i].second_least, rows[i].second_greatest))
            return 0;
        for (size_t k = 2; k < rows[i].len; k++) {
            if (!is_within(p[k], 0x80, 0xbf))
                return 0;
        }
        return rows[i].len;
    }
    return 0;
}

/* Terminals interpret C0, DEL and C1; bidirectional formatting characters (Unicode UAX 9) show a
 * text in another order than it has. */
static bool is_control(const uint8_t *p, size_t len)
{
    if (len == 1)
        return (p[0] < ' ' && p[0] != '\n' && p[0] != '\t') || p[0] == 0x7f;
    if (len == 2)
        return (p[0] == 0xc2 && p[1] < 0xa0) || (p[0] == 0xd8 && p[1] == 0x9c);
    if (len != 3 || p[0] != 0xe2)
        return false;
    return (p[1] == 0x80 && (is_within(p[2], 0x8e, 0x8f) || is_within(p[2], 0xaa, 0xae))) ||
           (p[1] == 0x81 && is_within(p[2], 0xa6, 0xa9));
}

char *text_hide_controls(char *text)
{
    const uint8_t *from = (const uint8_t *)text;
    char *to = text;
    while (*from != '\0') {
        size_t len = text_character_len(from);
        if (len == 0 || is_control(from, len)) {
            *to++ = '?';
            from += len > 0 ? len : 1;
        } else {
            memmove(to, from, len);
            to += len;
            from += len;
        }
    }
    *to = '\0';
    return text;
}

size_t text_mark_len(const void *bytes, size_t len)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    return len >= sizeof mark && memcmp(bytes, mark, sizeof mark) == 0 ? sizeof mark : 0;
}

char *text_one_line(char *text)
{
    text_hide_controls(text);
    for (char *p = text; (p = strpbrk(p, "\n\t")) != NULL;)
        *p = '?';
    return text;
}

const char *text_after_mark(const char *text)
{
    return text + text_mark_len(text, strlen(text));
}

bool text_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends_with(const char *text, const char *suffix)
{
    size_t text_len = strlen(text), suffix_len = strlen(suffix);
    return text_len >= suffix_len && strcmp(text + text_len - suffix_len, suffix) == 0;
}
