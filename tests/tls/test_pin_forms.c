/* SPDX-License-Identifier: Apache-2.0 */
/* Pins as other programs write them, each accepted as the pins that it is, or refused by one sentence
 * that quotes it. The hashes are of the empty text. */
#include "tls/pin_forms.h"

#include "tls/pinset.h"
#include "unit.h"

#define B64 "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define ABC "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HEX512                                                                                     \
    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"                             \
    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
#define B64_512                                                                                    \
    "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="
#define B64_384 "OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/528l+9Ua0vFImLlb"

static const struct {
    const char *text;
    const char *pins; /* joined by blanks; NULL: refused */
    const char *hint; /* part of the sentence */
} cases[] = {
    {"sha256/" B64, "chain-spki-sha256:" B64, NULL},
    {"SHA256/" B64, "chain-spki-sha256:" B64, NULL},
    {"sha256/" HEX, "chain-spki-sha256:" B64, NULL},
    {"sha256/", NULL, "OkHttp's (it is not base64)"},
    {"sha256/AAAA", NULL, "OkHttp's (it is too short)"},
    {"sha256//" B64, NULL, "unknown kind"}, /* curl's, of --pinnedpubkey */
    {"pin-sha256=\"" B64 "\"", "chain-spki-sha256:" B64, NULL},
    {"pin-sha256=\"" B64 "\"; pin-sha256=\"" ABC "\"; max-age=5184000; includeSubDomains",
     "chain-spki-sha256:" B64 " chain-spki-sha256:" ABC, NULL},
    {"Public-Key-Pins: max-age=60; pin-sha256=\"" B64 "\"; report-uri=\"https://r.example/\"",
     "chain-spki-sha256:" B64, NULL},
    {"pin-sha256=" B64, NULL, "not in quotes"},
    {"pin-sha256=\"" B64, NULL, "not in quotes"},
    {"pin-sha256=\"AAAA\"", NULL, "too short"},
    {"pin-sha256=\"" B64 "\"; pin-sha512=\"" B64_512 "\"", NULL, "unknown directive"},
    {"Public-Key-Pins: max-age=60", NULL, "it has no pin"},
    {"3 1 1 " HEX, "spki-sha256:" B64, NULL},
    {"3 0 1 " HEX, "cert-sha256:" B64, NULL},
    {"2 1 1 " HEX, "ca-spki-sha256:" B64, NULL},
    {"2 0 1 " HEX, "ca-sha256:" B64, NULL},
    {"3 1 2 " HEX512, "spki-sha512:" B64_512, NULL},
    {"_443._tcp.www.example. 3600 IN TLSA 3 1 1 E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934C "
     "A495991B7852B855",
     "spki-sha256:" B64, NULL},
    {"_443._tcp.www.example. IN TLSA ( 03 00 01 " HEX " )", "cert-sha256:" B64, NULL},
    {"_443._tcp.www.example. IN TLSA " HEX, NULL, "its numbers are missing"},
    {"_443._tcp.www.example. IN TLSA 3 0 1 ( " HEX " )", "cert-sha256:" B64, NULL},
    {"3 1 0 3059301306072a", NULL, "matching type 0"},
    {"3 1 3 " HEX, NULL, "no such matching type"},
    {"3 2 1 " HEX, NULL, "no such selector"},
    {"4 1 1 " HEX, NULL, "no such usage"},
    {"0 0 1 " HEX, NULL, "usages 0 and 1"},
    {"1 1 1 " HEX, NULL, "usages 0 and 1"},
    {"3 1 2 " HEX, NULL, "too short"},
    {"3 1 1 " HEX "00", NULL, "too long"},
    {"3 1 1 " B64, NULL, "not hex"},
    {"3 1 1 ", NULL, "too short"},
    {"spki-sha512:" B64_512, "spki-sha512:" B64_512, NULL},
    {"cert-sha384:" B64_384, "cert-sha384:" B64_384, NULL},
    {"ca-spki-sha512:" HEX512, "ca-spki-sha512:" B64_512, NULL},
    {"chain-spki-sha256:" HEX, "chain-spki-sha256:" B64, NULL},
    {"spki-sha512:" B64, NULL, "SHA-512 of 64 bytes (it is too short)"},
    {"spki-sha256:" HEX512, NULL, "too long"},
    {"key-sha512:" B64_512, NULL, "unknown kind"},
};

static void each_form_is_taken_for_what_it_is_or_refused_in_a_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pinset *pins = pinset_new();
        struct error err = {{0}};
        char all[512] = "", text[PIN_TEXT_LEN];
        bool ok = pinset_add(pins, cases[i].text, &err);
        for (size_t k = 0; k < pinset_count(pins); k++) {
            pinset_text(pins, k, text);
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", k > 0 ? " " : "", text);
        }
        if (ok != (cases[i].pins != NULL))
            fail_msg("'%s': %s", cases[i].text, ok ? "accepted" : err.text);
        if (ok && strcmp(all, cases[i].pins) != 0)
            fail_msg("'%s' is '%s'", cases[i].text, all);
        if (!ok &&
            (strstr(err.text, cases[i].hint) == NULL || strstr(err.text, "expected ") == NULL ||
             strstr(err.text, cases[i].text) == NULL || strchr(err.text, '\n') != NULL))
            fail_msg("'%s' is refused by: %s", cases[i].text, err.text);
        pinset_free(pins);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_is_taken_for_what_it_is_or_refused_in_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
