/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/story.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "plan/plan.h"
#include "tls/cert_compression.h"
#include "tls/certificate.h"
#include "tls/pinset.h"
#include "tls/public_key.h"
#include "tls/tls_context.h"
#include "tls/tokens.h"

#include <inttypes.h>
#include <stdlib.h>

static void tell_connection(struct buffer *out, const struct plan *plan,
                            const struct sample *sample)
{
    char address[ADDRESS_TEXT_LEN];
    address_text(&plan->addresses.items[sample->address], address);
    buffer_format(out, "  to %s", address);
    if (sample->addresses_tried > 1)
        buffer_format(out, ", the last of %" PRIu32 " addresses tried", sample->addresses_tried);
    if (plan->sni != NULL)
        buffer_format(out, ", server name %s", plan->sni);
    if (sample->at.connected == 0)
        buffer_format(out, ": %s\n", tcp_end_name(sample->tcp_end));
    else
        buffer_format(out, ", connected in %.3f ms\n",
                      (double)(sample->at.connected - sample->at.connecting) / NS_PER_MS);
}

static void tell_tls(struct buffer *out, const struct sample *sample)
{
    const struct tls_facts *tls = sample->tls;
    char cipher[64], group[64], sigalg[64];
    if (!tls->handshaken) {
        buffer_append_text(out, "  the handshake did not complete\n");
        return;
    }
    buffer_format(out, "  %s, %s, group %s, server signed with %s, %s%s, in %.3f ms\n",
                  tls_version_name(tls->version), tls_cipher_name(tls->cipher, cipher),
                  tls_group_name(tls->group, group), tls_sigalg_name(tls->sigalg, sigalg),
                  tls->resumed ? "resumed" : "full",
                  tls->ticket_offered && !tls->resumed ? " (a ticket was offered and declined)"
                                                       : "",
                  (double)(sample->at.handshaken - sample->at.connected) / NS_PER_MS);
}

/* What became of the encrypted hello; told while the connection is still there to be asked. */
static void tell_ech(struct buffer *out, const struct tls_facts *tls, const struct tls_conn *conn)
{
    size_t len = 0;
    const char *name = tls_conn_public_name(conn, &len);
    static const char *const ends[] = {
        [TLS_ECH_GREASE] = "an extension without meaning (grease)",
        [TLS_ECH_OFFERED] = "offered",
        [TLS_ECH_ACCEPTED] = "accepted",
        [TLS_ECH_REJECTED] = "rejected",
    };
    if (tls->ech == TLS_ECH_NONE)
        return;
    buffer_format(out, "  ECH: %s%s", ends[tls->ech],
                  tls->ech_retried ? ", by a configuration of an earlier rejection" : "");
    if (name != NULL)
        buffer_format(out, ", with a certificate for the public name '%.*s'", (int)len, name);
    if (tls->ech == TLS_ECH_REJECTED)
        buffer_format(out, "; %s",
                      tls->ech_retry_given
                          ? "the server sent another configuration, for what follows"
                          : "the server sent no other configuration");
    buffer_append_text(out, "\n");
}

/* How it went out; the second segment never does where the session ends before it. */
static void tell_segments(struct buffer *out, const struct plan *plan, const struct sample *sample)
{
    if (plan->hello_pause_ns == 0)
        buffer_append_text(out, ", written at once");
    else if (sample->bytes_written < sample->tls->wire[WIRE_CLIENT_HELLO])
        buffer_format(out, ", of which the first half of %" PRIu64 " was sent",
                      sample->bytes_written);
    else
        buffer_format(out, " in two segments, %.0f ms apart",
                      (double)plan->hello_pause_ns / NS_PER_MS);
}

static void tell_wire(struct buffer *out, const struct plan *plan, const struct sample *sample)
{
    const uint32_t *wire = sample->tls->wire;
    buffer_format(out, "  ClientHello of %" PRIu32 " bytes", wire[WIRE_CLIENT_HELLO]);
    tell_segments(out, plan, sample);
    buffer_append_text(out, "; ");
    if (sample->tls->handshaken)
        buffer_format(out,
                      "%" PRIu32 " bytes sent in the handshake, %" PRIu32
                      " of them in the last flight, %" PRIu32 " received, %" PRIu32
                      " round trip%s\n",
                      wire[WIRE_SENT], wire[WIRE_LAST_FLIGHT], wire[WIRE_RECEIVED],
                      wire[WIRE_ROUND_TRIPS], wire[WIRE_ROUND_TRIPS] == 1 ? "" : "s");
    else
        buffer_format(out, "%" PRIu64 " bytes sent, %" PRIu64 " received\n", sample->bytes_written,
                      sample->bytes_read);
}

