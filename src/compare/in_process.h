/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arms against a BoringSSL server in the same thread, in memory: no network and no other
 * process. The cleanest figure, and a lower bound for every other.
 */
#ifndef PINLOAD_COMPARE_IN_PROCESS_H
#define PINLOAD_COMPARE_IN_PROCESS_H

#include "base/error.h"
#include "compare/arms.h"
#include "compare/comparison.h"
#include "compare/instructions.h"
#include "tls/throwaway_pki.h"
#include "tls/tls_conn.h"
#include "tls/tls_context.h"

#include <stdbool.h>

struct in_process;

struct in_process_config {
    enum key_type key_type;
    struct tls_config limits; /* versions, ciphers, groups, sigalgs */
    bool resume;
};

/* in_process_new creates client and server by CONFIGS, one for all arms or, where these are apart,
 * one for each, the control's among them; with their own certificates, and pins and trust for ARMS,
 * which it fills in. NULL sets ERR. */
struct in_process *in_process_new(const struct in_process_config *configs, struct arms *arms,
                                  struct error *err);
void in_process_free(struct in_process *pair);

/* in_process_run adds the sessions of BLOCK, one of each arm, to COMPARISON. COUNTER counts
 * instructions. */
void in_process_run(struct in_process *pair, struct comparison *comparison, size_t block,
                    struct instructions *counter);

/* in_process_facts returns what the last session negotiated. */
const struct tls_facts *in_process_facts(const struct in_process *pair);

/* in_process_arm_facts returns what the last session of ARM negotiated, or where the arms are not
 * apart the last of all. */
const struct tls_facts *in_process_arm_facts(const struct in_process *pair, unsigned arm);

#endif
