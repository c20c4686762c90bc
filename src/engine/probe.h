/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One handshake with a server to see its certificates, or its raw public key, even if the server
 * refuses the client.
 */
#ifndef PINLOAD_ENGINE_PROBE_H
#define PINLOAD_ENGINE_PROBE_H

#include "base/error.h"
#include "plan/plan.h"

#include <stddef.h>
#include <stdint.h>

#define PROBE_MAX_CERTS 16

/* Certificates as DER, leaf first, or a public key (SubjectPublicKeyInfo). Owns them; a zeroed struct
 * is empty. */
struct probe {
    uint8_t *certs[PROBE_MAX_CERTS];
    size_t lens[PROBE_MAX_CERTS];
    size_t num_certs;
    uint8_t *key; /* NULL: there are certificates */
    size_t key_len;
};

/* probe_server fills PROBE with the certificates of PLAN's server. False sets ERR: nothing listens,
 * or no certificate was sent. */
bool probe_server(struct probe *probe, const struct plan *plan, struct error *err);

void probe_add(struct probe *probe, const uint8_t *der, size_t len);
void probe_set_key(struct probe *probe, const uint8_t *der, size_t len);
bool probe_is_empty(const struct probe *probe);
void probe_cleanup(struct probe *probe);

#endif
