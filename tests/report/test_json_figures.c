/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json/json_figures.h"

#include "report/json/report_json.h"
#include "report/samples.h"
#include "unit.h"

#include <jansson.h>
#include <math.h>

/* --- every number of a result has a path ----------------------------------------------------- */

struct walk {
    const struct json_figures *figures;
    size_t num_leaves;
};

static void expect_leaf(struct walk *walk, const char *path, const json_t *leaf)
{
    double value;
    enum json_unit unit;
    if (!json_figures_find(walk->figures, path, &value, &unit))
        fail_msg("'%s' is not found", path);
    assert_true(value == json_number_value(leaf));
    walk->num_leaves++;
}

static void expect_all(struct walk *walk, const char *path, json_t *node);

static void expect_below(struct walk *walk, const char *path, const char *name, json_t *child)
{
    char longer[512];
    snprintf(longer, sizeof longer, "%s%s%s", path, *path != '\0' ? "." : "", name);
    if (json_is_number(child))
        expect_leaf(walk, longer, child);
    else
        expect_all(walk, longer, child);
}

/* Arrays have no names, except that of the identities. */
static void expect_all(struct walk *walk, const char *path, json_t *node)
{
    const char *name;
    size_t index;
    json_t *child;
    json_object_foreach(node, name, child)
    {
        expect_below(walk, path, name, child);
    }
    json_array_foreach(node, index, child)
    {
        if (strcmp(path, "identities") == 0)
            expect_below(walk, path, json_string_value(json_object_get(child, "name")), child);
    }
}

static void every_number_of_a_result_is_found_by_its_path(void **state)
{
    (void)state;
    struct result *(*const samples[])(void) = {sample_typical, sample_empty, sample_interrupted,
                                               sample_failing, sample_crowded};
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct result *result = samples[i]();
        struct json_figures *figures = json_figures_new(result);
        json_t *root = report_json_object(result);
        struct walk walk = {.figures = figures};
        expect_all(&walk, "", root);
        assert_true(walk.num_leaves > 80);
        json_decref(root);
        json_figures_free(figures);
        result_free(result);
    }
}

/* --- single paths ---------------------------------------------------------------------------- */

