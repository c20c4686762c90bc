/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run is to do: built from the command line, immutable once the run starts, read by all
 * threads. Owns everything it points to.
 */
#ifndef PINLOAD_PLAN_PLAN_H
#define PINLOAD_PLAN_PLAN_H

#include "base/error.h"
#include "http/target.h"
#include "net/resolve.h"
#include "plan/pacer.h"
#include "plan/reload.h"
#include "plan/rotation.h"
#include "plan/stages.h"
#include "tls/tls_context.h"
#include "tls/verify.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct identity_set;
struct pinset;
struct request;
struct turns;

enum session_mode { SESSION_FULL, SESSION_RESUME, SESSION_MIXED, SESSION_EARLY };
enum http_choice { CHOOSE_HTTP_1_1, CHOOSE_HTTP_2, CHOOSE_HTTP_AUTO };

/* requests of a session without a last one */
#define REQUESTS_ENDLESS UINT64_MAX

/* HTTP statuses. */
struct status_list {
    unsigned *codes;
    size_t count;
};

struct plan {
    /* target */
    struct target target;
    struct address_list addresses; /* at least one */
    bool each_address;             /* they take turns, instead of the first that works */
    bool shared_tickets;         /* of each_address: a ticket is offered to other addresses, too */
    struct address_list sources; /* none: the kernel chooses */
    char *sni;                   /* NULL: none is sent */
    char *verify_host;           /* the name that the certificate must be valid for */
    bool verify_host_is_ip;

    /* server verification */
    enum verify_mode verify;
    struct pinset *pins;     /* never NULL */
    struct pinset *rejected; /* pins that the server must not have; NULL: none */
    bool report_pins;        /* sessions go on without a match */
    char *cacert;            /* NULL if no chain is verified */
    struct buffer anchors;   /* the content of that file */

    /* client identity */
    struct identity_set *identities; /* never NULL; empty: no client certificate */
    bool *expect_refused;            /* one for each identity; NULL: none */
    bool allow_empty;                /* a run in which nothing was measured passes */
    bool refusal_by_close;
    bool require_all_identities; /* an identity that had no session fails the run */
    enum rotation rotation;
    struct reload reload;
    uint32_t *weights;   /* one for each identity; NULL: all are alike */
    struct turns *turns; /* their order by these; NULL */

    /* load; times in nanoseconds, 0 if there is no such limit */
    uint64_t connections; /* this, sessions and rate are totals of all shards */
    unsigned threads;     /* this shard's */
    uint64_t duration_ns;
    uint64_t sessions;
    double rate;          /* sessions per second, of stages the highest; 0: closed loop */
    struct stages stages; /* of all shards; none: the load does not change */
    enum arrival arrival;
    bool skip_when_full;
    bool no_backoff; /* a slot does not pause after a failure */
    uint64_t ramp_ns, warm_up_ns;
    uint64_t start_at_wall_ns;  /* 0: immediately */
    unsigned shard, num_shards; /* 0 and 1 if there is only one */
    uint64_t seed;

    /* each session */
    uint64_t requests; /* 0: handshake only; REQUESTS_ENDLESS: until the run's end */
    uint64_t think_ns, hold_ns;
    uint64_t timeout_ns, connect_timeout_ns;
    uint64_t hello_pause_ns; /* between the two segments of the ClientHello; 0: it is sent whole */
    enum http_choice http;
    unsigned streams;
    struct request *request;
    struct status_list expect_statuses;    /* none: any 2xx or 3xx */
    struct status_list refusal_statuses;   /* those by which the server refuses a client */
    struct status_list *identity_statuses; /* per identity, instead of expect_statuses, if not
                                            * empty; NULL: none */
    enum session_mode session_mode;
    double resume_percent; /* of SESSION_MIXED */
    bool close_by_reset;
    bool allow_missing_close_notify; /* a FIN alone ends a response that lasts until the end */
    struct tls_config tls;
    struct buffer ech; /* the bytes of tls.ech; empty: none */

    /* the verdict */
    double max_failures; /* a count, or a percentage of the sessions started */
    bool max_failures_is_percent;
};

void plan_cleanup(struct plan *plan);

/* plan_expects_status says whether a response to IDENTITY with STATUS is a success. */
bool plan_expects_status(const struct plan *plan, size_t identity, unsigned status);

/* plan_refuses_by_status says whether a response to IDENTITY with STATUS is a refusal of it.
 * Statuses expected of that identity alone take precedence. */
bool plan_refuses_by_status(const struct plan *plan, size_t identity, unsigned status);

/* plan_identity_statuses returns the statuses that are expected of IDENTITY; empty: any 2xx or
 * 3xx. */
const struct status_list *plan_identity_statuses(const struct plan *plan, size_t identity);

/* status_list_has says whether STATUS is on LIST. */
bool status_list_has(const struct status_list *list, unsigned status);

/* plan_own_statuses returns the list of IDENTITY alone, to be filled in while the plan is built. */
struct status_list *plan_own_statuses(struct plan *plan, size_t identity);

/* status_list_parse appends CODES, joined by commas; false: they are not STATUS_LIST_FORM. */
bool status_list_parse(struct status_list *list, const char *codes);
#define STATUS_LIST_FORM "expected codes from 200 to 599 joined by commas, such as 200,204"

/* plan_expect_refusal notes, while the plan is built, that the server must refuse IDENTITY. */
void plan_expect_refusal(struct plan *plan, size_t identity);

/* plan_expects_refusal says whether the server must refuse IDENTITY. */
bool plan_expects_refusal(const struct plan *plan, size_t identity);

/* plan_weight returns the weight of IDENTITY in the rotation; 0: all are alike. */
uint64_t plan_weight(const struct plan *plan, size_t identity);

/* plan_num_identities returns the number of rows in a report: 1 if there is no client
 * certificate. */
size_t plan_num_identities(const struct plan *plan);

/* The name of the only row if there is no client certificate. */
#define PLAN_ANONYMOUS "(none)"

/* plan_identity_name returns the name of such a row, or PLAN_ANONYMOUS. */
const char *plan_identity_name(const struct plan *plan, size_t identity);

/* plan_share returns the share of PART out of PARTS in TOTAL; a remainder goes to the first
 * parts. */
uint64_t plan_share(uint64_t total, unsigned parts, unsigned part);

/* This generator's share of a plan with several shards. */
uint64_t plan_connections(const struct plan *plan);
uint64_t plan_sessions(const struct plan *plan);
double plan_rate(const struct plan *plan);

/* plan_connections_at returns the share of thread THREAD in the connections that there may be AFTER_NS
 * after the start. */
uint64_t plan_connections_at(const struct plan *plan, unsigned thread, uint64_t after_ns);

/* plan_start_pacer starts the schedule of the load at START_NS, for SHARE of NUM_SHARES. */
void plan_start_pacer(const struct plan *plan, struct pacer *pacer, uint64_t start_ns,
                      unsigned share, unsigned num_shares);

/* Of a run that began at START_NS: plan_stage_end returns when the stage of AT_NS ends, at most
 * MOST_NS; plan_next_change when the number of connections is to be looked at again, UINT64_MAX: not
 * any more. */
uint64_t plan_stage_end(const struct plan *plan, uint64_t start_ns, uint64_t at_ns,
                        uint64_t most_ns);
uint64_t plan_next_change(const struct plan *plan, uint64_t start_ns);

const char *session_mode_name(enum session_mode mode);

#endif
