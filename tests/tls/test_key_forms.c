/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every key that openssl writes is read, or rejected with a sentence that names its type.
 */
#include "tls/identity.h"

#include "tls/fixtures.h"

#define FORM(name) KEY_FORMS "/" name

struct form {
    char file[256], password[64], what[256];
};

static bool next_form(FILE *list, struct form *form)
{
    char line[1024];
    if (fgets(line, sizeof line, list) == NULL)
        return false;
    char *rest = line;
    snprintf(form->file, sizeof form->file, KEY_FORMS "/%s", strsep(&rest, "\t"));
    snprintf(form->password, sizeof form->password, "%s", strsep(&rest, "\t"));
    snprintf(form->what, sizeof form->what, "%s", strsep(&rest, "\n"));
    return true;
}

/* Loads the form in pair with its certificate; PASSWORD NULL: none. */
static bool load(const struct form *form, const char *password, struct error *err)
{
    struct password given = {0};
    struct notices notices = {0};
    struct identity_set *set = identity_set_new();
    if (password != NULL) {
        given.given = true;
        given.len = (size_t)snprintf(given.text, sizeof given.text, "%s", password);
    }
    bool ok = identity_set_add(set, "alice", FIXTURE("client-p256.crt"), form->file, &given,
                               &notices, err);
    notices_cleanup(&notices);
    identity_set_free(set);
    return ok;
}

/* A rejection is one sentence that names the file, and does not speak of a wrong password if that
 * is not the reason. */
static unsigned check_refusal(const struct form *form, const char *sentence)
{
    bool is_wrong = strstr(form->what, "password") != NULL;
    bool says_wrong = strstr(sentence, "password of --pass is wrong") != NULL;
    if (strstr(sentence, form->what) != NULL && strstr(sentence, form->file) != NULL &&
        is_wrong == says_wrong)
        return 0;
    print_error("%s: %s\n", form->file, sentence);
    return 1;
}

static void every_key_that_openssl_writes_is_read_or_named(void **state)
{
    (void)state;
    FILE *list = fopen(FORM("forms"), "r");
    struct form form;
    unsigned count = 0, num_read = 0, offences = 0;
    assert_non_null(list);
    for (; next_form(list, &form); count++) {
        struct error err = {{0}};
        bool is_read = load(&form, form.password, &err), wanted = strcmp(form.what, "read") == 0;
        num_read += is_read;
        if (is_read != wanted) {
            print_error("%s: %s\n", form.file, is_read ? "was accepted" : err.text);
            offences++;
        } else if (!is_read) {
            offences += check_refusal(&form, err.text);
        }
    }
    fclose(list);
    assert_int_equal(offences, 0);
    assert_true(count >= 120 && num_read >= 70); /* openssl has written them */
}

/* A wrong password is reported as such, for every supported encryption. */
static void a_wrong_password_is_called_one(void **state)
{
    (void)state;
    FILE *list = fopen(FORM("forms"), "r");
    struct form form;
    unsigned offences = 0;
    assert_non_null(list);
    while (next_form(list, &form)) {
        struct error err = {{0}};
        if (strcmp(form.what, "read") != 0 || load(&form, "another", &err))
            continue; /* not encrypted */
        if (strstr(err.text, "the password of --pass is wrong") == NULL) {
            print_error("%s: %s\n", form.file, err.text);
            offences++;
        }
    }
    fclose(list);
    assert_int_equal(offences, 0);
}

static void without_a_password_an_encrypted_key_asks_for_one(void **state)
{
    (void)state;
    static const struct form forms[] = {
        {FORM("pkcs8-aes-256-cbc.key"), "", "is encrypted; give its "},
        {FORM("pkcs8-scrypt.key"), "", "is encrypted; give its "},
        {FORM("pkcs8-der.key"), "", "is encrypted; give its "},
        {FORM("pkcs12-nomac.p12"), "", "is encrypted; give its "},
        {FORM("pem-aes128.key"), "", "is encrypted; give its "},
        {FORM("pkcs8-camellia-128-cbc.key"), "", "is encrypted with PBES2, CAMELLIA-128-CBC"},
    };
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        struct error err = {{0}};
        assert_false(load(&forms[i], NULL, &err));
        assert_int_equal(check_refusal(&forms[i], err.text), 0);
    }
}

/* Each byte of a key changed in turn: it is read or rejected, and nothing else happens. */
static void what_is_damaged_is_refused(void **state)
{
    (void)state;
    static const char *const files[] = {
        FORM("pkcs8-der.key"),    FORM("pkcs8-der-plain.key"),
        FORM("pem-der.key"),      FORM("pkcs12-PBE-SHA1-2DES-nomac.p12"),
        FORM("pkcs12-nomac.p12"),
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct fixture_file file;
        struct form form = {FORM("damaged"), "", ""};
        fixture_read(&file, files[i]);
        for (size_t at = 0; at < file.len; at += at < 100 ? 1 : 61) {
            struct error err = {{0}};
            uint8_t byte = file.bytes[at];
            for (unsigned bit = 1; bit < 0x100; bit *= 16) {
                file.bytes[at] = (uint8_t)(byte ^ bit);
                fixture_write(form.file, file.bytes, file.len);
                if (!load(&form, "julio", &err) && strlen(err.text) < 30)
                    fail_msg("%s", err.text);
            }
            file.bytes[at] = byte;
            fixture_write(form.file, file.bytes, at); /* and cut short */
            if (load(&form, "julio", &err))
                fail_msg("%s was accepted up to its byte %zu", files[i], at);
        }
        remove(form.file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_that_openssl_writes_is_read_or_named),
        cmocka_unit_test(a_wrong_password_is_called_one),
        cmocka_unit_test(without_a_password_an_encrypted_key_asks_for_one),
        cmocka_unit_test(what_is_damaged_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
