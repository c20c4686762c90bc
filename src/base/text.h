/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text as people type it: numbers with SI suffixes, times with units, percentages, base64, hex,
 * natural order, similar words. Parsers consume the whole text or fail.
 */
#ifndef PINLOAD_BASE_TEXT_H
#define PINLOAD_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* text_parse_count reads "64", "10k", "1.5M" (SI: k, M, G) into a whole number. */
bool text_parse_count(const char *text, uint64_t *out_count);

/* text_parse_decimal reads a finite non-negative decimal with an optional SI suffix. */
bool text_parse_decimal(const char *text, double *out_value);

/* text_parse_duration reads "500us", "500ms", "1.5s", "5m", "2h", "0"; a bare number is seconds. */
bool text_parse_duration(const char *text, uint64_t *out_ns);

/* text_hex_decode reads hex digits, colons between bytes allowed; false if TEXT is not hex or
 * longer than CAPACITY. */
bool text_hex_decode(const char *text, size_t text_len, uint8_t *out, size_t capacity,
                     size_t *out_len);

/* text_hex_encode writes LEN bytes as lower-case hex and a NUL: 2 * LEN + 1 bytes. */
void text_hex_encode(char *out, const uint8_t *bytes, size_t len);

/* text_natural_compare compares numbers within names by value: client2 before client10. */
int text_natural_compare(const char *a, const char *b);

/* text_edit_distance counts insertions, deletions, substitutions and swaps of adjacent
 * characters. */
size_t text_edit_distance(const char *a, const char *b);

/* text_nearest returns that of COUNT words which is most similar to WORD, or NULL if none is
 * similar enough to be meant. */
const char *text_nearest(const char *word, const char *const *words, size_t count);

/* text_after_mark returns TEXT after the byte order mark (EF BB BF, RFC 3629 section 6) that a text
 * file may begin with. */
const char *text_after_mark(const char *text);

/* text_mark_len returns the length of a byte order mark at the start of BYTES, which need not end
 * in a NUL: 3 or 0. */
size_t text_mark_len(const void *bytes, size_t len);

/* text_character_len returns the length in bytes of the UTF-8 character (RFC 3629) at P, 0 if it is
 * invalid. The text ends in a NUL. */
size_t text_character_len(const uint8_t *p);

/* text_hide_controls replaces by '?' each character of TEXT that a terminal would interpret or that
 * changes the direction of text, and each byte that is not valid UTF-8. Line ends and tabs stay.
 * Returns TEXT. */
char *text_hide_controls(char *text);

/* text_one_line does the same, and replaces line ends and tabs too: one line stays one line,
 * whatever names are quoted in it. */
char *text_one_line(char *text);

bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *suffix);

#endif
