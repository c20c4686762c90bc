/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the evidence of a session to its outcome: a pure function, so that a table test can cover
 * every way in which servers refuse. A refusal of the client certificate is recognised by when it
 * comes, not by its name: after our Certificate message was sent (even an empty one) and before the
 * first byte of a response.
 */
#ifndef PINLOAD_MEASURE_OUTCOME_JUDGE_H
#define PINLOAD_MEASURE_OUTCOME_JUDGE_H

#include "measure/outcome.h"
#include "net/tcp.h"
#include "tls/tls_conn.h"

#include <stdbool.h>

/* What ended the session. */
enum end_cause {
    END_COMPLETE,       /* everything is done */
    END_CONNECT,        /* no TCP connection; tcp_end gives the reason */
    END_TLS,            /* TLS failed; the TLS facts give the reason */
    END_STREAM,         /* the peer ended the stream: FIN, close_notify, reset, see tcp_end */
    END_HTTP,           /* a response that cannot be parsed, or a reset stream */
    END_STATUS,         /* a complete response with a status that is not expected */
    END_REFUSAL_PAGE,   /* nginx's page for a refused client certificate */
    END_REFUSAL_STATUS, /* a complete response with a status that counts as a refusal */
    END_DEADLINE,       /* timeout */
    END_OF_RUN,         /* the run has ended */
};

struct evidence {
    enum end_cause cause;
    enum tcp_end tcp_end;
    const struct tls_facts *tls; /* NULL before the handshake began */
    bool connected;
    bool response_begun; /* the first byte of a response was received */
    bool handshake_only; /* -r 0: close_notify was sent after Finished */
};

enum outcome outcome_judge(const struct evidence *evidence);

#endif
