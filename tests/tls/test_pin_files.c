/* SPDX-License-Identifier: Apache-2.0 */
/* Pin files as people keep them, good and broken: each is accepted as so many pins, or refused by one sentence that
 * names the file and, where a line is wrong, its number. The hashes are of short texts. */
#include "tls/pinset.h"
#include "unit.h"

#include <unistd.h>

#define E64 "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define A64 "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
#define EHEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define EHEX_512                                                                                   \
    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"                             \
    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
#define ECOLONS                                                                                    \
    "E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4:64:9B:93:4C:A4:95:99:1B:78:52:"   \
    "B8:55"

static const struct {
    const char *text;
    size_t count;     /* 0: refused */
    const char *hint; /* part of the sentence */
} cases[] = {
    {"spki-sha256:" E64 "\n", 1, NULL},
    {"spki-sha256:" E64, 1, NULL}, /* no line end */
    {"\xef\xbb\xbfspki-sha256:" E64 "\r\nspki-sha256:" A64 "\r\n", 2, NULL},
    {"# today's\nspki-sha256:" E64 "\n\n# the next one's\nspki-sha256:" A64 "  # from July\n", 2,
     NULL},
    {"cert-sha256:" E64 "\ncert-sha256:" EHEX "\n" ECOLONS "\n", 1, NULL}, /* one in three forms */
    {"  \tca-sha256:" EHEX "\t\n", 1, NULL},
    {"SPKI-SHA256:" E64 "\n", 1, NULL},
    {"sha256/" E64 "\nsha256/" A64 "\n", 2, NULL},
    {"# OkHttp, api.example\nsha256/" E64 " # leaf\nspki-sha256:" E64 "\n", 2, NULL},
    {"pin-sha256=\"" E64 "\"\npin-sha256=\"" A64 "\"\n", 2, NULL},
    {"Public-Key-Pins: pin-sha256=\"" E64 "\"; pin-sha256=\"" A64 "\"; max-age=600\n", 2, NULL},
    {"; <<>> dig <<>> TLSA\n;; ANSWER SECTION:\n_443._tcp.a.example. 300 IN TLSA 3 1 1 " EHEX "\n",
     1, NULL},
    {"3 1 1 " EHEX "\n2 1 1 " EHEX "\n3 0 2 " EHEX_512 "\n", 3, NULL},
    {"chain-spki-sha256:" E64 "\nca-spki-sha256:" E64 "\n", 2, NULL},
    {"spki-sha512:" EHEX_512 "\n", 1, NULL},

    {"", 0, "has no pin"},
    {"# nothing but a comment\n\n", 0, "has no pin"},
    {"spki-sha256:" E64 "\nspki-sha256:" EHEX "00\n", 0, "line 2"},
    {"spki-sha256:\n", 0, "line 1"},
    {"spki-sha1:qUqP5cyxm6YcTAhz05Hph5gvu9M=\n", 0, "line 1"},
    {"sha1/qUqP5cyxm6YcTAhz05Hph5gvu9M=\n", 0, "line 1"},
    {"sha256//" E64 "\n", 0, "unknown kind"}, /* curl's */
    {"spki-sha256:" E64 " spki-sha256:" A64 "\n", 0, "line 1"},
    {"spki-sha256:" E64 ",\n", 0, "line 1"},
    {"\"spki-sha256:" E64 "\"\n", 0, "line 1"},
    {"pin-sha256='" E64 "'\n", 0, "not in quotes"},
    {"sha256/" E64 "\n\nsha256/" E64 E64 "\n", 0, "line 3"},
    {"_443._tcp.a.example. IN TLSA 1 1 1 " EHEX "\n", 0, "usages 0 and 1"},
    {"_443._tcp.a.example. IN CNAME b.example.\n", 0, "line 1"},
    {"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", 0, "line 1"},
    {"<pin-set>\n  <pin digest=\"SHA-256\">" E64 "</pin>\n</pin-set>\n", 0, "line 1"},
    {"verify_certificate_spki:\n- \"" E64 "\"\n", 0, "line 1"},
    {"{\"pins\": [\"" E64 "\"]}\n", 0, "line 1"},
};

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) >= 0, 1);
    assert_int_equal(fclose(file), 0);
}

static void each_file_is_accepted_or_refused_in_a_sentence(void **state)
{
    char path[] = "/tmp/pin-file-XXXXXX";
    int fd = mkstemp(path);
    (void)state;
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pinset *pins = pinset_new();
        struct error err = {{0}};
        write_file(path, cases[i].text);
        bool ok = pinset_add_file(pins, path, &err);
        if (ok != (cases[i].count > 0) || (ok && pinset_count(pins) != cases[i].count))
            fail_msg("file %zu, '%s': %s, %zu pins", i, cases[i].text, ok ? "accepted" : err.text,
                     pinset_count(pins));
        if (!ok && (strstr(err.text, cases[i].hint) == NULL || strstr(err.text, path) == NULL ||
                    strstr(err.text, "expected ") == NULL || strchr(err.text, '\n') != NULL))
            fail_msg("file %zu, '%s' is refused by: %s", i, cases[i].text, err.text);
        pinset_free(pins);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_file_is_accepted_or_refused_in_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
