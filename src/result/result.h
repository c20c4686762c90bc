/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result of a run: plain data, made once from the merged tallies, from which every report is
 * written. It balances: scheduled = started + skipped, and started = succeeded + refused + failed +
 * cut_off + unconfirmed (result_balances). A result owns all its memory, including strings.
 */
#ifndef PINLOAD_RESULT_RESULT_H
#define PINLOAD_RESULT_RESULT_H

#include "measure/intervals.h"
#include "measure/latency.h"
#include "measure/outcome.h"
#include "measure/value_counts.h"
#include "result/stages.h"
#include "tls/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;

/* One setting of the run, in the order of the reports; VALUE is ready for JSON by its type. */
enum setting_type { SETTING_TEXT, SETTING_NUMBER, SETTING_BOOL, SETTING_NULL };
struct setting {
    char *name;
    enum setting_type type;
    char *text;
    double number; /* also 0 or 1 of a SETTING_BOOL */
};

/* How often each name occurred: versions, ciphers, groups, pins, alerts, statuses. */
struct name_count {
    char *name;
    uint64_t count;
};
struct name_counts {
    struct name_count *items;
    size_t count;
};

/* A certificate that an identity had in a run with reloads, and the sessions that began with it. */
struct result_generation {
    char *serial;       /* NULL: not known */
    double not_after_s; /* since 1970 */
    double from_s;      /* when it was put in force, after the start of the run */
    uint64_t by_class[NUM_CLASSES];
};

/* How often a run has read its identities again. */
struct result_reloads {
    bool is_known;
    uint64_t applied, failed;
    char *last_failure; /* NULL: none */
};

struct result_identity {
    char *name;
    bool expect_refused;
    uint64_t weight; /* in the rotation; 0: all are alike */
    bool as_expected;
    uint64_t sessions, by_class[NUM_CLASSES];
    uint64_t responses[NUM_STATUS_CLASSES]; /* complete ones, including those of sessions cut off */
    char *expected_status;                  /* such as "200,204"; NULL: any 2xx or 3xx */
    struct name_counts sigalgs;             /* full handshakes by its signature algorithm */
    uint32_t failed_by; /* outcome_bit of each of its failures; only known in the process of the
                         * run */
    uint64_t cut_off_served; /* of cut_off, those that had responses, all as expected */
    double ended_s;          /* when its certificate ended, within the run; NAN: it did not */
    struct result_generation *generations; /* none without reloads */
    size_t num_generations;
    struct latency_summary tls_handshake;
    struct latency
        *tls_handshake_hdr; /* NULL: no handshake; fewer digits if there are many identities */
};

/* The steady part of a run: from the end of its ramp-up, or of its warm-up if later, to the start
 * of its drain. */
struct result_steady {
    double from_s, duration_s; /* 0 if the run ended before, or it is not known */
    double sessions_per_second, requests_per_second; /* of what began in it; NAN: none */
};

/* One second of the run: what completed in it. The last one ends with the run. */
struct series_row {
    double t_s;      /* the start of the second, after that of the run */
    double length_s; /* over 0, at most 1 */
    uint64_t sessions, handshakes, requests, refused, failed;
    double open;                                       /* sessions at its end; NAN: not known */
    double tls_handshake_p50_ns, tls_handshake_p99_ns; /* NAN where no handshake completed */
};

/* The largest count in a result: up to this number every JSON reader represents whole numbers
 * exactly (RFC 8259 section 6). */
#define RESULT_COUNT_MOST ((uint64_t)1 << 53)

/* A result that was merged into another: its command. */
struct result_part {
    char **command; /* passwords redacted */
    size_t command_len;
    char *failure; /* how its sessions failed, if that fails the run; NULL: it does not */
};

struct thread_use {
    double cpu_user_s, cpu_system_s;
    double busy; /* 0 to 1: the share of time in which its loop was not waiting */
};

