/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/tls_context.h"

#include "tls/fixtures.h"
#include "tls/pair.h"

static const struct verify_policy nothing = {.mode = VERIFY_NONE};

static void settings_that_boringssl_does_not_know_are_quoted(void **state)
{
    (void)state;
    static const struct {
        struct tls_config config;
        const char *option, *value;
    } cases[] = {
        {{.groups = "X25519:P-999"}, "--groups", "'X25519:P-999'"},
        {{.groups = ""}, "--groups", "''"},
        {{.groups = "x25519,P-256"}, "--groups", "'x25519,P-256'"},
        {{.ciphers = "NO-SUCH-CIPHER"}, "--ciphers", "'NO-SUCH-CIPHER'"},
        {{.ciphers = ""}, "--ciphers", "''"},
        {{.ciphers = "ECDHE-RSA-AES128-GCM-SHA256:nope"}, "--ciphers", "nope'"},
        {{.ciphers = "TLS_AES_128_GCM_SHA256"}, "--ciphers", "'TLS_AES_128_GCM_SHA256'"},
        {{.sigalgs = "md5"}, "--sigalgs", "'md5'"},
        {{.sigalgs = ""}, "--sigalgs", "''"},
        {{.sigalgs = "ed25519:"}, "--sigalgs", "'ed25519:'"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error err = {{0}};
        struct tls_context *context = tls_context_new(&cases[i].config, NULL, &err);
        if (context != NULL)
            fail_msg("%s %s was accepted", cases[i].option, cases[i].value);
        if (strstr(err.text, cases[i].option) == NULL || strstr(err.text, cases[i].value) == NULL ||
            strstr(err.text, "expected ") == NULL)
            fail_msg("%s", err.text);
    }
}

static void a_name_that_cannot_be_sent_is_refused(void **state)
{
    (void)state;
    char name[257];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    const char *const names[] = {name, ""};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct tls_config config = {.sni = names[i]};
        struct error err = {{0}};
        assert_null(tls_context_new(&config, NULL, &err));
        assert_non_null(strstr(err.text, "cannot be sent as SNI"));
    }
}

static void a_servers_files_that_do_not_fit_are_named(void **state)
{
    (void)state;
    static const struct {
        struct tls_server_config config;
        const char *hint;
    } cases[] = {
        {{.cert = FIXTURE("no-such.crt")}, "no-such.crt"},
        {{.cert = FIXTURE("server.crt")}, "server.crt"},
        {{.cert = FIXTURE("server.crt"), .key = FIXTURE("no-such.key")}, "no-such.key"},
        {{.cert = FIXTURE("server.crt"), .key = FIXTURE("server2.key")}, "server.crt"},
        {{.cert = FIXTURE("hello.txt"), .key = FIXTURE("server.key")}, "hello.txt"},
        {{.cert = FIXTURE("server.crt"),
          .key = FIXTURE("server.key"),
          .client_ca = FIXTURE("no-such.crt")},
         "no-such.crt"},
        {{.cert = FIXTURE("server.crt"),
          .key = FIXTURE("server.key"),
          .limits = {.groups = "P-999"}},
         "P-999"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error err = {{0}};
        if (tls_server_context_new(&cases[i].config, &err) != NULL)
            fail_msg("%s was accepted", cases[i].hint);
        if (strstr(err.text, cases[i].hint) == NULL)
            fail_msg("%s", err.text);
    }
}

static void codes_have_names_and_unknown_codes_their_number(void **state)
{
    (void)state;
    char out[64];
    assert_string_equal(tls_version_name(0x0303), "TLSv1.2");
    assert_string_equal(tls_version_name(0x0304), "TLSv1.3");
    assert_string_equal(tls_version_name(0), "none");
    assert_string_equal(tls_cipher_name(0x1301, out), "TLS_AES_128_GCM_SHA256");
    assert_string_equal(tls_cipher_name(0xc02b, out), "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    assert_string_equal(tls_cipher_name(0xfefe, out), "0xfefe");
    assert_string_equal(tls_group_name(0x001d, out), "X25519");
    assert_string_equal(tls_group_name(0x0017, out), "P-256");
    assert_string_equal(tls_group_name(0xfefe, out), "0xfefe");
    assert_string_equal(tls_sigalg_name(0x0403, out), "ecdsa_secp256r1_sha256");
    assert_string_equal(tls_sigalg_name(0x0807, out), "ed25519");
    assert_string_equal(tls_sigalg_name(0xfefe, out), "0xfefe");
    assert_string_equal(tls_alert_name(48, out), "unknown_ca");
    assert_string_equal(tls_alert_name(116, out), "certificate_required");
    assert_string_equal(tls_alert_name(250, out), "alert_250");
}

static void the_key_log_has_the_secrets_of_each_session(void **state)
{
    (void)state;
    static const struct {
        uint16_t version;
        const char *labels[2];
    } cases[] = {
        {TLS_VERSION_1_2, {"CLIENT_RANDOM ", NULL}},
        {TLS_VERSION_1_3, {"CLIENT_TRAFFIC_SECRET_0 ", "SERVER_HANDSHAKE_TRAFFIC_SECRET "}},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pair pair;
        char text[4096];
        FILE *log = tmpfile();
        struct pair_config config = {.client_tls = {.version_min = cases[i].version,
                                                    .version_max = cases[i].version,
                                                    .keylog = log}};
        pair_open(&pair, &config);
        pair_meet(&pair, &nothing, false);
        rewind(log);
        text[fread(text, 1, sizeof text - 1, log)] = '\0';
        for (size_t j = 0; j < 2; j++) {
            if (cases[i].labels[j] != NULL)
                assert_non_null(strstr(text, cases[i].labels[j]));
        }
        assert_int_equal(text[strlen(text) - 1], '\n');
        pair_close(&pair);
        fclose(log);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_that_boringssl_does_not_know_are_quoted),
        cmocka_unit_test(a_name_that_cannot_be_sent_is_refused),
        cmocka_unit_test(a_servers_files_that_do_not_fit_are_named),
        cmocka_unit_test(codes_have_names_and_unknown_codes_their_number),
        cmocka_unit_test(the_key_log_has_the_secrets_of_each_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