/* With what we have shown who we are; without a word where the server did not ask. */
static void tell_own(struct buffer *out, const struct tls_facts *tls)
{
    char sigalg[64];
    const struct signature_facts *signature = &tls->signature;
    if (tls->own_sigalg != 0)
        buffer_format(out, "  client signed with %s, for a %s\n",
                      tls_sigalg_name(tls->own_sigalg, sigalg),
                      tls->own_raw_key ? "raw public key" : "certificate");
    if (signature->is_made)
        buffer_format(out, "  the token signed in %.1f µs, after %.1f µs for a thread\n",
                      (double)signature->sign_ns / NS_PER_US,
                      (double)signature->queue_ns / NS_PER_US);
}

static void tell_key(struct buffer *out, const struct tls_conn *conn)
{
    uint8_t der[RAW_KEY_MOST];
    char kind[PUBLIC_KEY_KIND_LEN];
    size_t len = tls_conn_peer_key(conn, der);
    if (len > 0 && public_key_kind(kind, der, len))
        buffer_format(out, "  raw public key: %s\n", kind);
}

static void tell_chain(struct buffer *out, const struct tls_conn *conn)
{
    size_t len;
    const uint8_t *der;
    const struct tls_facts *tls = tls_conn_facts(conn);
    char name[64];
    if (tls->cert_compression != 0)
        buffer_format(out, "  certificates compressed by %s: %u bytes for %u\n",
                      cert_compression_name(tls->cert_compression, name), tls->cert_wire_len,
                      tls->cert_len);
    for (size_t i = 0; (der = tls_conn_peer(conn, i, &len)) != NULL; i++) {
        char text[768];
        certificate_describe(text, sizeof text, der, len);
        buffer_format(out, "  certificate %zu: %s\n", i, text_one_line(text));
    }
}

static void tell_seen(struct buffer *out, enum pin_kind kind,
                      const uint8_t fingerprint[static FINGERPRINT_LEN])
{
    char base64[FINGERPRINT_BASE64_LEN + 1];
    fingerprint_base64(base64, fingerprint);
    buffer_format(out, "  seen      %s:%s\n", pin_kind_name(kind), base64);
}

/* The pins of KIND of what was seen that are told only where there are such pins. */
static void tell_asked(struct buffer *out, const struct pinset *pins, enum pin_kind kind,
                       const uint8_t *bytes, size_t len)
{
    for (int i = 0; i < NUM_PIN_DIGESTS; i++) {
        enum pin_digest digest = (enum pin_digest)i;
        uint8_t hash[PIN_DIGEST_MOST];
        char text[PIN_TEXT_LEN];
        if ((kind <= PIN_CA && digest == PIN_SHA256) || !pinset_has_digest(pins, kind, digest))
            continue;
        struct pinset *one = pinset_new();
        pin_digest_of(hash, digest, bytes, len);
        pinset_add_digest(one, kind, digest, hash);
        pinset_text(one, 0, text);
        buffer_format(out, "  seen      %s\n", text);
        pinset_free(one);
    }
}

static void tell_asked_of(struct buffer *out, const struct pinset *pins, bool is_leaf,
                          const uint8_t *der, size_t len)
{
    const uint8_t *spki;
    size_t spki_len;
    tell_asked(out, pins, is_leaf ? PIN_CERT : PIN_CA, der, len);
    if (!certificate_spki(der, len, &spki, &spki_len))
        return;
    tell_asked(out, pins, is_leaf ? PIN_SPKI : PIN_CA_SPKI, spki, spki_len);
    tell_asked(out, pins, PIN_CHAIN_SPKI, spki, spki_len);
}

/* The usual pins of what was seen, and those of the other kinds that are asked for. */
static void tell_seen_pins(struct buffer *out, const struct pinset *pins,
                           const struct tls_conn *conn)
{
    size_t len;
    const uint8_t *der;
    uint8_t fingerprint[FINGERPRINT_LEN], key[RAW_KEY_MOST];
    for (size_t i = 0; (der = tls_conn_peer(conn, i, &len)) != NULL; i++) {
        fingerprint_of(fingerprint, der, len);
        tell_seen(out, i == 0 ? PIN_CERT : PIN_CA, fingerprint);
        if (i == 0 && fingerprint_spki(fingerprint, der, len))
            tell_seen(out, PIN_SPKI, fingerprint);
        tell_asked_of(out, pins, i == 0, der, len);
    }
    len = tls_conn_peer_key(conn, key);
    if (len == 0)
        return;
    fingerprint_of(fingerprint, key, len);
    tell_seen(out, PIN_SPKI, fingerprint);
    tell_asked(out, pins, PIN_SPKI, key, len);
    tell_asked(out, pins, PIN_CHAIN_SPKI, key, len);
}