/* A condition of the run, except for those of the identities. */
enum check_kind { CHECK_RUN, CHECK_THRESHOLD };
struct result_check {
    enum check_kind kind;
    char *name;      /* what must hold; a threshold as given */
    char *violation; /* NULL: it held */
};

struct result {
    /* tool */
    char *version, *boringssl, *libuv;
    char **command; /* passwords redacted */
    size_t command_len;
    char *plan; /* the options in force as a plan file, redacted; NULL: unknown, or merged */
    struct result_part *parts; /* of a merged result; none for a run */
    size_t num_parts;
    uint64_t started_wall_ns;
    double duration_s; /* from the first scheduled start to the end of the window, without the
                        * drain */
    double warm_up_s;
    char *url, *address, *sni; /* sni NULL: none sent */

    /* config */
    struct setting *settings;
    size_t num_settings;
    char *verify; /* "none", "chain", "pin", "chain+pin" */
    size_t num_pins;
    bool open_loop;
    double rate; /* requested sessions per second; 0 in a closed loop */
    uint64_t connections;
    unsigned threads;
    char *rotation;

    /* sessions */
    uint64_t scheduled, skipped, started;
    uint64_t by_class[NUM_CLASSES];             /* of started */
    uint64_t cut_off_served, cut_off_responses; /* of cut_off, those with responses; the number of
                                                 * these responses */
    uint64_t peak_established;
    double sessions_per_second; /* NAN, like every rate, if the window is empty */

    /* requests and bytes (TCP payload, which is TLS records) */
    uint64_t requests_started, requests_succeeded, requests_failed;
    uint64_t requests_unclosed; /* of the succeeded: ended by a FIN without close_notify */
    double requests_per_second;
    uint64_t bytes_read, bytes_written;

    /* handshakes */
    uint64_t handshakes_completed, handshakes_full, handshakes_resumed;
    double handshakes_per_second;
    uint64_t tickets_offered, tickets_declined;
    struct name_counts paths_offered, paths_resumed, paths_declined; /* tickets, by the addresses
                                                                      * of result_path_name */
    uint64_t early_offered, early_accepted, early_rejected;
    uint64_t cert_bytes, cert_wire_bytes, cert_bytes_saved; /* of compressed certificates */
    uint64_t ech_offered, ech_accepted, ech_rejected, ech_retried;
    struct name_counts versions, ciphers, groups, sigalgs, client_sigalgs, protocols;
    struct name_counts cert_compressions;
    struct name_counts server_certificate_types, client_certificate_types; /* of the full ones */
    struct name_counts alerts_sent, alerts_received;
    struct value_counts wire_full[NUM_WIRE], wire_resumed[NUM_WIRE];
    struct name_counts statuses; /* HTTP, of complete responses */

    /* pins, in sessions */
    uint64_t pins_checked, pins_matched, pins_mismatched, pins_not_checked;
    uint64_t pins_mismatch_reported; /* of pins_mismatched, those that went on */
    uint64_t pins_rejected;          /* of pins_not_checked */
    uint64_t pins_checked_resumed;   /* of pins_checked, on resumed sessions */
    struct name_counts pins_by_pin;  /* every pin of the run, in order, including those that never
                                     * matched */

    uint64_t outcomes[NUM_OUTCOMES];
    struct result_identity *identities;
    size_t num_identities;
    struct result_reloads reloads;
    struct latency *latencies[NUM_LATENCIES]; /* never NULL */

    /* generator */
    double cpu_user_s, cpu_system_s;
    double cpu_per_session_us;                /* NAN where no session was started */
    struct latency *loop_lag, *schedule_slip; /* never NULL */
    double slots_paused_s; /* how long failures kept slots from starting sessions; NAN: not known */
    bool saturated;
    char *limit; /* NULL, or "cpu", "slots", "descriptors", "ports" */
    uint64_t peak_rss_bytes;
    uint64_t
        rss_per_session_bytes; /* growth of RSS over the sessions established at the peak; 0: not measured */
    uint64_t descriptors_used, descriptors_limit;
    uint64_t ports_used,
        ports_limit; /* local ports: those in use at once, and those there are for all sources */
    struct thread_use *thread_uses;
    size_t num_thread_uses;

