/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures that take long, by threads of their own: a loop asks for one and is told when it is
 * there, so that it never waits. Each loop has an inbox; the keys are whoever's SIGN knows them. A
 * signature may be dropped at any moment, even while it is being made: its memory is the signer's,
 * which keeps it for the next.
 */
#ifndef PINLOAD_TLS_SIGNER_H
#define PINLOAD_TLS_SIGNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIGNATURE_MOST 2048 /* bytes; that of RSA-16384 */
#define SIGNED_DIGEST_MOST 64

struct signer;
struct signer_inbox;
struct signing;

/* How a signature came to be. ERROR is 0, or why there is none. */
struct signing_end {
    const uint8_t *bytes;
    size_t len;
    unsigned long error;
    uint64_t queue_ns, sign_ns; /* until a thread was free for it, and from then on */
};

/* What makes the signatures. It is called by each of the signer's threads, THREAD from 0 on, and
 * returns 0 or an error; *INOUT_LEN is the room in OUT, and becomes the signature's length. */
struct signer_backend {
    unsigned long (*sign)(void *arg, unsigned thread, const void *key, uint16_t sigalg,
                          const uint8_t *digest, size_t digest_len, uint8_t *out,
                          size_t *inout_len);
    void *arg;
};

/* signer_new creates a signer of NUM_THREADS threads, which start with the first inbox. */
struct signer *signer_new(const struct signer_backend *backend, unsigned num_threads);

/* signer_free ends the threads; every inbox is closed by then. False: one is still within SIGN,
 * which may never return. All that it uses must then stay. */
bool signer_free(struct signer *signer);

/* signer_open creates an inbox. NOTIFY is called from any thread when something has come. NULL: no
 * thread can be started. */
struct signer_inbox *signer_open(struct signer *signer, void (*notify)(void *arg), void *arg);
void signer_close(struct signer_inbox *inbox);

/* signer_ask asks for a signature of DIGEST by KEY, which outlives the signer's threads. */
struct signing *signer_ask(struct signer_inbox *inbox, void *owner, const void *key,
                           uint16_t sigalg, const uint8_t *digest, size_t digest_len);

/* signer_take returns the owner of the next signature that has come, once for each; NULL: none. */
void *signer_take(struct signer_inbox *inbox);

/* signing_has_ended says whether it is there, and then fills in *OUT_END, valid until the drop. */
bool signing_has_ended(struct signing *signing, struct signing_end *out_end);

/* signing_drop ends the caller's interest in it, in whatever state; NULL is none. */
void signing_drop(struct signing *signing);

#endif