static void a_path_leads_to_a_number_or_to_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        bool found;
        double value; /* NAN: null */
        enum json_unit unit;
    } cases[] = {
        {"sessions.succeeded", true, 700, JSON_PLAIN},
        {"latency.tls_handshake.count", true, 950, JSON_PLAIN},
        {"tls_handshake.count", true, 950, JSON_PLAIN},
        {"tls_handshake.min", true, 998.912, JSON_MICROSECONDS},
        {"generator.cpu_per_session_us", true, NAN, JSON_MICROSECONDS},
        {"duration_s", true, 10, JSON_SECONDS},
        {"config.warm_up_s", true, 0, JSON_SECONDS},
        {"connect.clamped", true, 0, JSON_PLAIN},
        {"from_schedule.p99", true, NAN, JSON_MICROSECONDS},
        {"verdict.interrupted_by", true, NAN, JSON_PLAIN},
        {"handshakes.wire.full.sent.count", true, 3, JSON_PLAIN},
        {"handshakes.wire.full.sent.total", true, 7498, JSON_PLAIN},
        {"handshakes.wire.full.sent.p50", true, 2499, JSON_PLAIN},
        {"handshakes.wire.full.sent.values.2499", true, 2, JSON_PLAIN},
        {"handshakes.wire.full.sent.values.249", true, 0, JSON_PLAIN},
        {"handshakes.wire.resumed.round_trips.max", true, NAN, JSON_PLAIN},
        {"handshakes.wire.resumed.round_trips.values.2", true, 0, JSON_PLAIN},
        /* names with dots */
        {"handshakes.versions.TLSv1.3", true, 700, JSON_PLAIN},
        {"handshakes.versions.TLSv1.2", true, 250, JSON_PLAIN},
        {"handshakes.protocols.http/1.1", true, 700, JSON_PLAIN},
        {"identities.client3.failed", true, 90, JSON_PLAIN},
        {"identities.client3.tls_handshake.p50", true, NAN, JSON_MICROSECONDS},
        {"identities.a.b.sessions", true, 11, JSON_PLAIN},
        {"identities.a.sessions", true, 22, JSON_PLAIN},
        {"identities.a.sessions.sessions", true, 33, JSON_PLAIN},
        {"pins.by_pin.cert-sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", true, 4,
         JSON_PLAIN},
        /* what did not come up */
        {"requests.statuses.400", true, 150, JSON_PLAIN},
        {"requests.statuses.503", true, 0, JSON_PLAIN},
        {"handshakes.versions.TLSv1.1", true, 0, JSON_PLAIN},
        {"handshakes.ciphers.any", true, 0, JSON_PLAIN},
        {"handshakes.groups.P-256", true, 0, JSON_PLAIN},
        {"handshakes.sigalgs.any", true, 0, JSON_PLAIN},
        {"handshakes.client_sigalgs.rsa_pss_rsae_sha256", true, 250, JSON_PLAIN},
        {"handshakes.client_sigalgs.mldsa44", true, 0, JSON_PLAIN},
        {"handshakes.server_certificate_types.raw_public_key", true, 250, JSON_PLAIN},
        {"handshakes.client_certificate_types.x509", true, 700, JSON_PLAIN},
        {"identities.client3.sigalgs.rsa_pss_rsae_sha256", true, 50, JSON_PLAIN},
        {"identities.client3.sigalgs.mldsa44", true, 0, JSON_PLAIN},
        {"identities.client1.sigalgs.any", true, 0, JSON_PLAIN},
        {"identities.nobody.sigalgs.any", false, 0, JSON_PLAIN},
        {"identities.client3.sigalgs", false, 0, JSON_PLAIN},
        {"handshakes.protocols.h2", true, 0, JSON_PLAIN},
        {"handshakes.alerts.sent.bad_certificate", true, 40, JSON_PLAIN},
        {"handshakes.alerts.received.unknown_ca", true, 0, JSON_PLAIN},
        /* nothing */
        {"", false, 0, JSON_PLAIN},
        {".", false, 0, JSON_PLAIN},
        {"sessions", false, 0, JSON_PLAIN},
        {"sessions.", false, 0, JSON_PLAIN},
        {"sessions.failed.", false, 0, JSON_PLAIN},
        {"sessions.failing", false, 0, JSON_PLAIN},
        {"outcomes.nothing", false, 0, JSON_PLAIN},
        {"handshakes.wire.full.sent", false, 0, JSON_PLAIN},
        {"handshakes.wire.full.sent.unit", false, 0, JSON_PLAIN},
        {"handshakes.wire.full.sent.values", false, 0, JSON_PLAIN},
        {"handshakes.wire.full.sent.other.1", false, 0, JSON_PLAIN},
        {"requests.statuses", false, 0, JSON_PLAIN},
        {"requests.statuses.", false, 0, JSON_PLAIN},
        {"handshakes.alerts.lost.any", false, 0, JSON_PLAIN},
        {"pins.by_pin.cert-sha256:AAAA", false, 0, JSON_PLAIN},
        {"identities.nobody.failed", false, 0, JSON_PLAIN},
        {"series.sessions", false, 0, JSON_PLAIN},
        {"generator.saturated", false, 0, JSON_PLAIN},
        {"generator.limit", false, 0, JSON_PLAIN},
        {"target.url", false, 0, JSON_PLAIN},
        {"identities.client3.tls_handshake.hdr", false, 0, JSON_PLAIN},
        {"identities.client3.expected_status", false, 0, JSON_PLAIN},
    };
    struct result *result = sample_failing();
    value_counts_add(&result->wire_full[WIRE_SENT], 2499, 2);
    value_counts_add(&result->wire_full[WIRE_SENT], 2500, 1);
    static const char *const names[] = {"a.b", "a", "a.sessions"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        result->identities =
            realloc(result->identities, (result->num_identities + 1) * sizeof *result->identities);
        result->identities[result->num_identities++] =
            (struct result_identity){.name = strdup(names[i]), .sessions = 11 * (i + 1)};
    }
    name_counts_add(&result->pins_by_pin,
                    "cert-sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", 4);
    struct json_figures *figures = json_figures_new(result);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        double value;
        enum json_unit unit;
        if (json_figures_find(figures, cases[i].path, &value, &unit) != cases[i].found)
            fail_msg("'%s' is %s", cases[i].path, cases[i].found ? "not found" : "found");
        if (!cases[i].found)
            continue;
        if (unit != cases[i].unit || isnan(value) != isnan(cases[i].value) ||
            (!isnan(value) && value != cases[i].value))
            fail_msg("'%s' is %g, in unit %d", cases[i].path, value, (int)unit);
    }
    json_figures_free(figures);
    result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_of_a_result_is_found_by_its_path),
        cmocka_unit_test(a_path_leads_to_a_number_or_to_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
