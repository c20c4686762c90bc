/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/trial.h"

#include "base/clock.h"
#include "base/memory.h"
#include "http/request.h"
#include "net/listener.h"
#include "result/verdict.h"
#include "tls/fixtures.h"
#include "tls/identity.h"
#include "tls/pinset.h"

static void pin_server(struct pinset *pins)
{
    struct fixture_file der;
    uint8_t fingerprint[FINGERPRINT_LEN];
    fixture_read(&der, FIXTURE("server.der"));
    fingerprint_of(fingerprint, der.bytes, der.len);
    pinset_add_fingerprint(pins, PIN_CERT, fingerprint);
}

void trial_plan(struct trial *trial, const struct service *service)
{
    struct error err = {{0}};
    *trial = (struct trial){.plan = {.verify = VERIFY_PIN,
                                     .connections = 2,
                                     .threads = 1,
                                     .sessions = 4,
                                     .num_shards = 1,
                                     .seed = 1,
                                     .requests = 1,
                                     .streams = 1,
                                     .timeout_ns = 20 * NS_PER_S,
                                     .connect_timeout_ns = 20 * NS_PER_S,
                                     .tls = {.alpn = TLS_ALPN_HTTP_1_1}}};
    struct plan *plan = &trial->plan;
    assert_true(target_parse(&plan->target, "https://localhost/", &err));
    plan->addresses.items = memory_new(1, sizeof *plan->addresses.items);
    plan->addresses.items[0] = service != NULL ? service_address(service) : listener_dead_address();
    plan->addresses.count = 1;
    plan->verify_host = memory_text("localhost");
    plan->sni = memory_text("localhost");
    plan->tls.sni = plan->sni;
    plan->pins = pinset_new();
    plan->identities = identity_set_new();
    plan->request = request_new(&plan->target, NULL, NULL, 0, NULL, 0, &err);
    assert_non_null(plan->request);
    pin_server(plan->pins);
}

void trial_start(struct trial *trial, enum manner manner, const struct tls_server_config *config)
{
    struct service *service = service_start(manner, config);
    trial_plan(trial, service);
    trial->service = service;
}

void trial_identity(struct trial *trial, const char *name)
{
    static const struct password no_password;
    struct notices notices = {0};
    struct error err = {{0}};
    char cert[512], key[512];
    snprintf(cert, sizeof cert, FIXTURES "/%s.crt", name);
    snprintf(key, sizeof key, FIXTURES "/%s.key", name);
    if (!identity_set_add(trial->plan.identities, name, cert, key, &no_password, &notices, &err))
        fail_msg("%s", err.text);
    notices_cleanup(&notices);
}

void trial_http2(struct trial *trial, const char *path, unsigned streams)
{
    struct plan *plan = &trial->plan;
    struct error err = {{0}};
    char url[64];
    snprintf(url, sizeof url, "https://localhost%s", path);
    target_cleanup(&plan->target);
    assert_true(target_parse(&plan->target, url, &err));
    request_free(plan->request);
    plan->request = request_new(&plan->target, NULL, NULL, 0, NULL, 0, &err);
    plan->http = CHOOSE_HTTP_2;
    plan->tls.alpn = TLS_ALPN_H2;
    plan->streams = streams;
}

void trial_expect_refused(struct trial *trial, size_t index)
{
    struct plan *plan = &trial->plan;
    if (plan->expect_refused == NULL)
        plan->expect_refused = memory_new(plan_num_identities(plan), sizeof *plan->expect_refused);
    plan->expect_refused[index] = true;
}

/* Linked in place of worker_free: its result must be true. */
bool __real_worker_free(struct worker *worker);
bool __wrap_worker_free(struct worker *worker);

bool __wrap_worker_free(struct worker *worker)
{
    bool is_clean = __real_worker_free(worker);
    assert_true(is_clean);
    return is_clean;
}

void trial_run(struct trial *trial)
{
    struct error err = {{0}};
    uint64_t began_ns = clock_now_ns();
    trial->result = run_plan(&trial->plan, &trial->hooks, &trial->stories, &err);
    trial->took_s = (double)(clock_now_ns() - began_ns) / NS_PER_S;
    if (trial->result == NULL)
        fail_msg("%s", err.text);
    assert_true(result_balances(trial->result));
    verdict_reach(trial->result, &trial->plan);
}

void trial_expect(const struct trial *trial, enum outcome outcome)
{
    const struct result *result = trial->result;
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        uint64_t expected = i == (int)outcome ? result->started : 0;
        if (result->outcomes[i] != expected)
            fail_msg("%d of %d sessions are %s: %s", (int)result->outcomes[i], (int)result->started,
                     outcome_name((enum outcome)i),
                     trial->stories.first != NULL ? trial->stories.first : "");
    }
    assert_true(result->started > 0);
}

void trial_cleanup(struct trial *trial)
{
    result_free(trial->result);
    stories_cleanup(&trial->stories);
    plan_cleanup(&trial->plan);
    if (trial->service != NULL)
        service_stop(trial->service);
}
