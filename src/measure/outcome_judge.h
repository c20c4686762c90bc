/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what was seen of a session to its outcome: a pure function, so that every refusal that a
 * server may give can be put in a table. A refusal of the client's certificate is judged by its
 * position, not by its name: after our Certificate message went out (even an empty one) and before
 * the first byte of a response.
 */
#ifndef PINLOAD_MEASURE_OUTCOME_JUDGE_H
#define PINLOAD_MEASURE_OUTCOME_JUDGE_H

#include "measure/outcome.h"
#include "net/tcp.h"
#include "tls/tls_conn.h"

#include <stdbool.h>

/* What ended the session. */
enum end_cause {
    END_COMPLETE,       /* all that was to be done is done */
    END_CONNECT,        /* no TCP connection; tcp_end says why */
    END_TLS,            /* the TLS machine failed; tls says why */
    END_STREAM,         /* the peer ended the stream: FIN, close_notify, reset, as tcp_end says */
    END_HTTP,           /* a response that cannot be parsed, or a stream reset */
    END_STATUS,         /* a complete response with a status that is not expected */
    END_REFUSAL_PAGE,   /* nginx's page for a refused client certificate */
    END_REFUSAL_STATUS, /* a complete response with a status that stands for a refusal */
    END_DEADLINE,       /* time is up */
    END_OF_RUN,         /* the run is over */
};

struct evidence {
    enum end_cause cause;
    enum tcp_end tcp_end;
    const struct tls_facts *tls; /* NULL before the handshake began */
    bool connected;
    bool response_begun; /* the first byte of a response came */
    bool handshake_only; /* -r 0: close_notify was sent after Finished */
};

enum outcome outcome_judge(const struct evidence *evidence);

#endif