/* What was expected, below what was seen. */
static void tell_pins(struct buffer *out, const struct plan *plan, const struct sample *sample,
                      const struct tls_conn *conn)
{
    tell_seen_pins(out, plan->pins, conn);
    if (!verify_mode_has_pins(plan->verify))
        return;
    size_t most = 8, count = pinset_count(plan->pins);
    for (size_t i = 0; i < count && i < most; i++) {
        char pin[PIN_TEXT_LEN];
        pinset_text(plan->pins, i, pin);
        buffer_format(out, "  expected  %s%s\n", pin,
                      (int)i == sample->tls->verify.pin_index ? "  (matched)" : "");
    }
    if (count > most)
        buffer_format(out, "  expected  … or one of %zu more pins\n", count - most);
}

static void tell_verification(struct buffer *out, const struct plan *plan,
                              const struct sample *sample)
{
    const struct verify_verdict *verify = &sample->tls->verify;
    char alert[64];
    if (verify->num_calls > 0)
        buffer_format(out, "  verify %s: %s%s, in %.1f µs\n", verify_mode_name(plan->verify),
                      verify->result == VERIFY_OK ? "passed" : "failed",
                      verify->pin_reported ? " (no pin matched; reported)"
                      : verify->result == VERIFY_OK || plan->verify == VERIFY_NONE ? ""
                      : verify->x509_error != 0                                    ? ""
                      : verify->result == VERIFY_PIN_REJECTED ? " (a pin of --reject-pin)"
                                                              : " (no pin matched)",
                      (double)verify->elapsed_ns / NS_PER_US);
    if (verify->x509_error != 0)
        buffer_format(out, "  the chain: %s (for host '%s')\n", verify_error_text(verify),
                      plan->verify_host);
    if (sample->tls->alert_sent != TLS_NO_ALERT)
        buffer_format(out, "  alert sent: %s (%d)\n",
                      tls_alert_name(sample->tls->alert_sent, alert), sample->tls->alert_sent);
    if (sample->tls->alert_received != TLS_NO_ALERT)
        buffer_format(out, "  alert received: %s (%d)\n",
                      tls_alert_name(sample->tls->alert_received, alert),
                      sample->tls->alert_received);
    if (sample->tls->signature.error != 0) {
        char name[TOKENS_ERROR_LEN];
        buffer_format(out, "  the token did not sign: %s\n",
                      tokens_error_name(sample->tls->signature.error, name));
    } else if (sample->tls->signature.is_pending) {
        buffer_append_text(out, "  the token had not signed yet\n");
    }
    if (sample->tls->error != 0) {
        char text[256];
        tls_error_text(sample->tls->error, text, sizeof text);
        buffer_format(out, "  the TLS library: %s\n", text);
    }
}

static char *tell(const struct plan *plan, const struct sample *sample, const struct tls_conn *conn)
{
    struct buffer out = {0};
    char *name = text_one_line(memory_text(plan_identity_name(plan, sample->identity)));
    buffer_format(&out, "%s, as %s: %s\n", outcome_name(sample->outcome), name,
                  outcome_meaning(sample->outcome));
    free(name);
    tell_connection(&out, plan, sample);
    if (sample->at.connected != 0) {
        tell_tls(&out, sample);
        tell_ech(&out, sample->tls, conn);
        tell_wire(&out, plan, sample);
        tell_own(&out, sample->tls);
        tell_chain(&out, conn);
        tell_key(&out, conn);
        tell_pins(&out, plan, sample, conn);
        tell_verification(&out, plan, sample);
        if (sample->cut_by_fin)
            buffer_append_text(&out, "  the response has no length, and TCP ended without "
                                     "close_notify; for a server that never sends one, use "
                                     "--allow-missing-close-notify\n");
        if (sample->status != 0)
            buffer_format(&out, "  HTTP status %u\n", sample->status);
        else if (sample->tcp_end != TCP_OK)
            buffer_format(&out, "  the connection: %s\n", tcp_end_name(sample->tcp_end));
    }
    char *text = memory_text(buffer_text(&out));
    buffer_cleanup(&out);
    return text_hide_controls(text); /* it contains names chosen by the server */
}

void stories_note(struct stories *stories, const struct plan *plan, const struct sample *sample,
                  const struct tls_conn *tls)
{
    char **place = &stories->by_outcome[sample->outcome];
    if (stories->first == NULL)
        stories->first = tell(plan, sample, tls);
    if (sample->outcome != OUTCOME_SUCCEEDED && *place == NULL)
        *place = tell(plan, sample, tls);
}

static void take(char **to, const char *from)
{
    if (*to == NULL && from != NULL)
        *to = memory_text(from);
}

void stories_merge(struct stories *to, const struct stories *from)
{
    take(&to->first, from->first);
    for (int i = 0; i < NUM_OUTCOMES; i++)
        take(&to->by_outcome[i], from->by_outcome[i]);
}

void stories_cleanup(struct stories *stories)
{
    free(stories->first);
    for (int i = 0; i < NUM_OUTCOMES; i++)
        free(stories->by_outcome[i]);
    *stories = (struct stories){0};
}