    struct result_steady steady;
    struct result_stages stages;
    struct series_row *series;
    size_t num_series;
    struct interval_row *intervals; /* those with values; none if it is not known */
    size_t num_intervals;

    /* verdict */
    bool passed;
    struct result_check *checks;
    size_t num_checks;
    char **violations; /* those of the checks and of the identities */
    size_t num_violations;
    int interrupted_by;  /* 0, or the signal */
    char *first_failure; /* the trace of the first failed session in a few lines, or NULL */
};

struct result *result_new(void);
void result_free(struct result *result);

/* result_balances says whether the counts add up, with sums that do not wrap. */
bool result_balances(const struct result *result);

/* result_path_name writes the name of a ticket's way from the address that issued it to the one that
 * it was offered to: FROM to TO. */
#define RESULT_ADDRESS_LEN 64 /* as net's ADDRESS_TEXT_LEN */
#define RESULT_PATH_LEN (2 * RESULT_ADDRESS_LEN + 4)
#define RESULT_PATH_WORD " to "
void result_path_name(char out[static RESULT_PATH_LEN], const char *from, const char *to);

/* result_is_anonymous says whether the run had no client certificate: its only identity is
 * PLAN_ANONYMOUS. */
bool result_is_anonymous(const struct result *result);

/* result_interval_row writes which interval of LENGTH_S contains T_S. False if it is not one of the
 * first INTERVALS_MOST, or LENGTH_S is under a second. */
bool result_interval_row(double t_s, double length_s, size_t *out_row);

/* result_count_sum returns A + B, or UINT64_MAX if that is out of range. */
uint64_t result_count_sum(uint64_t a, uint64_t b);

void result_add_violation(struct result *result, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* result_check_named returns the check of this kind and NAME, which is appended if it is new. The
 * next call may move it. */
struct result_check *result_check_named(struct result *result, enum check_kind kind,
                                        const char *name);

/* result_add_check adds a check and, if VIOLATION is not NULL, that violation. Checks of one name
 * are one check, which holds if each of them held. */
void result_add_check(struct result *result, enum check_kind kind, const char *name,
                      const char *violation);

/* How the name of the check for failed sessions begins, by whether any are allowed. */
#define RESULT_NO_FAILURES "no session failed"
#define RESULT_FEW_FAILURES "no more sessions failed than "
bool result_check_is_of_failures(const struct result_check *check);

/* result_failure returns the violation of that check; NULL: there is none. */
const char *result_failure(const struct result *result);

/* result_write_causes writes how RESULT's sessions failed, and when: ": 170 connect_refused, 6
 * reset, between 4 s and 6 s". */
void result_write_causes(struct buffer *out, const struct result *result, bool refusal_by_close);

/* result_setting returns the setting NAME, or NULL. */
const struct setting *result_setting(const struct result *result, const char *name);

/* check_kind_name returns "run" or "threshold". */
const char *check_kind_name(enum check_kind kind);

void result_set_text(struct result *result, const char *name, const char *value);
void result_set_number(struct result *result, const char *name, double value);
void result_set_bool(struct result *result, const char *name, bool value);
void result_set_null(struct result *result, const char *name);

/* name_counts_add adds COUNT to NAME's (result_count_sum), which is appended if it is new. */
void name_counts_add(struct name_counts *counts, const char *name, uint64_t count);
/* name_counts_find returns NAME's entry, or NULL; name_counts_get its count, 0 if there is none. */
struct name_count *name_counts_find(const struct name_counts *counts, const char *name);
uint64_t name_counts_get(const struct name_counts *counts, const char *name);
void name_counts_cleanup(struct name_counts *counts);

#endif
